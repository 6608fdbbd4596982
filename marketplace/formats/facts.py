"""A form of exchange as its playbook describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time

from marketplace.kernel.texts import in_language

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new offer and its moments are filled with."""

    starts: time
    ends: time
    sessions: int
    capacity: int
    walk_in_minutes: int
    meal: bool
    announce_days: int
    open_days: int
    """Days before the start at which claiming opens; 0 means at publication."""
    close_hours: int
    own_time: bool
    time_basis: str


@dataclass(frozen=True, slots=True)
class FormatKind:
    """A kind within a form: exploratory, workshop, …"""

    slug: str
    name: Names
    explanation: Names
    defaults: Mapping[str, object]
    """What of the form's defaults is different here."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the playbook, `days` from the start."""

    phase: str
    days: int
    who: str
    title: Names
    text: Names


@dataclass(frozen=True, slots=True)
class Format:
    """A form of exchange: everything that is special about it is here, and nowhere in Python."""

    slug: str
    order: int
    look: str
    names: Names
    explanations: Names
    hosts: tuple[str, ...]
    defaults: Defaults
    kinds: tuple[FormatKind, ...]
    steps: tuple[Step, ...]
    hints: Mapping[str, Names]
    samples: Mapping[str, Names]

    @property
    def name(self) -> str:
        """Its name in the language in force."""
        return in_language(self.names)

    def defaults_for(self, kind: str) -> Defaults:
        """What a new offer of this kind is filled with."""
        own = next((each.defaults for each in self.kinds if each.slug == kind), {})
        return replace(self.defaults, **own)  # type: ignore[arg-type]  # from TOML

    def kind_name(self, slug: str) -> str:
        """The name of one of its kinds; empty for none."""
        return next((in_language(kind.name) for kind in self.kinds if kind.slug == slug), "")

    def hint(self, field: str) -> str:
        """What the handbook advises beside a field; empty if nothing."""
        return in_language(self.hints[field]) if field in self.hints else ""

    def sample(self, field: str) -> str:
        """An example text for a field; empty if there is none."""
        return in_language(self.samples[field]) if field in self.samples else ""
