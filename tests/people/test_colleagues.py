"""Somebody's colleague, by an address: taken in if nobody has it, refused if it is of somebody elsewhere."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.kernel.database import session, transaction
from marketplace.people.actions import Scope, colleague
from marketplace.people.models import Person
from marketplace.people.states import Role
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW

NEUTRAL = "We cannot connect this address to your school. Ask your colleague to sign up themselves."


def asked(cast: Cast, email: str, name: str = "Nieuwe Collega", who: str = "teacher") -> Person:
    """That member of the cast names somebody of their school."""
    school = person(cast, "teacher").school
    assert school
    return colleague(email=email, name=name, school=school, by=person(cast, who), now=NOW)


def test_a_participant_of_the_school_is_found_and_keeps_their_name(app_context: Flask, cast: Cast) -> None:
    with transaction():
        found = asked(cast, " Colleague@School.example ", "Jeroentje")
    assert (found.code, found.name) == (cast.codes["colleague"], "Jeroen Slomp")


def test_a_new_address_is_taken_in_once_and_not_known(app_context: Flask, cast: Cast) -> None:
    with transaction():
        first, second = asked(cast, "nieuw@school.example"), asked(cast, "nieuw@school.example")
    assert first is second
    assert (first.is_known, first.school and first.school.name) == (False, "Reestcollege")
    assert [each.role for each in first.memberships] == [Role.PARTICIPANT]
    assert steps.letters() == []  # the claim's own letter is the first they hear


def contact(cast: Cast) -> str:
    return cast.emails["school contact"]


def elsewhere(cast: Cast) -> str:
    return cast.emails["outsider"]


def host(cast: Cast) -> str:
    return cast.emails["host"]


def without_role(cast: Cast) -> str:
    steps.lose_roles(cast, "newcomer")
    return cast.emails["newcomer"]


@pytest.mark.parametrize("address", [contact, elsewhere, host, without_role])
def test_who_is_there_but_no_participant_of_the_school_is_refused_alike(
    app_context: Flask, cast: Cast, address: Callable[[Cast], str]
) -> None:
    email = address(cast)
    assert steps.refusal(lambda: asked(cast, email)) == NEUTRAL


def test_who_teaches_at_two_schools_is_a_colleague_at_both(app_context: Flask, cast: Cast) -> None:
    school = person(cast, "teacher").school
    assert school
    steps.add_role(cast, "outsider", Role.PARTICIPANT, Scope(school.id))
    assert asked(cast, cast.emails["outsider"]).code == cast.codes["outsider"]


@pytest.mark.parametrize("email", ["", "geen adres", "a@b", "a\n@school.example", "é@school.example"])
def test_what_is_no_address_is_refused(app_context: Flask, cast: Cast, email: str) -> None:
    before = session.scalar(select(func.count(Person.id)))
    assert "Enter an e-mail address" in steps.refusal(lambda: asked(cast, email))
    assert session.scalar(select(func.count(Person.id))) == before


def test_who_nobody_knows_can_take_in_nobody_new(app_context: Flask, cast: Cast) -> None:
    assert steps.refusal(lambda: asked(cast, "nieuw@school.example", who="newcomer")) == NEUTRAL
    with transaction():
        assert asked(cast, "colleague@school.example", who="newcomer").code == cast.codes["colleague"]
