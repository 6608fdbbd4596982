"""Signing up: what somebody fills in is kept with a mailed sign-in, and carried out when that is used."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from marketplace.kernel.errors import Refusal, Refused
from marketplace.organisations import actions as organisations
from marketplace.organisations.queries import is_registered, organisation_with
from marketplace.people import queries, rules
from marketplace.people.actions.joining import Scope, give_role, take_in
from marketplace.people.facts import CompanySignUp, SignUp, StaffSignUp
from marketplace.people.models import Person
from marketplace.people.states import Role


def keep(form: SignUp) -> dict[str, Any]:
    """What was filled in, as it is kept with a sign-in.

    Raises Refused for what cannot be carried out and NotFound for a school that is not there. Which KvK numbers are
    there is public; which addresses are is not, and is not looked at here.
    """
    if isinstance(form, StaffSignUp):
        organisation_with(form.school)
        return {"kind": "staff", **asdict(form)}
    rules.normal_website(form.website)
    if refusal := rules.why_not_kvk(form.kvk) or rules.why_not_postcode(form.postcode):
        raise Refused(refusal)
    if is_registered(form.kvk):
        raise Refused(organisations.KVK_TAKEN)
    return {"kind": "company", **asdict(form)}


def carry_out(kept: dict[str, Any], *, email: str, now: datetime) -> tuple[Person, Refusal | None]:
    """Takes in who signed up, now that the address is theirs, and gives them the role they asked for.

    A company whose KvK number was registered meanwhile is refused: to somebody who is known already the refusal is
    returned, because they may sign in all the same. For others it is raised, and nothing was changed.
    """
    kind, known = kept["kind"], {name: value for name, value in kept.items() if name != "kind"}
    was_there = queries.person_at(email) is not None
    person = take_in(name=known["name"], email=email, by="", now=now, language=known["language"])
    try:
        if kind == "staff":
            _join_school(person, StaffSignUp(**known), now)
        else:
            _join_with_company(person, CompanySignUp(**known), now)
    except Refused as error:
        if not was_there:
            raise
        return person, error.refusal
    return person, None


def _join_school(person: Person, form: StaffSignUp, now: datetime) -> None:
    """Who is staff of a school already stays so: a coordinator helps those who go to another."""
    if person.school:
        return
    school = organisation_with(form.school)
    person.function, person.subjects = form.function, form.subjects.strip()
    give_role(person=person, role=Role.PARTICIPANT, scope=Scope(school.id), by=person.code, now=now)


def _join_with_company(person: Person, form: CompanySignUp, now: datetime) -> None:
    """Signed up twice, a company is there once."""
    if any(each.organisation and each.organisation.kvk == form.kvk for each in person.memberships):
        return
    company = organisations.add_company(
        name=form.company,
        kvk=form.kvk,
        sector=form.sector,
        region=form.region,
        street=form.street,
        postcode=rules.normal_postcode(form.postcode),
        town=form.town,
        phone=form.phone,
        website=rules.normal_website(form.website),
        by=person.code,
        now=now,
    )
    give_role(person=person, role=Role.HOST_CONTACT, scope=Scope(company.id), by=person.code, now=now)
