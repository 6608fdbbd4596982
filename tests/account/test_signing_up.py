"""Signing up, as school staff and as a company: who gets in, and what is refused beside which field."""

import re
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from marketplace.kernel.database import session
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.people.queries import person_at
from tests import steps
from tests.account.letters import ask, code_in_letter, is_signed_in, link_in_letter
from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import form_of, post

EMAIL = "fatima@nieuw.example"
TAKEN = "This KvK number is already registered."


def up_school(browser: FlaskClient, **changes: Any) -> TestResponse:
    page = browser.get("/sign-up/school").text
    (school,) = re.findall(r'<option value="(\w+)">Reestcollege</option>', page)
    fields = {"name": "Fatima el Idrissi", "email": EMAIL, "school": school, "function": "teacher"}
    return post(browser, "/sign-up/school", **{**fields, "subjects": "NaSk", **changes})


def up_company(browser: FlaskClient, cast: Cast, **changes: Any) -> TestResponse:
    fields = {
        "name": "Piet Zaag",
        "email": EMAIL,
        "company": "Houtskelet Staphorsterveld",
        "kvk": "0000 0109",
        "sector": "wood",
        "region": cast.region,
        "street": "Zaagselweg 12",
        "postcode": "7951xy",
        "town": "Staphorst",
        "phone": "(0522) 00 01 09",
        "website": "www.houtskelet.example",
    }
    return post(browser, "/sign-up/company", **{**fields, **changes})


