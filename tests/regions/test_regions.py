"""Regions with their parts, and the days on which there is no school."""

from datetime import date

import pytest

from marketplace.kernel.database import transaction
from marketplace.kernel.errors import NotFound
from marketplace.regions.actions import add_region
from marketplace.regions.models import Region
from marketplace.regions.queries import region_with, regions, regions_with
from marketplace.regions.rules import is_working_day, school_holiday
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("zone", "day", "name"),
    [
        ("Noord", date(2027, 2, 22), "Voorjaarsvakantie"),
        ("Zuid", date(2027, 2, 22), ""),
        ("Zuid", date(2027, 2, 15), "Voorjaarsvakantie"),
        ("Noord", date(2027, 2, 9), ""),
        ("Midden", date(2026, 12, 25), "Kerstvakantie"),
    ],
)
def test_each_zone_has_its_own_school_holidays(zone: str, day: date, name: str) -> None:
    assert school_holiday(zone, day) == name


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2027, 2, 9), True),
        (date(2027, 2, 13), False),
        (date(2027, 2, 14), False),
        (date(2027, 4, 27), False),
        (date(2027, 12, 25), False),
        (date(2027, 3, 29), False),
    ],
    ids=["Tuesday", "Saturday", "Sunday", "King's Day", "Christmas", "Easter Monday"],
)
def test_a_working_day_is_no_weekend_and_no_public_holiday(day: date, is_working: bool) -> None:
    assert is_working_day(day) is is_working


@pytest.mark.usefixtures("app_context")
def test_a_region_is_followed_by_its_parts() -> None:
    with transaction():
        made: dict[str, Region] = {}
        for name, parent in (("Zuid", ""), ("Noord", ""), ("Noord-West", "Noord"), ("Noord-Oost", "Noord")):
            made[name] = add_region(
                name=name, holiday_zone="Noord", parent=made.get(parent), by="system", now=NOW
            )
    assert [each.name for each in regions()] == ["Noord", "Noord-Oost", "Noord-West", "Zuid"]
    assert region_with(made["Zuid"].code) is made["Zuid"]
    assert [each.name for each in regions_with([made["Zuid"].id, made["Noord"].id])] == ["Noord", "Zuid"]
    with pytest.raises(NotFound):
        region_with("ZZZZZZZZZZ")
