"""Personal data goes when it has served its purpose."""

from datetime import datetime

from sqlalchemy import Text, cast, or_, select

from marketplace.claims.models import Claim
from marketplace.claims.rules import WIPE_AFTER
from marketplace.kernel.database import session, transaction
from marketplace.offers.models import Slot


def wipe_due(*, now: datetime) -> int:
    """Wipes sizes and diet two weeks after the moment, or when the claim ended before that. Returns how many."""
    with transaction():
        statement = (
            select(Claim)
            .join(Slot, Slot.id == Claim.slot_id)
            .where(Slot.ends_at < now - WIPE_AFTER, or_(Claim.diet != "", cast(Claim.sizes, Text) != "{}"))
        )
        claims = list(session.scalars(statement.limit(500)))
        for claim in claims:
            claim.sizes, claim.diet = {}, ""
    return len(claims)
