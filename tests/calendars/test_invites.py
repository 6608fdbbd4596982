"""Invites: REQUEST and CANCEL, to one person, as Outlook, Gmail and Apple want them."""

from typing import Any

import pytest
import vobject
from hypothesis import given

from marketplace.calendars import feeds
from marketplace.calendars.entries import vevent
from marketplace.calendars.facts import Answer, EntryFacts, Method, Status
from marketplace.calendars.invites import invite
from marketplace.kernel.party import Party
from tests.calendars.examples import PLATFORM, TEACHER, content_lines, entry, hostile, session, values


def request(facts: EntryFacts, **people: Any) -> bytes:
    return invite(facts, method=Method.REQUEST, **({"organizer": PLATFORM, "attendee": TEACHER} | people))


def cancel(facts: EntryFacts) -> bytes:
    return invite(facts, method=Method.CANCEL, organizer=PLATFORM, attendee=TEACHER)


def components(octets: bytes) -> list[str]:
    return [line for line in content_lines(octets) if line.startswith("BEGIN:")]


def test_a_request_is_one_calendar_with_its_properties_first() -> None:
    """Properties before components (RFC 5545 3.4); one VEVENT, since Outlook ignores more."""
    octets = request(entry())
    lines = content_lines(octets)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0", "METHOD:REQUEST", "CALSCALE:GREGORIAN"} < set(
        lines[1 : lines.index("BEGIN:VTIMEZONE")]
    )
    assert components(octets) == [
        "BEGIN:VCALENDAR",
        "BEGIN:VTIMEZONE",
        "BEGIN:DAYLIGHT",
        "BEGIN:STANDARD",
        "BEGIN:VEVENT",
    ]


def test_the_time_zone_is_lean() -> None:
    """Two observances since 1970, each with a rule and no dates: Outlook refuses others."""
    lines = content_lines(request(entry()))
    zone = lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE") + 1]
    assert len(zone) == 17
    assert "TZID:Europe/Amsterdam" in zone
    summer = zone[zone.index("BEGIN:DAYLIGHT") : zone.index("END:DAYLIGHT")]
    winter = zone[zone.index("BEGIN:STANDARD") : zone.index("END:STANDARD")]
    assert {"DTSTART:19700329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"} < set(summer)
    assert {"DTSTART:19701025T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"} < set(winter)


def test_a_request_asks_exactly_one_person_for_an_answer() -> None:
    """Without ATTENDEE and RSVP there are no buttons (RFC 5545 3.2.17); more would not be private."""
    event = vobject.readOne(request(entry()).decode()).vevent
    (attendee,) = event.contents["attendee"]
    assert attendee.value == "mailto:m.otten@reestcollege.example"
    assert attendee.params == {
        "CN": ["Marieke Otten"],
        "CUTYPE": ["INDIVIDUAL"],
        "ROLE": ["REQ-PARTICIPANT"],
        "PARTSTAT": ["NEEDS-ACTION"],
        "RSVP": ["TRUE"],
    }


def test_the_organizer_is_the_platform_with_a_bare_address() -> None:
    (organizer,) = vobject.readOne(request(entry()).decode()).vevent.contents["organizer"]
    assert organizer.value == "mailto:meeloop@meeloop.example"
    assert organizer.params == {"CN": ["Meeloop, namens Reestdal Metaalwerken"]}


def test_a_known_answer_is_repeated() -> None:
    """After a small change, so that nobody is asked again for nothing."""
    (attendee,) = values(request(entry(sequence=1), partstat=Answer.ACCEPTED), "ATTENDEE")
    assert "PARTSTAT=ACCEPTED;" in attendee


def test_a_request_hides_propose_new_time() -> None:
    assert values(request(entry()), "X-MICROSOFT-DISALLOW-COUNTER") == ["TRUE"]


