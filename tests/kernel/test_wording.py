"""Dates, times and numbers as people read them, in Dutch and in English."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from marketplace.kernel import wording
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.site import Site
from marketplace.kernel.texts import current_language, say, speaking

EIGHT = datetime(2027, 2, 9, 7, 0, tzinfo=UTC)
FOUR = EIGHT + timedelta(hours=8)
TUESDAY = date(2027, 2, 9)


@pytest.mark.parametrize(
    ("words", "arguments", "dutch", "english"),
    [
        ("day", (EIGHT,), "dinsdag 9 februari 2027", "Tuesday 9 February 2027"),
        ("day_of_year", (EIGHT,), "dinsdag 9 februari", "Tuesday 9 February"),
        ("plain_day", (TUESDAY,), "9 februari 2027", "9 February 2027"),
        ("short_day", (TUESDAY,), "09-02-2027", "09/02/2027"),
        ("weekday", (TUESDAY,), "di", "Tue"),
        ("month", (TUESDAY,), "feb", "Feb"),
        ("month_name", (TUESDAY,), "Februari 2027", "February 2027"),
        ("week", (TUESDAY,), "6", "6"),
        ("clock", (EIGHT,), "8.00", "8:00"),
        ("hour", (EIGHT,), "8.00 uur", "8:00"),
        ("hours", (EIGHT, FOUR), "8.00–16.00 uur", "8:00–16:00"),
        ("moment", (EIGHT,), "dinsdag 9 februari 2027, 8.00 uur", "Tuesday 9 February 2027, 8:00"),
        ("number", (1234.5,), "1.234,5", "1,234.5"),
        ("listing", (["a", "b", "c"],), "a, b en c", "a, b and c"),
    ],
)
def test_people_read_it_in_their_own_language(
    words: str, arguments: tuple[Any, ...], dutch: str, english: str
) -> None:
    with speaking("nl"):
        assert getattr(wording, words)(*arguments) == dutch
    with speaking("en"):
        assert getattr(wording, words)(*arguments).replace("\u202f", " ") == english


def test_a_summer_instant_is_said_in_summer_time() -> None:
    with speaking("nl"):
        assert wording.clock(datetime(2027, 7, 9, 6, 0, tzinfo=UTC)) == "8.00"


def test_the_day_is_that_of_the_wall_clock() -> None:
    with speaking("nl"):
        assert wording.day(datetime(2027, 2, 8, 23, 30, tzinfo=UTC)) == "dinsdag 9 februari 2027"


def test_hours_over_midnight_say_the_second_day() -> None:
    with speaking("nl"):
        said = wording.hours(EIGHT + timedelta(hours=12), EIGHT + timedelta(hours=18))
    assert said == "20.00 uur – woensdag 10 februari, 2.00 uur"


def days(*numbers: int, month: int = 2) -> list[date]:
    return [date(2027, month, number) for number in numbers]


@pytest.mark.parametrize(
    ("instants", "english"),
    [
        (days(9), "Tuesday 9 February 2027"),
        (days(9, 9), "Tuesday 9 February 2027"),
        (days(9, 10), "Tuesday 9 and Wednesday 10 February 2027"),
        (days(15, 16, 17), "Monday 15 to Wednesday 17 February 2027"),
        (days(9, 11, 18), "Tuesday 9, Thursday 11 and Thursday 18 February 2027"),
        (
            days(25) + days(4, month=3),
            "Thursday 25 February and Thursday 4 March 2027",
        ),
        (days(1, 3, 8, 10, 15), "5 times, Monday 1 February 2027 to Monday 15 February 2027"),
    ],
)
def test_several_days_are_one_phrase(instants: list[date], english: str) -> None:
    with speaking("en"):
        assert wording.days(instants) == english


@pytest.mark.parametrize(
    ("first", "last", "count", "english", "dutch"),
    [
        (days(16), days(17), 2, "Tuesday 16 and Wednesday 17 February", "dinsdag 16 en woensdag 17 februari"),
        (
            days(16),
            days(18),
            3,
            "Tuesday 16 to Thursday 18 February",
            "dinsdag 16 tot en met donderdag 18 februari",
        ),
        (
            days(19),
            days(23),
            3,
            "3 times, Friday 19 February to Tuesday 23 February",
            "3 keer, vrijdag 19 februari tot en met dinsdag 23 februari",
        ),
        (
            [date(2026, 12, 31)],
            [date(2027, 1, 1)],
            2,
            "Thursday 31 December 2026 and Friday 1 January 2027",
            "donderdag 31 december 2026 en vrijdag 1 januari 2027",
        ),
    ],
)
def test_days_of_which_only_the_ends_are_known_leave_the_year_out(
    first: list[date], last: list[date], count: int, english: str, dutch: str
) -> None:
    with speaking("en"):
        assert wording.days_between(first[0], last[0], count) == english
    with speaking("nl"):
        assert wording.days_between(first[0], last[0], count) == dutch


@pytest.mark.parametrize(
    ("text", "folded"),
    [("  Café\n  Größe ", "cafe grosse"), ("Yıldız", "yildiz"), ("ÉÉN", "een"), ("", "")],
)
def test_folded_texts_compare_as_people_do(text: str, folded: str) -> None:
    assert wording.fold(text) == folded


def test_a_language_holds_within_its_block_and_an_unknown_one_means_dutch() -> None:
    with speaking("en"):
        with speaking("xx"):
            assert current_language() == "nl"
        assert current_language() == "en"


def test_a_refusal_says_why_with_its_numbers_filled_in() -> None:
    refusal = Refusal("At most %(limit)s seats.", {"limit": 5})
    assert str(Refused(refusal)) == say(refusal) == "At most 5 seats."


def test_a_percent_sign_in_a_refusal_without_numbers_is_a_percent_sign() -> None:
    assert str(Refused(Refusal("100% full"))) == "100% full"


@pytest.mark.parametrize(
    ("base_url", "is_public"),
    [
        ("http://127.0.0.1:5000", False),
        ("http://localhost", False),
        ("http://[::1]:5000", False),
        ("https://meeloop.example", True),
        ("http://192.168.1.5:5000", True),
        ("http://localhost.evil.example", True),
        ("http://0.0.0.0:5000", True),
    ],
)
def test_a_site_is_public_unless_it_is_this_very_machine(base_url: str, is_public: bool) -> None:
    assert Site(base_url=base_url).is_public is is_public
