"""What people keep about themselves, and the language they are spoken to in."""

import re
from typing import Any

import pytest
from flask import Flask

from marketplace.people.queries import person_with
from tests import cast as casting
from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import form_of, has_form, post


def test_a_profile_is_for_who_is_signed_in(client_of: Visit) -> None:
    answer = client_of("nobody").get("/profile")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/profile")


def test_a_teacher_changes_name_function_and_subjects(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    answer = post(
        browser, "/profile", "/profile", name="Marieke Otten-Smit", function="instructor", subjects="PIE, D&P"
    )
    assert (answer.status_code, answer.location) == (303, "/profile")
    with app.app_context():
        person = casting.person(cast, "teacher")
        assert (person.name, person.function, person.subjects) == (
            "Marieke Otten-Smit",
            "instructor",
            "PIE, D&P",
        )
    text = browser.get("/profile").text
    assert "Marieke Otten-Smit" in text
    assert "Reestcollege" in text


def test_a_name_cannot_be_empty(app: Flask, cast: Cast, client_of: Visit) -> None:
    answer = post(client_of("teacher"), "/profile", "/profile", name="")
    assert answer.status_code == 422
    assert "Enter your name." in answer.text
    with app.app_context():
        assert casting.person(cast, "teacher").name == "Marieke Otten"


def test_a_company_is_not_asked_what_it_teaches(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("host")
    assert "function" not in form_of(browser.get("/profile").text, "/profile")
    assert post(browser, "/profile", "/profile", name="Gerda N.", function="mentor").status_code == 303
    with app.app_context():
        assert casting.person(cast, "host").function == "teacher"  # as it was


def test_the_language_of_the_profile_holds_for_pages_and_letters(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser = client_of("teacher")
    post(browser, "/profile", "/profile", language="nl")
    assert '<html lang="nl">' in browser.get("/profile").text
    with app.app_context():
        assert casting.person(cast, "teacher").language == "nl"


def test_a_certificate_is_kept_and_removed(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    answer = post(
        browser,
        "/profile/certificates",
        "/profile/certificates",
        kind="b_vca",
        number="12-34",
        valid_until="2029-05-12",
    )
    assert answer.status_code == 303
    text = browser.get("/profile/certificates").text
    assert "12-34" in text
    assert "12/05/2029" in text
    assert "Expired" not in text
    answer = post(browser, "/profile/certificates", "/profile/certificates/remove")
    assert answer.status_code == 303
    with app.app_context():
        assert person_with(cast.codes["teacher"]).certificates == []


def test_a_certificate_that_expired_says_so(cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    post(browser, "/profile/certificates", "/profile/certificates", kind="b_vca", valid_until="2026-12-31")
    assert "Expired" in browser.get("/profile/certificates").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", "", "Choose a certificate from the list."),
        ("kind", "diving", "Choose a certificate from the list."),
        ("valid_until", "", "Enter the date until which it is valid."),
        ("valid_until", "2099-01-01", "Enter the date that is on the certificate, from 1 January 2004 to"),
        ("valid_until", "0001-01-01", "Enter the date that is on the certificate, from 1 January 2004 to"),
        ("valid_until", "9999-12-31", "Enter the date that is on the certificate, from 1 January 2004 to"),
        ("valid_until", "soon", "Enter the date that is on the certificate."),
        ("number", "1" * 41, "Shorten this to 40 characters."),
    ],
)
def test_a_certificate_is_refused_beside_the_field(
    app: Flask, cast: Cast, client_of: Visit, field: str, value: str, said: str
) -> None:
    fields: dict[str, Any] = {"kind": "b_vca", "number": "12", "valid_until": "2029-05-12", field: value}
    answer = post(client_of("teacher"), "/profile/certificates", "/profile/certificates", **fields)
    assert answer.status_code == 422
    beside = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert beside
    assert said in beside[1]
    with app.app_context():
        assert person_with(cast.codes["teacher"]).certificates == []


def test_nobody_removes_the_certificate_of_another(app: Flask, cast: Cast, client_of: Visit) -> None:
    post(
        client_of("teacher"),
        "/profile/certificates",
        "/profile/certificates",
        kind="mvk",
        number="1",
        valid_until="",
    )
    with app.app_context():
        (certificate,) = person_with(cast.codes["teacher"]).certificates
        number = certificate.id
    outsider = client_of("outsider")
    token = form_of(outsider.get("/profile").text)["csrf_token"]
    for named in (str(number), "999999999", "9" * 40, "x", ""):
        answer = outsider.post(
            "/profile/certificates/remove", data={"csrf_token": token, "certificate": named}
        )
        assert answer.status_code == 404
    with app.app_context():
        assert len(person_with(cast.codes["teacher"]).certificates) == 1


def test_who_is_not_signed_in_switches_the_language_of_the_browser(app: Flask) -> None:
    browser = app.test_client()
    first = browser.get("/sign-up")
    assert '<html lang="nl">' in first.text
    assert "Cookie" in first.headers["Vary"]
    answer = browser.post("/language", data={"language": "en", "next": "/sign-up"})
    assert (answer.status_code, answer.location) == (303, "/sign-up")
    assert '<html lang="en">' in browser.get("/sign-up").text


def test_who_is_signed_in_switches_their_own_language(app: Flask, cast: Cast, client_of: Visit) -> None:
    here, there = client_of("teacher"), client_of("teacher")
    assert post(here, "/profile", "/language", language="nl").location == "/profile"
    assert '<html lang="nl">' in there.get("/profile").text
    with app.app_context():
        assert casting.person(cast, "teacher").language == "nl"


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", ""])
def test_the_language_switch_stays_on_this_site(app: Flask, address: str) -> None:
    answer = app.test_client().post("/language", data={"language": "en", "next": address})
    assert answer.location == "/"


def test_a_language_that_nobody_speaks_here_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/language", data={"language": "tlh"})
    assert answer.status_code == 400
    assert '<html lang="nl">' in answer.text


def test_the_language_is_kept_when_signing_out(client_of: Visit) -> None:
    browser = client_of("teacher")
    post(browser, "/profile", "/sign-out")
    assert '<html lang="en">' in browser.get("/sign-in").text


def test_the_demonstration_leads_from_the_profile_to_the_mail(cast: Cast, client_of: Visit) -> None:
    text = client_of("teacher").get("/profile").text
    assert "/mailbox?to=teacher%40school.example" in text
    assert has_form(text, "/sign-out-everywhere")
    assert 'href="/calendar"' in text
