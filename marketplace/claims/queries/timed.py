"""What is due because time passes: whom to remind, to thank, to ask, and who hears what waits. One statement each.

What was written has its letter, late ones too: so nothing is due twice, however long nobody looked.
"""

from datetime import date, datetime, timedelta
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from marketplace.claims import rules
from marketplace.claims.models import Attendance, Claim, PlannedDecision
from marketplace.claims.queries.loading import whole
from marketplace.claims.rules import timing
from marketplace.claims.states import BY_COORDINATORS, ClaimState, Side
from marketplace.kernel.database import session
from marketplace.kernel.times import start_of_day, wall_date
from marketplace.offers.models import Offer, Slot
from marketplace.offers.models import Session as SlotSession
from marketplace.organisations.models import Organisation
from marketplace.outbox.models import Letter
from marketplace.people.models import Membership, Person
from marketplace.people.queries import wants
from marketplace.people.states import OptionalLetter, Role
from marketplace.regions.models import Region
from marketplace.safety.models import Brief

Ts = TypeVarTuple("Ts")


def to_remind(days: int, *, now: datetime) -> list[int]:
    """Ids of the approved claims whose participant is to be reminded, so many days ahead."""
    last = timing.last_day(now, timing.MORNING) + timedelta(days=days)
    first = last - timing.LOOK_BACK
    key = literal(f"reminder:{days}:") + Claim.code + ":" + _day_of(Slot.starts_at, first, last)
    statement = (
        select(Claim.id, Slot.starts_at, Claim.state_at, Claim.told_at, Slot.changed_at)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Person, Person.id == Claim.person_id)
        .where(Claim.state == ClaimState.APPROVED, _lies(Slot.starts_at, first, last), ~_is_written(key))
    )
    if days == timing.WEEK_AHEAD:
        statement = statement.where(wants(OptionalLetter.WEEK_REMINDER))
    rows = session.execute(statement.order_by(Claim.id)).all()
    return [row[0] for row in rows if timing.needs_reminder(row.starts_at, days, *row[2:])]


def to_ask_for_certificates(days: int, *, now: datetime) -> list[int]:
    """Ids of the claims on condition whose participant is to be asked for a certificate, so many days ahead."""
    last = timing.last_day(now, timing.MORNING) + timedelta(days=days)
    key = literal(f"certificate_reminder:{days}:") + Claim.code + ":" + cast(Claim.version, Text)
    statement = whole(select(Claim), in_few=True).where(
        Claim.state == ClaimState.CONDITIONAL,
        _lies(Claim.certificate_by, last - timing.LOOK_BACK, last),
        Claim.certificate_by > now,
        ~_is_written(key),
    )
    found = session.scalars(statement.order_by(Claim.id)).unique()
    return [each.id for each in found if rules.needs_certificate_reminder(each, days)]


def to_warn(*, now: datetime) -> list[int]:
    """Ids of the slots to come with participants who have not read the safety notes as they are now."""
    last = timing.last_day(now, timing.MORNING) + timedelta(days=timing.UNREAD_AHEAD)
    key = literal("safety_unread:") + Claim.code + ":" + _day_of(Slot.starts_at, wall_date(now), last)
    statement = (
        _unread(select(Slot.id, Slot.starts_at, Claim.state_at, Claim.told_at))
        .where(_lies(Slot.starts_at, wall_date(now), last), Slot.starts_at > now, ~_is_written(key))
        .order_by(Slot.id)
    )
    rows = session.execute(statement).all()
    return list(dict.fromkeys(row.id for row in rows if timing.needs_warning(*row[1:])))


def unread(slot_id: int) -> list[Claim]:
    """The claims of those who come and have not read the safety notes as they are now, oldest first."""
    statement = whole(_unread(select(Claim))).where(Slot.id == slot_id)
    return list(session.scalars(statement.order_by(Claim.id)).unique())


def _unread(statement: Select[*Ts]) -> Select[*Ts]:
    """Of people with a seat who were told of the notes as they are now: of a change they are told first."""
    return (
        statement.join_from(Claim, Slot, Slot.id == Claim.slot_id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Brief, Brief.id == func.coalesce(Slot.brief_id, Offer.brief_id))
        .where(
            Claim.state.in_((ClaimState.APPROVED, ClaimState.CONDITIONAL)),
            Claim.person_id.is_not(None),
            Claim.told_brief == Brief.version,
            Claim.brief_version.is_distinct_from(Brief.version),
        )
    )


