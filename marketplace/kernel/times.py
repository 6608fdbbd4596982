"""Instants are UTC; people live by the wall clock of a zone. These functions go from one to the other."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

AMSTERDAM = "Europe/Amsterdam"


def at_wall(day: date, clock: time, zone: str = AMSTERDAM) -> datetime:
    """The UTC instant at which a clock in `zone` shows `clock` on `day`.

    In the hour that the autumn change repeats, the first one is meant; in the hour that spring skips,
    the clock after the jump (PEP 495, fold=0).
    """
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def wall(instant: datetime, zone: str = AMSTERDAM) -> datetime:
    """What a clock in `zone` shows at `instant`."""
    return instant.astimezone(ZoneInfo(zone))


def wall_date(instant: datetime, zone: str = AMSTERDAM) -> date:
    """The date on a calendar in `zone` at `instant`."""
    return wall(instant, zone).date()


def start_of_day(day: date, zone: str = AMSTERDAM) -> datetime:
    """The UTC instant at which `day` begins in `zone`."""
    return at_wall(day, time.min, zone)
