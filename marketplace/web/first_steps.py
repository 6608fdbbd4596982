"""The first steps of a role, which its home page shows until all are done or until the reader puts them away.

What was put away is remembered in the cookie of the sign-in, for as long as that lasts: so it needs no table, and
whoever signs in anew is reminded of what is still open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import session

HOMES = ("claims", "school", "host", "desk")
"""The home pages that show first steps: the beginnings of their paths."""
_KEY = "put_away"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step: what to do and why, where that is done (empty as long as it cannot be), and whether it is."""

    title: str
    text: str
    href: str
    is_done: bool


def put_away(home: str) -> None:
    """From now on the first steps of this home page are not shown in this browser."""
    session[_KEY] = sorted({*session.get(_KEY, ()), home})


def is_put_away(home: str) -> bool:
    """Whether the reader wants to see the first steps of this home page no more: then nobody need ask for them."""
    return home in session.get(_KEY, ())


def to_show(steps: Sequence[FirstStep]) -> Sequence[FirstStep]:
    """All of them as long as one is open, none after that."""
    return () if all(each.is_done for each in steps) else steps
