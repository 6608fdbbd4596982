"""One entry as calendars keep it: a VEVENT, the same in invites and feeds, made only from its facts."""

import re
from collections.abc import Iterator
from itertools import chain

from icalendar import Event

from marketplace.calendars import cleaning
from marketplace.calendars.facts import EntryFacts, Frequency, Status, refuse_unless_utc
from marketplace.calendars.series import frequency, written
from marketplace.kernel.times import AMSTERDAM

DESCRIPTION_LIMIT = 8000
"""What Google keeps of a DESCRIPTION, rounded down, in characters."""

_LINE_LIMIT = 74
"""Octets of a line, without its end: RFC 5545 3.1 allows 75, the library writes one less."""
_ESCAPES = b"\\^"
_UID = re.compile("[!-~]{1,202}")  # octets: what Outlook keeps (MS-STANOICAL 2.1.10)
_URL = re.compile("https?://[!-~]+")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def vevent(facts: EntryFacts) -> str:
    """The entry as it stands in a feed: a VEVENT with CRLF, folded at 75 octets, without people and alarms.

    Summary and location are shortened to one line of 255 characters. A description over 8,000 is refused,
    since it holds the safety notes, of which nothing may be lost. ValueError for that and for nonsense: no
    occurrence or several without a rule, times that are not UTC, an exclusion that is not in the series or
    leaves nothing of it, another zone than Amsterdam, a UID that is not 1 to 202 printable octets, an address
    that is not http(s).
    """
    return "".join(f"{_folded(line)}\r\n" for line in event(facts).content_lines() if line)


def _folded(line: str) -> str:
    """As the library folds, not within a character or an escape; it takes a tenth of the library's time."""
    octets, at, parts = line.encode(), 0, []
    while len(octets) - at > _LINE_LIMIT:
        end = at + _LINE_LIMIT
        while octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        if octets[end - 1] in _ESCAPES:
            end -= 1
        parts.append(octets[at:end].decode())
        at = end
    return "\r\n ".join([*parts, octets[at:].decode()])


def event(facts: EntryFacts) -> Event:
    """The same as a component, for an invite to add its people to."""
    refuse_unless_utc(facts.stamp, facts.created_at)
    for why in chain(_wrong_times(facts), _wrong_texts(facts)):
        raise ValueError(why)
    entry = Event()
    entry.add("uid", facts.uid)
    entry.add("sequence", facts.sequence)
    entry.add("dtstamp", facts.stamp)
    entry.add("last-modified", facts.stamp)
    entry.add("created", facts.created_at)
    _add_times(entry, facts)
    _add_texts(entry, facts)
    _add_status(entry, facts)
    return entry


def _add_times(entry: Event, facts: EntryFacts) -> None:
    first = facts.occurrences[0]
    start = written(first.starts_at, facts.zone)
    entry.add("dtstart", start)
    entry.add("dtend", written(first.ends_at, facts.zone))
    if rule := frequency(facts.occurrences, facts.zone):
        day = {"byday": _WEEKDAYS[start.weekday()]} if rule is Frequency.WEEKLY else {}
        entry.add("rrule", {"freq": rule.value, "count": len(facts.occurrences), **day})
    if facts.excluded and not _is_used_up(facts):
        entry.add("exdate", [written(start, facts.zone) for start in sorted(facts.excluded)])


def _add_texts(entry: Event, facts: EntryFacts) -> None:
    texts = {
        "summary": cleaning.short_line(facts.summary),
        "location": cleaning.short_line(facts.location),
        "description": cleaning.lines(facts.description),
        "url": facts.url,
    }
    for name, text in texts.items():
        if text:
            entry.add(name, text)


def _add_status(entry: Event, facts: EntryFacts) -> None:
    is_busy = facts.is_busy and facts.status is not Status.CANCELLED
    entry.add("status", facts.status.value)
    entry.add("transp", "OPAQUE" if is_busy else "TRANSPARENT")
    if is_busy and facts.status is Status.TENTATIVE:  # Outlook reads these before STATUS (MS-OXCICAL)
        entry.add("x-microsoft-cdo-busystatus", "TENTATIVE")
        entry.add("x-microsoft-cdo-intendedstatus", "TENTATIVE")


def _is_used_up(facts: EntryFacts) -> bool:
    """Whether all fell out. Only a cancelled entry may say so, and names no dates: no series is empty."""
    return {one.starts_at for one in facts.occurrences} == set(facts.excluded)


def _wrong_times(facts: EntryFacts) -> Iterator[str]:
    if facts.zone != AMSTERDAM:
        yield f"There is no time zone definition for {facts.zone!r}."
    if not facts.occurrences:
        yield "An entry needs an occurrence."
    if len(facts.occurrences) > 1 and not frequency(facts.occurrences, facts.zone):
        yield "Dates that follow no rule need an entry each."
    if not set(facts.excluded) <= {one.starts_at for one in facts.occurrences}:
        yield "Only one of its own starts can fall out of a series."
    if _is_used_up(facts) and facts.status is not Status.CANCELLED:
        yield "An entry of which nothing is left must be cancelled."


def _wrong_texts(facts: EntryFacts) -> Iterator[str]:
    if not _UID.fullmatch(facts.uid):
        yield f"A UID is 1 to 202 printable ASCII octets, not {facts.uid!r}."
    if facts.url and not _URL.fullmatch(facts.url):
        yield f"Not an http(s) address: {facts.url!r}."
    if len(facts.description) > DESCRIPTION_LIMIT:
        yield f"A description has at most {DESCRIPTION_LIMIT} characters, not {len(facts.description)}."
