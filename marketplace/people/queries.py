"""Questions about persons and their roles."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from marketplace.kernel import signing
from marketplace.kernel.database import has_one_writer, session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import SYSTEM
from marketplace.kernel.times import wall_date
from marketplace.organisations.models import Kind, Organisation
from marketplace.outbox.models import Letter
from marketplace.people import rules
from marketplace.people.facts import STOPPING, SignedIn
from marketplace.people.models import Certificate, Membership, OneTimeSignIn, Person
from marketplace.people.states import OptionalLetter, Role
from marketplace.regions.models import Region


def signed_in(session_key: str) -> SignedIn | None:
    """Who a sign-in's cookie names, with roles and what they hold for, in one statement; None if it names nobody."""
    rows = session.execute(
        select(
            Person.code,
            Person.name,
            Person.language,
            Membership.role,
            Organisation.code.label("organisation"),
            Region.id.label("region_id"),
            Region.code.label("region"),
        )
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Region, _decides_for())
        .where(Person.session_key == session_key)
    ).all()
    if not rows:
        return None
    return SignedIn(
        code=rows[0].code,
        name=rows[0].name,
        language=rows[0].language,
        roles=frozenset(row.role for row in rows if row.role),
        organisations=frozenset((row.role, row.organisation) for row in rows if row.organisation),
        regions=frozenset((row.region_id, row.region) for row in rows if row.region),
    )


def _decides_for() -> ColumnElement[bool]:
    """The condition that a role decides for a region: sub-regions included; administrators for all."""
    is_here = or_(Region.id == Membership.region_id, Region.parent_id == Membership.region_id)
    is_coordinator = and_(Membership.role == Role.COORDINATOR, is_here)
    return or_(is_coordinator, Membership.role == Role.ADMINISTRATOR)


def person_with(code: str) -> Person:
    """The person with this code, with roles and where they hold; NotFound if there is none."""
    roles = joinedload(Person.memberships).joinedload(Membership.organisation)
    person = session.scalars(select(Person).where(Person.code == code).options(roles)).unique().one_or_none()
    if person is None:
        raise NotFound
    return person


def person_at(email: str) -> Person | None:
    """The person with this normalised address."""
    return session.scalar(select(Person).where(Person.email == email))


def stopping(token: str) -> tuple[Person, OptionalLetter]:
    """Whom a link names that stops an optional letter, and which; NotFound if we did not make it for that."""
    code, letter = signing.signed(STOPPING, token)
    if letter not in set(OptionalLetter):  # one that there is no longer
        raise NotFound
    return person_with(code), OptionalLetter(letter)


def wants(letter: OptionalLetter) -> ColumnElement[bool]:
    """The condition that somebody did not stop one of the optional letters."""
    return ~cast(Person.mutes, Text).contains(f'"{letter}"', autoescape=True)


def expiring(*, now: datetime) -> list[Certificate]:
    """Certificates that expire about sixty days from now, of people who want to hear of it and have not yet."""
    last = rules.EXPIRY_WARNED_DAYS
    today = wall_date(now)
    statement = (
        select(Certificate)
        .join(Certificate.person)
        .options(contains_eager(Certificate.person).selectinload(Person.certificates))
        .where(
            Certificate.valid_until <= today + timedelta(days=last),
            Certificate.valid_until > today + timedelta(days=last - rules.WARNED_WITHIN_DAYS),
            wants(OptionalLetter.CERTIFICATE),
            ~exists().where(Letter.key == literal("certificate:") + cast(Certificate.id, Text)),
        )
    )
    return list(session.scalars(statement.order_by(Certificate.id)))


def hold(person: Person) -> None:
    """Makes others who decide about this person wait for the end of the transaction."""
    if not has_one_writer():
        session.connection().execute(_HOLD, {"person": person.id})


