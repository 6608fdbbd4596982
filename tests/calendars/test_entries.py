"""One entry: what stands in it, how times and exclusions are written, and what is refused."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import recurring_ical_events
import vobject
from hypothesis import given
from icalendar import Calendar

from marketplace.calendars import cleaning
from marketplace.calendars.entries import event, vevent
from marketplace.calendars.facts import EntryFacts, Occurrence, Status
from marketplace.calendars.feeds import document
from tests.calendars.examples import AMSTERDAM, URL, content_lines, entry, hostile, session, values

THURSDAYS = [str(date(2027, 3, 4) + timedelta(weeks=week)) for week in range(10)]


def octets(facts: EntryFacts) -> bytes:
    return vevent(facts).encode()


def value(facts: EntryFacts, name: str) -> str:
    (only,) = values(octets(facts), name)
    return only


def shown(facts: EntryFacts) -> list[str]:
    """When a calendar that knows Amsterdam shows the entry."""
    found = recurring_ical_events.of(Calendar.from_ical(document([vevent(facts)]))).between(
        datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    )
    return [one.start.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M") for one in found]


def vobject_event(facts: EntryFacts) -> Any:
    return vobject.readOne(document([vevent(facts)]).decode()).vevent


# What stands in it


def test_an_entry_says_what_every_calendar_needs() -> None:
    """RFC 5545 3.6.1; SEQUENCE always present (RFC 5546 2.1.4); DTSTAMP is the last change, not now."""
    lines = content_lines(octets(entry(sequence=3)))
    assert lines[0] == "BEGIN:VEVENT"
    assert lines[-1] == "END:VEVENT"
    assert {
        "UID:0b1c4c3e-8f0f-4d0e-9a53-5d3ad6fd4c11@meeloop.example",
        "SEQUENCE:3",
        "DTSTAMP:20270112T103005Z",
        "LAST-MODIFIED:20270112T103005Z",
        "CREATED:20270111T080000Z",
        "DTSTART;TZID=Europe/Amsterdam:20270209T090000",
        "DTEND;TZID=Europe/Amsterdam:20270209T170000",
        "SUMMARY:Docentstage Reestdal Metaalwerken",
        r"LOCATION:Reestdal Metaalwerken\, Smidsvonkweg 14\, 7944 XY Meppel",
        rf"URL:{URL}",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
    } < set(lines)


def test_an_entry_as_feeds_hold_it_names_nobody_and_rings_no_bell() -> None:
    """Feeds carry no ATTENDEE and no VALARM; an ORGANIZER would say that somebody invites."""
    text = vevent(entry(alarm_text="Neem mee: S3"))
    assert not re.search("ATTENDEE|ORGANIZER|VALARM|RSVP|METHOD|Neem mee: S3", text)


def test_an_entry_depends_on_nothing_but_its_facts() -> None:
    assert vevent(entry()) == vevent(entry())
    assert vevent(entry()) != vevent(entry(sequence=1))


def test_what_is_not_known_is_left_out() -> None:
    lines = content_lines(octets(entry(location="", description="", url="")))
    assert not [line for line in lines if line.startswith(("LOCATION", "DESCRIPTION", "URL"))]


def test_a_tentative_entry_says_so_to_outlook_too() -> None:
    """Outlook reads X-MICROSOFT-CDO-BUSYSTATUS before STATUS (MS-OXCICAL 2.1.3.1.1.20.31)."""
    lines = content_lines(octets(entry(status=Status.TENTATIVE)))
    assert {
        "STATUS:TENTATIVE",
        "TRANSP:OPAQUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-INTENDEDSTATUS:TENTATIVE",
    } < set(lines)


def test_a_cancelled_entry_stays_and_blocks_nobodys_time() -> None:
    lines = content_lines(octets(entry(status=Status.CANCELLED)))
    assert {"STATUS:CANCELLED", "TRANSP:TRANSPARENT", "DTSTART;TZID=Europe/Amsterdam:20270209T090000"} < set(
        lines
    )


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.TENTATIVE])
def test_mere_information_blocks_nobodys_time(status: Status) -> None:
    text = vevent(entry(is_busy=False, status=status))
    assert "TRANSP:TRANSPARENT" in text
    assert "BUSYSTATUS" not in text


# Times


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        ("2027-03-27", 8),
        ("2027-03-28", 7),  # the Sunday on which summer time begins
        ("2027-03-29", 7),
        ("2027-10-30", 7),
        ("2027-10-31", 8),  # the Sunday on which it ends
        ("2027-11-01", 8),
    ],
)
def test_the_time_zone_that_is_sent_along_gives_the_right_hour(day: str, utc_hour: int) -> None:
    """vobject takes the zone from the VTIMEZONE in the file, as Outlook does."""
    start = vobject_event(entry(day)).dtstart.value
    assert start.astimezone(UTC) == datetime.combine(
        date.fromisoformat(day), datetime.min.time(), UTC
    ).replace(hour=utc_hour)
    assert start.tzname() == ("CEST" if utc_hour == 7 else "CET")


def test_the_hour_that_the_clock_shows_twice_is_said_in_utc() -> None:
    """A local time that occurs twice means the first of both (RFC 5545 3.3.5)."""
    late = Occurrence(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    facts = entry(occurrences=(late,))
    assert value(facts, "DTSTART") == "TZID=Europe/Amsterdam:20271031T023000"
    assert value(facts, "DTEND") == "20271031T013000Z"


def test_three_days_are_one_entry_with_a_daily_rule() -> None:
    facts = entry("2027-04-13", "2027-04-14", "2027-04-15")
    assert value(facts, "RRULE") == "FREQ=DAILY;COUNT=3"
    assert shown(facts) == ["2027-04-13 09:00", "2027-04-14 09:00", "2027-04-15 09:00"]


def test_ten_thursdays_keep_their_hour_when_the_clock_changes() -> None:
    facts = entry(*THURSDAYS)
    assert value(facts, "RRULE") == "FREQ=WEEKLY;COUNT=10;BYDAY=TH"
    assert shown(facts) == [f"{day} 09:00" for day in THURSDAYS]
    assert [str(one.date()) for one in vobject_event(facts).rruleset] == THURSDAYS


def test_a_single_day_has_no_rule() -> None:
    assert "RRULE" not in vevent(entry())


@pytest.mark.parametrize("out", [[0], [4], [9], [2, 5]])
def test_what_falls_out_of_a_series_is_an_exdate_and_the_rule_stays(out: list[int]) -> None:
    """EXDATE in the form of DTSTART (RFC 5545 3.8.5.1), before and after the clock changes."""
    sessions = [session(day) for day in THURSDAYS]
    facts = entry(*THURSDAYS, excluded=tuple(sessions[number].starts_at for number in reversed(out)))
    assert value(facts, "RRULE") == "FREQ=WEEKLY;COUNT=10;BYDAY=TH"
    assert value(facts, "DTSTART") == "TZID=Europe/Amsterdam:20270304T090000"
    dates = ",".join(f"{THURSDAYS[number].replace('-', '')}T090000" for number in out)
    assert value(facts, "EXDATE") == f"TZID=Europe/Amsterdam:{dates}"
    left = [day for number, day in enumerate(THURSDAYS) if number not in out]
    assert shown(facts) == [f"{day} 09:00" for day in left]
    assert [str(one.date()) for one in vobject_event(facts).rruleset] == left


def test_a_cancelled_entry_of_which_everything_fell_out_is_cancelled_whole() -> None:
    days = ("2027-04-13", "2027-04-14")
    starts = tuple(session(day).starts_at for day in days)
    assert "EXDATE" not in vevent(entry(*days, excluded=starts, status=Status.CANCELLED))
    assert "EXDATE" in vevent(entry(*days, excluded=starts[:1], status=Status.CANCELLED))


# Texts


def test_long_texts_in_many_octets_are_folded_between_characters() -> None:
    """At 75 octets, not characters: "coördinator" counts one more (RFC 5545 3.1)."""
    text = "coördinatör €urocodes 🦺 " * 100
    facts = entry(description=text)
    assert any(line.startswith("DESCRIPTION:coördinatör") for line in content_lines(octets(facts)))
    assert vobject_event(facts).description.value == text


@given(description=hostile)
def test_lines_are_folded_where_the_library_folds_them(description: str) -> None:
    """Else what stands in a calendar already would seem to have changed."""
    facts = entry(description=description + "\\;é^, " * 40 + description)
    assert octets(facts) == event(facts).to_ical()


def test_a_summary_is_one_line_of_255_characters() -> None:
    """MS-OXCICAL cuts what is longer."""
    facts = entry(summary="Lassen\r\nen  zetten " * 40, location="é" * 255)
    summary = vobject_event(facts).summary.value
    assert summary.startswith("Lassen en zetten Lassen")
    assert summary.endswith("zetten…")
    assert len(vobject_event(entry(summary="é" * 256)).summary.value) == 255
    assert vobject_event(facts).location.value == "é" * 255


def test_nothing_of_a_description_is_ever_cut() -> None:
    assert vobject_event(entry(description="ë" * 8000)).description.value == "ë" * 8000
    with pytest.raises(ValueError, match="8000"):
        vevent(entry(description="ë" * 8001))


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("een\r\ntwee\rdrie\nvier", "een\ntwee\ndrie\nvier"),
        ("een\u2028twee\u0085drie", "een\ntwee\ndrie"),
        ("bel\x07, nul\x00, esc\x1b[31m", "bel, nul, esc[31m"),
        (r"C:\temp\n; a, b: \, \;", r"C:\temp\n; a, b: \, \;"),
        ("half \ud83e teken", "half  teken"),
        ("\ufeffeen\ufeff", "een"),
        ("kolom\tkolom", "kolom\tkolom"),
        (r"S:\Nieuw", "S:/Nieuw"),
        ("hi\nEND:VEVENT\nBEGIN:VEVENT\nUID:1", "hi\nEND:VEVENT\nBEGIN:VEVENT\nUID:1"),
    ],
)
def test_texts_lose_control_characters_and_nothing_else(said: str, read: str) -> None:
    assert vobject_event(entry(description=said)).description.value == read


@given(summary=hostile, location=hostile, description=hostile)
def test_any_text_reads_back_as_it_was_cleaned(summary: str, location: str, description: str) -> None:
    facts = entry(summary=summary, location=location, description=description)
    content_lines(octets(facts))
    event = vobject_event(facts)
    for name, text in (
        ("summary", cleaning.short_line(summary)),
        ("location", cleaning.short_line(location)),
        ("description", cleaning.lines(description)),
    ):
        assert event.getChildValue(name, "") == text


@given(hostile)
def test_cleaning_touches_only_line_ends_control_characters_and_paths(text: str) -> None:
    gone = {"Cc", "Cs", "Zl", "Zp"}
    left = "".join(c for c in text if c == "\t" or (unicodedata.category(c) not in gone and c != "\ufeff"))
    assert cleaning.lines(text).replace("\n", "").replace("/", "\\") == left.replace("/", "\\")
    assert cleaning.lines(cleaning.lines(text)) == cleaning.lines(text)
    assert len(cleaning.short_line(text).splitlines()) <= 1


# Refusals


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"occurrences": ()}, "needs an occurrence"),
        ({"occurrences": (session("2027-02-09"), session("2027-02-11"))}, "an entry each"),
        ({"occurrences": (session("2027-02-10"), session("2027-02-09"))}, "an entry each"),
        ({"excluded": (session("2027-02-10").starts_at,)}, "its own starts"),
        ({"excluded": (session("2027-02-09").starts_at,)}, "must be cancelled"),
        ({"uid": "x" * 203}, "202"),
        ({"uid": ""}, "202"),
        ({"uid": "a\r\nATTENDEE:mailto:x@y"}, "202"),
        ({"stamp": datetime(2027, 1, 1)}, "UTC"),  # noqa: DTZ001 - naive on purpose
        ({"created_at": datetime(2027, 7, 1, tzinfo=AMSTERDAM)}, "UTC"),
        ({"zone": "America/New_York"}, "New_York"),
        ({"url": "javascript:alert(1)"}, "http"),
        ({"url": "https://x.example/a b"}, "http"),
        ({"url": "https://x.example/\r\nATTENDEE:mailto:x@y"}, "http"),
        ({"url": "https://x.example/\n"}, "http"),
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        vevent(entry(**changes))


def test_a_uid_of_202_octets_is_taken() -> None:
    assert value(entry(uid="x" * 202), "UID") == "x" * 202
