"""Questions about claims: for the participant, the desk, the school, the host and the worker."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload, selectinload

from marketplace.claims.facts import ClaimingFacts
from marketplace.claims.models import Claim, Entry, PlannedDecision
from marketplace.claims.states import HOLDING, ClaimState
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.versions import Versioned
from marketplace.offers.models import Offer, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.models import Organisation, Site
from marketplace.people.models import Person
from marketplace.safety.models import Brief

Ts = TypeVarTuple("Ts")


def _whole(statement: Select[Claim]) -> Select[Claim]:
    """With everything that a claim's pages show, in a constant number of statements."""
    slot = joinedload(Claim.slot)
    offer = slot.joinedload(Slot.offer)
    return statement.options(
        joinedload(Claim.person).selectinload(Person.certificates),
        joinedload(Claim.school).joinedload(Organisation.region),
        selectinload(Claim.planned),
        slot.selectinload(Slot.sessions),
        slot.joinedload(Slot.site),
        offer.joinedload(Offer.organisation),
        offer.joinedload(Offer.brief),
        offer.selectinload(Offer.profiles),
        offer.selectinload(Offer.audiences),
    )


def _one(statement: Select[Claim]) -> Claim:
    claim = session.scalars(statement).unique().one_or_none()
    if claim is None:
        raise NotFound
    return claim


def claiming(slot: Slot, person: Person | None) -> ClaimingFacts:
    """What decides whether this person may claim a seat in this slot; nobody in particular has no claims yet."""
    return ClaimingFacts(
        is_published=slot.offer.state == OfferState.PUBLISHED,
        slot_state=slot.state,
        starts_at=slot.starts_at,
        open_at=slot.open_at,
        close_at=slot.close_at,
        seats_left=slot.seats_left,
        has_school=person is None or person.school is not None,
        has_living_claim=person is not None and _has_living_claim(slot, person),
        overlapping=_overlapping(slot, person) if person else "",
    )


def _has_living_claim(slot: Slot, person: Person) -> bool:
    statement = select(Claim.id).where(
        Claim.slot_id == slot.id, Claim.person_id == person.id, Claim.state.in_(HOLDING)
    )
    return session.scalar(statement) is not None


def _overlapping(slot: Slot, person: Person) -> str:
    statement = _overlaps(select(Offer.title), slot.id).where(Claim.person_id == person.id)
    return session.scalar(statement.join(Offer, Offer.id == Slot.offer_id).limit(1)) or ""


def _overlaps(statement: Select[Any], slot_id: int) -> Select[Any]:
    """Living claims on other slots of which a session is at the same time as one of this slot's."""
    mine, other = aliased(SlotSession), aliased(SlotSession)
    return (
        statement.select_from(Claim)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(other, other.slot_id == Slot.id)
        .join(mine, and_(mine.starts_at < other.ends_at, other.starts_at < mine.ends_at))
        .where(mine.slot_id == slot_id, Claim.slot_id != slot_id, Claim.state.in_(HOLDING))
    )


def claims_of(person_code: str) -> list[Claim]:
    """Somebody's own claims, latest moment first."""
    statement = (
        _whole(select(Claim)).join(Person, Person.id == Claim.person_id).join(Slot, Slot.id == Claim.slot_id)
    )
    statement = statement.where(Person.code == person_code)
    return list(
        session.scalars(statement.order_by(Slot.starts_at.desc(), Claim.id.desc()).limit(200)).unique()
    )


def claim_for(person_code: str, code: str) -> Claim:
    """Somebody's own claim. NotFound otherwise."""
    statement = _whole(select(Claim)).join(Person, Person.id == Claim.person_id)
    return _one(statement.where(Claim.code == code, Person.code == person_code))


def living_claim_on(slot_id: int, person_code: str) -> Claim | None:
    """Somebody's living claim on a slot, if any."""
    statement = select(Claim).join(Person, Person.id == Claim.person_id)
    return session.scalar(
        statement.where(Claim.slot_id == slot_id, Person.code == person_code, Claim.state.in_(HOLDING))
    )


