"""Stored entries joined into a feed or a download; a pure function of what goes in, so that an ETag holds."""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from icalendar import Calendar, vText

from marketplace.calendars.cleaning import one_line
from marketplace.calendars.envelope import envelope
from marketplace.kernel.times import AMSTERDAM

_END = b"END:VCALENDAR\r\n"
_HOUR = timedelta(hours=1)


def feed(entries: Iterable[str], *, name: str) -> bytes:
    """A calendar to subscribe to, called `name`, with these VEVENT texts as ordered; there may be none.

    It has no METHOD, since Outlook then asks for an answer, and asks to be fetched hourly (RFC 7986 5.7). A
    name without commas is best: some programs show the backslash that must stand before them.
    """
    return _filled(_head(one_line(name)), entries)


def document(entries: Iterable[str]) -> bytes:
    """A calendar to import once, with these VEVENT texts: the download of one claim."""
    return _filled(_beginning(envelope()), entries)


@lru_cache(1000)
def _head(name: str) -> bytes:
    """What stands before the entries of a feed. Kept, since the library takes longer over it than over all the rest."""
    calendar = envelope()
    title = vText(name)  # a plain str would be written without escapes
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", AMSTERDAM)
    calendar.add("refresh-interval", _HOUR, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _beginning(calendar)


def _beginning(calendar: Calendar) -> bytes:
    octets: bytes = calendar.to_ical()
    return octets.removesuffix(_END)


def _filled(beginning: bytes, entries: Iterable[str]) -> bytes:
    return beginning + "".join(entries).encode() + _END
