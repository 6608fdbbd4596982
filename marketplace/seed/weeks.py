"""School weeks: the made-up calendar keeps clear of holidays, whatever day it is loaded for."""

from datetime import date, timedelta
from functools import cache
from itertools import count

from marketplace.regions.rules import is_working_day, school_holiday

ZONE = "Noord"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
HOLIDAY = "holiday"
"""Instead of a week: the first such weekday in a school holiday."""
LATELY = "lately"
"""Instead of a week: the last working day before today, whatever the weekday."""


def day_in(week: int | str, weekday: str, today: date) -> date:
    """A weekday of a school week, counted from that of `today` (negative: before it), or in a holiday, or lately."""
    number = WEEKDAYS.index(weekday)
    if week == HOLIDAY:
        return _in_holiday(number, today)
    if week == LATELY:
        return last_working_day(today)
    return _school_week(int(week), today) + timedelta(days=number)


@cache
def _school_week(number: int, today: date) -> date:
    """Monday of a week in which there is school on all five days; the week of `today` is number 0, school or not."""
    monday = today - timedelta(days=today.weekday())
    step = timedelta(weeks=1 if number > 0 else -1)
    for _ in range(abs(number)):
        monday += step
        while not _is_whole(monday):
            monday += step
    return monday


def _is_whole(monday: date) -> bool:
    """Whether there is school on all five days."""
    days = [monday + timedelta(days=number) for number in range(5)]
    return all(is_working_day(day) and not school_holiday(ZONE, day) for day in days)


def last_working_day(before: date) -> date:
    """The last working day before that date."""
    days = (before - timedelta(days=number) for number in count(1))
    return next(day for day in days if is_working_day(day))


def _in_holiday(weekday: int, today: date) -> date:
    """At least two weeks ahead, on a working day. Where no holiday is known, an ordinary week has to do."""
    days = (today + timedelta(days=number) for number in range(14, 366))
    free = (day for day in days if school_holiday(ZONE, day) and is_working_day(day))
    return next((day for day in free if day.weekday() == weekday), today + timedelta(weeks=8))
