"""What coordinators ask: who waits for me, and with what to weigh?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, Text, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from marketplace.claims.models import Attendance, Claim, PlannedDecision
from marketplace.claims.queries.loading import one, whole
from marketplace.claims.rules.waiting import NAMED_BEFORE
from marketplace.claims.states import BY_COORDINATORS, HOLDING, LIVING, ClaimState, Lapse, Side
from marketplace.kernel.database import session
from marketplace.offers.models import Offer, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.offers.states import Policy, SlotState
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person

Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Queue:
    """What stands on the desk."""

    waiting: list[Claim]
    """To decide about, oldest first."""
    conditional: list[Claim]
    """Approved on condition of a certificate that is still to come, first moment first."""
    lapsed: list[Claim]
    """Lapsed undecided, and a seat is free: may still be approved; first moment first."""
    elsewhere: list[Claim]
    """To look at, first moment first: hosts decide, or coordinators of other regions."""


@dataclass(frozen=True, slots=True)
class NoShow:
    """Somebody who had a seat and did not come."""

    claim: str
    name: str
    school: str
    title: str
    starts_at: datetime


def claim_for_desk(region_ids: Iterable[int], code: str) -> Claim:
    """A claim of a school (they decide) or on a host (they look) in one of these regions. NotFound otherwise."""
    return one(_on_desk(region_ids).where(Claim.code == code))


def claims_for_desk(region_ids: Iterable[int], codes: Collection[str]) -> list[Claim]:
    """Those of these claims that stand on the desk, as for `claim_for_desk`, oldest first."""
    statement = _on_desk(region_ids).where(Claim.code.in_(codes)).order_by(Claim.made_at, Claim.id)
    return list(session.scalars(statement).unique())


def _on_desk(region_ids: Iterable[int]) -> Select[Claim]:
    regions = list(region_ids)
    school, host = aliased(Organisation), aliased(Organisation)
    return (
        whole(select(Claim), in_few=True)
        .join(school, school.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(host, host.id == Offer.organisation_id)
        .where(or_(school.region_id.in_(regions), host.region_id.in_(regions)))
    )


def queue(region_ids: Iterable[int], *, now: datetime, limit: int = 100) -> Queue:
    """All that stands on the desk of these regions, at most so many of each kind, in three statements."""
    regions = set(region_ids)
    parts = (
        _waiting(select(Claim.id), regions, now).order_by(Claim.made_at, Claim.id),
        _conditional(select(Claim.id), regions, now).order_by(Slot.starts_at, Claim.id),
        _lapsed(select(Claim.id), regions, now).order_by(Slot.starts_at, Claim.id),
        _elsewhere(select(Claim.id), regions, now).order_by(Slot.starts_at, Claim.id),
    )
    ids = union_all(*(select(each.limit(limit).subquery().c.id) for each in parts))
    statement = whole(select(Claim), in_few=True).where(Claim.id.in_(ids))
    found = session.scalars(statement.order_by(Claim.made_at, Claim.id)).unique()
    kinds: dict[str, list[Claim]] = {"waiting": [], "conditional": [], "lapsed": [], "elsewhere": []}
    for claim in found:
        kinds[_kind(claim, regions)].append(claim)
    for name in ("conditional", "lapsed", "elsewhere"):
        kinds[name].sort(key=lambda claim: claim.slot.starts_at)
    return Queue(**kinds)


def _kind(claim: Claim, regions: set[int]) -> str:
    if claim.state == ClaimState.LAPSED:
        return "lapsed"
    is_ours = claim.school.region_id in regions
    if claim.state == ClaimState.CONDITIONAL and is_ours:
        return "conditional"
    is_to_decide = claim.state == ClaimState.PENDING and claim.policy in BY_COORDINATORS
    return "waiting" if is_ours and is_to_decide else "elsewhere"


def to_decide(region_ids: Iterable[int], *, now: datetime, limit: int = 100) -> list[Claim]:
    """Claims of schools in these regions that coordinators decide about before their start, oldest first.

    Those with a planned decision are among them: until it takes effect it can be taken back.
    """
    ids = _waiting(select(Claim.id), region_ids, now).order_by(Claim.made_at, Claim.id).limit(limit)
    statement = whole(select(Claim), in_few=True).where(Claim.id.in_(select(ids.subquery().c.id)))
    return list(session.scalars(statement.order_by(Claim.made_at, Claim.id)).unique())


def how_many_wait(region_ids: Iterable[int], *, now: datetime) -> tuple[Select[int], Select[datetime]]:
    """The questions how many claims of these regions no coordinator decided about yet, and when the first was made."""
    is_planned = Claim.planned.any(PlannedDecision.side == Side.COORDINATOR)
    count, first = select(func.count(Claim.id)), select(func.min(Claim.made_at))
    return (
        _waiting(count, region_ids, now).where(~is_planned),
        _waiting(first, region_ids, now).where(~is_planned),
    )


def how_many_lapsed(region_ids: Iterable[int], *, now: datetime) -> Select[int]:
    """The question how many claims of these regions lapsed undecided that may still be approved."""
    return _lapsed(select(func.count(Claim.id)), region_ids, now)


def _waiting(statement: Select[*Ts], region_ids: Iterable[int], now: datetime) -> Select[*Ts]:
    return _before_start(statement, region_ids, now).where(
        Claim.state == ClaimState.PENDING, Claim.policy.in_(BY_COORDINATORS)
    )


def _conditional(statement: Select[*Ts], region_ids: Iterable[int], now: datetime) -> Select[*Ts]:
    return _before_start(statement, region_ids, now).where(Claim.state == ClaimState.CONDITIONAL)


def _lapsed(statement: Select[*Ts], region_ids: Iterable[int], now: datetime) -> Select[*Ts]:
    """Those whom `rules.why_not_decide` lets revive, and who did not sign up anew."""
    anew = aliased(Claim)
    is_back = exists().where(
        anew.slot_id == Claim.slot_id, anew.person_id == Claim.person_id, anew.state.in_(LIVING)
    )
    return _before_start(statement, region_ids, now).where(
        Claim.state == ClaimState.LAPSED,
        Claim.lapsed_as == Lapse.UNDECIDED,
        Slot.seats_taken < Slot.capacity,
        Slot.state != SlotState.CANCELLED,
        or_(Claim.person_id.is_not(None), Slot.starts_at > now + NAMED_BEFORE),
        ~is_back,
    )


def _before_start(statement: Select[*Ts], region_ids: Iterable[int], now: datetime) -> Select[*Ts]:
    return (
        statement.join(Organisation, Organisation.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(Organisation.region_id.in_(list(region_ids)), Slot.starts_at > now)
    )


def _elsewhere(statement: Select[*Ts], region_ids: Iterable[int], now: datetime) -> Select[*Ts]:
    """Claims on coming moments that others decide about: on hosts here from elsewhere, or from here by hosts."""
    regions = list(region_ids)
    school, host = aliased(Organisation), aliased(Organisation)
    from_elsewhere = and_(
        Claim.state.in_(HOLDING), host.region_id.in_(regions), school.region_id.not_in(regions)
    )
    host_decides = and_(
        Claim.state == ClaimState.PENDING, Claim.policy == Policy.HOST, school.region_id.in_(regions)
    )
    return (
        statement.join(school, school.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(host, host.id == Offer.organisation_id)
        .where(Slot.starts_at > now, or_(from_elsewhere, host_decides))
    )


def how_many_on_the_way(region_ids: Iterable[int], *, since: datetime, until: datetime) -> Select[int]:
    """The question how many people of schools in these regions have a place that starts between two instants."""
    return (
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


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside claims on the desk."""

    overlapping: dict[int, str]
    """By claim id, as `conflicts`."""
    colleagues: dict[int, int]
    """By claim id, as `colleagues`; only where the offer has a limit."""
    names: dict[str, str]
    """Of people, by code."""


