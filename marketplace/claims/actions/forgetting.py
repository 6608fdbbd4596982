"""Personal data goes when it has served its purpose."""

from datetime import datetime

from sqlalchemy import Text, cast, or_, select

from marketplace.claims.models import Claim
from marketplace.claims.rules import WIPE_AFTER
from marketplace.claims.states import HOLDING
from marketplace.kernel.database import session, transaction
from marketplace.offers.models import Slot


def wipe_due(*, now: datetime) -> int:
    """Wipes sizes and diet two weeks after the moment, or at once where the claim ended before. Returns how many."""
    with transaction():
        statement = (
            select(Claim)
            .join(Slot, Slot.id == Claim.slot_id)
            .where(
                or_(Slot.ends_at < now - WIPE_AFTER, Claim.state.not_in(HOLDING)),
                or_(Claim.diet != "", cast(Claim.sizes, Text) != "{}"),
            )
        )
        claims = list(session.scalars(statement.limit(500)))
        for claim in claims:
            claim.sizes, claim.diet = {}, ""
    return len(claims)
