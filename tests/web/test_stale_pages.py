"""Forms that are sent twice, left open over night, or sent as somebody else: it happens once, and a sentence tells."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.organisations.models import Organisation
from tests import steps
from tests.account.letters import ask, code_in_letter, is_signed_in
from tests.cast import Cast, plan
from tests.conftest import NOW, Visit
from tests.host.drafts import NEW, PLAN, TEXTS
from tests.pages import Fields, form_of, post
from tests.rows import everything
from tests.teacher.parties import OWN, PLANS
from tests.teacher.test_claiming import FILLED

BULK = "/desk/claims/decide"
NIGHT = timedelta(hours=14)
SINCE = "This form was not from us, or you signed in or out since. Load the page again."


class Form(NamedTuple):
    """A form on somebody's page, where it goes (to the page itself if not said), and what is filled in."""

    who: str
    page: str
    fields: dict[str, Any]
    to: str = ""


CLAIM = Form("outsider", "/slots/{free}/claim", FILLED)
APPROVE = Form("coordinator", "/desk/claims/{claim}", {}, "/desk/claims/{claim}/approve")
REJECT = Form("coordinator", "/desk/claims/{claim}", {"reason": "Vol."}, "/desk/claims/{claim}/reject")
WITHDRAW = Form("teacher", "/claims/{claim}/withdraw", {})
COVER = Form("school contact", "/school", {}, "/school/claims/{claim}/cover")
DRAFT = Form("host", NEW, TEXTS)
COPY = Form("host", "/host/offers/{offer}", {}, "/host/offers/{offer}/duplicate")
PLANNED = Form("host", "/host/offers/{offer}/slots", PLAN)
SUBMIT = Form("host", "/host/offers/{draft}", {}, "/host/offers/{draft}/publish")
PUBLISH = Form("coordinator", "/desk/offers/{submitted}", {}, "/desk/offers/{submitted}/publish")
SEND_BACK = Form(
    "coordinator", "/desk/offers/{submitted}", {"reason": "Wat?"}, "/desk/offers/{submitted}/send-back"
)
CLOSE = Form("host", "/host/offers/{offer}", {}, "/host/offers/{offer}/close")
CANCEL = Form("host", "/host/slots/{slot}/cancel", {"reason": "Storing."})
CERTIFICATE = Form("teacher", "/profile/certificates", {"kind": "mvk"}, "/profile/certificates")
ACCEPT = Form("newcomer", "/claims/{offered}", {}, "/parties/{offered}/accept")
TOGETHER = Form("outsider", "/slots/{free}/claim-together", {**PLANS, "is_coming": "", "unnamed": "1"})
NAME = Form(
    "school contact",
    "/parties/{party}",
    {"{unnamed}-name": "Nieuwe Collega", "{unnamed}-email": "nieuw@school.example"},
    "/parties/{party}/{unnamed}/name",
)
SAFETY = Form("colleague", "/claims/{party}", OWN, "/claims/{party}/safety")
CHOSEN = Form("coordinator", "/desk/claims", {"claim": "{claim}.1", "verdict": "approve"}, BULK)
HOST_APPROVE = Form("host", "/host/claims/{for_host}", {}, "/host/claims/{for_host}/approve")
LETTERS = Form("teacher", "/profile", {"wanted": []}, "/profile/letters")
FORMS = [
    *(CLAIM, APPROVE, REJECT, WITHDRAW, COVER, DRAFT, COPY),
    *(PLANNED, SUBMIT, PUBLISH, SEND_BACK, CLOSE, CANCEL, CERTIFICATE),
    *(ACCEPT, TOGETHER, NAME, SAFETY, CHOSEN, HOST_APPROVE, LETTERS),
]


@pytest.fixture
def codes(app: Flask, cast: Cast) -> dict[str, str]:
    """What the forms are about: a claim that waits, a moment that is free, offers on their way."""
    with app.app_context():
        known = {"claim": steps.claim_seat(cast).code, "free": steps.add_slot(cast, capacity=9)}
        session.execute(update(Organisation).where(Organisation.code == cast.company).values(trusted_at=None))
        draft, submitted = _copy(cast), _copy(cast)
        host = cast.codes["host"]
        offers.submit(offer=submitted, by=host, now=NOW)
        session.commit()
        return {
            **known,
            "draft": draft.code,
            "submitted": submitted.code,
            "offer": cast.offer,
            "slot": cast.slot,
            **_waiting_and_together(cast, known["free"]),
        }


