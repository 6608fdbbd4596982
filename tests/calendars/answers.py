"""Replies as calendars send them: the same answer in the shape of each, written after what they are known to do."""

from collections.abc import Callable
from dataclasses import dataclass

UID = "0b1c4c3e-8f0f-4d0e-9a53-5d3ad6fd4c11@meeloop.example"


@dataclass(frozen=True)
class Given:
    """What somebody answers: to which invite, and how."""

    partstat: str = "ACCEPTED"
    uid: str = UID
    attendee: str = "m.otten@reestcollege.example"
    sequence: int = 0
    stamp: str = "20270111T093000Z"
    occurrence: str = ""
    """The local start of the one that it is about, as 20270209T080000."""
    comment: str = ""
    method: str = "REPLY"


def outlook(given: Given) -> str:
    """Exchange: no ORGANIZER, words before the subject, zones as Windows names them, languages everywhere."""
    word = {"ACCEPTED": "Geaccepteerd", "DECLINED": "Geweigerd"}.get(given.partstat, "Voorlopig")
    zone = "W. Europe Standard Time"
    return _crlf(
        "BEGIN:VCALENDAR",
        f"METHOD:{given.method}",
        "PRODID:Microsoft Exchange Server 2010",
        "VERSION:2.0",
        "BEGIN:VTIMEZONE",
        f"TZID:{zone}",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        f"ATTENDEE;PARTSTAT={given.partstat};CN=Marieke Otten:mailto:{_cut(given.attendee)}",
        f"COMMENT;LANGUAGE=nl-NL:{given.comment}\\n",
        f"RECURRENCE-ID;TZID={zone}:{given.occurrence}" if given.occurrence else "",
        f"UID:{_cut(given.uid)}",
        f"SUMMARY;LANGUAGE=nl-NL:{word}: Docentstage Reestdal Metaalwerken",
        f"DTSTART;TZID={zone}:20270209T080000",
        f"DTEND;TZID={zone}:20270209T160000",
        "CLASS:PUBLIC",
        "PRIORITY:5",
        f"DTSTAMP:{given.stamp}",
        "TRANSP:OPAQUE",
        "STATUS:CONFIRMED",
        f"SEQUENCE:{given.sequence}",
        "LOCATION;LANGUAGE=nl-NL:Reestdal Metaalwerken\\, Smidsvonkweg 14",
        f"X-MICROSOFT-CDO-APPT-SEQUENCE:{given.sequence}",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
        "END:VEVENT",
        "END:VCALENDAR",
    )


def google(given: Given) -> str:
    """Gmail: all in UTC, with CREATED and a guest count."""
    occurrence = f"RECURRENCE-ID;TZID=Europe/Amsterdam:{given.occurrence}" if given.occurrence else ""
    return _crlf(
        "BEGIN:VCALENDAR",
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        f"METHOD:{given.method}",
        "BEGIN:VEVENT",
        "DTSTART:20270209T070000Z",
        "DTEND:20270209T150000Z",
        f"DTSTAMP:{given.stamp}",
        "ORGANIZER;CN=Meeloop namens Reestdal:mailto:meeloop@meeloop.example",
        f"UID:{_cut(given.uid)}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={given.partstat}",
        f" ;CN=Marieke Otten;X-NUM-GUESTS=0:mailto:{_cut(given.attendee)}",
        occurrence,
        f"COMMENT:{given.comment}" if given.comment else "",
        "CREATED:20270111T090000Z",
        "DESCRIPTION:Melden bij: receptie",
        "LAST-MODIFIED:20270111T093000Z",
        f"SEQUENCE:{given.sequence}",
        "STATUS:CONFIRMED",
        "SUMMARY:Docentstage Reestdal Metaalwerken",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    )