def living_claims_on(offer_id: int, person_code: str) -> dict[str, str]:
    """Somebody's living claims on the moments of an offer: the claim's code by the slot's. One statement."""
    statement = (
        select(Slot.code, Claim.code.label("claim"))
        .join(Claim, Claim.slot_id == Slot.id)
        .join(Person, Person.id == Claim.person_id)
        .where(Slot.offer_id == offer_id, Person.code == person_code, Claim.state.in_(HOLDING))
    )
    return {row.code: row.claim for row in session.execute(statement)}


def claim_for_desk(region_ids: Iterable[int], code: str) -> Claim:
    """A claim of a school (they decide) or on a host (they look) in one of these regions. NotFound otherwise."""
    regions = list(region_ids)
    school, host = aliased(Organisation), aliased(Organisation)
    statement = (
        _whole(select(Claim))
        .join(school, school.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(host, host.id == Offer.organisation_id)
    )
    return _one(
        statement.where(Claim.code == code, or_(school.region_id.in_(regions), host.region_id.in_(regions)))
    )


def waiting(region_ids: Iterable[int], *, now: datetime, limit: int = 100) -> list[Claim]:
    """Claims of schools in these regions that wait for a decision before their start, oldest first.

    Those with a planned decision are among them: until it takes effect it can be taken back.
    """
    statement = _waiting(_whole(select(Claim)), region_ids, now)
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
        _whole(select(Claim))
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


def claims_of_school(organisation_codes: Iterable[str], *, since: datetime, limit: int = 200) -> list[Claim]:
    """The claims of these schools' staff on moments after an instant, first moment first."""
    statement = (
        _whole(select(Claim))
        .join(Organisation, Organisation.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(Organisation.code.in_(list(organisation_codes)), Slot.starts_at > since)
    )
    return list(session.scalars(statement.order_by(Slot.starts_at, Claim.id).limit(limit)).unique())


def claim_for_school(organisation_codes: Iterable[str], code: str) -> Claim:
    """A claim of these schools' staff. NotFound otherwise."""
    statement = _whole(select(Claim)).join(Organisation, Organisation.id == Claim.school_id)
    return _one(statement.where(Claim.code == code, Organisation.code.in_(list(organisation_codes))))


def roster(slot_id: int) -> list[Claim]:
    """The living claims on a slot: approved ones by name, then those that wait, oldest first."""
    statement = (
        _whole(select(Claim))
        .join(Person, Person.id == Claim.person_id)
        .where(Claim.slot_id == slot_id, Claim.state.in_(HOLDING))
    )
    return list(session.scalars(statement.order_by(Claim.state, Person.name, Claim.id)).unique())


def living_claims(slot_id: int) -> list[Claim]:
    """The claims that hold a seat in a slot, oldest first, with what their letters say."""
    statement = _whole(select(Claim)).where(Claim.slot_id == slot_id, Claim.state.in_(HOLDING))
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


def planned_due(now: datetime) -> list[int]:
    """Ids of the claims of which a planned decision takes effect now."""
    statement = select(PlannedDecision.claim_id).where(PlannedDecision.due_at <= now)
    return list(session.scalars(statement.order_by(PlannedDecision.due_at, PlannedDecision.id)))


def whole_claim(claim_id: int) -> Claim:
    """A claim by row id, for the worker."""
    return _one(_whole(select(Claim)).where(Claim.id == claim_id))


def untold(*, now: datetime, quiet_time: timedelta) -> list[int]:
    """Ids of living claims whose participant was told older versions than there are now.

    They are told `quiet_time` after the last change, and where changes go on and on once in five times that.
    """
    statement = (
        select(Claim.id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Site, Site.id == Slot.site_id)
        .join(Brief, Brief.id == Offer.brief_id)
        .where(
            Claim.state.in_(HOLDING),
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
    """Ids of coming slots whose host has no calendar entry yet, or one from before the last change.

    One of the same second counts as from before: times are whole seconds.
    """
    changed = (Slot.changed_at, Offer.changed_at, Site.changed_at)
    written_since = exists().where(Entry.slot_id == Slot.id, *(Entry.changed_at > each for each in changed))
    statement = (
        select(Slot.id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Site, Site.id == Slot.site_id)
        .where(
            Offer.state.in_((OfferState.PUBLISHED, OfferState.CLOSED)),
            Slot.starts_at > now,
            Slot.state != SlotState.CANCELLED,
            ~written_since,
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
