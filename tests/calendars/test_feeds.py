"""Feeds: stored entries joined, always valid, always the same for the same entries."""

import vobject
from hypothesis import given

from marketplace.calendars.cleaning import one_line
from marketplace.calendars.entries import vevent
from marketplace.calendars.feeds import document, feed
from tests.calendars.examples import content_lines, entry, hostile, values


def stored(count: int) -> list[str]:
    return [vevent(entry(uid=f"{number}@meeloop.example")) for number in range(count)]


def test_a_feed_says_its_name_its_zone_and_when_to_come_back() -> None:
    """NAME and X-WR-CALNAME equal; VALUE=DURATION is a MUST (RFC 7986 5.7)."""
    octets = feed(stored(1), name="Meeloop: mijn agenda, 2027")
    assert values(octets, "NAME") == values(octets, "X-WR-CALNAME") == [r"Meeloop: mijn agenda\, 2027"]
    assert values(octets, "X-WR-TIMEZONE") == ["Europe/Amsterdam"]
    assert values(octets, "REFRESH-INTERVAL") == ["VALUE=DURATION:PT1H"]
    assert values(octets, "X-PUBLISHED-TTL") == ["PT1H"]
    assert len(values(octets, "PRODID")) == len(values(octets, "VERSION")) == 1


def test_a_feed_has_no_method() -> None:
    """With one, Outlook asks for an answer, or demands an ORGANIZER (RFC 5546 3.2.1)."""
    assert not values(feed(stored(2), name="x"), "METHOD")


def test_an_empty_feed_is_valid() -> None:
    """A calendar without components is not (RFC 5545 3.6): the time zone is always there."""
    calendar = vobject.readOne(feed([], name="Meeloop").decode())
    calendar.validate(raiseException=True)
    assert [component.name for component in calendar.components()] == ["VTIMEZONE"]


def test_a_feed_holds_the_stored_entries_octet_for_octet_in_their_order() -> None:
    entries = stored(3)
    octets = feed(entries, name="Meeloop")
    assert "".join(entries).encode() in octets
    assert [event.uid.value for event in vobject.readOne(octets.decode()).vevent_list] == [
        "0@meeloop.example",
        "1@meeloop.example",
        "2@meeloop.example",
    ]
    assert content_lines(octets).count("BEGIN:VTIMEZONE") == 1
    assert content_lines(octets)[-1] == "END:VCALENDAR"


def test_a_feed_depends_on_nothing_but_its_entries_and_name() -> None:
    assert feed(stored(2), name="a") == feed(iter(stored(2)), name="a")
    assert feed(stored(2), name="a") != feed(stored(2), name="b")


@given(hostile)
def test_any_name_reads_back_on_one_line(name: str) -> None:
    calendar = vobject.readOne(feed([], name=name).decode())
    assert [component.name for component in calendar.components()] == ["VTIMEZONE"]
    assert len(values(feed([], name=name), "NAME")) == 1
    escaped = one_line(name).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert values(feed([], name=name), "X-WR-CALNAME") == [escaped]


def test_a_download_has_neither_method_nor_name() -> None:
    """With a name, programs make a calendar of its own for it."""
    octets = document(stored(2))
    assert not values(octets, "METHOD") + values(octets, "X-WR-CALNAME")
    assert len(vobject.readOne(octets.decode()).vevent_list) == 2
