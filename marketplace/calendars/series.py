"""Which sessions together make one entry, and where they stand on the local clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise

from marketplace.calendars.facts import Frequency, Occurrence, Series
from marketplace.kernel.times import AMSTERDAM, at_wall, wall, wall_date

_STEPS = {timedelta(days=1): Frequency.DAILY, timedelta(days=7): Frequency.WEEKLY}


def series(occurrences: Iterable[Occurrence], zone: str = AMSTERDAM) -> tuple[Series, ...]:
    """What becomes of these sessions: one series if they follow a rule, else one for each, in order of time.

    Irregular dates never share an entry: Outlook refuses RDATE (MS-OXCICAL).
    """
    ordered = tuple(sorted(occurrences, key=lambda one: one.starts_at))
    rule = frequency(ordered, zone)
    if rule:
        return (Series(ordered, rule),)
    return tuple(Series((one,), None) for one in ordered)


def frequency(occurrences: Sequence[Occurrence], zone: str = AMSTERDAM) -> Frequency | None:
    """How these occurrences, in order of time, repeat on the local clock; None if there is one or no rule.

    They are on consecutive days or each a week apart, start and end at the same local times, and last equally
    long: calendars repeat the exact length of the first (RFC 5545 3.8.5.3), so a night in which the clock
    changes fits no rule.
    """
    starts = [wall(one.starts_at, zone) for one in occurrences]
    steps = {later.date() - earlier.date() for earlier, later in pairwise(starts)}
    shapes = {_shape(one, zone) for one in occurrences}
    return _STEPS.get(steps.pop()) if len(steps) == len(shapes) == 1 else None


def _shape(one: Occurrence, zone: str) -> tuple[time, int, time, timedelta]:
    start = wall(one.starts_at, zone)
    return start.time(), start.fold, wall(one.ends_at, zone).time(), one.ends_at - one.starts_at


def written(instant: datetime, zone: str = AMSTERDAM) -> datetime:
    """The instant on the local clock, or in UTC in the one hour a year that this clock shows twice.

    A local time that occurs twice means the first of both (RFC 5545 3.3.5).
    """
    local = wall(instant, zone)
    return instant if local.fold else local


def evening_before(instant: datetime, zone: str = AMSTERDAM) -> datetime:
    """19.00 local time on the day before, when people lay out what they must bring."""
    return at_wall(wall_date(instant, zone) - timedelta(days=1), time(19), zone)
