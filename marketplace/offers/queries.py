"""Questions about offers and slots, and who may see what."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.texts import current_language
from marketplace.kernel.times import start_of_day
from marketplace.kernel.wording import fold
from marketplace.offers.facts import Card, OfferSearch, Page
from marketplace.offers.models import Offer, OfferAudience, OfferProfile, PublicEntry, Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.models import Organisation, Site
from marketplace.regions.models import Region
from marketplace.safety.facts import BriefFacts
from marketplace.safety.models import Brief

PAGE = 25
CANCELLED_KEPT = timedelta(days=30)
"""How long after its date a cancelled entry stays in feeds (calendars would otherwise keep showing it)."""


def search(wishes: OfferSearch, *, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """A page of offers, each with its next matching moment, in order of date. `after` is the key of the page before."""
    matching = (
        select(
            Slot.id,
            func.row_number()
            .over(partition_by=Slot.offer_id, order_by=(Slot.starts_at, Slot.id))
            .label("nth"),
            func.count().over(partition_by=Slot.offer_id).label("moments"),
        )
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(*_conditions(wishes, now), Slot.state == SlotState.OPEN)
        .subquery()
    )
    statement = (
        select(
            Offer.code.label("offer"),
            Offer.title,
            Offer.format,
            Offer.kind,
            Organisation.name.label("organisation"),
            Site.town,
            Slot.code.label("slot"),
            Slot.id.label("slot_id"),
            Slot.starts_at,
            Slot.ends_at,
            Slot.session_count,
            Slot.is_own_time,
            Slot.open_at,
            Slot.close_at,
            Slot.capacity,
            Slot.seats_taken,
            (matching.c.moments - 1).label("more_moments"),
            Brief.content.label("brief"),
            Region.holiday_zone,
        )
        .join(matching, and_(matching.c.id == Slot.id, matching.c.nth == 1))
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .join(Region, Region.id == Organisation.region_id)
        .join(Site, Site.id == Slot.site_id)
        .join(Brief, Brief.id == Offer.brief_id)
        .order_by(Slot.starts_at, Slot.id)
        .limit(size + 1)
    )
    if key := place_of(after):
        statement = statement.where(tuple_(Slot.starts_at, Slot.id) > key)
    rows = session.execute(statement).all()
    cards = tuple(Card(**{**row._mapping, "brief": BriefFacts.from_data(row.brief)}) for row in rows[:size])
    return Page(cards, f"{cards[-1].starts_at:%Y%m%dT%H%M}-{cards[-1].slot_id}" if len(rows) > size else "")


def place_of(key: str) -> tuple[datetime, int] | None:
    """The place in the list that a "more" link names; nonsense means the beginning."""
    instant, _, slot_id = key.partition("-")
    try:
        return datetime.strptime(f"{instant}+0000", "%Y%m%dT%H%M%z"), max(0, min(int(slot_id), 2**31))
    except ValueError:
        return None


def _conditions(wishes: OfferSearch, now: datetime) -> list[ColumnElement[bool]]:
    """What a slot, with its offer and organisation joined, must satisfy."""
    conditions = [Offer.state == OfferState.PUBLISHED, Slot.starts_at > now]
    conditions += [Offer.search_text.contains(word, autoescape=True) for word in fold(wishes.q).split()[:10]]
    if wishes.format:
        conditions.append(Offer.format.in_(wishes.format))
    if wishes.sector:
        conditions.append(Organisation.sector.in_(wishes.sector))
    if wishes.profile:
        conditions.append(Offer.profiles.any(OfferProfile.profile.in_(wishes.profile)))
    if wishes.audience:
        conditions.append(Offer.audiences.any(OfferAudience.audience.in_((*wishes.audience, "all_staff"))))
    if wishes.from_day:
        conditions.append(Slot.starts_at >= start_of_day(wishes.from_day))
    if wishes.until_day:
        conditions.append(Slot.starts_at < start_of_day(wishes.until_day + timedelta(days=1)))
    if wishes.free:
        conditions += [Slot.seats_taken < Slot.capacity, Slot.close_at > now]
    return conditions


def public_entries(wishes: OfferSearch, *, now: datetime, limit: int = 1000) -> list[str]:
    """Stored entries of the slots that match a search, and of cancelled ones until 30 days after their date."""
    is_open = and_(*_conditions(wishes, now), Slot.state != SlotState.CANCELLED)
    was_cancelled = and_(*_conditions(wishes, now - CANCELLED_KEPT), Slot.state == SlotState.CANCELLED)
    statement = (
        select(PublicEntry.text)
        .join(Slot, Slot.id == PublicEntry.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .where(PublicEntry.language == current_language(), is_open | was_cancelled)
    )
    return list(
        session.scalars(statement.order_by(Slot.starts_at, Slot.id, PublicEntry.position).limit(limit))
    )


def _whole(statement: Select[Offer]) -> Select[Offer]:
    """With everything that an offer's pages show, in a constant number of statements."""
    return statement.options(
        joinedload(Offer.organisation).joinedload(Organisation.region),
        joinedload(Offer.organisation).selectinload(Organisation.sites),
        joinedload(Offer.brief),
        selectinload(Offer.profiles),
        selectinload(Offer.audiences),
        selectinload(Offer.slots).joinedload(Slot.site),
        selectinload(Offer.slots).selectinload(Slot.sessions),
    )