def errors(answer: TestResponse) -> dict[str, str]:
    """What stands beside which field."""
    found = re.findall(r'id="(\w+)-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    return {field: " ".join(text.split()) for field, text in found}


def everybody(app: Flask) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_choice_leads_to_both_forms_and_sets_no_cookie(client_of: Visit, app: Flask) -> None:
    answer = app.test_client().get("/sign-up")
    assert "/sign-up/school" in answer.text
    assert "/sign-up/company" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_somebody_of_a_school_signs_up_and_in(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser, before = client_of("nobody"), everybody(app)
    assert up_school(browser).location == "/sign-in/code"
    assert everybody(app) == before
    with app.app_context():
        assert steps.the_letter("sign_in").receiver_address == EMAIL
    post(browser, link_in_letter(app))
    assert is_signed_in(browser)
    with app.app_context():
        person = person_at(EMAIL)
        assert person
        assert (person.name, person.function, person.subjects) == ("Fatima el Idrissi", "teacher", "NaSk")
        assert person.language == "en"
        assert not person.is_known  # a coordinator has yet to vouch
        assert person.school
        assert person.school.name == "Reestcollege"


def test_a_company_is_not_there_before_the_code_is_typed(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser, before = client_of("nobody"), everybody(app)
    assert up_company(browser, cast).location == "/sign-in/code"
    browser.get(link_in_letter(app))  # looking at the link makes nothing either
    assert everybody(app) == before
    with app.app_context():
        assert session.scalar(select(Organisation).where(Organisation.kvk == "00000109")) is None
    assert post(browser, "/sign-in/code", code=code_in_letter(app)).location == "/host"
    with app.app_context():
        person = person_at(EMAIL)
        assert person
        (membership,) = person.memberships
        company = membership.organisation
        assert company
        assert membership.role == "host_contact"
        assert (company.kvk, company.region.code, company.is_trusted) == ("00000109", cast.region, False)
        assert company.website == "https://www.houtskelet.example"
        assert company.sites[0].address == "Zaagselweg 12, 7951 XY Staphorst"


def test_a_known_address_gets_the_same_answer_and_letter(app: Flask, cast: Cast, client_of: Visit) -> None:
    pages, before = [], everybody(app)
    for email in (cast.emails["host"], EMAIL):
        for browser, sign_up in (
            (client_of("nobody"), up_school),
            (client_of("nobody"), partial(up_company, cast=cast)),
        ):
            assert sign_up(browser, email=email).location == "/sign-in/code"
            text = browser.get("/sign-in/code").text
            assert "With either you finish signing up" in text
            pages.append(text.replace(email, "ADDRESS").replace(form_of(text)["csrf_token"], "TOKEN"))
    assert len(set(pages)) == 1
    assert everybody(app) == before
    with app.app_context():
        subjects = {(each.receiver_address, each.subject) for each in steps.letters("sign_in")}
    assert subjects == {(email, "Finish signing up to Meeloop") for email in (cast.emails["host"], EMAIL)}


def test_a_teacher_who_signs_up_a_company_becomes_a_host(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    up_company(browser, cast, email=cast.emails["teacher"])
    assert post(browser, link_in_letter(app)).location == "/host"
    assert "Marieke Otten" in browser.get("/profile").text
    assert "Houtskelet Staphorsterveld" in browser.get("/profile").text


@pytest.mark.parametrize("way", ["link", "code"])
def test_who_is_too_late_with_a_kvk_number_is_told_so(
    app: Flask, cast: Cast, client_of: Visit, way: str
) -> None:
    late, known, first = (client_of("nobody") for _ in range(3))
    up_company(late, cast)
    late_link, late_code = link_in_letter(app), code_in_letter(app)
    up_company(known, cast, email=cast.emails["teacher"])
    known_link = link_in_letter(app)
    up_company(first, cast, email="first@nieuw.example")
    assert post(first, link_in_letter(app)).location == "/host"
    answer = post(late, late_link) if way == "link" else post(late, "/sign-in/code", code=late_code)
    assert answer.status_code == 409
    assert TAKEN in answer.text
    assert not is_signed_in(late)
    answer = post(known, known_link)
    assert (answer.status_code, answer.location) == (303, "/")
    assert TAKEN in known.get("/").text
    assert is_signed_in(known)
    with app.app_context():
        assert person_at(EMAIL) is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Enter your name."),
        ("name", "a" * 81, "Shorten this to 80 characters."),
        ("email", "fatima at school", "such as name@school.nl"),
        ("email", "", "Enter your e-mail address."),
        ("school", "", "Choose your school from the list."),
        ("school", "NOSUCHCODE", "Choose your school from the list."),
        ("function", "", "Choose your function from the list."),
        ("function", "janitor", "Choose your function from the list."),
    ],
)
def test_a_school_form_is_refused_beside_the_field(
    app: Flask, cast: Cast, client_of: Visit, field: str, value: str, said: str
) -> None:
    before = everybody(app)
    answer = up_school(client_of("nobody"), **{field: value})
    assert answer.status_code == 422
    assert list(errors(answer)) == [field]
    assert said in errors(answer)[field]
    assert everybody(app) == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kvk", "1234567", "eight digits"),
        ("kvk", "1234567a", "eight digits"),
        ("kvk", "١٢٣٤٥٦٧٨", "eight digits"),
        ("kvk", "", "eight digits"),
        ("kvk", "00000101", "already registered"),
        ("postcode", "0941 AB", "such as 7941 AB"),
        ("postcode", "7941", "such as 7941 AB"),
        ("email", "piet@", "such as name@school.nl"),
        ("sector", "magic", "Choose a sector from the list."),
        ("region", "NOSUCHCODE", "Choose a region from the list."),
        ("street", "", "Enter street and number."),
        ("town", "", "Enter the town."),
        ("website", "javascript:alert(1)", "such as www.company.nl"),
        ("company", "", "Enter the name of the company."),
    ],
)
def test_a_company_form_is_refused_beside_the_field(
    app: Flask, cast: Cast, client_of: Visit, field: str, value: str, said: str
) -> None:
    before = everybody(app)
    answer = up_company(client_of("nobody"), cast, **{field: value})
    assert answer.status_code == 422
    assert list(errors(answer)) == [field]
    assert said in errors(answer)[field]
    assert "Houtskelet" in answer.text or field == "company"  # what was filled in is still there
    assert everybody(app) == before
    with app.app_context():
        assert steps.letters("sign_in") == []


def test_a_kvk_number_tells_nothing_about_addresses(cast: Cast, client_of: Visit) -> None:
    for email in (cast.emails["host"], EMAIL):
        answer = up_company(client_of("nobody"), cast, kvk="00000101", email=email)
        assert answer.status_code == 422
        assert list(errors(answer)) == ["kvk"]


def test_after_too_many_letters_nobody_signs_up(app: Flask, cast: Cast, client_of: Visit) -> None:
    for _ in range(6):
        ask(client_of("nobody"), EMAIL)
    answer = up_company(client_of("nobody"), cast)
    assert answer.status_code == 429
    assert "We have just sent several letters" in errors(answer)["email"]
    with app.app_context():
        assert steps.letters("sign_in") == []
