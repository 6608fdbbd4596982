"""What coordinators ask: who waits for me, and with what to weigh?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.claims.models import Claim
from marketplace.claims.queries.loading import one, whole
from marketplace.claims.states import HOLDING, ClaimState
from marketplace.kernel.database import session
from marketplace.offers.models import Offer, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.organisations.models import Organisation

Ts = TypeVarTuple("Ts")


def claim_for_desk(region_ids: Iterable[int], code: str) -> Claim:
    """A claim of a school (they decide) or on a host (they look) in one of these regions. NotFound otherwise."""
    regions = list(region_ids)
    school, host = aliased(Organisation), aliased(Organisation)
    statement = (
        whole(select(Claim))
        .join(school, school.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(host, host.id == Offer.organisation_id)
    )
    return one(
        statement.where(Claim.code == code, or_(school.region_id.in_(regions), host.region_id.in_(regions)))
    )


def waiting(region_ids: Iterable[int], *, now: datetime, limit: int = 100) -> list[Claim]:
    """Claims of schools in these regions that wait for a decision before their start, oldest first.

    Those with a planned decision are among them: until it takes effect it can be taken back.
    """
    statement = _waiting(whole(select(Claim)), region_ids, now)
    return list(session.scalars(statement.order_by(Claim.made_at, Claim.id).limit(limit)).unique())


def count_waiting(region_ids: Iterable[int], *, now: datetime) -> tuple[int, datetime | None]:
    """How many claims of schools in these regions nobody decided about yet, and when the oldest was made."""
    statement = _waiting(select(func.count(Claim.id), func.min(Claim.made_at)), region_ids, now)
    count, oldest = session.execute(statement.where(~Claim.planned.any())).one()
    return count, oldest


def _waiting(statement: Select[*Ts], region_ids: Iterable[int], now: datetime) -> Select[*Ts]:
    return (
        statement.join(Organisation, Organisation.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(
            Claim.state == ClaimState.PENDING,
            Organisation.region_id.in_(list(region_ids)),
            Slot.starts_at > now,
        )
    )


def count_on_the_way(region_ids: Iterable[int], *, since: datetime, until: datetime) -> int:
    """How many people of schools in these regions have a place on a moment that starts between two instants."""
    statement = (
        select(func.count(Claim.person_id.distinct()))
        .join(Organisation, Organisation.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(
            Claim.state == ClaimState.APPROVED,
            Organisation.region_id.in_(list(region_ids)),
            Slot.starts_at >= since,
            Slot.starts_at < until,
        )
    )
    return session.scalar(statement) or 0


def conflicts(claims: Sequence[Claim]) -> dict[int, str]:
    """By claim id: the title of another living claim of the same person at the same time. One statement for all."""
    if not claims:
        return {}
    first, second = aliased(Claim), aliased(Claim)
    mine, other = aliased(SlotSession), aliased(SlotSession)
    rows = session.execute(
        select(first.id, Offer.title)
        .join(
            second,
            and_(second.person_id == first.person_id, second.id != first.id, second.state.in_(HOLDING)),
        )
        .join(mine, mine.slot_id == first.slot_id)
        .join(other, other.slot_id == second.slot_id)
        .join(Slot, Slot.id == second.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .where(
            first.id.in_([claim.id for claim in claims]),
            mine.starts_at < other.ends_at,
            other.starts_at < mine.ends_at,
        )
    )
    return {row.id: row.title for row in rows}


def on_hosts_in(region_ids: Iterable[int], *, now: datetime, limit: int = 100) -> list[Claim]:
    """Living claims on coming moments of hosts in these regions, from schools elsewhere: to see, not to decide."""
    regions = list(region_ids)
    school, host = aliased(Organisation), aliased(Organisation)
    statement = (
        whole(select(Claim))
        .join(school, school.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(host, host.id == Offer.organisation_id)
        .where(
            Claim.state.in_(HOLDING),
            Slot.starts_at > now,
            host.region_id.in_(regions),
            school.region_id.not_in(regions),
        )
    )
    return list(session.scalars(statement.order_by(Slot.starts_at, Claim.id).limit(limit)).unique())