_HOLD = (
    select(Person.id).where(Person.id == bindparam("person", type_=Integer)).with_for_update(key_share=True)
)
"""Made once: it is asked at every claim."""


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names by code, for those who are still there."""
    wanted = {code for code in codes if code != SYSTEM}
    if not wanted:
        return {}
    rows = session.execute(select(Person.code, Person.name).where(Person.code.in_(wanted)))
    return {row.code: row.name for row in rows}


def coordinators_of(region_id: int) -> list[Person]:
    """Who decides for the schools of a region: coordinators of it and of the region it is part of."""
    statement = (
        select(Person)
        .join(Membership)
        .where(Membership.role == Role.COORDINATOR, Membership.region_id.in_(_with_parent(region_id)))
        .order_by(Person.id)
    )
    return list(session.scalars(statement).unique())


def _with_parent(region_id: int) -> list[int]:
    parent = session.scalar(select(Region.parent_id).where(Region.id == region_id))
    return [region_id] if parent is None else [region_id, parent]


def contacts_of(organisation_id: int, role: Role = Role.HOST_CONTACT) -> list[Person]:
    """The contacts of an organisation, first the one who has been so longest."""
    statement = (
        select(Person)
        .join(Membership)
        .where(Membership.role == role, Membership.organisation_id == organisation_id)
        .order_by(Membership.id)
    )
    return list(session.scalars(statement).unique())


def regions_of(person_code: str) -> set[int]:
    """Row ids of the regions that somebody decides for: sub-regions included; for administrators all."""
    statement = select(Region.id).join(Membership, _decides_for())
    statement = statement.join(Person, Person.id == Membership.person_id).where(Person.code == person_code)
    return set(session.scalars(statement))


def contacts_at(organisation_ids: Iterable[int]) -> dict[int, list[Membership]]:
    """By organisation: the roles of its contacts with who has them, longest first. One statement."""
    statement = (
        select(Membership)
        .options(joinedload(Membership.person))
        .where(
            Membership.organisation_id.in_(list(organisation_ids)),
            Membership.role.in_((Role.HOST_CONTACT, Role.SCHOOL_CONTACT)),
        )
        .order_by(Membership.id)
    )
    found: dict[int, list[Membership]] = {}
    for each in session.scalars(statement):
        found.setdefault(each.organisation_id or 0, []).append(each)
    return found


def people_in(region_ids: Iterable[int], limit: int = 500) -> list[Person]:
    """Everybody with a role in these regions or at an organisation there, by name, with all their roles."""
    regions = list(region_ids)
    here = (
        select(Membership.person_id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(or_(Membership.region_id.in_(regions), Organisation.region_id.in_(regions)))
    )
    statement = select(Person).where(Person.id.in_(here)).options(*_roles())
    return list(session.scalars(statement.order_by(Person.name, Person.id).limit(limit)))


def schools() -> list[Organisation]:
    """The schools that staff can choose, by name."""
    return list(
        session.scalars(
            select(Organisation).where(Organisation.kind == Kind.SCHOOL).order_by(Organisation.name)
        )
    )


def has_profiles(person_code: str) -> Select[bool]:
    """The question whether somebody told in which profiles they teach."""
    told = select(Person.id).where(Person.code == person_code, cast(Person.profiles, Text) != "[]")
    return select(exists(told))


def has_certificate(person_code: str) -> Select[bool]:
    """The question whether somebody told of a certificate, valid or not."""
    return select(exists(select(Certificate.id).join(Person).where(Person.code == person_code)))


def has_staff(school_codes: Iterable[str]) -> Select[bool]:
    """The question whether anybody has an account as staff of these schools."""
    staff = select(Membership.id).join(Organisation).where(Membership.role == Role.PARTICIPANT)
    return select(exists(staff.where(Organisation.code.in_(list(school_codes)))))


def people(limit: int = 500) -> list[Person]:
    """Everybody, by name, with their roles."""
    statement = select(Person).options(*_roles())
    return list(session.scalars(statement.order_by(Person.name).limit(limit)))


def _roles() -> tuple[ExecutableOption, ...]:
    """The roles of people and what they hold for, in a constant number of statements."""
    memberships = selectinload(Person.memberships)
    return (memberships.joinedload(Membership.organisation), memberships.joinedload(Membership.region))


def sign_ins_since(email: str, since: datetime) -> int:
    """How many sign-in letters were asked for an address since an instant."""
    statement = select(func.count()).where(OneTimeSignIn.email == email, OneTimeSignIn.made_at > since)
    return session.scalar(statement) or 0


def latest_sign_in(email: str, browser_digest: str, now: datetime) -> OneTimeSignIn | None:
    """The last sign-in that a browser asked for an address and that is still good; what others ask is none of its."""
    statement = select(OneTimeSignIn).where(
        OneTimeSignIn.email == email,
        OneTimeSignIn.browser_digest == browser_digest,
        OneTimeSignIn.used_at.is_(None),
        OneTimeSignIn.expires_at > now,
    )
    return session.scalar(statement.order_by(OneTimeSignIn.id.desc()).limit(1))


def latest_sign_up(email: str, browser_digest: str) -> dict[str, Any] | None:
    """What was last filled in in this browser to sign up with this address."""
    statement = select(OneTimeSignIn.sign_up).where(
        OneTimeSignIn.email == email,
        OneTimeSignIn.browser_digest == browser_digest,
        OneTimeSignIn.sign_up.is_not(None),
    )
    return session.scalar(statement.order_by(OneTimeSignIn.id.desc()).limit(1))


def sign_in_for(token_digest: str, now: datetime) -> OneTimeSignIn | None:
    """The sign-in that a mailed link names, if it is still good."""
    return session.scalar(
        select(OneTimeSignIn).where(
            OneTimeSignIn.token_digest == token_digest,
            OneTimeSignIn.used_at.is_(None),
            OneTimeSignIn.expires_at > now,
        )
    )


KEPT = timedelta(days=2)
"""How long rows of sign-ins are kept, to count them."""
