"""How a moment stands in the list: its place in the order of date, and by what filters find it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from marketplace.kernel.texts import N_
from marketplace.kernel.times import start_of_day, wall, wall_date
from marketplace.offers.facts import SessionFacts
from marketplace.offers.rules import LESSONS, is_own_time
from marketplace.regions.rules import school_holiday
from marketplace.safety.facts import BriefFacts, Ease
from marketplace.safety.rules import eases

DURATIONS = {
    "half_day": N_("At most half a day"),
    "day": N_("A day"),
    "several": N_("Several days or meetings"),
}
HALF_A_DAY = timedelta(hours=4)
TIMES = {
    "school_time": N_("In school time"),
    "after_school": N_("After school"),
    "own_time": N_("In own time"),
}
HOLIDAYS = {
    "holiday_noord": N_("School holiday in the north"),
    "holiday_midden": N_("School holiday in the middle"),
    "holiday_zuid": N_("School holiday in the south"),
}
"""By zone, so that the address of a search means the same to everybody, calendars included."""
ZONES = {
    f"holiday_{zone.lower()}": (zone, 1 << number) for number, zone in enumerate(("Noord", "Midden", "Zuid"))
}
EASES = {
    Ease.NOTHING: N_("Nothing special needed"),
    Ease.NO_VCA: N_("No VCA needed"),
    Ease.PROVIDED: N_("No equipment to bring"),
}
EASE_BITS = {ease: 1 << number for number, ease in enumerate(EASES)}

A_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLOTS = 1 << 32


def minute_of(instant: datetime) -> int:
    """Whole minutes since 1970."""
    return int((instant - _EPOCH).total_seconds()) // 60


def place_of(starts_at: datetime, slot_id: int) -> int:
    """Where a moment stands among all others: by the minute in which it starts, then by its row."""
    return minute_of(starts_at) * _SLOTS + slot_id


def starts_of(place: int) -> datetime:
    """The minute in which the moment at this place starts."""
    return _EPOCH + timedelta(minutes=place // _SLOTS)


def last_before(instant: datetime) -> int:
    """After this place come the moments that start at `instant` or later."""
    return minute_of(instant) * _SLOTS - 1


def month_of(month: str) -> tuple[int, int]:
    """The places between which the moments of a month ("2027-02") lie."""
    first, following = (date.fromisoformat(f"{each}-01") for each in (month, month_after(month)))
    return last_before(start_of_day(first)), last_before(start_of_day(following)) + 1


def month_after(month: str) -> str:
    """The month after one, as "2027-03"."""
    return f"{date.fromisoformat(f'{month}-01') + timedelta(days=31):%Y-%m}"


def duration_of(sessions: Sequence[SessionFacts]) -> str:
    """Which of DURATIONS a moment takes."""
    if len(sessions) > 1:
        return "several"
    return "half_day" if sessions[0].ends_at - sessions[0].starts_at <= HALF_A_DAY else "day"


def is_after_school(sessions: Sequence[SessionFacts]) -> bool:
    """Whether all of it comes after the lessons, on days from Monday to Friday."""
    starts = [wall(each.starts_at) for each in sessions]
    return is_own_time(sessions) and all(each.weekday() < 5 and each.time() >= LESSONS[1] for each in starts)


def holidays_of(sessions: Sequence[SessionFacts]) -> int:
    """In which zones no session meets a day of school: the bits of ZONES."""
    days = {wall_date(each.starts_at) for each in sessions}
    return sum(bit for zone, bit in ZONES.values() if all(school_holiday(zone, day) for day in days))


def eases_of(brief: BriefFacts) -> int:
    """What makes it easy to come: the bits of EASE_BITS."""
    return sum(EASE_BITS[ease] for ease in eases(brief))
