"""On the desk: who lacks a certificate is approved on condition, and what a coordinator saw in the register counts."""

from typing import Any

import pytest
from flask import Flask

from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.safety.facts import Access
from tests import steps
from tests.cast import Cast, person
from tests.conftest import Visit
from tests.pages import form_of, has_form, post

IN_PLACE = {"HX-Request": "true", "HX-Request-Type": "partial"}
LAST = "2027-02-03"
"""Five days before the cast's moment, at five."""


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """The teacher's claim on a moment that asks for a B-VCA, which they do not have."""
    with app.app_context():
        steps.demand(cast, Access.B_VCA)
        return steps.claim_seat(cast).code


def claim_of(code: str) -> Claim:
    return steps.claim_with(code)


def test_the_form_is_filled_in_with_the_last_day_and_asks_who_pays(client_of: Visit, code: str) -> None:
    page = client_of("coordinator").get(f"/desk/claims/{code}").text
    form = form_of(page, f"/desk/claims/{code}/approve-on-condition")
    assert (form["until"], form["paid_by"]) == (LAST, "")
    assert "Approve without a certificate" in page


def test_approving_on_condition(app: Flask, client_of: Visit, code: str) -> None:
    browser, target = client_of("coordinator"), f"/desk/claims/{code}/approve-on-condition"
    answer = post(browser, f"/desk/claims/{code}", target, paid_by="region")
    assert answer.status_code == 303
    page = browser.get(f"/desk/claims/{code}").text
    assert "You approved the claim of Marieke Otten on condition." in page
    assert "Who pays for the certificate: The region." in page
    assert "It may come until Wednesday 3 February 2027, 17:00" in page
    assert not has_form(page, target)
    assert "a certificate is still to come" in browser.get("/desk/claims").text
    with app.app_context():
        assert claim_of(code).state == ClaimState.CONDITIONAL


def test_in_place_too(client_of: Visit, code: str) -> None:
    browser, target = client_of("coordinator"), f"/desk/claims/{code}/approve-on-condition"
    answer = post(browser, "/desk/claims", target, paid_by="school", headers=IN_PLACE)
    assert answer.status_code == 200
    assert "Approved on condition" in answer.text and "<html" not in answer.text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"paid_by": ""}, "Choose who pays for the certificate."),
        ({"paid_by": "the king"}, "Choose who pays for the certificate."),
        ({"paid_by": "school", "until": ""}, "Choose the day until which it may come."),
        ({"paid_by": "school", "until": "soon"}, "Choose the day until which it may come."),
    ],
)
def test_what_is_missing_comes_back_with_what_was_filled_in(
    client_of: Visit, code: str, said: dict[str, Any], why: str
) -> None:
    browser, target = client_of("coordinator"), f"/desk/claims/{code}/approve-on-condition"
    answer = post(browser, f"/desk/claims/{code}", target, **said)
    assert answer.status_code == 422
    assert why in answer.text
    assert form_of(answer.text, target)["until"] == said.get("until", LAST)


@pytest.mark.parametrize(
    ("until", "why"),
    [
        ("2027-02-04", "Choose a day until 3 February 2027."),
        ("9999-12-31", "Choose a day until 3 February 2027."),
        ("0001-01-01", "Choose a day that is still to come."),
    ],
)
def test_a_day_that_cannot_be_is_refused(client_of: Visit, code: str, until: str, why: str) -> None:
    browser, target = client_of("coordinator"), f"/desk/claims/{code}/approve-on-condition"
    answer = post(browser, f"/desk/claims/{code}", target, paid_by="host", until=until)
    assert answer.status_code == 409
    assert why in answer.text


