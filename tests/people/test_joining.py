"""Joining: signing up, being invited, roles, certificates."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import NotFound
from marketplace.people import actions as people
from marketplace.people import queries
from marketplace.people.actions import Scope
from marketplace.people.facts import CompanySignUp, StaffSignUp
from marketplace.people.models import Certificate, Membership, Person
from marketplace.people.states import Role
from marketplace.regions.models import Region
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

TODAY = NOW.date()


def school_code(cast: Cast) -> str:
    school = person(cast, "teacher").school
    assert school
    return school.code


def sign_up(cast: Cast, **changes: str) -> str:
    form = StaffSignUp("Fenna Bos", "f.bos@school.example", school_code(cast), "teacher", "PIE")
    with transaction():
        return people.sign_up_staff(form=replace(form, **changes), language="en", now=NOW)


def company(cast: Cast, **changes: str) -> CompanySignUp:
    form = CompanySignUp(
        name="Piet Smid",
        email="p.smid@smederij.example",
        company="Smederij Smid",
        kvk="12345678",
        sector="metal",
        region=cast.region,
        street="Aambeeld 1",
        postcode="7941ab",
        town="Meppel",
        website="www.smederij.example",
    )
    return replace(form, **changes)


def sign_up_company(cast: Cast, **changes: str) -> str:
    with transaction():
        return people.sign_up_company(form=company(cast, **changes), language="nl", now=NOW)


# --- Signing up ---------------------------------------------------------------------------------------------


def test_somebody_of_a_school_joins_as_a_participant_nobody_knows_yet(cast: Cast) -> None:
    email = sign_up(cast, email=" F.Bos@School.Example ")
    found = queries.person_at(email)
    assert found and found.school
    assert (email, found.name, found.language) == ("f.bos@school.example", "Fenna Bos", "en")
    assert (found.school.code, found.is_known) == (school_code(cast), False)
    assert [each.role for each in found.memberships] == [Role.PARTICIPANT]


def test_signing_up_with_a_known_address_changes_nothing_about_that_person(cast: Cast) -> None:
    before = steps.everything()
    assert sign_up(cast, email=cast.emails["host"], name="Not Gerda") == cast.emails["host"]
    assert steps.everything() == before


def test_signing_up_at_a_school_that_is_not_there_fails(cast: Cast) -> None:
    with pytest.raises(NotFound):
        sign_up(cast, school="ZZZZZZZZZZ")


def test_a_company_joins_with_its_first_contact_and_site(cast: Cast) -> None:
    found = queries.person_at(sign_up_company(cast))
    assert found
    (membership,) = found.memberships
    host = membership.organisation
    assert host
    assert (membership.role, host.name, host.is_trusted) == (Role.HOST_CONTACT, "Smederij Smid", False)
    assert host.sites[0].address == "Aambeeld 1, 7941 AB Meppel"
    assert host.website == "https://www.smederij.example"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kvk": "00000101"}, "already registered"),
        ({"kvk": "00000101", "email": "host@school.example"}, "already registered"),
        ({"kvk": "1234567"}, "eight digits"),
        ({"kvk": "１２３４５６７８"}, "eight digits"),
        ({"postcode": "0941 AB"}, "postcode"),
        ({"email": "piet"}, "e-mail address"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_a_company_that_cannot_be_is_refused(cast: Cast, changes: dict[str, str], sentence: str) -> None:
    assert sentence in steps.refusal(lambda: sign_up_company(cast, **changes))


def test_a_company_sign_up_with_a_known_address_makes_nothing(cast: Cast) -> None:
    before = steps.everything()
    assert sign_up_company(cast, email=cast.emails["teacher"]) == cast.emails["teacher"]
    assert steps.everything() == before


# --- Being invited ------------------------------------------------------------------------------------------


def invite(cast: Cast, email: str, role: Role = Role.HOST_CONTACT) -> Person:
    with transaction():
        host = steps.company_of(cast)
        return people.invite(
            email=email, name="", role=role, scope=Scope(host.id), place=host.name, by="system", now=NOW
        )


def test_who_is_invited_is_known_and_hears_of_it(cast: Cast) -> None:
    found = invite(cast, "N.Ieuw@bedrijf.example")
    assert found.is_known
    assert found.memberships[0].role == Role.HOST_CONTACT
    letter = steps.the_letter("invitation")
    assert letter.receiver_address == "n.ieuw@bedrijf.example"
    assert "Reestdal Metaalwerken" in letter.text


def test_inviting_somebody_who_is_there_adds_a_role_and_keeps_the_rest(cast: Cast) -> None:
    found = invite(cast, cast.emails["teacher"])
    assert found.code == cast.codes["teacher"]
    assert found.name == "Marieke Otten"
    assert {each.role for each in found.memberships} == {Role.PARTICIPANT, Role.HOST_CONTACT}


def test_inviting_twice_gives_one_role_and_one_letter(cast: Cast) -> None:
    invite(cast, "nieuw@bedrijf.example")
    assert len(invite(cast, "nieuw@bedrijf.example").memberships) == 1
    assert len(steps.letters("invitation")) == 1


def test_an_administrator_everywhere_is_so_once(cast: Cast) -> None:
    with transaction():
        for _ in range(2):
            people.give_role(
                person=person(cast, "administrator"),
                role=Role.ADMINISTRATOR,
                scope=Scope(),
                by="system",
                now=NOW,
            )
    count = select(func.count()).select_from(Membership).where(Membership.role == Role.ADMINISTRATOR)
    assert session.scalar(count) == 1


# --- Who is who ---------------------------------------------------------------------------------------------


def test_the_coordinators_of_a_region_are_its_own_and_those_of_the_whole(cast: Cast) -> None:
    with transaction():
        region = steps.company_of(cast).region
        part = Region(code="PART", name="STO Deel", holiday_zone="Noord", parent_id=region.id)
        session.add(part)
    names = {each.name for each in queries.coordinators_of(part.id)}
    assert names == {"Wim Haverkort", "Esra Demir"}
    assert queries.regions_of(cast.codes["coordinator"]) == {region.id, part.id}
    assert queries.regions_of(cast.codes["teacher"]) == set()


def test_an_administrator_decides_everywhere(cast: Cast) -> None:
    everywhere = set(session.scalars(select(Region.id)))
    assert queries.regions_of(cast.codes["administrator"]) == everywhere


def test_contacts_are_those_of_this_organisation_in_this_role(cast: Cast) -> None:
    company_id = steps.company_of(cast).id
    assert [each.name for each in queries.contacts_of(company_id)] == ["Gerda Nijboer"]
    assert queries.contacts_of(company_id, Role.SCHOOL_CONTACT) == []


def test_names_are_found_by_code_for_those_who_are_there(cast: Cast) -> None:
    codes = [cast.codes["teacher"], "system", "GONE"]
    assert queries.names_of(codes) == {cast.codes["teacher"]: "Marieke Otten"}


def test_nobody_shares_an_address(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction():
        people.add_person(name="Dubbel", email=cast.emails["teacher"], by="system", now=NOW)


# --- Certificates -------------------------------------------------------------------------------------------


def add(cast: Cast, **values: Any) -> None:
    known: dict[str, Any] = {"kind": "b_vca", "number": " 123 ", "valid_until": date(2030, 1, 1)}
    with transaction():
        people.add_certificate(person=person(cast, "teacher"), now=NOW, **(known | values))


def test_a_certificate_is_kept_and_forgotten_by_its_owner_alone(cast: Cast) -> None:
    add(cast)
    (kept,) = person(cast, "teacher").certificates
    assert (kept.kind, kept.number, kept.valid_until) == ("b_vca", "123", date(2030, 1, 1))
    with pytest.raises(NotFound), transaction():
        people.remove_certificate(person=person(cast, "colleague"), certificate_id=kept.id, now=NOW)
    with transaction():
        people.remove_certificate(person=person(cast, "teacher"), certificate_id=kept.id, now=NOW)
    assert session.scalars(select(Certificate)).all() == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "diploma"}, "from the list"),
        ({"valid_until": None}, "the date until which"),
        ({"valid_until": date(1999, 1, 1)}, "the date that is on"),
        ({"valid_until": TODAY + timedelta(days=366 * 11 + 1)}, "the date that is on"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(cast: Cast, values: dict[str, Any], sentence: str) -> None:
    assert sentence in steps.refusal(lambda: add(cast, **values))


def test_some_certificates_are_for_life(cast: Cast) -> None:
    add(cast, kind="mvk", valid_until=None)
    assert person(cast, "teacher").certificates[0].valid_until is None
