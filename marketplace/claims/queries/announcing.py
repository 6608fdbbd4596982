"""Who is to hear of which moments: those that came up lately, for people whom they suit."""

from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, or_, select, tuple_
from sqlalchemy.orm import aliased

from marketplace.claims.models import Claim
from marketplace.claims.rules.timing import MEANT_BY, NEWS, ONCE_IN
from marketplace.claims.states import LIVING
from marketplace.kernel.database import session
from marketplace.offers.models import Offer, OfferAudience, OfferProfile, Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.models import Organisation
from marketplace.people.models import Membership, Person
from marketplace.people.queries import wants
from marketplace.people.states import OptionalLetter, Role
from marketplace.regions.models import Region

Ts = TypeVarTuple("Ts")

_MEANT = [(audience, function) for audience, functions in MEANT_BY.items() for function in functions]


def to_announce(*, until: datetime, now: datetime) -> list[int]:
    """Ids of the people who are to hear of something that came up by then, and heard nothing for a week.

    Two statements: mostly nothing came up, and then nobody is looked at.
    """
    fresh = list(
        session.scalars(select(Slot.id).join(Offer, Offer.id == Slot.offer_id).where(*_is_fresh(until, now)))
    )
    if not fresh:
        return []
    statement = _news(select(Person.id).distinct(), until).where(Slot.id.in_(fresh))
    return list(session.scalars(statement.order_by(Person.id)))


def news_for(person_id: int, *, until: datetime, now: datetime) -> list[int]:
    """Ids of the slots that a person is to hear of, soonest first; none if they heard of others within a week."""
    statement = _news(select(Slot.id, Slot.starts_at).distinct(), until)
    statement = statement.where(Person.id == person_id, *_is_fresh(until, now))
    return [row.id for row in session.execute(statement.order_by(Slot.starts_at, Slot.id))]


def _is_fresh(until: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Came up lately, and can be claimed: now, or as soon as sign-up opens."""
    return (
        Slot.announce_at > until - NEWS,
        Slot.announce_at <= until,
        Offer.state == OfferState.PUBLISHED,
        Slot.state == SlotState.OPEN,
        Slot.starts_at > now,
        Slot.close_at > now,
        Slot.seats_taken < Slot.capacity,
    )


def _news(statement: Select[*Ts], until: datetime) -> Select[*Ts]:
    """Joins participants to the moments of their region, and keeps those that suit and that they did not hear of."""
    host, school = aliased(Organisation), aliased(Organisation)
    there, here = aliased(Region), aliased(Region)
    is_near = or_(here.id == there.id, here.id == there.parent_id, here.parent_id == there.id)
    return (
        statement.select_from(Slot)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(host, host.id == Offer.organisation_id)
        .join(there, there.id == host.region_id)
        .join(here, is_near)
        .join(school, school.region_id == here.id)
        .join(Membership, and_(Membership.organisation_id == school.id, Membership.role == Role.PARTICIPANT))
        .join(Person, Person.id == Membership.person_id)
        .where(_has_not_heard(until), *_suits(), ~_has_claim(), wants(OptionalLetter.ANNOUNCEMENT))
    )


def _has_not_heard(until: datetime) -> ColumnElement[bool]:
    """Nothing for a week, and of this one not at all."""
    heard_at = Person.announced_at
    return or_(heard_at.is_(None), and_(heard_at <= until - ONCE_IN, Slot.announce_at > heard_at))


def _suits() -> tuple[ColumnElement[bool], ...]:
    """An offer that names no audience or profile suits all; who chose no profiles goes by their function alone."""
    audience = exists().where(OfferAudience.offer_id == Offer.id)
    means = or_(
        OfferAudience.audience == "all_staff",
        tuple_(OfferAudience.audience, Person.function).in_(_MEANT),
    )
    profile = exists().where(OfferProfile.offer_id == Offer.id)
    chosen = cast(Person.profiles, Text)
    return (
        or_(~audience, audience.where(means)),
        or_(~profile, chosen == "[]", profile.where(chosen.contains('"' + OfferProfile.profile + '"'))),
    )


def _has_claim() -> ColumnElement[bool]:
    """A living claim of theirs on some moment of the offer."""
    other = aliased(Slot)
    return exists().where(
        other.offer_id == Offer.id,
        Claim.slot_id == other.id,
        Claim.person_id == Person.id,
        Claim.state.in_(LIVING),
    )