def test_what_was_entered_and_seen_confirms_the_seat(
    app: Flask, cast: Cast, client_of: Visit, code: str
) -> None:
    browser = client_of("coordinator")
    post(browser, f"/desk/claims/{code}", f"/desk/claims/{code}/approve-on-condition", paid_by="host")
    assert not has_form(browser.get(f"/desk/claims/{code}").text, f"/desk/claims/{code}/certificate")
    with app.app_context():
        steps.add_certificate(cast)
    page = browser.get(f"/desk/claims/{code}").text
    assert "Look it up in the register." in page and "B-VCA until 01/01/2030 (12-34), not looked up" in page
    post(browser, f"/desk/claims/{code}", f"/desk/claims/{code}/certificate")
    page = browser.get(f"/desk/claims/{code}").text
    assert "seen in the register on 11/01/2027" in page
    with app.app_context():
        assert claim_of(code).state == ClaimState.APPROVED


def test_before_deciding_too(app: Flask, cast: Cast, client_of: Visit, code: str) -> None:
    with app.app_context():
        steps.add_certificate(cast)
    browser = client_of("coordinator")
    page = browser.get(f"/desk/claims/{code}").text
    assert not has_form(page, f"/desk/claims/{code}/approve-on-condition")
    post(browser, f"/desk/claims/{code}", f"/desk/claims/{code}/certificate")
    with app.app_context():
        assert claim_of(code).state == ClaimState.PENDING
        (certificate,) = person(cast, "teacher").certificates
        assert certificate.seen_by == cast.codes["coordinator"]


@pytest.mark.parametrize("who", ["outside coordinator", "teacher", "host", "outsider"])
@pytest.mark.parametrize("what", ["approve-on-condition", "certificate"])
def test_nobody_else_does_this(
    app: Flask, cast: Cast, client_of: Visit, code: str, who: str, what: str
) -> None:
    with app.app_context():
        number = steps.add_certificate(cast).id
    browser = client_of(who)
    token = form_of(browser.get("/profile").text)["csrf_token"]
    data = {"csrf_token": token, "certificate": str(number), "paid_by": "host", "until": LAST}
    assert browser.post(f"/desk/claims/{code}/{what}", data=data).status_code in (403, 404)
    with app.app_context():
        assert claim_of(code).state == ClaimState.PENDING
        assert person(cast, "teacher").certificates[0].seen_at is None


@pytest.mark.parametrize("number", ["", "x", "9" * 40, "999999999", "²"])
def test_a_certificate_that_is_not_there(client_of: Visit, code: str, number: str) -> None:
    browser = client_of("coordinator")
    token = form_of(browser.get("/profile").text)["csrf_token"]
    data = {"csrf_token": token, "certificate": number}
    assert browser.post(f"/desk/claims/{code}/certificate", data=data).status_code == 404


def test_the_others_see_that_it_is_on_condition(app: Flask, cast: Cast, client_of: Visit, code: str) -> None:
    with app.app_context():
        steps.approve_on_condition(claim_of(code), cast)
    teacher = client_of("teacher")
    for path in ("/claims", f"/claims/{code}"):
        page = teacher.get(path).text
        assert "Your place is held until Wednesday 3 February 2027, 17:00." in page
        assert "You need a valid B-VCA certificate." in page and "Who pays for it: The school." in page
        assert 'href="/profile/certificates"' in page
    assert "Enter your certificate before" in teacher.get("/profile/certificates").text
    host = client_of("host")
    for path in (f"/host/slots/{cast.slot}", f"/host/claims/{code}"):
        page = host.get(path).text
        assert "on condition: a certificate" in page
        assert "Marieke" not in page
    assert "Approved on condition" in client_of("school contact").get("/school").text


def test_nobody_without_a_certificate_is_approved_in_passing(
    app: Flask, cast: Cast, client_of: Visit, code: str
) -> None:
    with app.app_context():
        steps.certified(cast, "colleague")
        other = steps.claim_seat(cast, "colleague").code
    browser = client_of("coordinator")
    answer = post(
        browser,
        "/desk/claims",
        "/desk/claims/decide",
        claim=[f"{code}.1", f"{other}.1"],
        verdict="approve",
    )
    page = browser.get(answer.location).text
    assert "You approved 1 claim" in page
    assert "A certificate is missing. Look at this one by itself" in page
    with app.app_context():
        assert claim_of(code).state == ClaimState.PENDING
        assert claim_of(other).state == ClaimState.APPROVED