def test_mail_and_feed_tell_the_same_story() -> None:
    """The same VEVENT in mail and feed, but for people and alarm; else calendars show two."""
    facts = entry("2027-04-13", "2027-04-14", alarm_text="Neem mee: S3")
    in_feed = set(content_lines(vevent(facts).encode()))
    in_mail = set(content_lines(request(facts)))
    assert in_feed < in_mail


@pytest.mark.parametrize(
    ("day", "hour", "trigger"),
    [
        ("2027-02-09", "09:00", "-PT14H"),
        ("2027-02-09", "13:30", "-PT18H30M"),
        ("2027-03-28", "09:00", "-PT13H"),  # the night in which the clock goes forward
        ("2027-10-31", "09:00", "-PT15H"),  # and back
        ("2027-02-09", "20:00", "-P1DT1H"),
    ],
)
def test_the_reminder_comes_at_19_00_on_the_evening_before(day: str, hour: str, trigger: str) -> None:
    """One DISPLAY alarm, relative to the start, so that every day of a series has its own."""
    moment = session(day, hour, "22:00")
    octets = request(entry(occurrences=(moment,), alarm_text="Neem zelf mee:\nveiligheidsschoenen S3"))
    assert values(octets, "TRIGGER") == [trigger]
    assert values(octets, "ACTION") == ["DISPLAY"]
    alarm = vobject.readOne(octets.decode()).vevent.valarm
    assert alarm.description.value == "Neem zelf mee:\nveiligheidsschoenen S3"


def test_without_a_text_there_is_no_reminder() -> None:
    assert "BEGIN:VALARM" not in components(request(entry()))


def test_a_cancel_repeats_what_it_takes_out() -> None:
    """METHOD and STATUS, with UID, ORGANIZER, ATTENDEE and times as they were (RFC 5546 3.2.5); no alarm."""
    facts = entry("2027-04-13", "2027-04-14", status=Status.CANCELLED, sequence=2, alarm_text="Neem mee: S3")
    octets = cancel(facts)
    lines = content_lines(octets)
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "SEQUENCE:2"} < set(lines)
    before = content_lines(request(entry("2027-04-13", "2027-04-14", sequence=1)))
    for name in ("UID", "ORGANIZER", "DTSTART", "DTEND", "RRULE", "SUMMARY"):
        (said,) = [
            line for line in lines if line.startswith(name) and "1970" not in line and "YEARLY" not in line
        ]
        assert said in before
    (attendee,) = values(octets, "ATTENDEE")
    assert attendee.endswith(":mailto:m.otten@reestcollege.example")
    assert "RSVP" not in attendee
    assert "BEGIN:VALARM" not in lines


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.TENTATIVE])
def test_only_what_is_cancelled_is_sent_as_a_cancel(status: Status) -> None:
    with pytest.raises(ValueError, match="CANCEL"):
        cancel(entry(status=status))


def test_what_is_cancelled_is_not_sent_as_a_request() -> None:
    """Not allowed (RFC 5546 3.2.2), and calendars then keep the event and ring."""
    with pytest.raises(ValueError, match="REQUEST"):
        request(entry(status=Status.CANCELLED))


def test_an_invite_depends_on_nothing_but_its_facts() -> None:
    assert request(entry()) == request(entry())


@given(name=hostile)
def test_any_name_reads_back_as_its_label_and_starts_no_line_of_its_own(name: str) -> None:
    party = Party(name, TEACHER.address)
    octets = request(entry(), organizer=party, attendee=party)
    assert components(octets)[-1] == "BEGIN:VEVENT"
    event = vobject.readOne(octets.decode()).vevent
    for person in (event.organizer, event.attendee):
        assert person.value == "mailto:m.otten@reestcollege.example"
        assert person.params.get("CN", [""]) == [party.label]


def test_a_download_carries_the_same_entry_without_people() -> None:
    facts = entry()
    assert vevent(facts).encode() in feeds.document([vevent(facts)])
