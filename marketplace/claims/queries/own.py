"""What participants ask: may I claim, and how do my claims stand?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from marketplace.calendars.facts import Answer
from marketplace.claims.facts import ClaimingFacts
from marketplace.claims.models import CalendarAnswer, Claim, Entry
from marketplace.claims.queries.loading import one, whole
from marketplace.claims.states import HOLDING, LIVING, ClaimState
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.offers.models import Offer, OfferAudience, OfferProfile, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.offers.queries import IS_PUBLIC
from marketplace.offers.states import OfferState
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person


def claiming(slot: Slot, person: Person | None) -> ClaimingFacts:
    """What decides whether this person may claim a seat in this slot; nobody in particular has no claims yet."""
    has_claim, overlapping = _others(slot, person) if person else (False, "")
    return ClaimingFacts(
        is_published=slot.offer.state == OfferState.PUBLISHED,
        slot_state=slot.state,
        starts_at=slot.starts_at,
        open_at=slot.open_at,
        close_at=slot.close_at,
        capacity=slot.capacity,
        seats_left=slot.seats_left,
        has_school=person is None or person.school is not None,
        has_living_claim=has_claim,
        overlapping=overlapping,
    )


def _others(slot: Slot, person: Person) -> tuple[bool, str]:
    """Whether this person has a living claim here, and where else a seat at the same time. One statement."""
    has_claim, title = session.execute(_OTHERS, {"slot": slot.id, "person": person.id}).one()
    return has_claim, title or ""


def _others_of() -> Select[bool, str | None]:
    """For the person and the slot that are given to it; made once, since that takes as long as asking it."""
    here, there = bindparam("slot", type_=Integer), aliased(SlotSession)
    mine = (Claim.person_id == bindparam("person", type_=Integer), Claim.slot_id == here)
    elsewhere = (
        select(Offer.title)
        .select_from(Claim)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(there, there.slot_id == Slot.id)
        .join(
            SlotSession,
            and_(SlotSession.starts_at < there.ends_at, there.starts_at < SlotSession.ends_at),
        )
        .where(mine[0], SlotSession.slot_id == here, Claim.slot_id != here, Claim.state.in_(HOLDING))
    )
    return select(exists().where(*mine, Claim.state.in_(LIVING)), elsewhere.limit(1).scalar_subquery())


_OTHERS = _others_of()


def claims_of(person_code: str) -> list[Claim]:
    """Somebody's own claims and those that they made for others, named or not, latest moment first."""
    person = select(Person.id).where(Person.code == person_code).scalar_subquery()
    statement = whole(select(Claim), in_few=True).options(joinedload(Claim.decider))
    statement = statement.join(Slot, Slot.id == Claim.slot_id)
    statement = statement.where(or_(Claim.person_id == person, Claim.made_by_id == person))
    return list(
        session.scalars(statement.order_by(Slot.starts_at.desc(), Claim.id.desc()).limit(200)).unique()
    )


def claim_for(person_code: str, code: str) -> Claim:
    """Somebody's own claim, or one for a person whom they still have to name. NotFound otherwise."""
    return one(whole(select(Claim)).where(Claim.code == code, _speaks_for(person_code)))


def _speaks_for(person_code: str) -> ColumnElement[bool]:
    person = select(Person.id).where(Person.code == person_code).scalar_subquery()
    return or_(Claim.person_id == person, and_(Claim.person_id.is_(None), Claim.made_by_id == person))


def party_of(person_code: str, party: str) -> list[Claim]:
    """The claims that somebody made together, in the order of making. NotFound for those of others."""
    maker = select(Person.id).where(Person.code == person_code).scalar_subquery()
    statement = whole(select(Claim)).where(Claim.party == party, Claim.made_by_id == maker)
    found = list(session.scalars(statement.order_by(Claim.id)).unique())
    if not found:
        raise NotFound
    return found


def claims_made_with(slot_id: int, maker_id: int, key: str) -> list[Claim]:
    """The claims that somebody made already with the form of this one-time key, in the order of making."""
    statement = whole(select(Claim)).where(Claim.slot_id == slot_id, Claim.made_by_id == maker_id)
    return list(session.scalars(statement.where(Claim.made_with == key).order_by(Claim.id)).unique())


def living_claim_on(slot_id: int, person_code: str) -> Claim | None:
    """Somebody's living claim on a slot, if any."""
    statement = select(Claim).join(Person, Person.id == Claim.person_id)
    return session.scalar(
        statement.where(Claim.slot_id == slot_id, Person.code == person_code, Claim.state.in_(LIVING))
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of an offer, as somebody sees it who may want to come."""

    slot: Slot
    waiting: int
    """How many wait for a seat."""
    own: str
    """The code of their own living claim; empty if there is none."""
    own_state: str
    """How that stands; empty too if there is none."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that everybody may see, with its moments that have not begun, soonest first."""

    offer: Offer
    suited: frozenset[str]
    """Codes of the profiles and audiences that it is for."""
    moments: list[Moment]


def offered(code: str, person_code: str, *, now: datetime) -> Offered:
    """An offer with its moments as this person sees them, in one statement. NotFound if not everybody may see it."""
    here = Claim.slot_id == Slot.id
    waiting = select(func.count()).where(here, Claim.state == ClaimState.WAITLISTED)
    own = select(Claim.code).join(Person, Person.id == Claim.person_id)
    own = own.where(here, Person.code == person_code, Claim.state.in_(LIVING))
    profiles = select(func.aggregate_strings(OfferProfile.profile, " "))
    audiences = select(func.aggregate_strings(OfferAudience.audience, " "))
    statement = (
        select(
            Offer,
            Slot,
            waiting.scalar_subquery(),
            own.scalar_subquery(),
            own.with_only_columns(Claim.state).scalar_subquery(),
            profiles.where(OfferProfile.offer_id == Offer.id).scalar_subquery(),
            audiences.where(OfferAudience.offer_id == Offer.id).scalar_subquery(),
        )
        .outerjoin(Slot, and_(Slot.offer_id == Offer.id, Slot.starts_at > now))
        .options(
            joinedload(Offer.organisation).joinedload(Organisation.region),
            joinedload(Offer.brief),
            joinedload(Slot.site),
            joinedload(Slot.own_brief),
            joinedload(Slot.sessions),
        )
        .where(Offer.code == code, IS_PUBLIC)
        .order_by(Slot.starts_at, Slot.id)
    )
    rows = session.execute(statement).unique().all()
    if not rows:
        raise NotFound
    offer, *_, profiles_said, audiences_said = rows[0]
    return Offered(
        offer,
        frozenset(f"{profiles_said or ''} {audiences_said or ''}".split()),
        [Moment(slot, count, code or "", state or "") for _, slot, count, code, state, *_ in rows if slot],
    )


def answer_to(entry: Entry) -> Answer:
    """What the participant answered last to an entry as a whole, in its version of now; else that it is still asked."""
    statement = select(CalendarAnswer.partstat).where(
        CalendarAnswer.entry_id == entry.id,
        CalendarAnswer.occurrence == "",
        CalendarAnswer.sequence >= entry.sequence,
    )
    return Answer(session.scalar(statement) or Answer.NEEDS_ACTION)
