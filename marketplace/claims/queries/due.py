"""What the worker asks: what is due?"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, selectinload

from marketplace.claims.models import Claim, Entry, PlannedDecision
from marketplace.claims.queries.loading import one, whole
from marketplace.claims.rules.waiting import (
    DECIDED_AT_LEAST,
    DECIDED_BEFORE,
    NAMED_BEFORE,
    QUEUE_CLOSES_BEFORE,
    UNDER_TEN_WORKING_DAYS,
)
from marketplace.claims.states import LIVING, ClaimState, Side, Verdict
from marketplace.kernel.database import session
from marketplace.kernel.versions import Versioned
from marketplace.offers.models import Offer, Slot
from marketplace.offers.queries import IS_PUBLIC
from marketplace.offers.states import OfferState, Policy, SlotState
from marketplace.organisations.models import Site
from marketplace.safety.models import Brief


def planned_due(now: datetime) -> list[int]:
    """Ids of the claims of which what was planned takes effect now: a rejection, or all approvals that are needed."""
    planned = PlannedDecision
    takes_both = and_(Claim.policy == Policy.BOTH, Claim.state == ClaimState.PENDING)
    needed = case((takes_both, len(Side)), else_=1)
    rejections = func.sum(case((planned.verdict == Verdict.REJECT, 1), else_=0))
    statement = (
        select(Claim.id)
        .join(planned, planned.claim_id == Claim.id)
        .where(planned.due_at <= now)
        .group_by(Claim.id)
        .having(or_(rejections > 0, func.count() >= needed))
    )
    return list(session.scalars(statement.order_by(Claim.id)))


def overdue(*, now: datetime) -> list[Claim]:
    """The claims whose time may be over: of an offered seat, a waiting list, a missing name or certificate, a decision.

    `actions.why_lapsed` judges them exactly.
    """
    undecided = and_(
        Claim.state == ClaimState.PENDING,
        or_(
            Slot.starts_at <= now,
            and_(
                Claim.state_at <= now - DECIDED_AT_LEAST,
                or_(Slot.starts_at <= now + DECIDED_BEFORE, Claim.state_at < now - UNDER_TEN_WORKING_DAYS),
            ),
        ),
    )
    statement = (
        select(Claim)
        .join(Claim.slot)
        .options(contains_eager(Claim.slot), selectinload(Claim.planned))
        .where(
            or_(
                undecided,
                and_(
                    Claim.state == ClaimState.CONDITIONAL,
                    or_(Claim.certificate_by <= now, Slot.starts_at <= now),
                ),
                and_(Claim.state == ClaimState.OFFERED, or_(Claim.answer_by <= now, Slot.starts_at <= now)),
                and_(Claim.state == ClaimState.WAITLISTED, Slot.starts_at < now + QUEUE_CLOSES_BEFORE),
                and_(
                    Claim.state.in_(LIVING),
                    Claim.person_id.is_(None),
                    Slot.starts_at <= now + NAMED_BEFORE,
                ),
            )
        )
    )
    return list(session.scalars(statement.order_by(Claim.id)))


def waited_for(*, now: datetime) -> list[int]:
    """Ids of open slots in which a seat is free that somebody waits for and that can still be offered."""
    statement = (
        select(Slot.id)
        .join(Claim, Claim.slot_id == Slot.id)
        .join(Offer, Offer.id == Slot.offer_id)
        .where(
            Claim.state == ClaimState.WAITLISTED,
            Slot.seats_taken < Slot.capacity,
            Slot.state == SlotState.OPEN,
            Offer.state == OfferState.PUBLISHED,
            Slot.starts_at >= now + QUEUE_CLOSES_BEFORE,
        )
        .distinct()
    )
    return list(session.scalars(statement.order_by(Slot.id)))


def on_condition(*, now: datetime, person_id: int | None = None) -> list[Claim]:
    """The claims on coming moments that were approved on condition, oldest first: all, or those of one person."""
    statement = whole(select(Claim), in_few=True).join(Slot, Slot.id == Claim.slot_id)
    statement = statement.where(Claim.state == ClaimState.CONDITIONAL, Slot.starts_at > now)
    if person_id is not None:
        statement = statement.where(Claim.person_id == person_id)
    return list(session.scalars(statement.order_by(Claim.id)).unique())


def whole_claim(claim_id: int) -> Claim:
    """A claim by row id, for the worker."""
    return one(whole(select(Claim), in_few=True).where(Claim.id == claim_id))


def untold(*, now: datetime, quiet_time: timedelta) -> list[int]:
    """Ids of living claims whose participant was told older versions than there are now.

    They are told `quiet_time` after the last change, and where changes go on and on once in five times that.
    """
    statement = (
        select(Claim.id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Site, Site.id == Slot.site_id)
        .join(Brief, Brief.id == func.coalesce(Slot.brief_id, Offer.brief_id))
        .where(
            Claim.state.in_(LIVING),
            Slot.ends_at > now,
            or_(
                _is_due(Claim.told_slot, Slot, now, quiet_time),
                _is_due(Claim.told_offer, Offer, now, quiet_time),
                _is_due(Claim.told_site, Site, now, quiet_time),
                _is_due(Claim.told_brief, Brief, now, quiet_time),
            ),
        )
    )
    return list(session.scalars(statement.order_by(Claim.id)))


def _is_due(
    told: InstrumentedAttribute[int], row: type[Versioned], now: datetime, quiet_time: timedelta
) -> ColumnElement[bool]:
    longest = now - 5 * quiet_time
    is_long_enough = and_(row.changing_since <= longest, Claim.told_at <= longest)
    return and_(told < row.version, or_(row.changed_at <= now - quiet_time, is_long_enough))


def hosts_behind(*, now: datetime, limit: int = 200) -> list[int]:
    """Ids of slots that are not over whose host has no calendar entry yet, or one from before the last change or claim.

    One of the same second counts as from before: times are whole seconds.
    """
    changed = (Slot.changed_at, Offer.changed_at, Site.changed_at)
    written_since = exists().where(Entry.slot_id == Slot.id, *(Entry.changed_at > each for each in changed))
    statement = (
        select(Slot.id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Site, Site.id == Slot.site_id)
        .where(
            IS_PUBLIC,
            Slot.ends_at > now,
            Slot.state != SlotState.CANCELLED,
            or_(Slot.is_host_behind, ~written_since),
        )
    )
    return list(session.scalars(statement.order_by(Slot.id).limit(limit)))


def slot_with(slot_id: int) -> Slot:
    """A slot by row id, for the worker."""
    statement = (
        select(Slot)
        .join(Slot.offer)
        .options(contains_eager(Slot.offer).joinedload(Offer.organisation), selectinload(Slot.sessions))
    )
    return session.scalars(statement.where(Slot.id == slot_id)).unique().one()
