"""Keeps what is read most in step with what it is made from: searchable words and public calendar entries."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from marketplace.calendars.entries import vevent
from marketplace.calendars.facts import EntryFacts, Occurrence, Status
from marketplace.formats.playbooks import format_of
from marketplace.kernel import addresses
from marketplace.kernel.changes import EVERYBODY, raise_number
from marketplace.kernel.codes import new_uid
from marketplace.kernel.database import session
from marketplace.kernel.site import site
from marketplace.kernel.texts import LANGUAGES, gettext, speaking
from marketplace.kernel.wording import fold
from marketplace.offers import entries
from marketplace.offers.facts import offer_facts, slot_facts
from marketplace.offers.models import Offer, PublicEntry, Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.facts import PROFILES


def list_offer(offer: Offer, *, now: datetime) -> None:
    """Rewrites the searchable words of an offer and the entries of its coming slots, if everybody may see it."""
    offer.search_text = _words(offer)
    for slot in offer.slots:
        if slot.ends_at > now:
            list_slot(slot, now=now)


def list_slot(slot: Slot, *, now: datetime) -> None:
    """Rewrites the public entries of a slot. A draft has none yet."""
    if slot.offer.state not in (OfferState.PUBLISHED, OfferState.CLOSED):
        return
    session.flush()
    raise_number(EVERYBODY, now)  # first: who holds this number may write public entries, and nobody else
    for language in LANGUAGES:
        _write_entries(slot, _rows(slot, language), language, now)


def list_new_offers(offers: Iterable[Offer], *, now: datetime) -> None:
    """As `list_offer` for many published offers at once that were never listed: nothing is looked up."""
    raise_number(EVERYBODY, now)
    for offer in offers:
        offer.search_text = _words(offer)
        for slot in offer.slots:
            for language in LANGUAGES:
                _write_entries(slot, [], language, now)


def _words(offer: Offer) -> str:
    names = format_of(offer.format).names
    profiles = [PROFILES[each.profile] for each in offer.profiles]
    towns = dict.fromkeys(site.town for site in offer.organisation.sites)
    return fold(
        " ".join([offer.title, offer.organisation.name, offer.activity, *names.values(), *profiles, *towns])
    )


def _rows(slot: Slot, language: str) -> list[PublicEntry]:
    statement = select(PublicEntry).where(PublicEntry.slot_id == slot.id, PublicEntry.language == language)
    return list(session.scalars(statement.order_by(PublicEntry.position)))


def _write_entries(slot: Slot, rows: Sequence[PublicEntry], language: str, now: datetime) -> None:
    """What was cancelled before stays so: calendars never see its UID again. A slot that is off gets no new entries."""
    living = [row for row in rows if row.status != Status.CANCELLED]
    sessions = () if slot.state == SlotState.CANCELLED else slot_facts(slot).sessions
    laid = entries.lay([entries.from_data(row.series) for row in living], sessions)
    lost = set(range(len(living))) - {each.old for each in laid}
    for place in sorted(lost):
        _fill(living[place], slot, entries.from_data(living[place].series), (), Status.CANCELLED, now)
    free = rows[-1].position + 1 if rows else 0
    for number, each in enumerate(laid):
        row = living[each.old] if each.old is not None else _new_row(slot, free + number, language, now)
        _fill(row, slot, each.series, each.excluded, Status.CONFIRMED, now)


def _new_row(slot: Slot, position: int, language: str, now: datetime) -> PublicEntry:
    row = PublicEntry(
        slot_id=slot.id,
        position=position,
        language=language,
        uid=new_uid(site().domain),
        sequence=-1,
        status=Status.CONFIRMED,
        series=[],
        text="",
        made_at=now,
        changed_at=now,
        ends_at=now,
    )
    session.add(row)
    return row


def _fill(
    row: PublicEntry,
    slot: Slot,
    series: tuple[Occurrence, ...],
    excluded: tuple[datetime, ...],
    status: Status,
    now: datetime,
) -> None:
    offer, facts = offer_facts(slot.offer), slot_facts(slot)
    row.sequence, row.status = row.sequence + 1, status
    row.series, row.changed_at, row.ends_at = entries.as_data(series), now, series[-1].ends_at
    with speaking(row.language):
        word = gettext("Cancelled by the host")
        cancelled = f"{word}: " if status == Status.CANCELLED else ""
        row.text = vevent(
            EntryFacts(
                uid=row.uid,
                sequence=row.sequence,
                stamp=now,
                created_at=row.made_at,
                occurrences=series,
                excluded=excluded,
                summary=f"{cancelled}{entries.summary(offer)}: {offer.title}",
                location=entries.location(offer, facts),
                description=entries.description(offer, facts, addresses.offer(offer.code)),
                url=addresses.offer(offer.code),
                status=status,
                is_busy=False,
            )
        )
