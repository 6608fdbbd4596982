"""What the waiting list asks: who is next, and what is my place?"""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Integer, bindparam, func, select

from marketplace.claims.models import Claim
from marketplace.claims.queries.loading import whole
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import session


def is_waited_for(slot_id: int) -> bool:
    """Whether anybody waits for a seat in a slot."""
    return session.connection().scalar(_ONE_THAT_WAITS, {"slot": slot_id}) is not None


_ONE_THAT_WAITS = (
    select(Claim.id)
    .where(Claim.slot_id == bindparam("slot", type_=Integer), Claim.state == ClaimState.WAITLISTED)
    .limit(1)
)
"""Made once: it is asked at every claim."""


def parties_waiting(slot_id: int) -> list[list[Claim]]:
    """Who waits for a slot, first come first served: the claims of each party that still wait, together."""
    statement = whole(select(Claim)).where(Claim.slot_id == slot_id, Claim.state == ClaimState.WAITLISTED)
    # They may have changed before the slot was locked.
    fresh = statement.execution_options(populate_existing=True)
    found = list(session.scalars(fresh.order_by(Claim.id)).unique())
    parties = {each.party: [other for other in found if other.party == each.party] for each in found}
    return list(parties.values())


def place_of(claim: Claim) -> tuple[int, int]:
    """The place on the waiting list of the party of a claim that waits, and how many seats it needs."""
    return places_of([claim])[claim.party]


def places_of(claims: Iterable[Claim]) -> dict[str, tuple[int, int]]:
    """By party that waits: its place (1 is next; everybody before it counts), and how many it needs. One statement."""
    slot_ids = {each.slot_id for each in claims if each.state == ClaimState.WAITLISTED}
    if not slot_ids:
        return {}
    rows = session.execute(
        select(Claim.slot_id, Claim.party, func.count())
        .where(Claim.slot_id.in_(slot_ids), Claim.state == ClaimState.WAITLISTED)
        .group_by(Claim.slot_id, Claim.party)
        .order_by(func.min(Claim.id))
    )
    found: dict[str, tuple[int, int]] = {}
    before = Counter[int]()
    for slot_id, party, seats in rows:
        found[party] = (1 + before[slot_id], seats)
        before[slot_id] += seats
    return found


def party_size(party: str) -> int:
    """How many claims were made together, whatever became of them."""
    return session.scalar(select(func.count()).where(Claim.party == party)) or 0