def public_offer(code: str) -> Offer:
    """An offer that everybody may see: published, or closed after that. NotFound otherwise."""
    visible = Offer.state.in_((OfferState.PUBLISHED, OfferState.CLOSED))
    return _one(_whole(select(Offer)).where(Offer.code == code, visible))


def offer_for_host(code: str, organisation_codes: Iterable[str]) -> Offer:
    """An offer of one of these organisations, in any state. NotFound otherwise."""
    statement = _whole(select(Offer)).join(Organisation, Organisation.id == Offer.organisation_id)
    return _one(statement.where(Offer.code == code, Organisation.code.in_(list(organisation_codes))))


def offer_for_regions(code: str, region_ids: Iterable[int]) -> Offer:
    """An offer of an organisation in one of these regions, in any state but a draft. NotFound otherwise."""
    statement = _whole(select(Offer)).join(Organisation, Organisation.id == Offer.organisation_id)
    return _one(
        statement.where(
            Offer.code == code, Organisation.region_id.in_(list(region_ids)), Offer.state != OfferState.DRAFT
        )
    )


def offer_made_with(key: str) -> Offer | None:
    """The offer that a form with this one-time key made already."""
    return session.scalar(select(Offer).where(Offer.made_with == key))


T = TypeVar("T")


def _one(statement: Select[T]) -> T:
    row: T | None = session.scalars(statement).unique().one_or_none()
    if row is None:
        raise NotFound
    return row


def hosted_offers(organisation_codes: Iterable[str]) -> list[Offer]:
    """The offers of these organisations, latest changed first."""
    statement = _whole(select(Offer)).join(Organisation, Organisation.id == Offer.organisation_id)
    statement = statement.where(Organisation.code.in_(list(organisation_codes)))
    return list(
        session.scalars(statement.order_by(Offer.changed_at.desc(), Offer.id.desc()).limit(200)).unique()
    )


def offers_to_check(region_ids: Iterable[int]) -> list[Offer]:
    """Submitted offers of organisations in these regions, oldest first."""
    statement = _submitted(_whole(select(Offer)), region_ids)
    return list(session.scalars(statement.order_by(Offer.changed_at, Offer.id)).unique())


def count_to_check(region_ids: Iterable[int]) -> int:
    """How many offers `offers_to_check` finds."""
    return session.scalar(_submitted(select(func.count(Offer.id)), region_ids)) or 0


def _submitted(statement: Select[T], region_ids: Iterable[int]) -> Select[T]:
    return statement.join(Organisation, Organisation.id == Offer.organisation_id).where(
        Offer.state == OfferState.SUBMITTED, Organisation.region_id.in_(list(region_ids))
    )


def _whole_slot(statement: Select[Slot]) -> Select[Slot]:
    return statement.options(
        selectinload(Slot.sessions),
        joinedload(Slot.site),
        joinedload(Slot.offer).joinedload(Offer.organisation).joinedload(Organisation.region),
        joinedload(Slot.offer).joinedload(Offer.organisation).selectinload(Organisation.sites),
        joinedload(Slot.offer).joinedload(Offer.brief),
        joinedload(Slot.offer).selectinload(Offer.profiles),
        joinedload(Slot.offer).selectinload(Offer.audiences),
    )


def slot_for(code: str) -> Slot:
    """A slot that everybody may see, with its offer. NotFound otherwise."""
    visible = Offer.state.in_((OfferState.PUBLISHED, OfferState.CLOSED))
    statement = _whole_slot(select(Slot)).join(Offer, Offer.id == Slot.offer_id)
    return _one(statement.where(Slot.code == code, visible))


def slots_with(slot_ids: Iterable[int]) -> list[Slot]:
    """Slots by row id, with their offers, soonest first."""
    statement = _whole_slot(select(Slot)).where(Slot.id.in_(list(slot_ids)))
    return list(session.scalars(statement.order_by(Slot.starts_at, Slot.id)).unique())


def slot_for_host(code: str, organisation_codes: Iterable[str]) -> Slot:
    """A slot of one of these organisations. NotFound otherwise."""
    statement = _whole_slot(select(Slot)).join(Offer, Offer.id == Slot.offer_id)
    statement = statement.join(Organisation, Organisation.id == Offer.organisation_id)
    return _one(statement.where(Slot.code == code, Organisation.code.in_(list(organisation_codes))))