def _waiting_and_together(cast: Cast, free: str) -> dict[str, str]:
    """An offered seat, two signed up together of whom one is named later, and one about whom the host decides."""
    busy = steps.add_slot(cast, capacity=1, day=date(2027, 3, 2))
    gone = steps.claim_seat(cast, "colleague", slot=busy)
    offered = steps.wait(cast, "newcomer", slot=busy)
    steps.withdraw(gone)
    named, unnamed = steps.claim_together(cast, "colleague", None, maker="school contact", slot=free)
    steps.set_policy(cast, "host")
    elsewhere = steps.add_slot(cast, day=date(2027, 3, 4))
    for_host = steps.claim_seat(cast, "teacher", slot=elsewhere)
    steps.set_policy(cast, "coordinator")
    return {
        "offered": offered.code,
        "party": named.code,
        "unnamed": unnamed.code,
        "for_host": for_host.code,
    }


def _copy(cast: Cast) -> Any:
    offer = offers.duplicate(offer=steps.offer_of(cast), by=cast.codes["host"], now=NOW)
    moment = plan(cast.site, day=date(2027, 3, 9))
    offers.add_slots(offer=offer, plan=moment, by=cast.codes["host"], now=NOW)
    return offer


def opened(client: FlaskClient, form: Form, codes: dict[str, str]) -> tuple[str, Fields]:
    """Where the form goes, and what is in it when it is filled in."""
    page, to = form.page.format(**codes), form.to.format(**codes)
    html = client.get(page).text
    said = {name.format(**codes): _said(value, codes) for name, value in form.fields.items()}
    return to or page, {**form_of(html, to or ""), **said}


def _said(value: Any, codes: dict[str, str]) -> Any:
    return value.format(**codes) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (CLAIM, "You have already signed up for this moment."),
        (APPROVE, "Wim Haverkort approved this claim just before you."),
        (REJECT, "Wim Haverkort rejected this claim just before you."),
        (WITHDRAW, "This claim has ended already."),
        (SUBMIT, "it was changed in the meantime"),
        (PUBLISH, "Somebody else decided about this activity just before you."),
        (CLOSE, "it was changed in the meantime"),
        (CANCEL, "This moment was cancelled and can no longer be changed."),
        (NAME, "Somebody was named for this seat already."),
        (HOST_APPROVE, "Gerda Nijboer approved this claim just before you."),
    ],
)
def test_what_is_done_is_not_done_again(
    app: Flask, client_of: Visit, codes: dict[str, str], form: Form, sentence: str
) -> None:
    client = client_of(form.who)
    to, fields = opened(client, form, codes)
    assert client.post(to, data=fields).status_code == 303
    with app.app_context():
        before = everything()
    again = client.post(to, data=fields)
    assert again.status_code == 409
    assert sentence in again.text
    with app.app_context():
        assert everything() == before


def test_what_was_sent_back_is_no_longer_at_the_desk(client_of: Visit, codes: dict[str, str]) -> None:
    client = client_of("coordinator")
    to, fields = opened(client, SEND_BACK, codes)
    assert client.post(to, data=fields).status_code == 303
    assert client.post(to, data=fields).status_code == 404


@pytest.mark.parametrize(
    "form", [COVER, DRAFT, COPY, PLANNED, CERTIFICATE, ACCEPT, TOGETHER, SAFETY, CHOSEN, LETTERS]
)
def test_what_is_made_is_made_once_and_shown_again(
    app: Flask, client_of: Visit, codes: dict[str, str], form: Form
) -> None:
    client = client_of(form.who)
    to, fields = opened(client, form, codes)
    first = client.post(to, data=fields)
    with app.app_context():
        before = everything()
    again = client.post(to, data=fields)
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    with app.app_context():
        assert everything() == before


@pytest.mark.parametrize("form", FORMS)
def test_a_form_left_open_over_night_still_works(
    client_of: Visit, codes: dict[str, str], clock: time_machine.Traveller, form: Form
) -> None:
    client = client_of(form.who)
    to, fields = opened(client, form, codes)
    clock.shift(NIGHT)
    assert client.post(to, data=fields).status_code == 303


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_before_signing_out_does_nothing(
    app: Flask, client_of: Visit, codes: dict[str, str], form: Form
) -> None:
    client = client_of(form.who)
    to, fields = opened(client, form, codes)
    post(client, "/profile", "/sign-out")
    with app.app_context():
        before = everything()
    answer = client.post(to, data=fields)
    assert answer.status_code == 400
    assert SINCE in answer.text
    with app.app_context():
        assert everything() == before


