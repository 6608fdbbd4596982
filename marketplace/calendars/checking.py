"""Looks at a feed as a program does that subscribes to it: what it would show, and what is wrong with its octets."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Component

from marketplace.calendars.facts import Status
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall

MOST_EVENTS, MOST_OCTETS = 1000, 1_000_000
"""Above these Google and Outlook are known to give up or to show only a part."""
MOST_TIMES = 400
"""Occurrences of one entry. Ours are bounded; whatever else came by here should not keep us busy."""
_STEPS = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(days=7)}
"""How our entries repeat: on the local clock, so many times."""
_BARE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Appointment:
    """What stands in a calendar at one time. Times are in UTC; a whole day has its first and last as `days`."""

    starts_at: datetime
    ends_at: datetime
    days: tuple[date, date] | None
    summary: str
    location: str
    status: Status


@dataclass(frozen=True, slots=True)
class Look:
    """What a calendar would show, in order of time, how much it is, and what is wrong with it."""

    appointments: tuple[Appointment, ...]
    entries: int
    octets: int
    problems: tuple[Refusal, ...]


def look_at(octets: bytes) -> Look:
    """Reads a feed as it is sent. What cannot be read shows nothing, and is a problem."""
    try:
        calendar = Calendar.from_ical(octets)
        events = calendar.walk("VEVENT")
        appointments = [each for event in events for each in _appointments(event)]
    except (ValueError, KeyError) as error:
        unread = Refusal(N_("It cannot be read: %(error)s"), {"error": str(error)[:200]})
        return Look((), 0, len(octets), (unread,))
    problems = (*_wrong_lines(octets), *_wrong_calendar(calendar), *_wrong_events(events))
    ordered = sorted(appointments, key=lambda each: (each.starts_at, each.summary))
    return Look(tuple(ordered), len(events), len(octets), problems)


# --- What it shows ------------------------------------------------------------------------------------------


def _appointments(event: Component) -> Iterator[Appointment]:
    """Each time that the event takes place: its rule without what fell out (RFC 5545 3.8.5)."""
    said: dict[str, Any] = dict(event)
    start, end = said["DTSTART"].dt, said["DTEND"].dt
    for each in _starts(said, start):
        yield _appointment(event, each, each + (end - start))


def _starts(said: Mapping[str, Any], start: date) -> list[date]:
    if "RRULE" not in said:
        return [start]
    rule, lines = said["RRULE"], said.get("EXDATE", [])
    step, count = _STEPS[rule["FREQ"][0]], min(rule["COUNT"][0], MOST_TIMES)
    gone = {each.dt for line in (lines if isinstance(lines, list) else [lines]) for each in line.dts}
    times = [start + number * step for number in range(count)]
    return [each for each in times if each not in gone]


def _appointment(event: Component, start: date, end: date) -> Appointment:
    days = None if isinstance(start, datetime) else (start, end - timedelta(days=1))
    return Appointment(
        starts_at=_instant(start),
        ends_at=_instant(end),
        days=days,
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
        status=Status(str(event.get("STATUS", Status.CONFIRMED))),
    )


def _instant(moment: date) -> datetime:
    if isinstance(moment, datetime):
        return at_wall(moment.date(), moment.time()) if moment.tzinfo is None else moment.astimezone(UTC)
    return at_wall(moment, time.min)


# --- What is wrong -------------------------------------------------------------------------------------------


def _wrong_lines(octets: bytes) -> Iterator[Refusal]:
    if _BARE_END.search(octets):
        yield Refusal(N_("Some lines do not end in CRLF."))  # RFC 5545 3.1
    if any(len(line) > 75 for line in octets.split(b"\r\n")):
        yield Refusal(N_("Some lines are longer than 75 octets."))  # RFC 5545 3.1
    if len(octets) > MOST_OCTETS:
        yield Refusal(
            N_("It is larger than a megabyte. Some calendars show only a part: let it go back less far.")
        )


def _wrong_calendar(calendar: Component) -> Iterator[Refusal]:
    if "METHOD" in calendar:
        yield Refusal(N_("It asks for an answer, which a subscription must not."))  # RFC 5546 3.2
    zones = {str(each["TZID"]) for each in calendar.walk("VTIMEZONE")}
    if not {zone for event in calendar.walk("VEVENT") for zone in _zones(event)} <= zones:
        yield Refusal(N_("A time zone is not explained: Outlook would be an hour off."))  # RFC 5545 3.2.19


def _zones(event: Component) -> set[str]:
    said: dict[str, Any] = dict(event)
    params = [said[name].params for name in ("DTSTART", "DTEND") if name in said]
    return {str(each["TZID"]) for each in params if "TZID" in each}


def _wrong_events(events: Iterable[Component]) -> Iterator[Refusal]:
    found = list(events)
    twice = [uid for uid, times in Counter(str(each.get("UID")) for each in found).items() if times > 1]
    if twice:
        yield Refusal(N_("Entries share an identifier (%(uid)s): only one of them shows."), {"uid": twice[0]})
    if any(name not in each for each in found for name in ("UID", "DTSTAMP", "DTSTART")):
        yield Refusal(N_("An entry lacks what every entry must have."))  # RFC 5545 3.6.1
    if any("ATTENDEE" in each or each.walk("VALARM") for each in found):
        yield Refusal(N_("An entry names people or rings an alarm, which a subscription must not."))
    if len(found) > MOST_EVENTS:
        yield Refusal(
            N_(
                "It has more than %(most)s entries. Some calendars show only a part: let it go back less far."
            ),
            {"most": MOST_EVENTS},
        )