def beside(claims: Sequence[Claim], codes: Iterable[str]) -> Beside:
    """What stands beside these claims, and the names of people with these codes, in one statement."""
    limited = [each for each in claims if each.slot.offer.school_limit]
    names = select(Person.code, Person.name).where(Person.code.in_(set(codes)))
    overlapping, colleagues = _conflicts(claims).subquery().c, _colleagues(limited).subquery().c
    named = names.subquery().c
    rows = session.execute(
        union_all(
            select(literal("overlapping"), overlapping[0], overlapping[1], literal("")),
            select(literal("colleagues"), colleagues[0], literal(""), cast(colleagues[1], Text)),
            select(literal("names"), literal(0), named[1], cast(named[0], Text)),
        )
    ).all()
    return Beside(
        {claim: title for kind, claim, title, _ in rows if kind == "overlapping"},
        {claim: int(count) for kind, claim, _, count in rows if kind == "colleagues"},
        {code: name for kind, _, name, code in rows if kind == "names"},
    )


def conflicts(claims: Sequence[Claim]) -> dict[int, str]:
    """By claim id: the title of another living claim of the same person at the same time. One statement for all."""
    return dict(session.execute(_conflicts(claims)).all()) if claims else {}


def _conflicts(claims: Sequence[Claim]) -> Select[int, str]:
    first, second = aliased(Claim), aliased(Claim)
    mine, other = aliased(SlotSession), aliased(SlotSession)
    return (
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


def colleagues(claims: Sequence[Claim]) -> dict[int, int]:
    """By claim id: how many others of the same school have an approved seat in the same slot. One statement."""
    return dict(session.execute(_colleagues(claims)).all()) if claims else {}


def _colleagues(claims: Sequence[Claim]) -> Select[int, int]:
    mine, other = aliased(Claim), aliased(Claim)
    return (
        select(mine.id, func.count())
        .join(other, and_(other.slot_id == mine.slot_id, other.school_id == mine.school_id))
        .where(
            mine.id.in_([claim.id for claim in claims]),
            other.id != mine.id,
            other.state.in_((ClaimState.CONDITIONAL, ClaimState.APPROVED)),
        )
        .group_by(mine.id)
    )


def no_shows(region_ids: Iterable[int], *, limit: int = 50) -> list[NoShow]:
    """Who of the schools in these regions did not come where they had a seat, session by session, latest first."""
    statement = (
        select(Claim.code, Person.name, Organisation.name, Offer.title, SlotSession.starts_at)
        .select_from(Attendance)
        .join(Claim, Claim.id == Attendance.claim_id)
        .join(Person, Person.id == Claim.person_id)
        .join(Organisation, Organisation.id == Claim.school_id)
        .join(SlotSession, SlotSession.id == Attendance.session_id)
        .join(Slot, Slot.id == SlotSession.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .where(~Attendance.has_come, Organisation.region_id.in_(list(region_ids)))
        .order_by(SlotSession.starts_at.desc(), Person.name)
    )
    return [NoShow(*row) for row in session.execute(statement.limit(limit))]


def missed(claim: Claim) -> list[datetime]:
    """The starts of the sessions to which the participant did not come, in order."""
    statement = (
        select(SlotSession.starts_at)
        .join(Attendance, Attendance.session_id == SlotSession.id)
        .where(Attendance.claim_id == claim.id, ~Attendance.has_come)
    )
    return list(session.scalars(statement.order_by(SlotSession.starts_at)))
