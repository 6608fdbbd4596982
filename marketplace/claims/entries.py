"""Calendar entries of participants and hosts: written when something changes, so that feeds only read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.calendars.entries import vevent
from marketplace.calendars.facts import EntryFacts, Occurrence, Status
from marketplace.claims import queries
from marketplace.claims.facts import Visit, visit_to
from marketplace.claims.models import Claim, Entry
from marketplace.claims.states import ClaimState
from marketplace.kernel import addresses
from marketplace.kernel.changes import raise_at_commit
from marketplace.kernel.codes import new_uid
from marketplace.kernel.database import add_at_once, session
from marketplace.kernel.site import site
from marketplace.kernel.texts import N_, gettext, ngettext, speaking
from marketplace.offers import entries
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState

PREFIXES = {
    ClaimState.LAPSED: N_("Lapsed"),
    ClaimState.CANCELLED: N_("Cancelled by the host"),
    ClaimState.WITHDRAWN: N_("Withdrawn"),
    ClaimState.REJECTED: N_("Rejected"),
}
STATUSES = {
    ClaimState.OFFERED: Status.TENTATIVE,
    ClaimState.PENDING: Status.TENTATIVE,
    ClaimState.CONDITIONAL: Status.TENTATIVE,
    ClaimState.APPROVED: Status.CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it was just written, for the invite that says the same."""

    entry: Entry
    facts: EntryFacts

    @property
    def is_cancelled(self) -> bool:
        """Whether nothing is left of it."""
        return self.facts.status == Status.CANCELLED


def write_for_participant(claim: Claim, *, now: datetime) -> list[Written]:
    """Rewrites those entries of a claim that say something else now. Returns what it wrote, in order.

    Each gets a higher SEQUENCE and a later stamp, since some calendars look at one of them only. What waits, or has no
    participant yet, is in no calendar.
    """
    rows = claim.entries
    if claim.person is None or not (rows or claim.holds_a_seat):
        return []
    visit = visit_to(claim.slot)
    reader = f"person:{claim.person.code}"
    with speaking(claim.person.language):
        status = STATUSES.get(ClaimState(claim.state), Status.CANCELLED)
        laid = _laid(rows, visit, reader, now, status, claim=claim)
        set_committed_value(claim, "entries", [*rows, *(each.row for each in laid if each.row not in rows)])
        words = {each: _participant_words(claim, visit, each) for each in {one.status for one in laid}}
        changed = [each for each in laid if not _says_the_same(each, words[each.status])]
        written = [_write(each, words[each.status], now) for each in changed]
    if written:
        raise_at_commit(reader, now)
    return written


def write_for_host(slot: Slot, *, now: datetime) -> None:
    """Rewrites the host's entries of a slot: one event with the numbers, never with names."""
    slot.is_host_behind = False
    _write_for_host(slot, _rows(Entry.slot_id == slot.id), queries.counts([slot.id]).get(slot.id, {}), now)
    raise_at_commit(_host(slot), now)


def write_for_new_hosts(slots: Sequence[Slot], *, now: datetime) -> None:
    """As `write_for_host` for many slots at once that nobody claimed and no host has yet: nothing is looked up."""
    for slot in slots:
        _write_for_host(slot, [], {}, now)
    for reader in dict.fromkeys(_host(slot) for slot in slots):
        raise_at_commit(reader, now)


def _host(slot: Slot) -> str:
    return f"organisation:{slot.offer.organisation.code}"


def _write_for_host(slot: Slot, rows: Sequence[Entry], count: dict[str, int], now: datetime) -> None:
    visit = visit_to(slot)
    with speaking("nl"):
        status = Status.CANCELLED if slot.state == SlotState.CANCELLED else Status.CONFIRMED
        for each in _laid(rows, visit, _host(slot), now, status, slot_id=slot.id):
            _write(each, _host_words(slot, visit, count, each.status), now)


@dataclass(frozen=True, slots=True)
class _Words:
    summary: str
    location: str
    description: str
    url: str
    alarm: str = ""


