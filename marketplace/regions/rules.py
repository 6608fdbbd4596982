"""School holidays of a region and public holidays, from the `holidays` library (rijksoverheid.nl)."""

from datetime import date, timedelta
from functools import cache

from holidays import country_holidays


@cache
def _school_holidays(zone: str, year: int) -> dict[date, str]:
    return dict(country_holidays("NL", subdiv=zone, years=year, categories=("school",), language="nl"))


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("NL", years=year))


def school_holiday(zone: str, day: date) -> str:
    """The name of the school holiday in `zone` ("Noord", "Midden", "Zuid") on `day`; empty if there is school."""
    return _school_holidays(zone, day.year).get(day, "")


def is_working_day(day: date) -> bool:
    """Whether `day` is a weekday and no public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def working_days_later(day: date, count: int) -> date:
    """The day that is `count` working days after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
