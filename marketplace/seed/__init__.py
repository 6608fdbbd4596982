"""The demonstration region: made-up people, companies and moments, a function of seed and day alone."""

from datetime import datetime, time

CLOCK = time(9, 0)
"""What the clock shows when the region is loaded for a given day."""


def load(*, scale: str, number: int, now: datetime) -> str:
    """Fills an empty database. Returns a sentence about what it did."""
    raise NotImplementedError
