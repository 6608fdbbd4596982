"""Joining: a person is taken in, given a role, invited, vouched for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.codes import new_code, new_key
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.organisations.models import Organisation
from marketplace.people import messages, queries, rules
from marketplace.people.models import Membership, Person
from marketplace.people.states import Role
from marketplace.regions.models import Region


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a role holds: at an organisation, in a region, or (administrators) everywhere. Row ids."""

    organisation_id: int | None = None
    region_id: int | None = None


def add_person(
    *,
    name: str,
    email: str,
    by: str,
    now: datetime,
    language: str = "nl",
    function: str = "",
    subjects: str = "",
) -> Person:
    """A new person. Raises Refused for a bad address; the caller has made sure that the address is new."""
    person = Person(
        code=new_code(),
        email=rules.normal_email(email),
        name=name.strip(),
        function=function,
        subjects=subjects.strip(),
        language=language,
        session_key=new_key(),
        created_at=now,
    )
    session.add(person)
    session.flush()
    record(kind="person", subject=person.code, event="added", by=by or person.code, at=now)
    return person


def take_in(*, name: str, email: str, by: str, now: datetime, language: str = "nl") -> Person:
    """The person at this address, added if there is none yet; held until the end of the transaction.

    Two who take in somebody at one instant get the same person. Raises Refused for a bad address.
    """
    email = rules.normal_email(email)
    person = queries.person_at(email)
    if person is None:
        try:
            with session.begin_nested():
                person = add_person(name=name, email=email, by=by, now=now, language=language)
        except IntegrityError:  # somebody else was first
            person = queries.person_at(email)
            if person is None:
                raise
    queries.hold(person)
    return person


NO_COLLEAGUE = Refusal(
    N_("We cannot connect this address to your school. Ask your colleague to sign up themselves.")
)


def colleague(*, email: str, name: str, school: Organisation, by: Person, now: datetime) -> Person:
    """The participant of a school at this address; one whom nobody knows there yet is taken in, and not known.

    Raises Refused for a bad address, and, without saying why, for that of somebody who is no participant of the school.
    So it does for somebody new where nobody knows `by` either: else anybody could fill seats, and mail, with strangers.
    Who takes in several does so in the order of their addresses, so that no two transactions wait for each other.
    """
    person = queries.person_at(rules.normal_email(email))
    if person is None:
        if not by.is_known:
            raise Refused(NO_COLLEAGUE)
        person = take_in(name=name, email=email, by=by.code, now=now)
        if not person.memberships:
            give_role(person=person, role=Role.PARTICIPANT, scope=Scope(school.id), by=by.code, now=now)
    if not any(each.role == Role.PARTICIPANT and each.organisation is school for each in person.memberships):
        raise Refused(NO_COLLEAGUE)
    return person


def give_role(*, person: Person, role: Role, scope: Scope, by: str, now: datetime) -> None:
    """Adds a role, unless the person has it already."""
    queries.hold(person)
    same = select(Membership).where(
        Membership.person_id == person.id,
        Membership.role == role,
        Membership.organisation_id.is_not_distinct_from(scope.organisation_id),
        Membership.region_id.is_not_distinct_from(scope.region_id),
    )
    if session.scalar(same):
        return
    session.add(
        Membership(person=person, role=role, organisation_id=scope.organisation_id, region_id=scope.region_id)
    )
    session.flush()
    record(kind="person", subject=person.code, event="role", by=by, at=now, role=role)


def invite(
    *, email: str, name: str, role: Role, place: Organisation | Region | None, by: str, now: datetime
) -> Person:
    """Gives somebody a role, taking them in if need be, and tells them: each time anew. Who is invited is known.

    `place` is None for administrators, who are so everywhere. Refuses a role that cannot hold there.
    """
    if refusal := rules.why_not_invite(role, _kind_of(place)):
        raise Refused(refusal)
    person = take_in(name=name or email, email=email, by=by, now=now)
    person.known_at = person.known_at or now
    give_role(person=person, role=role, scope=_scope_of(place), by=by, now=now)
    messages.mail_invitation(person, role, place.name if place else "", now=now)
    return person


def _kind_of(place: Organisation | Region | None) -> str:
    if place is None:
        return ""
    return rules.REGION if isinstance(place, Region) else place.kind


def _scope_of(place: Organisation | Region | None) -> Scope:
    if place is None:
        return Scope()
    return Scope(region_id=place.id) if isinstance(place, Region) else Scope(organisation_id=place.id)


def vouch_for(*, person: Person, by: str, now: datetime) -> None:
    """From now on this person is known."""
    if not person.is_known:
        person.known_at = now
        record(kind="person", subject=person.code, event="known", by=by, at=now)
