"""Calm: what failed is tried again after longer and longer pauses, not at every turn."""

import time
from collections.abc import Hashable
from contextvars import ContextVar

LONGEST = 60.0
"""Seconds."""


class Pauses:
    """Which things failed lately, and until when each of them rests: two seconds, then four, at most a minute."""

    def __init__(self) -> None:
        self._failures: dict[Hashable, tuple[int, float]] = {}

    def rests(self, thing: Hashable) -> bool:
        """Whether it is too early to try it again."""
        return time.monotonic() < self._failures.get(thing, (0, 0.0))[1]

    def note(self, thing: Hashable, *, is_done: bool) -> None:
        """Says how a try went."""
        if is_done:
            self._failures.pop(thing, None)
            return
        number = self._failures.get(thing, (0, 0.0))[0] + 1
        self._failures[thing] = number, time.monotonic() + min(2.0**number, LONGEST)


pauses: ContextVar[Pauses | None] = ContextVar("pauses", default=None)
"""Those of the task that runs. Where nobody set them, nothing rests."""
