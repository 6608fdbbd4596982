"""Keeps what is read most in step with what it is made from: the rows that are searched and public calendar entries."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from marketplace.calendars.entries import vevent
from marketplace.calendars.facts import EntryFacts, Occurrence, Status
from marketplace.formats.playbooks import format_of
from marketplace.kernel import addresses
from marketplace.kernel.changes import EVERYBODY, raise_number
from marketplace.kernel.codes import new_code, new_uid
from marketplace.kernel.database import in_turn, insert_row, session
from marketplace.kernel.site import site
from marketplace.kernel.texts import LANGUAGES, gettext, speaking
from marketplace.offers import entries, listed, queries, words
from marketplace.offers.facts import AUDIENCES, offer_facts, slot_facts
from marketplace.offers.models import Listing, Offer, PublicEntry, Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.facts import PROFILE_NAMES, PROFILES, SECTORS
from marketplace.regions.queries import with_parents
from marketplace.regions.towns import town_named

ALL_STAFF = "all_staff"
"""What is for them is for every audience."""


def list_offer(offer: Offer, *, now: datetime) -> None:
    """Rewrites what an offer is found by, and its coming slots as everybody finds and sees them."""
    offer.search_text = _search_text(offer)
    if offer.state == OfferState.CLOSED:
        session.execute(delete(Listing).where(Listing.offer_id == offer.id))
    for slot in offer.slots:
        if slot.ends_at > now:
            list_slot(slot, now=now)


def list_slot(slot: Slot, *, now: datetime) -> None:
    """Rewrites how a slot is searched, and its public entries. A draft has none yet.

    Nor has what was planned on a closed offer: with its first entries, when the offer is opened again, it appears.
    """
    if not slot.offer.is_public:
        return
    session.flush()
    raise_number(EVERYBODY, now)  # first: who holds this number may write public entries, and nobody else
    for row in (slot.brief, slot.offer.brief, slot.offer, slot):
        session.expire(row)  # who held it before may have changed them
    session.execute(delete(Listing).where(Listing.slot_id == slot.id))
    if slot.offer.state == OfferState.PUBLISHED:
        _add_row(slot)
    _link([slot.offer_id])
    for language in LANGUAGES:
        rows = _rows(slot, language)
        if rows or slot.offer.state == OfferState.PUBLISHED:
            _write_entries(slot, rows, language, now)


def list_new_offers(offers: Sequence[Offer], *, now: datetime) -> None:
    """As `list_offer` for many published offers at once that were never listed: nothing is looked up."""
    raise_number(EVERYBODY, now)
    for offer in offers:
        offer.search_text = _search_text(offer)
        for slot in offer.slots:
            _add_row(slot)
            for language in LANGUAGES:
                _write_entries(slot, [], language, now)
    _link(offer.id for offer in offers)


def list_due(*, now: datetime) -> int:
    """Lists the moments that everybody may see and that are in no list: those of before there was one."""
    return in_turn(queries.unlisted(now), _list_anew)


def _list_anew(offer_id: int) -> None:
    offer = session.get_one(Offer, offer_id)
    offer.search_text = _search_text(offer)
    session.execute(delete(Listing).where(Listing.offer_id == offer_id))
    for slot in offer.slots:
        _add_row(slot)
    _link([offer_id])


def _search_text(offer: Offer) -> str:
    """The terms by which an offer is found: words of all that is searched, those of its title once more, and facets."""
    host, titles = offer.organisation, words.terms([offer.title])
    said = [PROFILES[each.profile] for each in offer.profiles]
    said += [PROFILE_NAMES.get(each.profile, "") for each in offer.profiles]
    said += [*format_of(offer.format).names.values(), *_in_all_languages(SECTORS.get(host.sector, ""))]
    towns = [site.town for site in host.sites]
    plain = words.terms([offer.title, host.name, offer.activity, *said, *towns])
    return " ".join([*plain, *(words.facet("title", each) for each in titles), *_facets(offer)])


def _in_all_languages(message: str) -> list[str]:
    found = []
    for language in LANGUAGES:
        with speaking(language):
            found.append(gettext(message))
    return found


def _facets(offer: Offer) -> list[str]:
    """What filters ask of an offer as terms, with the name of the filter: "=profile=pie"."""
    host, audiences = offer.organisation, {each.audience for each in offer.audiences}
    return [
        words.facet("format", offer.format),
        words.facet("sector", host.sector),
        words.facet("access", offer.brief.facts.access),
        *(words.facet("profile", each.profile) for each in offer.profiles),
        *(words.facet("audience", each) for each in (AUDIENCES if ALL_STAFF in audiences else audiences)),
        *(words.facet("region", each.code) for each in with_parents(host.region)),
    ]


def _add_row(slot: Slot) -> None:
    sessions, town = slot_facts(slot).sessions, town_named(slot.site.town)
    insert_row(
        Listing,
        id=listed.place_of(slot.starts_at, slot.id),
        slot_id=slot.id,
        offer_id=slot.offer_id,
        previous=0,
        stamp=new_code(),
        state=slot.state,
        newness=-listed.minute_of(slot.offer.published_at or slot.changed_at),
        is_own_time=slot.is_own_time,
        is_after_school=listed.is_after_school(sessions),
        duration=listed.duration_of(sessions),
        holidays=listed.holidays_of(sessions),
        eases=listed.eases_of(slot.brief.facts),
        latitude=town.latitude if town else None,
        longitude=town.longitude if town else None,
        facets=" ".join(_facets(slot.offer)),
        terms=slot.offer.search_text,
    )


def _link(offer_ids: Iterable[int]) -> None:
    """Tells the rows of these offers which one comes before them."""
    before = aliased(Listing)
    previous = select(func.max(before.id)).where(
        before.offer_id == Listing.offer_id, before.id < Listing.id, before.state == SlotState.OPEN
    )
    statement = update(Listing).where(Listing.offer_id.in_(list(offer_ids)))
    session.execute(
        statement.values(previous=func.coalesce(previous.scalar_subquery(), 0)),
        execution_options={"synchronize_session": False},
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
