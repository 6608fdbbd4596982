"""Personal data goes when it has served its purpose."""

from datetime import datetime

from sqlalchemy import Text, and_, cast, or_, select

from marketplace.claims.models import Claim
from marketplace.claims.rules import WIPE_AFTER
from marketplace.claims.states import LIVING, Lapse
from marketplace.kernel.database import session, transaction
from marketplace.offers.models import Slot


def wipe_due(*, now: datetime) -> int:
    """Wipes sizes and diet two weeks after the moment, or at once where the claim ended before. Returns how many.

    What lapsed undecided can still be approved, until the start.
    """
    with transaction():
        statement = (
            select(Claim)
            .join(Slot, Slot.id == Claim.slot_id)
            .where(
                or_(
                    Slot.ends_at < now - WIPE_AFTER,
                    and_(
                        Claim.state.not_in(LIVING),
                        or_(Claim.lapsed_as != Lapse.UNDECIDED, Slot.starts_at <= now),
                    ),
                ),
                or_(Claim.diet != "", cast(Claim.sizes, Text) != "{}"),
            )
        )
        claims = list(session.scalars(statement.limit(500)))
        for claim in claims:
            claim.sizes, claim.diet = {}, ""
    return len(claims)
