"""A claim has one entry if its sessions form a daily or weekly series, else one for each."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.calendars.facts import Frequency, Occurrence
from marketplace.calendars.series import series
from tests.calendars.examples import session


def rules(*sessions: Occurrence) -> list[Frequency | None]:
    return [one.rule for one in series(sessions)]


def every(days: int, count: int, first: str) -> list[str]:
    return [str(date.fromisoformat(first) + timedelta(days=days * number)) for number in range(count)]


def test_one_session_is_one_entry_without_a_rule() -> None:
    assert rules(session("2027-02-09")) == [None]


def test_no_sessions_make_no_entries() -> None:
    assert series(()) == ()


def test_three_days_in_a_row_are_one_daily_series() -> None:
    assert rules(*map(session, every(1, 3, "2027-04-13"))) == [Frequency.DAILY]


@pytest.mark.parametrize("first", ["2027-03-04", "2027-10-07"])
def test_ten_thursdays_are_one_weekly_series_though_the_clock_changes_among_them(first: str) -> None:
    (only,) = series(map(session, every(7, 10, first)))
    assert only.rule is Frequency.WEEKLY
    assert len({one.starts_at.time() for one in only.occurrences}) == 2  # in UTC they move by an hour


@pytest.mark.parametrize("first", ["2027-03-27", "2027-10-30"])
def test_days_around_the_change_of_the_clock_are_one_daily_series(first: str) -> None:
    assert rules(*map(session, every(1, 3, first))) == [Frequency.DAILY]


@pytest.mark.parametrize("last_hour", [4, 5])
def test_a_night_in_which_the_clock_changes_makes_a_separate_entry(last_hour: int) -> None:
    """Until 6.00 it is shorter than the night before; as long as that one it ends at 7.00."""
    nights = [
        Occurrence(datetime(2027, 3, 26, 21, tzinfo=UTC), datetime(2027, 3, 27, 5, tzinfo=UTC)),
        Occurrence(datetime(2027, 3, 27, 21, tzinfo=UTC), datetime(2027, 3, 28, last_hour, tzinfo=UTC)),
    ]
    assert rules(*nights) == [None, None]


def test_the_hour_that_the_clock_shows_twice_makes_separate_entries() -> None:
    """02.30 on both days, but on the second the later of two: no rule can say so (RFC 5545 3.3.5)."""
    days = [
        Occurrence(datetime(2027, 10, 30, 0, 30, tzinfo=UTC), datetime(2027, 10, 30, 1, 30, tzinfo=UTC)),
        Occurrence(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), datetime(2027, 10, 31, 2, 30, tzinfo=UTC)),
    ]
    assert rules(*days) == [None, None]


@pytest.mark.parametrize(
    "days",
    [
        ["2027-02-09", "2027-02-11"],
        ["2027-02-09", "2027-02-10", "2027-02-12"],
        ["2027-02-09", "2027-02-16", "2027-03-02"],
        ["2027-02-09", "2027-02-09"],
        ["2027-02-09", "2027-02-10", "2027-02-17"],
        ["2027-02-09", "2027-02-23"],
    ],
)
def test_irregular_days_make_an_entry_each(days: list[str]) -> None:
    assert rules(*map(session, days)) == [None] * len(days)


def test_other_hours_make_an_entry_each() -> None:
    assert rules(session("2027-02-09"), session("2027-02-10", "10:00")) == [None, None]
    assert rules(session("2027-02-09"), session("2027-02-10", end="16:00")) == [None, None]


def test_the_order_in_which_sessions_come_does_not_matter() -> None:
    days = [session(day) for day in every(1, 3, "2027-04-13")]
    assert series(reversed(days)) == series(days)
    assert [one.occurrences[0] for one in series([days[2], days[0]])] == [days[0], days[2]]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2027, 2, 9, 8, tzinfo=UTC), datetime(2027, 2, 9, 8, tzinfo=UTC)),
        (datetime(2027, 2, 9, 8, tzinfo=UTC), datetime(2027, 2, 9, 7, tzinfo=UTC)),
        (datetime(2027, 2, 9, 8), datetime(2027, 2, 9, 9)),  # noqa: DTZ001 - naive on purpose
        (session("2027-02-09").starts_at.astimezone(), datetime(2027, 2, 9, 16)),  # noqa: DTZ001
    ],
)
def test_an_occurrence_is_aware_and_ends_after_it_starts(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match=r"UTC|can't end"):
        Occurrence(start, end)
