"""What a room says when it will not do something. The front rooms turn these into pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a message marked with N_() and what is filled in. Shown translated, in the reader's language."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


class Refused(Exception):
    """An action may not be done now; nothing was changed. Carries the `Refusal` that says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message % refusal.params if refusal.params else refusal.message)
        self.refusal = refusal


class NotFound(Exception):
    """There is no such thing, or it is none of this person's business: strangers cannot tell which."""


class Overtaken(Exception):
    """Somebody else changed the row first: a compare-and-swap found another state than expected."""
