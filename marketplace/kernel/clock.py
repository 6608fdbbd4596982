"""The one place that reads the clock; everything below the edge is told what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC, to the second: letters, calendars and rows then agree on it."""
    return datetime.now(UTC).replace(microsecond=0)
