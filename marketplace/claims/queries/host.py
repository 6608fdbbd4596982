"""What hosts ask: who comes?"""

from collections.abc import Iterable

from sqlalchemy import func, select

from marketplace.claims.models import Claim
from marketplace.claims.queries.loading import whole
from marketplace.claims.states import HOLDING
from marketplace.kernel.database import session
from marketplace.people.models import Person


def roster(slot_id: int) -> list[Claim]:
    """The living claims on a slot: approved ones by name, then those that wait, oldest first."""
    statement = (
        whole(select(Claim))
        .join(Person, Person.id == Claim.person_id)
        .where(Claim.slot_id == slot_id, Claim.state.in_(HOLDING))
    )
    return list(session.scalars(statement.order_by(Claim.state, Person.name, Claim.id)).unique())


def living_claims(slot_id: int) -> list[Claim]:
    """The claims that hold a seat in a slot, oldest first, with what their letters say."""
    statement = whole(select(Claim)).where(Claim.slot_id == slot_id, Claim.state.in_(HOLDING))
    return list(session.scalars(statement.order_by(Claim.id)).unique())


def counts(slot_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """By slot: how many claims are in which living state. One statement."""
    rows = session.execute(
        select(Claim.slot_id, Claim.state, func.count())
        .where(Claim.slot_id.in_(list(slot_ids)), Claim.state.in_(HOLDING))
        .group_by(Claim.slot_id, Claim.state)
    )
    found: dict[int, dict[str, int]] = {}
    for slot_id, state, count in rows:
        found.setdefault(slot_id, {})[state] = count
    return found
