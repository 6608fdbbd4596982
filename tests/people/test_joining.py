"""Joining: signing up, being invited, roles, certificates."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import NotFound
from marketplace.organisations.actions import KVK_TAKEN
from marketplace.people import actions as people
from marketplace.people import queries
from marketplace.people.actions import Scope, Welcome
from marketplace.people.facts import CompanySignUp, SignUp, StaffSignUp
from marketplace.people.models import Certificate, Membership, OneTimeSignIn, Person
from marketplace.people.states import Role
from marketplace.regions.models import Region
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("app_context")

TODAY = NOW.date()


def school_code(cast: Cast) -> str:
    school = person(cast, "teacher").school
    assert school
    return school.code


def staff(cast: Cast, **changes: str) -> StaffSignUp:
    form = StaffSignUp("Fenna Bos", "f.bos@school.example", school_code(cast), "teacher", "PIE", "en")
    return replace(form, **changes)


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


def ask(form: SignUp | None, *, email: str = "", browser: str = "b", now: datetime = NOW) -> str:
    """Signs up, or only asks for a letter. Returns the token in the letter; the address is not proved yet."""
    with transaction():
        people.ask_sign_in(email=form.email if form else email, browser=browser, sign_up=form, now=now)
    found = re.search(r"/sign-in/([\w-]+)", steps.letters("sign_in")[-1].text)
    assert found
    return found[1]


def follow(token: str, *, now: datetime = NOW) -> Welcome:
    with transaction():
        return people.sign_in_with_link(token=token, browser="b", email="", now=now)


def sign_up(form: SignUp) -> Person:
    """Signs up and follows the link in the letter."""
    return follow(ask(form)).person


def joined() -> dict[str, Any]:
    """Everybody, and every place and role there is."""
    rows = everything()
    return {name: rows[name] for name in ("person", "organisation", "site", "membership", "journal")}


# --- Signing up ---------------------------------------------------------------------------------------------


def test_somebody_of_a_school_joins_as_a_participant_nobody_knows_yet(cast: Cast) -> None:
    found = sign_up(staff(cast, email=" F.Bos@School.Example "))
    assert found.school
    assert (found.email, found.name, found.language) == ("f.bos@school.example", "Fenna Bos", "en")
    assert (found.function, found.subjects) == ("teacher", "PIE")
    assert (found.school.code, found.is_known) == (school_code(cast), False)
    assert [each.role for each in found.memberships] == [Role.PARTICIPANT]


def test_a_company_joins_with_its_first_contact_and_site(cast: Cast) -> None:
    (membership,) = sign_up(company(cast)).memberships
    host = membership.organisation
    assert host
    assert (membership.role, host.name, host.is_trusted) == (Role.HOST_CONTACT, "Smederij Smid", False)
    assert host.sites[0].address == "Aambeeld 1, 7941 AB Meppel"
    assert host.website == "https://www.smederij.example"


@pytest.mark.parametrize("form", [staff, company])
@pytest.mark.parametrize("who", ["", "host", "teacher"])
def test_nothing_is_made_before_the_letter_is_used(cast: Cast, form: Callable[..., SignUp], who: str) -> None:
    before = joined()
    filled_in = form(cast, **({"email": cast.emails[who]} if who else {}))
    ask(filled_in)
    assert joined() == before
    assert steps.the_letter("sign_in").receiver_address == filled_in.email


def test_the_letter_names_who_signed_up_and_speaks_their_language(cast: Cast) -> None:
    ask(staff(cast))
    letter = steps.the_letter("sign_in")
    assert (letter.receiver_name, letter.language) == ("Fenna Bos", "en")
    assert letter.subject == "Finish signing up to Meeloop"
    ask(staff(cast, email=cast.emails["host"]))
    assert steps.letters("sign_in")[-1].receiver_name == "Gerda Nijboer"


def test_what_was_filled_in_and_never_used_is_forgotten_after_two_days(cast: Cast) -> None:
    before = joined()
    ask(company(cast))
    with transaction():
        people.forget_sign_ins(now=NOW + timedelta(days=2, seconds=1))
    assert session.scalars(select(OneTimeSignIn)).all() == []
    assert joined() == before


def test_a_sign_up_asks_for_a_school_that_is_there(cast: Cast) -> None:
    with pytest.raises(NotFound):
        ask(staff(cast, school="ZZZZZZZZZZ"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kvk": "00000101"}, "already registered"),
        ({"kvk": "1234567"}, "eight digits"),
        ({"kvk": "１２３４５６７８"}, "eight digits"),
        ({"postcode": "0941 AB"}, "postcode"),
        ({"email": "piet"}, "e-mail address"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
@pytest.mark.parametrize("who", ["", "teacher"])
def test_a_company_that_cannot_be_is_refused_whoever_asks(
    cast: Cast, changes: dict[str, str], sentence: str, who: str
) -> None:
    known = {"email": cast.emails[who]} if who else {}
    assert sentence in steps.refusal(lambda: ask(company(cast, **{**known, **changes})))


def test_a_teacher_signs_up_a_company_and_is_its_contact_too(cast: Cast) -> None:
    found = sign_up(company(cast, email=cast.emails["teacher"], name="Not Marieke"))
    assert (found.code, found.name) == (cast.codes["teacher"], "Marieke Otten")
    assert [each.role for each in found.memberships] == [Role.PARTICIPANT, Role.HOST_CONTACT]


def test_a_host_contact_signs_up_at_a_school_and_is_a_participant_too(cast: Cast) -> None:
    found = sign_up(staff(cast, email=cast.emails["host"]))
    assert found.school
    assert (found.name, found.function, found.school.code) == ("Gerda Nijboer", "teacher", school_code(cast))
    assert [each.role for each in found.memberships] == [Role.HOST_CONTACT, Role.PARTICIPANT]


def test_staff_of_one_school_does_not_join_another(cast: Cast) -> None:
    elsewhere = person(cast, "outsider").school
    assert elsewhere and elsewhere.code != school_code(cast)
    found = sign_up(staff(cast, email=cast.emails["teacher"], school=elsewhere.code, function="mentor"))
    assert found.school and found.school.code == school_code(cast)
    assert (len(found.memberships), found.function) == (1, "teacher")


def test_a_kvk_number_that_was_taken_meanwhile_is_refused_and_nothing_is_made(cast: Cast) -> None:
    token = ask(company(cast))
    sign_up(company(cast, email="first@smederij.example"))
    assert "already registered" in steps.refusal(lambda: follow(token))
    assert queries.person_at("p.smid@smederij.example") is None


def test_who_is_known_signs_in_though_the_kvk_number_was_taken_meanwhile(cast: Cast) -> None:
    token = ask(company(cast, email=cast.emails["teacher"]))
    sign_up(company(cast, email="first@smederij.example"))
    found = follow(token)
    assert found.person.code == cast.codes["teacher"]
    assert found.refusal is KVK_TAKEN
    assert [each.role for each in found.person.memberships] == [Role.PARTICIPANT]


@pytest.mark.parametrize("form", [staff, company])
def test_signed_up_twice_and_both_letters_used_makes_one_of_everything(
    cast: Cast, form: Callable[..., SignUp]
) -> None:
    tokens = [ask(form(cast)) for _ in range(2)]
    first, second = (follow(token) for token in tokens)
    assert (first.person, first.refusal) == (second.person, second.refusal)
    assert second.refusal is None
    assert len(second.person.memberships) == 1


def test_another_letter_in_the_same_browser_finishes_signing_up_as_well(cast: Cast) -> None:
    form = company(cast)
    ask(form)
    token = ask(None, email=form.email, now=NOW + timedelta(hours=1))
    found = follow(token, now=NOW + timedelta(hours=1)).person
    assert [each.role for each in found.memberships] == [Role.HOST_CONTACT]


def test_in_another_browser_an_address_that_signs_up_is_an_unknown_one(cast: Cast) -> None:
    form = company(cast)
    ask(form)
    ask(None, email=form.email, browser="another")
    assert len(steps.letters("sign_in")) == 1


# --- Being invited ------------------------------------------------------------------------------------------


def invite(cast: Cast, email: str, role: Role = Role.HOST_CONTACT) -> Person:
    with transaction():
        host = steps.company_of(cast)
        return people.invite(email=email, name="", role=role, place=host, by="system", now=NOW)


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


def test_inviting_twice_gives_one_role_and_tells_twice(cast: Cast) -> None:
    invite(cast, "nieuw@bedrijf.example")
    assert len(invite(cast, "nieuw@bedrijf.example").memberships) == 1
    assert [each.receiver_address for each in steps.letters("invitation")] == ["nieuw@bedrijf.example"] * 2


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PARTICIPANT, Role.ADMINISTRATOR])
def test_a_role_that_cannot_hold_there_is_not_given(cast: Cast, role: Role) -> None:
    assert steps.refusal(lambda: invite(cast, "nieuw@bedrijf.example", role))


def test_an_administrator_is_invited_everywhere(cast: Cast) -> None:
    with transaction():
        found = people.invite(
            email="b@heer.example", name="B.", role=Role.ADMINISTRATOR, place=None, by="system", now=NOW
        )
    assert [each.role for each in found.memberships] == [Role.ADMINISTRATOR]


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


@pytest.mark.parametrize(
    ("role", "at"), [(Role.ADMINISTRATOR, ""), (Role.HOST_CONTACT, "company"), (Role.COORDINATOR, "region")]
)
def test_the_database_itself_keeps_no_role_twice(cast: Cast, role: Role, at: str) -> None:
    company = steps.company_of(cast)
    place = {"company": {"organisation_id": company.id}, "region": {"region_id": company.region_id}}.get(
        at, {}
    )
    somebody = person(cast, "outsider")
    with pytest.raises(IntegrityError), transaction():
        session.add_all(Membership(person_id=somebody.id, role=role, **place) for _ in range(2))


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
