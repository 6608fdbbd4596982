"""Confirming the safety notes: by who was signed up by somebody else or waited, and again when they changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import JournalEntry
from marketplace.offers import actions as offers
from tests import steps
from tests.cast import BRIEF, Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.teacher.parties import OWN, make_party, token

ASKED = "Read the safety notes, and confirm that you did."


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """A claim for the teacher that the school's contact made."""
    return make_party(app, cast, ["teacher"])[0]


def change_brief(app: Flask, cast: Cast, notes: str = "Doe de deur dicht.") -> None:
    with app.app_context(), transaction():
        offers.change_brief(
            offer=steps.offer_of(cast), brief=replace(BRIEF, notes=notes), by=cast.codes["host"], now=NOW
        )


def test_who_was_signed_up_reads_and_confirms_them(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    client = client_of("teacher")
    assert ASKED in client.get("/claims").text
    text = client.get(f"/claims/{code}").text
    assert "Read what holds at the gate before you go." in text and "Protective gloves: your size" in text
    answer = post(client, f"/claims/{code}", "/safety", **OWN)
    assert answer.location == f"/claims/{code}"
    text = client.get(answer.location).text
    assert "It is noted that you read the safety notes." in text and not has_form(text, "/safety")
    assert ASKED not in client.get("/claims").text
    with app.app_context():
        made = steps.claim_with(code)
        assert (made.sizes, made.brief_version) == ({"M009": "9"}, steps.offer_of(cast).brief.version)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("size_M009", "Choose your size for what you get on loan."),
        ("has_read_safety", "Confirm that you have read the safety notes."),
    ],
)
def test_what_is_missing_is_said(app: Flask, client_of: Visit, code: str, missing: str, said: str) -> None:
    fields: dict[str, Any] = {**OWN, missing: ""}
    answer = post(client_of("teacher"), f"/claims/{code}", "/safety", **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    with app.app_context():
        assert steps.claim_with(code).brief_version is None


def test_confirmed_twice_it_is_noted_once(app: Flask, client_of: Visit, code: str) -> None:
    client = client_of("teacher")
    form = {**form_of(client.get(f"/claims/{code}").text, "/safety"), **OWN}
    for _ in range(2):
        assert client.post(f"/claims/{code}/safety", data=form).status_code == 303
    with app.app_context():
        noted = select(func.count()).where(JournalEntry.event == "safety_read")
        assert session.scalar(noted) == 1


def test_notes_that_changed_are_read_again(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = steps.approved(cast).code
    client = client_of("teacher")
    assert not has_form(client.get(f"/claims/{code}").text, "/safety")
    change_brief(app, cast)
    text = client.get(f"/claims/{code}").text
    assert "The safety notes changed after you read them." in text and "Doe de deur dicht." in text
    form = form_of(text, "/safety")
    assert (form["size_M009"], "has_read_safety" in form) == ("9", False)
    assert client.post(f"/claims/{code}/safety", data={**form, "has_read_safety": "y"}).status_code == 303
    assert not has_form(client.get(f"/claims/{code}").text, "/safety")


def test_notes_that_change_while_one_reads_are_shown_as_they_are_now(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    client = client_of("teacher")
    form = {**form_of(client.get(f"/claims/{code}").text, "/safety"), **OWN}
    change_brief(app, cast)
    answer = client.post(f"/claims/{code}/safety", data=form)
    assert answer.status_code == 409
    assert "The safety notes have just changed." in answer.text and "Doe de deur dicht." in answer.text
    assert "has_read_safety" not in form_of(answer.text, "/safety")
    with app.app_context():
        assert steps.claim_with(code).brief_version is None


def test_what_is_over_or_has_ended_asks_nothing(
    app: Flask, client_of: Visit, code: str, clock: time_machine.Traveller
) -> None:
    client = client_of("teacher")
    form = {**form_of(client.get(f"/claims/{code}").text, "/safety"), **OWN}
    with app.app_context():
        steps.withdraw(steps.claim_with(code))
    assert not has_form(client.get(f"/claims/{code}").text, "/safety")
    answer = client.post(f"/claims/{code}/safety", data=form)
    assert (answer.status_code, "This claim has ended already." in answer.text) == (409, True)
    clock.shift(timedelta(days=40))
    assert ASKED not in client.get("/claims").text


@pytest.mark.parametrize(("who", "status"), [("colleague", 404), ("outsider", 404), ("school contact", 403)])
def test_nobody_confirms_for_another(app: Flask, client_of: Visit, code: str, who: str, status: int) -> None:
    client = client_of(who)
    sent = {**OWN, "csrf_token": token(client)}
    assert client.post(f"/claims/{code}/safety", data=sent).status_code == status
    with app.app_context():
        assert steps.claim_with(code).brief_version is None
