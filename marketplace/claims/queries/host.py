"""What hosts ask: who comes, who came, and for how many would another time be wrong?"""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.claims.models import Attendance, Claim
from marketplace.claims.queries.loading import one, whole
from marketplace.claims.states import HOLDING, LIVING, ClaimState
from marketplace.kernel.database import session
from marketplace.offers.facts import SessionFacts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person


def claim_for_host(organisation_codes: Iterable[str], code: str) -> Claim:
    """A claim on a moment of one of these organisations. NotFound otherwise."""
    statement = (
        whole(select(Claim))
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
    )
    return one(statement.where(Claim.code == code, Organisation.code.in_(list(organisation_codes))))


def roster(slot_id: int) -> list[Claim]:
    """The claims that hold a seat in a slot: approved ones by name, then the others, oldest first."""
    statement = (
        whole(select(Claim))
        .outerjoin(Person, Person.id == Claim.person_id)
        .where(Claim.slot_id == slot_id, Claim.state.in_(HOLDING))
    )
    return list(session.scalars(statement.order_by(Claim.state, Person.name, Claim.id)).unique())


def living_claims(slot_id: int) -> list[Claim]:
    """The living claims on a slot, oldest first, with what their letters say."""
    statement = whole(select(Claim)).where(Claim.slot_id == slot_id, Claim.state.in_(LIVING))
    # They may have changed before the slot was locked.
    fresh = statement.execution_options(populate_existing=True)
    return list(session.scalars(fresh.order_by(Claim.id)).unique())


def counts(slot_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """By slot: how many claims are in which living state. One statement."""
    rows = session.execute(
        select(Claim.slot_id, Claim.state, func.count())
        .where(Claim.slot_id.in_(list(slot_ids)), Claim.state.in_(LIVING))
        .group_by(Claim.slot_id, Claim.state)
    )
    found: dict[int, dict[str, int]] = {}
    for slot_id, state, count in rows:
        found.setdefault(slot_id, {})[state] = count
    return found


def coming(slot_id: int) -> list[Claim]:
    """The approved claims on a slot of which somebody was named, by name."""
    statement = (
        whole(select(Claim))
        .join(Person, Person.id == Claim.person_id)
        .where(Claim.slot_id == slot_id, Claim.state == ClaimState.APPROVED)
    )
    return list(session.scalars(statement.order_by(Person.name, Claim.id)).unique())


def attendance(slot_id: int) -> dict[tuple[int, int], bool]:
    """By claim and session of a slot: whether somebody came, where that was noted."""
    rows = session.execute(
        select(Attendance.claim_id, Attendance.session_id, Attendance.has_come)
        .join(SlotSession, SlotSession.id == Attendance.session_id)
        .where(SlotSession.slot_id == slot_id)
    )
    return {(row.claim_id, row.session_id): row.has_come for row in rows}


def count_clashes(slot_id: int, sessions: Sequence[SessionFacts]) -> int:
    """How many of those who claimed this slot have a seat elsewhere during one of these sessions. One statement."""
    if not sessions:
        return 0
    mine, other = aliased(Claim), aliased(Claim)
    statement = (
        select(func.count(mine.person_id.distinct()))
        .select_from(mine)
        .join(other, and_(other.person_id == mine.person_id, other.slot_id != mine.slot_id))
        .join(SlotSession, SlotSession.slot_id == other.slot_id)
        .where(
            mine.slot_id == slot_id,
            mine.state.in_(LIVING),
            other.state.in_(HOLDING),
            or_(
                *(
                    and_(SlotSession.starts_at < each.ends_at, SlotSession.ends_at > each.starts_at)
                    for each in sessions
                )
            ),
        )
    )
    return session.scalar(statement) or 0
