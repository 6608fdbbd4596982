"""Questions about single offers and slots, and who may see what."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.calendars.facts import Status
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.texts import current_language
from marketplace.offers.models import Offer, PublicEntry, Slot
from marketplace.offers.states import PUBLIC, OfferState, SlotState
from marketplace.organisations.models import Organisation
from marketplace.safety.models import Brief

MOST_IN_SITEMAP = 10_000
"""Offers for search engines: a fifth of what they take in one file (sitemaps.org)."""

IS_PUBLIC = Offer.state.in_(PUBLIC)
"""Whether everybody may see an offer."""


def _whole(statement: Select[Offer]) -> Select[Offer]:
    """With everything that an offer's pages show, in a constant number of statements."""
    return statement.options(
        joinedload(Offer.organisation).joinedload(Organisation.region),
        joinedload(Offer.organisation).selectinload(Organisation.sites),
        joinedload(Offer.brief),
        selectinload(Offer.profiles),
        selectinload(Offer.audiences),
        selectinload(Offer.slots).joinedload(Slot.site),
        selectinload(Offer.slots).joinedload(Slot.own_brief),
        selectinload(Offer.slots).selectinload(Slot.sessions),
    )


def public_offer(code: str) -> Offer:
    """An offer that everybody may see: published, or closed after that. NotFound otherwise."""
    return _one(_whole(select(Offer)).where(Offer.code == code, IS_PUBLIC))


def offer_alone(code: str) -> Offer:
    """As `public_offer`, but without its moments and its host's sites: one statement."""
    statement = select(Offer).options(
        joinedload(Offer.organisation).joinedload(Organisation.region),
        joinedload(Offer.brief),
        joinedload(Offer.profiles),
        joinedload(Offer.audiences),
    )
    return _one(statement.where(Offer.code == code, IS_PUBLIC))


def offers_with_moments(now: datetime) -> Sequence[Row[str, datetime]]:
    """Codes of published offers with a moment to come, and when each last changed; the newest first. One statement."""
    to_come = select(Slot.id).where(
        Slot.offer_id == Offer.id, Slot.state == SlotState.OPEN, Slot.starts_at > now
    )
    statement = select(Offer.code, Offer.changed_at).where(
        Offer.state == OfferState.PUBLISHED, to_come.exists()
    )
    return session.execute(statement.order_by(Offer.id.desc()).limit(MOST_IN_SITEMAP)).all()


def entries_of_offer(code: str, *, now: datetime) -> list[PublicEntry]:
    """The calendar entries of an offer's moments that are not over, in the language in force. NotFound without any."""
    return _entries(_in_calendars(now).where(Offer.code == code))


def entries_of_slot(code: str, *, now: datetime) -> list[PublicEntry]:
    """The same of one moment."""
    return _entries(_in_calendars(now).where(Slot.code == code))


def _in_calendars(now: datetime) -> Select[PublicEntry]:
    statement = select(PublicEntry).join(Slot, Slot.id == PublicEntry.slot_id).join(Offer)
    return statement.where(
        IS_PUBLIC,
        PublicEntry.language == current_language(),
        PublicEntry.status != Status.CANCELLED,
        PublicEntry.ends_at > now,
    )


def _entries(statement: Select[PublicEntry]) -> list[PublicEntry]:
    rows = list(session.scalars(statement.order_by(Slot.starts_at, Slot.id, PublicEntry.position)))
    if not rows:
        raise NotFound
    return rows


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


def holding(briefs: Iterable[Brief]) -> tuple[list[Offer], list[Slot]]:
    """The offers and the moments of which one of these is the brief, in the order in which they were made."""
    ids = [each.id for each in briefs]
    offers = _whole(select(Offer)).where(Offer.brief_id.in_(ids)).order_by(Offer.id)
    slots = _whole_slot(select(Slot)).where(Slot.brief_id.in_(ids)).order_by(Slot.id)
    return list(session.scalars(offers).unique()), list(session.scalars(slots).unique())


def count_based_on(brief_ids: Iterable[int]) -> dict[int, int]:
    """By brief: how many offers are based on it, where there are some. One statement."""
    statement = (
        select(Brief.based_on_id, func.count())
        .join(Offer, Offer.brief_id == Brief.id)
        .where(Brief.based_on_id.in_(list(brief_ids)))
        .group_by(Brief.based_on_id)
    )
    return {brief_id: count for brief_id, count in session.execute(statement) if brief_id}


def offers_to_check(region_ids: Iterable[int]) -> list[Offer]:
    """Submitted offers of organisations in these regions, oldest first, with host and moments: one statement."""
    with_moments = select(Offer).options(joinedload(Offer.organisation), joinedload(Offer.slots))
    statement = _submitted(with_moments, region_ids)
    return list(session.scalars(statement.order_by(Offer.changed_at, Offer.id)).unique())


def how_many_to_check(region_ids: Iterable[int]) -> Select[int]:
    """The question how many offers `offers_to_check` finds."""
    return _submitted(select(func.count(Offer.id)), region_ids)


def has_published(region_ids: Iterable[int]) -> Select[bool]:
    """The question whether an offer of an organisation in these regions was ever published."""
    found = select(Offer.id).join(Organisation, Organisation.id == Offer.organisation_id)
    of_regions = found.where(Offer.published_at.is_not(None), Organisation.region_id.in_(list(region_ids)))
    return select(exists(of_regions))


def _submitted(statement: Select[T], region_ids: Iterable[int]) -> Select[T]:
    return statement.join(Organisation, Organisation.id == Offer.organisation_id).where(
        Offer.state == OfferState.SUBMITTED, Organisation.region_id.in_(list(region_ids))
    )


def _whole_slot(statement: Select[Slot]) -> Select[Slot]:
    return statement.options(
        selectinload(Slot.sessions),
        joinedload(Slot.site),
        joinedload(Slot.own_brief),
        joinedload(Slot.offer).joinedload(Offer.organisation).joinedload(Organisation.region),
        joinedload(Slot.offer).joinedload(Offer.organisation).selectinload(Organisation.sites),
        joinedload(Slot.offer).joinedload(Offer.brief),
    )


def slot_for(code: str) -> Slot:
    """A slot that everybody may see, with its offer. NotFound otherwise."""
    statement = _whole_slot(select(Slot)).join(Offer, Offer.id == Slot.offer_id)
    return _one(statement.where(Slot.code == code, IS_PUBLIC))


def slots_with(slot_ids: Iterable[int]) -> list[Slot]:
    """Slots by row id, with their offers, soonest first."""
    statement = _whole_slot(select(Slot)).where(Slot.id.in_(list(slot_ids)))
    return list(session.scalars(statement.order_by(Slot.starts_at, Slot.id)).unique())


def slot_for_host(code: str, organisation_codes: Iterable[str]) -> Slot:
    """A slot of one of these organisations. NotFound otherwise."""
    statement = _whole_slot(select(Slot)).join(Offer, Offer.id == Slot.offer_id)
    statement = statement.join(Organisation, Organisation.id == Offer.organisation_id)
    return _one(statement.where(Slot.code == code, Organisation.code.in_(list(organisation_codes))))
