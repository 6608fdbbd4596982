"""What a calendar entry of a slot says, and how sessions are laid over entries: for all, hosts and participants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.calendars.facts import Occurrence
from marketplace.calendars.links import google_link, outlook_link
from marketplace.calendars.series import series
from marketplace.formats.playbooks import format_of
from marketplace.kernel.texts import gettext
from marketplace.offers.facts import OfferFacts, SessionFacts, SlotFacts
from marketplace.safety.rules import plain_text, safety_text


def summary(offer: OfferFacts) -> str:
    """Docentstage Reestdal Metaalwerken."""
    return f"{format_of(offer.format).name} {offer.organisation}"


def location(offer: OfferFacts, slot: SlotFacts) -> str:
    """Reestdal Metaalwerken, Smidsvonkweg 14, 7944 XY Meppel."""
    return f"{offer.organisation}, {slot.address}"


def online_calendars(
    offer: OfferFacts, slot: SlotFacts, *, called: str, details: str
) -> list[tuple[str, str]]:
    """The forms of online calendars that can take all of a moment, by name, filled in with these words."""
    said = {"summary": called, "location": location(offer, slot), "details": details}
    times = [Occurrence(each.starts_at, each.ends_at) for each in slot.sessions]
    forms = [("Google", google_link(times, **said)), ("Outlook", outlook_link(times, **said))]
    return [(name, address) for name, address in forms if address]


def description(offer: OfferFacts, slot: SlotFacts, link: str) -> str:
    """Report at, bring yourself, provided, other safety notes, access, link: in this order, most urgent first."""
    return "\n\n".join(
        part
        for part in (
            offer.title,
            _report(offer, slot),
            plain_text(safety_text(slot.brief)),
            _labelled(gettext("Clothing"), offer.clothing),
            link,
        )
        if part
    )


def _report(offer: OfferFacts, slot: SlotFacts) -> str:
    lines = [
        _labelled(gettext("Report at"), offer.report_at),
        _labelled(gettext("Supervisor"), slot.supervisor),
        _labelled(gettext("Telephone"), offer.phone),
        gettext("Walk-in from %(minutes)s minutes before", minutes=offer.walk_in_minutes)
        if offer.walk_in_minutes
        else "",
    ]
    return "\n".join(line for line in lines if line)


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if text else ""


@dataclass(frozen=True, slots=True)
class Laid:
    """The part of one entry: the series it was made for, and what fell out of it. `old` is its place so far, if any."""

    old: int | None
    series: tuple[Occurrence, ...]
    excluded: tuple[datetime, ...]


def lay(old: Sequence[Sequence[Occurrence]], sessions: Iterable[SessionFacts]) -> list[Laid]:
    """Lays sessions over the entries that there were.

    What is left of a series stays in its entry, with the rest excluded; sessions that no entry has yet take over, in
    order, the entries of which nothing is left (so a moved session keeps its UID), and then get new ones. An entry of
    which nothing is left and that nobody needs is not in the result: it is to be cancelled.
    """
    wanted = {Occurrence(each.starts_at, each.ends_at) for each in sessions}
    laid = [
        Laid(place, tuple(entry), tuple(each.starts_at for each in entry if each not in wanted))
        for place, entry in enumerate(old)
        if wanted & set(entry)
    ]
    covered = {each for entry in old for each in entry}
    free = [place for place, entry in enumerate(old) if not wanted & set(entry)]
    for new in series(wanted - covered):
        laid.append(Laid(free.pop(0) if free else None, new.occurrences, ()))
    return sorted(laid, key=lambda each: each.series[0].starts_at)


def as_data(occurrences: Iterable[Occurrence]) -> list[list[str]]:
    """Occurrences for a JSON column."""
    return [[each.starts_at.isoformat(), each.ends_at.isoformat()] for each in occurrences]


def from_data(data: Iterable[Sequence[Any]]) -> tuple[Occurrence, ...]:
    """Occurrences from a JSON column."""
    return tuple(
        Occurrence(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in data
    )
