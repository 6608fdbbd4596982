"""An entry that lasts a whole day and claims nobody's time: a step to take, a day to keep in mind."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Event

from marketplace.calendars import cleaning
from marketplace.calendars.facts import Status, refuse_unless_utc


@dataclass(frozen=True, slots=True)
class DayFacts:
    """All that such an entry says. `stamp` is the last change; `uid` is ours and holds nothing that people typed."""

    uid: str
    sequence: int
    stamp: datetime
    day: date
    summary: str
    description: str
    url: str
    is_cancelled: bool = False


def whole_day(facts: DayFacts) -> str:
    """The entry as it stands in a feed. DTEND is the day after, for ends are exclusive (RFC 5545 3.6.1).

    ValueError for a stamp that is not in UTC.
    """
    refuse_unless_utc(facts.stamp)
    entry = Event()
    entry.add("uid", facts.uid)
    entry.add("sequence", facts.sequence)
    entry.add("dtstamp", facts.stamp)
    entry.add("last-modified", facts.stamp)
    entry.add("dtstart", facts.day)
    entry.add("dtend", facts.day + timedelta(days=1))
    entry.add("summary", cleaning.short_line(facts.summary))
    entry.add("description", cleaning.lines(facts.description))
    entry.add("url", facts.url)
    entry.add("status", (Status.CANCELLED if facts.is_cancelled else Status.CONFIRMED).value)
    entry.add("transp", "TRANSPARENT")
    octets: bytes = entry.to_ical()
    return octets.decode()
