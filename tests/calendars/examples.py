"""Facts to make entries from, and a reader that owes nothing to the library that wrote them."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from marketplace.calendars.facts import EntryFacts, Occurrence
from marketplace.kernel.party import Party

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PLATFORM = Party("Meeloop, namens Reestdal Metaalwerken", "meeloop@meeloop.example")
TEACHER = Party("Marieke Otten", "m.otten@reestcollege.example")
URL = "https://meeloop.example/claims/7H2K"

hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("\\;,:\"'^\r\n\t\x00\x1f\x7f\u0085\u2028\ufeff<>nN=")),
    max_size=300,
)
"""Anything that people can type or paste, with more than its share of what means something to a parser."""


def session(day: str, start: str = "09:00", end: str = "17:00") -> Occurrence:
    """A session on this day, from and to these local times."""
    starts, ends = (
        datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), AMSTERDAM)
        for clock in (start, end)
    )
    return Occurrence(starts.astimezone(UTC), ends.astimezone(UTC))


def entry(*days: str, **changes: Any) -> EntryFacts:
    """An approved claim on these days, by default 9 February 2027."""
    facts: dict[str, Any] = {
        "uid": "0b1c4c3e-8f0f-4d0e-9a53-5d3ad6fd4c11@meeloop.example",
        "sequence": 0,
        "stamp": datetime(2027, 1, 12, 10, 30, 5, tzinfo=UTC),
        "created_at": datetime(2027, 1, 11, 8, 0, tzinfo=UTC),
        "occurrences": tuple(session(day) for day in days or ("2027-02-09",)),
        "summary": "Docentstage Reestdal Metaalwerken",
        "location": "Reestdal Metaalwerken, Smidsvonkweg 14, 7944 XY Meppel",
        "description": "Melden bij: receptie\nNeem zelf mee: veiligheidsschoenen S3; overall, lang haar vast",
        "url": URL,
    }
    return EntryFacts(**(facts | changes))


def content_lines(octets: bytes) -> list[str]:
    """The unfolded lines of a calendar object, after checking every octet against RFC 5545 3.1.

    All lines end in CRLF, none is longer than 75 octets, and no character is cut by a fold.
    """
    physical = octets.split(b"\r\n")
    assert physical.pop() == b"", "the last line has no end"
    assert not any(b"\r" in line or b"\n" in line for line in physical), "a lone CR or LF"
    assert max(map(len, physical)) <= 75
    lines: list[str] = []
    for text in (line.decode("utf-8") for line in physical):
        if text.startswith((" ", "\t")):
            lines[-1] += text[1:]
        else:
            lines.append(text)
    return lines


def values(octets: bytes, name: str) -> list[str]:
    """What stands behind this property, parameters included, wherever it occurs."""
    return [
        line[len(name) + 1 :] for line in content_lines(octets) if line.startswith((f"{name}:", f"{name};"))
    ]