def to_thank(*, now: datetime) -> list[int]:
    """Ids of the approved claims on moments that are over, but for those of whom is noted that they did not come."""
    last = timing.last_day(now, timing.MORNING) - timedelta(days=1)
    noted = exists().where(Attendance.claim_id == Claim.id)
    came = noted.where(Attendance.has_come)
    statement = (
        select(Claim.id)
        .join(Slot, Slot.id == Claim.slot_id)
        .join(Person, Person.id == Claim.person_id)
        .where(
            Claim.state == ClaimState.APPROVED,
            _lies(Slot.ends_at, last - timing.LOOK_BACK, last),
            or_(~noted, came),
            wants(OptionalLetter.THANKS),
            ~_is_written(literal("thanks:") + Claim.code),
        )
    )
    return list(session.scalars(statement.order_by(Claim.id)))


def to_ask(*, now: datetime) -> list[int]:
    """Ids of slots that are over of whose host a contact is to be asked who came: not everything was noted."""
    last = timing.last_day(now, timing.MORNING) - timedelta(days=1)
    key = literal("attendance:") + Slot.code + ":" + Person.code
    statement = (
        select(Slot.id)
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Membership, Membership.organisation_id == Offer.organisation_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.role == Role.HOST_CONTACT,
            _lies(Slot.ends_at, last - timing.LOOK_BACK, last),
            exists().where(Claim.slot_id == Slot.id, _is_unnoted()),
            wants(OptionalLetter.ATTENDANCE),
            ~_is_written(key),
        )
        .distinct()
    )
    return list(session.scalars(statement.order_by(Slot.id)))


def unnoted(slot_id: int) -> int:
    """Of how many participants is not noted for every session whether they came."""
    return len(session.scalars(select(Claim.id).where(Claim.slot_id == slot_id, _is_unnoted())).all())


def _is_unnoted() -> ColumnElement[bool]:
    noted = exists().where(Attendance.claim_id == Claim.id, Attendance.session_id == SlotSession.id)
    noted = noted.correlate(Claim, SlotSession)
    is_missing = exists().where(SlotSession.slot_id == Claim.slot_id, ~noted)
    return and_(Claim.state == ClaimState.APPROVED, Claim.person_id.is_not(None), is_missing)


def to_brief(*, now: datetime) -> list[int]:
    """Ids of the coordinators for whom claims wait since the last digest was due, and who were not told that day."""
    since = timing.digest_at(now)
    school, region = aliased(Organisation), aliased(Region)
    statement = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .join(region, or_(region.id == Membership.region_id, region.parent_id == Membership.region_id))
        .join(school, school.region_id == region.id)
        .join(Claim, Claim.school_id == school.id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(
            Membership.role == Role.COORDINATOR,
            *_waits(since, now),
            _is_anothers(Person.id),
            wants(OptionalLetter.DIGEST),
            ~_is_written(literal("digest:") + Person.code + f":{wall_date(since).isoformat()}"),
        )
        .distinct()
    )
    return list(session.scalars(statement.order_by(Person.id)))


def waiting_since(person_id: int, since: datetime, *, now: datetime) -> list[Claim]:
    """Claims of others on which this person or another coordinator is to decide, first moment first."""
    region = aliased(Region)
    regions = (
        select(region.id)
        .join(Membership, or_(region.id == Membership.region_id, region.parent_id == Membership.region_id))
        .where(Membership.role == Role.COORDINATOR, Membership.person_id == person_id)
    )
    statement = (
        whole(select(Claim))
        .join(Organisation, Organisation.id == Claim.school_id)
        .join(Slot, Slot.id == Claim.slot_id)
        .where(Organisation.region_id.in_(regions), *_waits(since, now), _is_anothers(literal(person_id)))
    )
    return list(session.scalars(statement.order_by(Slot.starts_at, Claim.id)).unique())


def _waits(since: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a claim waits for a coordinator's decision, and did so at an instant."""
    planned = exists().where(PlannedDecision.claim_id == Claim.id, PlannedDecision.side == Side.COORDINATOR)
    return (
        Claim.state == ClaimState.PENDING,
        Claim.policy.in_(BY_COORDINATORS),
        Claim.state_at <= since,
        Slot.starts_at > now,
        ~planned,
    )


def _is_anothers(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Nobody decides about their own claim."""
    return and_(Claim.made_by_id != person_id, Claim.person_id.is_distinct_from(person_id))


def _lies(
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], first: date, last: date
) -> ColumnElement[bool]:
    """The condition that an instant lies on one of these days, as the wall counts them."""
    return and_(column >= start_of_day(first), column < start_of_day(last + timedelta(days=1)))


def _day_of(column: InstrumentedAttribute[datetime], first: date, last: date) -> ColumnElement[str]:
    """The date on the wall of an instant between two days. Databases know no zones that agree with ours."""
    days = [first + timedelta(days=each) for each in range((last - first).days)]
    return case(
        *((column < start_of_day(each + timedelta(days=1)), each.isoformat()) for each in days),
        else_=last.isoformat(),
    )


def _is_written(key: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(Letter.key == key)
