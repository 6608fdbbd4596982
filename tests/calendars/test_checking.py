"""A feed as a program sees it: compared with another reader, and with what is known to be wrong named."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import recurring_ical_events
from hypothesis import given
from icalendar import Calendar

from marketplace.calendars.checking import look_at
from marketplace.calendars.days import DayFacts, whole_day
from marketplace.calendars.entries import vevent
from marketplace.calendars.facts import Status
from marketplace.calendars.feeds import feed
from marketplace.kernel.texts import say, speaking
from tests.calendars.examples import content_lines, entry, hostile, session, values

DAY = DayFacts(
    uid="SL0T4567-3@meeloop.example",
    sequence=2,
    stamp=datetime(2027, 1, 12, 10, 30, tzinfo=UTC),
    day=date(2027, 3, 28),
    summary="Verstuur de uitnodiging (Masterclass warmtepompen)",
    description="Zes weken van tevoren.",
    url="https://meeloop.example/moments/SL0T4567",
)


def problems(octets: bytes) -> str:
    with speaking("en"):
        return " ".join(say(each) for each in look_at(octets).problems)


@pytest.mark.parametrize(
    "days",
    [
        ("2027-02-09",),
        ("2027-03-27", "2027-03-28", "2027-03-29"),  # the clock goes forward on the second
        ("2027-10-30", "2027-10-31", "2027-11-01"),  # and back
        ("2027-10-21", "2027-10-28", "2027-11-04", "2027-11-11"),
    ],
)
def test_it_shows_each_time_as_another_reader_does(days: tuple[str, ...]) -> None:
    """RFC 5545 3.3.10, 3.8.5.1: a rule on the local clock, without what fell out."""
    gone = (session(days[1]).starts_at,) if len(days) > 1 else ()
    octets = feed([vevent(entry(*days, excluded=gone))], name="Meeloop")
    shown = [(each.starts_at, each.ends_at) for each in look_at(octets).appointments]
    others = recurring_ical_events.of(Calendar.from_ical(octets)).between("20270101", "20280101")
    expected = [(each["DTSTART"].dt.astimezone(UTC), each["DTEND"].dt.astimezone(UTC)) for each in others]
    assert shown == sorted(expected)
    assert len(shown) == len(days) - len(gone)
    assert problems(octets) == ""


def test_it_shows_what_is_tentative_cancelled_and_a_whole_day_in_order() -> None:
    texts = [
        vevent(entry("2027-04-09", uid="c@x", status=Status.CANCELLED)),
        whole_day(DAY),
        vevent(entry("2027-02-09", uid="t@x", status=Status.TENTATIVE)),
    ]
    look = look_at(feed(texts, name="Meeloop"))
    assert [each.status for each in look.appointments] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert [each.days for each in look.appointments] == [None, (date(2027, 3, 28), date(2027, 3, 28)), None]
    assert look.appointments[0].location.startswith("Reestdal")
    assert (look.entries, look.problems) == (3, ())


def test_an_empty_feed_is_in_order() -> None:
    assert look_at(feed([], name="Meeloop")).problems == ()


GOOD = feed([vevent(entry())], name="Meeloop")


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (GOOD.replace(b"\r\n", b"\n"), "CRLF"),  # RFC 5545 3.1
        (GOOD.replace(b"\r\n ", b""), "75"),  # RFC 5545 3.1
        (
            GOOD.replace(b"VERSION:2.0", b"VERSION:2.0\r\nMETHOD:REQUEST"),
            "asks for an answer",
        ),  # RFC 5546 3.2
        (GOOD.replace(b"TZID:Europe/Amsterdam", b"TZID:Europe/Zaandam"), "time zone"),  # RFC 5545 3.2.19
        (feed([vevent(entry())] * 2, name="x"), "share an identifier"),  # RFC 5545 3.8.4.7
        (GOOD.replace(b"DTSTAMP:", b"X-STAMP:"), "lacks"),  # RFC 5545 3.6.1
        (GOOD.replace(b"SEQUENCE:0", b"SEQUENCE:0\r\nATTENDEE:mailto:a@b.example"), "names people"),
        (feed((vevent(entry(uid=f"{n}@x")) for n in range(1001)), name="x"), "more than 1000"),
        (GOOD[:-20], "cannot be read"),
        (b"<html>", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(octets: bytes, words: str) -> None:
    assert words in problems(octets)


@given(hostile)
def test_whatever_people_type_is_shown_and_never_a_problem(text: str) -> None:
    look = look_at(feed([vevent(entry(summary=text or "x", location=text))], name="Meeloop"))
    assert len(look.appointments) == 1
    assert look.problems == ()


def test_a_whole_day_ends_the_day_after_and_claims_no_time() -> None:
    """RFC 5545 3.6.1: the end is not part of it; also on the day that the clock changes."""
    octets = feed([whole_day(DAY)], name="Meeloop")
    assert values(octets, "DTEND") == ["VALUE=DATE:20270329"]
    assert values(octets, "TRANSP") == ["TRANSPARENT"]
    assert values(octets, "SEQUENCE") == ["2"]
    assert values(octets, "DTSTAMP") == values(octets, "LAST-MODIFIED") == ["20270112T103000Z"]
    assert content_lines(octets)


def test_a_whole_day_takes_no_stamp_without_a_zone() -> None:
    with pytest.raises(ValueError, match="UTC"):
        whole_day(replace(DAY, stamp=DAY.stamp.replace(tzinfo=None)))
