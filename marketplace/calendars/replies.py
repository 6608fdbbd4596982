"""What calendars send back about an invite, read as tolerantly as it is written (RFC 5546 3.2.3, 3.2.6, 3.2.7)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from urllib.parse import unquote

from icalendar.parser import Contentlines
from icalendar.prop import vDDDTypes

from marketplace.calendars import cleaning
from marketplace.calendars.facts import Answer, Reply, ReplyMethod
from marketplace.kernel.times import at_wall

LIMIT = 200_000
"""Characters. A reply has a few hundred; Outlook repeats the description in it."""
COMMENT_LIMIT = 3000
EVENTS = 50
_ZONE_LIMIT = 80

_Params = Mapping[str, str]
_Properties = Mapping[str, Sequence[tuple[_Params, str]]]


def replies(text: str) -> list[Reply]:
    """What a calendar object says back, an entry or occurrence each; nothing if it is no reply or too large.

    Only what we use is looked at, and what cannot be read is passed over: Exchange names zones as Windows does, leaves
    out ORGANIZER and puts words before SUMMARY. No rule, zone or alarm in it is ever worked out.
    """
    if len(text) > LIMIT:
        return []
    calendar, events = _read(text)
    method = _first(calendar, "METHOD").upper()
    if method not in set(ReplyMethod):
        return []
    return [_reply(ReplyMethod(method), each) for each in events[:EVENTS] if _first(each, "UID")]


def _read(text: str) -> tuple[_Properties, list[_Properties]]:
    """The properties of the calendar, and those of its events, without what is nested in these."""
    calendar: dict[str, list[tuple[_Params, str]]] = defaultdict(list)
    events: list[dict[str, list[tuple[_Params, str]]]] = []
    inside: list[str] = []
    for name, params, value in _properties(text):
        if name == "BEGIN":
            inside.append(value.upper())
            if inside == ["VCALENDAR", "VEVENT"]:
                events.append(defaultdict(list))
        elif name == "END":
            del inside[-1:]
        elif inside == ["VCALENDAR"]:
            calendar[name].append((params, value))
        elif inside == ["VCALENDAR", "VEVENT"]:
            events[-1][name].append((params, value))
    return calendar, [*events]


def _properties(text: str) -> Iterator[tuple[str, _Params, str]]:
    lines = Contentlines.from_ical(text.lstrip("\ufeff"))  # type: ignore[no-untyped-call]  # of icalendar
    for line in lines:
        with suppress(ValueError, AttributeError):  # no property, or the empty string at the end
            name, params, value = line.parts()
            yield name.upper(), params, str(value).strip()


def _reply(method: ReplyMethod, event: _Properties) -> Reply:
    is_counter = method is ReplyMethod.COUNTER
    return Reply(
        method=method,
        uid=_first(event, "UID"),
        answers=dict(_answers(event)),
        sequence=_sequence(_first(event, "SEQUENCE")),
        stamp=_moment(event, "DTSTAMP"),
        occurrence=_moment(event, "RECURRENCE-ID"),
        comment=_comment(event),
        proposed_at=_moment(event, "DTSTART") if is_counter else None,
    )


def _first(properties: _Properties, name: str) -> str:
    return properties[name][0][1] if properties.get(name) else ""


def _answers(event: _Properties) -> Iterator[tuple[str, Answer]]:
    for params, value in event.get("ATTENDEE", ()):
        said = params.get("PARTSTAT", "").upper()
        yield _address(params, value), Answer(said) if said in set(Answer) else Answer.NEEDS_ACTION


def _address(params: _Params, value: str) -> str:
    """The mail address of an attendee, in lower case; Apple, which names people otherwise, gives it as EMAIL."""
    scheme, _, address = value.rpartition(":")
    if scheme.lower() not in ("", "mailto"):
        address = params.get("EMAIL", "")
    return unquote(address).strip().lower()


def _sequence(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 10 else 0


def _comment(event: _Properties) -> str:
    said = (cleaning.lines(value).strip() for _, value in event.get("COMMENT", ()))
    return "\n".join(filter(None, said))[:COMMENT_LIMIT]


def _moment(event: _Properties, name: str) -> datetime | None:
    """A time in UTC. A day is its first moment, and a clock of which we do not know the zone ours."""
    params, value = next(iter(event.get(name, ())), ({}, ""))
    try:
        zone = params.get("TZID", "")[:_ZONE_LIMIT] or None
        found = vDDDTypes.from_ical(value, timezone=zone)  # type: ignore[no-untyped-call]  # of icalendar
        if isinstance(found, datetime):
            return found.astimezone(UTC) if found.tzinfo else at_wall(found.date(), found.time())
        return at_wall(found, time()) if isinstance(found, date) else None
    except (ValueError, OverflowError):
        return None
