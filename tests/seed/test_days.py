"""The region can be loaded for any day: in summer, in a holiday, on a Sunday."""

from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask

from marketplace import audit, seed
from marketplace.claims import queries as claims
from marketplace.claims.rules import NOTED_WITHIN
from marketplace.claims.states import ClaimState
from marketplace.kernel.times import at_wall
from marketplace.people.queries import person_at, regions_of
from marketplace.regions.rules import is_working_day, school_holiday
from marketplace.seed.weeks import day_in
from tests.rows import empty_database

DAYS = [date(2027, 7, 14), date(2027, 12, 26), date(2028, 9, 4)]


@pytest.fixture
def context(sqlite_app: Flask) -> Iterator[None]:
    with sqlite_app.app_context():
        yield
        empty_database()


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("day", DAYS[:2], ids=str)
def test_it_is_whole_on_any_day(day: date) -> None:
    now = at_wall(day, time(9))
    seed.load(scale="small", number=1, now=now)
    assert audit.breaches(now=now) == []
    teacher, coordinator = person_at("docent@demo.example"), person_at("coordinator@demo.example")
    assert teacher and coordinator
    assert {claim.state for claim in claims.claims_of(teacher.code)} == set(ClaimState)
    assert len(claims.to_decide(regions_of(coordinator.code), now=now)) >= 5


@pytest.mark.parametrize("week", [-8, -1, 1, 5, 13])
@pytest.mark.parametrize("today", DAYS, ids=str)
def test_school_weeks_keep_clear_of_holidays(week: int, today: date) -> None:
    for weekday in ("mon", "tue", "wed", "thu", "fri"):
        day = day_in(week, weekday, today)
        assert is_working_day(day) and not school_holiday("Noord", day)
        assert (day > today) == (week > 0)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_school_weeks_do_not_meet(today: date) -> None:
    days = [day_in(week, "tue", today) for week in range(-12, 14)]
    assert days == sorted(set(days))


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_lately_is_within_the_week_in_which_hosts_note_who_came(today: date) -> None:
    day = day_in("lately", "tue", today)
    assert is_working_day(day)
    assert today - NOTED_WITHIN < day < today


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_a_holiday_is_one(today: date) -> None:
    day = day_in("holiday", "thu", today)
    assert school_holiday("Noord", day) and is_working_day(day) and day.weekday() == 3