def test_a_form_of_before_signing_out_elsewhere_asks_to_sign_in(
    app: Flask, client_of: Visit, codes: dict[str, str]
) -> None:
    client = client_of("teacher")
    to, fields = opened(client, WITHDRAW, codes)
    post(client_of("teacher"), "/profile", "/sign-out-everywhere")
    answer = client.post(to, data=fields)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    with app.app_context():
        assert steps.claim_with(codes["claim"]).holds_a_seat


@pytest.mark.parametrize("other", ["teacher", "coordinator"])
def test_a_form_of_somebody_else_does_nothing(
    app: Flask, cast: Cast, client_of: Visit, codes: dict[str, str], other: str
) -> None:
    client = client_of("outsider")
    to, fields = opened(client, CLAIM, codes)
    token = form_of(client.get("/demo").text, "/demo")["csrf_token"]
    client.post("/demo", data={"email": cast.emails[other], "csrf_token": token})
    with app.app_context():
        before = everything()
    answer = client.post(to, data=fields)
    assert answer.status_code == 400
    assert SINCE in answer.text
    with app.app_context():
        assert everything() == before


def test_a_choice_of_several_from_before_a_change_decides_nothing(
    app: Flask, client_of: Visit, codes: dict[str, str]
) -> None:
    client = client_of("coordinator")
    to, fields = opened(client, CHOSEN, codes)
    post(client_of("teacher"), WITHDRAW.page.format(**codes))
    with app.app_context():
        before = everything()
    answer = client.post(to, data=fields)
    assert "Nothing was decided" in client.get(answer.location).text
    with app.app_context():
        assert everything() == before


def test_an_offered_seat_is_not_taken_after_its_time(
    app: Flask, client_of: Visit, codes: dict[str, str], clock: time_machine.Traveller
) -> None:
    client = client_of("newcomer")
    to, fields = opened(client, ACCEPT, codes)
    clock.shift(timedelta(hours=48))
    late = client.post(to, data=fields, follow_redirects=True)
    assert "The time to accept this seat is over." in late.text
    with app.app_context():
        assert steps.claim_with(codes["offered"]).state == "offered"  # until the worker comes by
        steps.lapse(now=NOW + timedelta(hours=48))
    gone = client.post(to, data=fields, follow_redirects=True)
    assert "The place that was offered was not accepted in time." in gone.text


def test_a_sheet_left_open_for_a_week_notes_nothing(
    app: Flask, client_of: Visit, codes: dict[str, str], cast: Cast, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        steps.decide(steps.claim_with(codes["claim"]), cast)
        ends_at = steps.slot_with(cast.slot).ends_at
    clock.move_to(ends_at + timedelta(days=6))
    host, sheet = client_of("host"), f"/host/slots/{cast.slot}/attendance"
    fields = {**form_of(host.get(sheet).text, "/attendance"), "has_come": "no"}
    clock.move_to(ends_at + timedelta(days=7))
    with app.app_context():
        before = everything()
    answer = host.post(sheet, data=fields)
    assert answer.status_code == 409
    assert "This was over more than a week ago." in answer.text
    with app.app_context():
        assert everything() == before


def test_a_page_that_is_come_back_to_shows_how_it_stands(client_of: Visit, codes: dict[str, str]) -> None:
    client = client_of("teacher")
    to, fields = opened(client, WITHDRAW, codes)
    client.post(to, data=fields)
    page = client.get(to)
    assert "This claim has ended already." in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"


def test_the_code_of_a_letter_sent_twice_signs_in_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    fields = {**form_of(browser.get("/sign-in/code").text), "code": code_in_letter(app)}
    at_once = app.test_client()
    cookie = browser.get_cookie("session")
    assert cookie
    at_once.set_cookie("session", cookie.value)
    assert browser.post("/sign-in/code", data=fields).status_code == 303
    again, second = browser.post("/sign-in/code", data=fields), at_once.post("/sign-in/code", data=fields)
    assert (again.status_code, second.status_code) == (400, 422)
    assert SINCE in again.text
    assert "This code is no longer valid. Ask for a new one." in second.text
    assert is_signed_in(browser)
    assert not is_signed_in(at_once)