def _participant_words(claim: Claim, visit: Visit, status: Status) -> _Words:
    fell_out = PREFIXES[ClaimState.CANCELLED] if status is Status.CANCELLED else ""
    prefix = PREFIXES.get(ClaimState(claim.state), fell_out)
    link = addresses.claim(claim.code)
    summary = entries.summary(visit.offer)
    return _Words(
        summary=f"{gettext(prefix)}: {summary}" if prefix else summary,
        location=entries.location(visit.offer, visit.slot),
        description=entries.description(visit.offer, visit.slot, _links(claim)),
        url=link,
        alarm=visit.safety.reminder or gettext("Tomorrow: %(what)s", what=summary),
    )


def _links(claim: Claim) -> str:
    sheet = gettext("Safety sheet: %(address)s", address=addresses.sheet(claim.code))
    return f"{sheet}\n{addresses.claim(claim.code)}"


def _host_words(slot: Slot, visit: Visit, count: dict[str, int], status: Status) -> _Words:
    link = addresses.moment(slot.code)
    approved, pending = count.get(ClaimState.APPROVED, 0), count.get(ClaimState.PENDING, 0)
    word = gettext("Cancelled by the host")
    prefix = f"{word}: " if status is Status.CANCELLED else ""
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


def _rows(which: ColumnElement[bool]) -> list[Entry]:
    return list(session.scalars(select(Entry).where(which).order_by(Entry.position)))


@dataclass(frozen=True, slots=True)
class _Laid:
    """An entry with what it is to hold."""

    row: Entry
    series: tuple[Occurrence, ...]
    excluded: tuple[datetime, ...]
    status: Status


def _laid(
    rows: Sequence[Entry],
    visit: Visit,
    reader: str,
    now: datetime,
    status: Status,
    *,
    claim: Claim | None = None,
    slot_id: int | None = None,
) -> list[_Laid]:
    """The entries with what they are to hold; at the end, cancelled, those of which nothing is left.

    What was cancelled before stays so: calendars never see its UID again.
    """
    living = [row for row in rows if row.status != Status.CANCELLED]
    laid = entries.lay([entries.from_data(row.series) for row in living], visit.slot.sessions)
    free = rows[-1].position + 1 if rows else 0
    kept = [
        _Laid(
            living[each.old] if each.old is not None else _new(free + number, reader, now, claim, slot_id),
            each.series,
            each.excluded,
            status,
        )
        for number, each in enumerate(laid)
    ]
    lost = set(range(len(living))) - {each.old for each in laid}
    return kept + [
        _Laid(living[place], entries.from_data(living[place].series), (), Status.CANCELLED)
        for place in sorted(lost)
    ]


def _new(position: int, reader: str, now: datetime, claim: Claim | None, slot_id: int | None) -> Entry:
    return Entry(
        claim_id=claim.id if claim else None,
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


def _write(laid: _Laid, words: _Words, now: datetime) -> Written:
    row, is_new = laid.row, laid.row.sequence < 0
    row.sequence, row.changed_at = row.sequence + 1, _stamp(row, now)
    row.status, row.series = laid.status, entries.as_data(laid.series)
    row.excluded, row.ends_at = [each.isoformat() for each in laid.excluded], laid.series[-1].ends_at
    facts = _facts(laid, words)
    row.text = vevent(facts)
    if is_new:
        add_at_once(row)
    return Written(row, facts)


def _stamp(row: Entry, now: datetime) -> datetime:
    """Rises with each invite, also within a second, since some calendars compare only this (RFC 5545 3.8.7.2).

    A host gets no invites; their entries say exactly since when they hold.
    """
    is_first_invite = row.claim_id is None or row.sequence < 0
    return now if is_first_invite else max(now, row.changed_at + timedelta(seconds=1))


def _says_the_same(laid: _Laid, words: _Words) -> bool:
    """Whether the entry, as it was last written, is what it is to be."""
    return laid.row.status == laid.status and laid.row.text == vevent(_facts(laid, words))


def _facts(laid: _Laid, words: _Words) -> EntryFacts:
    return EntryFacts(
        uid=laid.row.uid,
        sequence=laid.row.sequence,
        stamp=laid.row.changed_at,
        created_at=laid.row.made_at,
        occurrences=laid.series,
        excluded=laid.excluded,
        summary=words.summary,
        location=words.location,
        description=words.description,
        url=words.url,
        status=laid.status,
        alarm_text=words.alarm,
    )