def apple(given: Given) -> str:
    """Apple: people have other names than their mail address, which stands beside them."""
    occurrence = f"RECURRENCE-ID;TZID=Europe/Amsterdam:{given.occurrence}" if given.occurrence else ""
    return _crlf(
        "BEGIN:VCALENDAR",
        "CALSCALE:GREGORIAN",
        "VERSION:2.0",
        f"METHOD:{given.method}",
        "PRODID:-//Apple Inc.//macOS 15.2//EN",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Amsterdam",
        "BEGIN:DAYLIGHT",
        "TZOFFSETFROM:+0100",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "DTSTART:19810329T020000",
        "TZNAME:CEST",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "TRANSP:OPAQUE",
        "DTEND;TZID=Europe/Amsterdam:20270209T160000",
        f"ATTENDEE;CN=Marieke Otten;CUTYPE=INDIVIDUAL;EMAIL={given.attendee}",
        f" ;PARTSTAT={given.partstat}:urn:uuid:6a1f5a2c-3f5b-4a39-8f5e-0d5f3c2b1a00",
        f"UID:{_cut(given.uid)}",
        occurrence,
        f"DTSTAMP:{given.stamp}",
        "LOCATION:Reestdal Metaalwerken\\nSmidsvonkweg 14",
        f"SEQUENCE:{given.sequence}",
        f"COMMENT:{given.comment}" if given.comment else "",
        "SUMMARY:Docentstage Reestdal Metaalwerken",
        "LAST-MODIFIED:20270111T093000Z",
        "DTSTART;TZID=Europe/Amsterdam:20270209T080000",
        "CREATED:20270111T090000Z",
        "ORGANIZER;CN=Meeloop:mailto:meeloop@meeloop.example",
        "END:VEVENT",
        "END:VCALENDAR",
    )


def thunderbird(given: Given) -> str:
    """Thunderbird: line ends as on Unix, MAILTO in capitals."""
    occurrence = f"RECURRENCE-ID;TZID=Europe/Amsterdam:{given.occurrence}" if given.occurrence else ""
    return _crlf(
        "BEGIN:VCALENDAR",
        "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
        "VERSION:2.0",
        f"METHOD:{given.method}",
        "BEGIN:VEVENT",
        "CREATED:20270111T090000Z",
        "LAST-MODIFIED:20270111T093000Z",
        f"DTSTAMP:{given.stamp}",
        f"UID:{_cut(given.uid)}",
        "SUMMARY:Docentstage Reestdal Metaalwerken",
        "ORGANIZER;CN=Meeloop:mailto:meeloop@meeloop.example",
        f"ATTENDEE;RSVP=TRUE;PARTSTAT={given.partstat};ROLE=REQ-PARTICIPANT:MAILTO:{_cut(given.attendee)}",
        occurrence,
        f"COMMENT:{given.comment}" if given.comment else "",
        "DTSTART;TZID=Europe/Amsterdam:20270209T080000",
        "DTEND;TZID=Europe/Amsterdam:20270209T160000",
        f"SEQUENCE:{given.sequence}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ).replace("\r\n", "\n")


def nextcloud(given: Given) -> str:
    """Nextcloud, by sabre/vobject: short, and an answer to a request named with a status."""
    occurrence = f"RECURRENCE-ID;TZID=Europe/Amsterdam:{given.occurrence}" if given.occurrence else ""
    return _crlf(
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sabre//Sabre VObject 4.5.6//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{given.method}",
        "BEGIN:VEVENT",
        f"UID:{_cut(given.uid)}",
        f"DTSTAMP:{given.stamp}",
        f"SEQUENCE:{given.sequence}",
        "DTSTART;TZID=Europe/Amsterdam:20270209T080000",
        "DTEND;TZID=Europe/Amsterdam:20270209T160000",
        occurrence,
        "SUMMARY:Docentstage Reestdal Metaalwerken",
        "ORGANIZER;CN=Meeloop:mailto:meeloop@meeloop.example",
        f"ATTENDEE;PARTSTAT={given.partstat};CN=Marieke Otten;SCHEDULE-STATUS=2.0:mailto:{_cut(given.attendee)}",
        f"COMMENT:{given.comment}" if given.comment else "",
        "REQUEST-STATUS:2.0;Success",
        "END:VEVENT",
        "END:VCALENDAR",
    )


SHAPES: dict[str, Callable[[Given], str]] = {
    each.__name__: each for each in (outlook, google, apple, thunderbird, nextcloud)
}


def _crlf(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines if line)


def _cut(value: str) -> str:
    """With a fold in the middle, where a long line would have it."""
    half = len(value) // 2
    return f"{value[:half]}\r\n {value[half:]}"
