"""What a school's contact asks: where do my colleagues go?"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from marketplace.claims.models import Claim
from marketplace.claims.queries.loading import one, whole
from marketplace.kernel.database import session
from marketplace.offers.models import Slot
from marketplace.organisations.models import Organisation


def claims_of_school(organisation_codes: Iterable[str], *, since: datetime, limit: int = 200) -> list[Claim]:
    """The claims of these schools' staff on moments that end after an instant, first one first; the last 200."""
    statement = (
        whole(select(Claim))
        .join(Organisation, Organisation.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(Organisation.code.in_(list(organisation_codes)), Slot.ends_at > since)
    )
    latest = session.scalars(statement.order_by(Slot.starts_at.desc(), Claim.id.desc()).limit(limit)).unique()
    return list(latest)[::-1]


def claim_for_school(organisation_codes: Iterable[str], code: str) -> Claim:
    """A claim of these schools' staff. NotFound otherwise."""
    statement = whole(select(Claim)).join(Organisation, Organisation.id == Claim.school_id)
    return one(statement.where(Claim.code == code, Organisation.code.in_(list(organisation_codes))))
