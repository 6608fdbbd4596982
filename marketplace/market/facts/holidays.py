"""School holidays in words: the one that a moment falls in, and those that whoever looks has to do with."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from marketplace.kernel.texts import gettext
from marketplace.kernel.times import wall_date
from marketplace.kernel.wording import days, listing
from marketplace.offers.facts import OfferSearch
from marketplace.offers.listed import ZONES
from marketplace.organisations.queries import organisations_with
from marketplace.regions.queries import regions
from marketplace.regions.rules import school_holiday
from marketplace.web.visitors import visitor

_DAY = timedelta(days=1)


def holiday_on(zone: str, *days: datetime) -> str:
    """A sentence on the school holiday that one of these days falls in; empty if there is none."""
    names = [school_holiday(zone, wall_date(day)) for day in days] if zone else []
    name = next((each for each in names if each), "")
    return gettext("In a school holiday: %(name)s (%(zone)s)", name=name.lower(), zone=zone) if name else ""


def own_zones() -> frozenset[str]:
    """The zones of the visitor's own schools; none for who has none."""
    who = visitor()
    schools = organisations_with(who.organisations_as("participant")) if who else []
    return frozenset(school.region.holiday_zone for school in schools)


def zones_for(found: OfferSearch) -> frozenset[str]:
    """The visitor's own zones; else those of the regions searched; else all."""
    if own := own_zones():
        return own
    asked = {each.holiday_zone for each in regions() if each.code in found.region} if found.region else set()
    return frozenset(asked or {zone for zone, _ in ZONES.values()})


def holiday_of(zones: frozenset[str], day: date) -> str:
    """The school holiday on a day, with its zones where not all have it; empty if there is school."""
    by_name: dict[str, list[str]] = {}
    for zone in sorted(zones):
        if name := school_holiday(zone, day):
            by_name.setdefault(name, []).append(zone)
    return ", ".join(
        name if len(having) == len(zones) else f"{name} ({listing(having)})"
        for name, having in by_name.items()
    )


def holidays_between(zones: frozenset[str], first: date, last: date) -> list[tuple[str, str]]:
    """The school holidays that these days meet: each with its zones, and from when to when it is in words."""
    runs: dict[tuple[date, date, str], list[str]] = {}
    for zone in sorted(zones):
        for run in _runs(zone, first, last):
            runs.setdefault(run, []).append(zone)
    return [
        (f"{name} ({listing(having)})", days(_from(start, end)))
        for (start, end, name), having in sorted(runs.items())
    ]


def _runs(zone: str, first: date, last: date) -> Iterator[tuple[date, date, str]]:
    day = first
    while day <= last:
        if name := school_holiday(zone, day):
            start, day = _end(zone, day, name, -_DAY), _end(zone, day, name, _DAY)
            yield start, day, name
        day += _DAY


def _end(zone: str, day: date, name: str, step: timedelta) -> date:
    while school_holiday(zone, day + step) == name:
        day += step
    return day


def _from(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]
