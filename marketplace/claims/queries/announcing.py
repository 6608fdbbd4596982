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
    """Ids of the people who are to hear of something that came up by then, and heard nothing for a week."""
    statement = _news(select(Person.id).distinct(), until, now)
    return list(session.scalars(statement.order_by(Person.id)))


def news_for(person_id: int, *, until: datetime, now: datetime) -> list[int]:
    """Ids of the slots that a person is to hear of, soonest first; none if they heard of others within a week."""
    statement = _news(select(Slot.id, Slot.starts_at).distinct(), until, now).where(Person.id == person_id)
    return [row.id for row in session.execute(statement.order_by(Slot.starts_at, Slot.id))]


def _news(statement: Select[*Ts], until: datetime, now: datetime) -> Select[*Ts]:
    """Joins participants to the moments of their region, and keeps those that suit."""
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
        .where(*_came_up(until), *_can_be_claimed(now), *_suits(), ~_has_claim())
        .where(wants(OptionalLetter.ANNOUNCEMENT))
    )


def _came_up(until: datetime) -> tuple[ColumnElement[bool], ...]:
    """Announced by the playbook's clock and published, the later of the two lately and since the person last heard."""
    heard_at, old = Person.announced_at, until - NEWS
    return (
        Slot.announce_at <= until,
        Offer.published_at <= until,
        or_(Slot.announce_at > old, Offer.published_at > old),
        or_(
            heard_at.is_(None),
            and_(
                heard_at <= until - ONCE_IN,
                or_(Slot.announce_at > heard_at, Offer.published_at > heard_at),
            ),
        ),
    )


def _can_be_claimed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Now, or as soon as sign-up opens."""
    return (
        Offer.state == OfferState.PUBLISHED,
        Slot.state == SlotState.OPEN,
        Slot.starts_at > now,
        Slot.close_at > now,
        Slot.seats_taken < Slot.capacity,
    )


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
