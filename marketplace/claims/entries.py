"""Calendar entries of participants and hosts: written when something changes, so that feeds only read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from marketplace.calendars.entries import vevent
from marketplace.calendars.facts import EntryFacts, Occurrence, Status
from marketplace.claims import queries
from marketplace.claims.facts import Visit, visit_to
from marketplace.claims.models import Claim, Entry
from marketplace.claims.states import ClaimState
from marketplace.kernel import addresses
from marketplace.kernel.changes import raise_number
from marketplace.kernel.codes import new_uid
from marketplace.kernel.database import session
from marketplace.kernel.site import site
from marketplace.kernel.texts import N_, gettext, ngettext, speaking
from marketplace.kernel.wording import listing
from marketplace.offers import entries
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState

PREFIXES = {
    ClaimState.CANCELLED: N_("Cancelled by the host"),
    ClaimState.WITHDRAWN: N_("Withdrawn"),
    ClaimState.REJECTED: N_("Rejected"),
}
STATUSES = {ClaimState.PENDING: Status.TENTATIVE, ClaimState.APPROVED: Status.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it was just written, for the invite that says the same."""

    entry: Entry
    facts: EntryFacts


def write_for_participant(claim: Claim, *, now: datetime) -> list[Written]:
    """Rewrites the entries of a claim by its state and its slot's sessions. Returns what it wrote, in order."""
    visit = visit_to(claim.slot)
    rows = _rows(Entry.claim_id == claim.id)
    reader = f"person:{claim.person.code}"
    with speaking(claim.person.language):
        status = STATUSES.get(ClaimState(claim.state), Status.CANCELLED)
        written = [
            _write(
                row,
                series,
                excluded,
                status if is_kept else Status.CANCELLED,
                _participant_words(claim, visit),
                now,
            )
            for row, series, excluded, is_kept in _laid(rows, visit, reader, now, claim_id=claim.id)
        ]
    raise_number(reader, now)
    return written


def write_for_host(slot: Slot, *, now: datetime) -> None:
    """Rewrites the host's entries of a slot: one event with the numbers, never with names."""
    visit = visit_to(slot)
    rows = _rows(Entry.slot_id == slot.id)
    reader = f"organisation:{slot.offer.organisation.code}"
    count = queries.counts([slot.id]).get(slot.id, {})
    with speaking("nl"):
        status = Status.CANCELLED if slot.state == SlotState.CANCELLED else Status.CONFIRMED
        for row, series, excluded, is_kept in _laid(rows, visit, reader, now, slot_id=slot.id):
            _write(
                row,
                series,
                excluded,
                status if is_kept else Status.CANCELLED,
                _host_words(slot, visit, count),
                now,
            )
    raise_number(reader, now)


@dataclass(frozen=True, slots=True)
class _Words:
    summary: str
    location: str
    description: str
    url: str
    alarm: str = ""


def _participant_words(claim: Claim, visit: Visit) -> _Words:
    prefix = PREFIXES.get(ClaimState(claim.state))
    link = addresses.claim(claim.code)
    summary = entries.summary(visit.offer)
    bring = [line.name for line in visit.safety.bring]
    return _Words(
        summary=f"{gettext(prefix)}: {summary}" if prefix else summary,
        location=entries.location(visit.offer, visit.slot),
        description=entries.description(visit.offer, visit.slot, link),
        url=link,
        alarm=gettext("Tomorrow: bring %(things)s", things=listing(bring))
        if bring
        else gettext("Tomorrow: %(what)s", what=summary),
    )


def _host_words(slot: Slot, visit: Visit, count: dict[str, int]) -> _Words:
    link = addresses.hosted_slot(slot.code)
    approved, pending = count.get(ClaimState.APPROVED, 0), count.get(ClaimState.PENDING, 0)
    word = gettext("Cancelled by the host")
    prefix = f"{word}: " if slot.state == SlotState.CANCELLED else ""
    numbers = ngettext(
        "%(num)s participant of %(capacity)s",
        "%(num)s participants of %(capacity)s",
        approved,
        capacity=slot.capacity,
    )
    waiting = (
        ngettext("%(num)s claim waits for a decision.", "%(num)s claims wait for a decision.", pending)
        if pending
        else ""
    )
    return _Words(
        summary=f"{prefix}{visit.offer.title} ({numbers})",
        location=entries.location(visit.offer, visit.slot),
        description="\n\n".join(
            part for part in (numbers, waiting, gettext("Participants and sizes:"), link) if part
        ),
        url=link,
    )


def _rows(which: object) -> list[Entry]:
    return list(session.scalars(select(Entry).where(which).order_by(Entry.position)))  # type: ignore[arg-type]


def _laid(
    rows: Sequence[Entry],
    visit: Visit,
    reader: str,
    now: datetime,
    *,
    claim_id: int | None = None,
    slot_id: int | None = None,
) -> list[tuple[Entry, tuple[Occurrence, ...], tuple[datetime, ...], bool]]:
    """Each entry with its series and what fell out of it; at the end, not kept, those of which nothing is left."""
    laid = entries.lay([entries.from_data(row.series) for row in rows], visit.slot.sessions)
    result = []
    for number, each in enumerate(laid):
        row = (
            rows[each.old]
            if each.old is not None
            else _new(len(rows) + number, reader, now, claim_id, slot_id)
        )
        result.append((row, each.series, each.excluded, True))
    kept = {each.old for each in laid}
    lost = [row for place, row in enumerate(rows) if place not in kept and row.status != Status.CANCELLED]
    return result + [(row, entries.from_data(row.series), (), False) for row in lost]


def _new(position: int, reader: str, now: datetime, claim_id: int | None, slot_id: int | None) -> Entry:
    entry = Entry(
        claim_id=claim_id,
        slot_id=slot_id,
        reader=reader,
        position=position,
        uid=new_uid(site().domain),
        sequence=-1,
        status="",
        series=[],
        excluded=[],
        text="",
        made_at=now,
        changed_at=now,
        ends_at=now,
    )
    session.add(entry)
    return entry


def _write(
    row: Entry,
    series: tuple[Occurrence, ...],
    excluded: tuple[datetime, ...],
    status: Status,
    words: _Words,
    now: datetime,
) -> Written:
    row.sequence += 1
    row.status, row.series, row.excluded = (
        status,
        entries.as_data(series),
        [each.isoformat() for each in excluded],
    )
    row.changed_at, row.ends_at = now, series[-1].ends_at
    facts = EntryFacts(
        uid=row.uid,
        sequence=row.sequence,
        stamp=now,
        created_at=row.made_at,
        occurrences=series,
        excluded=excluded,
        summary=words.summary,
        location=words.location,
        description=words.description,
        url=words.url,
        status=status,
        alarm_text=words.alarm,
    )
    row.text = vevent(facts)
    return Written(row, facts)
