"""What participants ask: may I claim, and how do my claims stand?"""

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from marketplace.claims.facts import ClaimingFacts
from marketplace.claims.models import Claim
from marketplace.claims.queries.loading import one, whole
from marketplace.claims.states import HOLDING
from marketplace.kernel.database import session
from marketplace.offers.models import Offer, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.offers.states import OfferState
from marketplace.people.models import Person


def claiming(slot: Slot, person: Person | None) -> ClaimingFacts:
    """What decides whether this person may claim a seat in this slot; nobody in particular has no claims yet."""
    return ClaimingFacts(
        is_published=slot.offer.state == OfferState.PUBLISHED,
        slot_state=slot.state,
        starts_at=slot.starts_at,
        open_at=slot.open_at,
        close_at=slot.close_at,
        seats_left=slot.seats_left,
        has_school=person is None or person.school is not None,
        has_living_claim=person is not None and _has_living_claim(slot, person),
        overlapping=_overlapping(slot, person) if person else "",
    )


def _has_living_claim(slot: Slot, person: Person) -> bool:
    statement = select(Claim.id).where(
        Claim.slot_id == slot.id, Claim.person_id == person.id, Claim.state.in_(HOLDING)
    )
    return session.scalar(statement) is not None


def _overlapping(slot: Slot, person: Person) -> str:
    statement = _overlaps(select(Offer.title), slot.id).where(Claim.person_id == person.id)
    return session.scalar(statement.join(Offer, Offer.id == Slot.offer_id).limit(1)) or ""


def _overlaps(statement: Select[Any], slot_id: int) -> Select[Any]:
    """Living claims on other slots of which a session is at the same time as one of this slot's."""
    mine, other = aliased(SlotSession), aliased(SlotSession)
    return (
        statement.select_from(Claim)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(other, other.slot_id == Slot.id)
        .join(mine, and_(mine.starts_at < other.ends_at, other.starts_at < mine.ends_at))
        .where(mine.slot_id == slot_id, Claim.slot_id != slot_id, Claim.state.in_(HOLDING))
    )


def claims_of(person_code: str) -> list[Claim]:
    """Somebody's own claims, latest moment first."""
    statement = (
        whole(select(Claim)).join(Person, Person.id == Claim.person_id).join(Slot, Slot.id == Claim.slot_id)
    )
    statement = statement.where(Person.code == person_code)
    return list(
        session.scalars(statement.order_by(Slot.starts_at.desc(), Claim.id.desc()).limit(200)).unique()
    )


def claim_for(person_code: str, code: str) -> Claim:
    """Somebody's own claim. NotFound otherwise."""
    statement = whole(select(Claim)).join(Person, Person.id == Claim.person_id)
    return one(statement.where(Claim.code == code, Person.code == person_code))


def living_claim_on(slot_id: int, person_code: str) -> Claim | None:
    """Somebody's living claim on a slot, if any."""
    statement = select(Claim).join(Person, Person.id == Claim.person_id)
    return session.scalar(
        statement.where(Claim.slot_id == slot_id, Person.code == person_code, Claim.state.in_(HOLDING))
    )


def living_claims_on(offer_id: int, person_code: str) -> dict[str, str]:
    """Somebody's living claims on the moments of an offer: the claim's code by the slot's. One statement."""
    statement = (
        select(Slot.code, Claim.code.label("claim"))
        .join(Claim, Claim.slot_id == Slot.id)
        .join(Person, Person.id == Claim.person_id)
        .where(Slot.offer_id == offer_id, Person.code == person_code, Claim.state.in_(HOLDING))
    )
    return {row.code: row.claim for row in session.execute(statement)}
