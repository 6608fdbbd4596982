"""The clock of letters that go out because time passes: when each is due, and until when it is worth sending."""

from datetime import date, datetime, time, timedelta

from marketplace.kernel.times import at_wall, wall, wall_date
from marketplace.regions.rules import is_working_day

WEEK_AHEAD, DAY_AHEAD = 7, 1
REMINDERS = (WEEK_AHEAD, DAY_AHEAD)
"""Days before the first session on which those who come are reminded."""
UNREAD_AHEAD = 3
"""Days before the first session on which it is asked who has not read the safety notes as they are now."""
MORNING = time(9)
"""When reminders, thanks and the question who came are due."""
BEFORE_SCHOOL = time(7, 30)
"""When coordinators get the digest of the day."""
HALF_A_DAY = timedelta(hours=12)
USEFUL_BEFORE = timedelta(hours=2)
"""The reminder of the day before says what to bring: it is of use until so long before the start."""
LOOKED_BACK_WITHIN = timedelta(days=3)
DIGEST_WITHIN = timedelta(hours=4)
LOOK_BACK = timedelta(days=14)
"""What was missed so long ago is not even noted any more."""

ANNOUNCED_BETWEEN = (time(8), time(20))
SETTLES = timedelta(minutes=15)
"""So long after it came up a moment is announced: what a host posts in one go stands in one letter."""
NEWS = timedelta(days=14)
"""What came up longer ago is old news."""
ONCE_IN = timedelta(days=7)
LISTED = 10
"""Moments in one announcement."""

_TEACHERS = ("teacher", "instructor", "technical_assistant", "mentor")
MEANT_BY = {
    "vmbo_teacher": _TEACHERS,
    "mbo_teacher": _TEACHERS,
    "careers_adviser": ("careers_adviser", "placement_coordinator"),
    "mentor": ("mentor",),
    "team_leader": ("team_leader", "school_leader"),
}
"""Which functions each audience of an offer means; "all_staff" means everybody."""


def last_day(now: datetime, clock: time) -> date:
    """The last day on which the wall clock has shown `clock`."""
    today = wall_date(now)
    return today if at_wall(today, clock) <= now else today - timedelta(days=1)


def reminds_at(starts_at: datetime, days: int) -> datetime:
    """When those who come are reminded, so many days ahead: at nine in the morning."""
    return at_wall(wall_date(starts_at) - timedelta(days=days), MORNING)


def remind_until(starts_at: datetime, days: int) -> datetime:
    """Until when that reminder is worth sending."""
    if days == DAY_AHEAD:
        return starts_at - USEFUL_BEFORE
    return reminds_at(starts_at, days) + HALF_A_DAY


def needs_reminder(starts_at: datetime, days: int, approved_at: datetime, *changed_at: datetime) -> bool:
    """Whether somebody is to be reminded: not who was approved after that moment, and so was told all of it.

    A week ahead not where the visit changed after it either, or somebody was named: they are told of that. What to
    bring tomorrow cannot be said too often.
    """
    since = approved_at if days == DAY_AHEAD else max(approved_at, *changed_at)
    return since <= reminds_at(starts_at, days)


def needs_warning(starts_at: datetime, approved_at: datetime, told_at: datetime) -> bool:
    """Whether who has not read the safety notes is to be warned: not who was asked to only after that moment."""
    return max(approved_at, told_at) <= reminds_at(starts_at, UNREAD_AHEAD)


def looks_back_at(ends_at: datetime) -> datetime:
    """When participants are thanked and the host is asked who came: the morning after."""
    return at_wall(wall_date(ends_at) + timedelta(days=1), MORNING)


def digest_at(now: datetime) -> datetime:
    """The last half past seven of a working day."""
    day = last_day(now, BEFORE_SCHOOL)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return at_wall(day, BEFORE_SCHOOL)


def may_announce(now: datetime) -> bool:
    """Whether it is an hour at which people like to hear what is new."""
    first, last = ANNOUNCED_BETWEEN
    return first <= wall(now).time() < last
