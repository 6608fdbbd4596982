"""From the wall clock to instants and back, on the days on which the clock changes too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.clock import now
from marketplace.kernel.times import at_wall, start_of_day, wall, wall_date

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2027, 2, 9), time(8), datetime(2027, 2, 9, 7, tzinfo=UTC)),
        (date(2027, 7, 9), time(8), datetime(2027, 7, 9, 6, tzinfo=UTC)),
        (SPRING, time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (SPRING, time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (SPRING, time(3), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (AUTUMN, time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (AUTUMN, time(3), datetime(2027, 10, 31, 2, tzinfo=UTC)),
    ],
)
def test_what_a_clock_shows_is_one_instant(day: date, clock: time, utc: datetime) -> None:
    assert at_wall(day, clock) == utc


def test_a_time_that_spring_skips_is_shown_after_the_jump() -> None:
    assert wall(at_wall(SPRING, time(2, 30))).time() == time(3, 30)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 2, 9), 24)])
def test_a_day_has_the_hours_it_has(day: date, hours: int) -> None:
    assert start_of_day(day + timedelta(days=1)) - start_of_day(day) == timedelta(hours=hours)


def test_a_date_is_that_of_the_wall_and_not_of_utc() -> None:
    assert wall_date(datetime(2027, 2, 8, 23, 30, tzinfo=UTC)) == date(2027, 2, 9)
    assert wall_date(datetime(2027, 2, 8, 22, 59, tzinfo=UTC)) == date(2027, 2, 8)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - given its zone below
def test_every_instant_reads_back_but_the_hour_that_autumn_repeats(instant: datetime) -> None:
    utc = instant.replace(tzinfo=UTC)
    shown = wall(utc)
    again = at_wall(shown.date(), shown.time())
    assert again == (utc - timedelta(hours=1) if shown.fold else utc)


def test_now_is_a_whole_second_in_utc() -> None:
    assert now().tzinfo is UTC
    assert now().microsecond == 0
