"""Claiming a seat: the form, the refusals, and what stands written afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.claims.models import Claim
from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.models import Offer
from marketplace.offers.states import SlotState
from marketplace.outbox.models import Letter
from marketplace.people.actions import Scope, give_role
from marketplace.people.states import Role
from marketplace.safety.facts import Access
from tests.cast import BRIEF, Cast, claim, person, plan, slot_of
from tests.conftest import NOW
from tests.market.rows import TEXT, add_evening, add_offer
from tests.pages import form_of, post
from tests.steps import set_policy
from tests.teacher.parties import fill

Visit = Callable[[str], FlaskClient]
QUESTION = "Hoe last u dun plaatwerk?"
FILLED = {
    "learning_question": QUESTION,
    "time_basis": "school",
    "cover": "arranged",
    "size_M009": "9",
    "has_read_safety": "y",
}


def address(cast: Cast) -> str:
    return f"/slots/{cast.slot}/claim"


def send(client: FlaskClient, cast: Cast, **changed: str) -> TestResponse:
    fields: dict[str, Any] = {**FILLED, **changed}
    return post(client, address(cast), action="/claim", **fields)


def claims() -> list[Claim]:
    return list(session.scalars(select(Claim).order_by(Claim.id)))


def the_offer(cast: Cast) -> Offer:
    return session.scalars(select(Offer).where(Offer.code == cast.offer)).one()


def close(cast: Cast, to: SlotState) -> None:
    offers.close_slot(slot=slot_of(cast), to=to, reason="Storm", by="system", now=NOW)
    session.commit()


def test_a_teacher_claims_a_seat_and_hears_of_it(app: Flask, client_of: Visit, cast: Cast) -> None:
    client = client_of("teacher")
    answer = send(client, cast)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "We received your claim." in page
    assert QUESTION in page
    assert "In progress" in page
    with app.app_context():
        (made,) = claims()
        assert answer.location == f"/claims/{made.code}"
        assert (made.state, made.receiver.name, made.slot.seats_taken) == ("pending", "Marieke Otten", 1)
        assert (made.learning_question, made.time_basis, made.cover) == (QUESTION, "school", "arranged")
        assert (made.sizes, made.diet) == ({"M009": "9"}, "")
        names = session.scalars(select(Letter.name).order_by(Letter.id))
        assert list(names) == ["claim_received"]


def test_the_form_says_what_holds_and_for_whom_answers_are(client_of: Visit, cast: Cast) -> None:
    text = client_of("teacher").get(address(cast)).text
    for words in (
        "Only the host sees your size. We wipe it 14 days afterwards.",
        "Protective gloves: your size",
        "bring it",
        "Blijf op het looppad.",
        "You have no other claim at that time.",
    ):
        assert words in text
    assert "Wishes for the meal" not in text
    assert "size_M008" not in text


def test_wishes_are_asked_where_there_is_a_meal(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        the_offer(cast).meal = "Broodjes"
        session.commit()
    assert send(client_of("teacher"), cast, diet="vegetarisch").status_code == 303
    with app.app_context():
        assert claims()[0].diet == "vegetarisch"


def test_in_own_time_no_lessons_have_to_be_covered(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        slot = add_evening(cast, the_offer(cast), day=date(2027, 2, 10))
        session.commit()
        code = slot.code
    form = form_of(client_of("teacher").get(f"/slots/{code}/claim").text, "/claim")
    assert (form["time_basis"], form["cover"]) == ("own", "not_needed")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"learning_question": "  "}, "Write what you want to learn."),
        ({"learning_question": "a" * 1001}, "Shorten this to 1000 characters."),
        ({"learning_question": "bel\x07"}, "Remove the invisible control characters"),
        ({"learning_question": "nul\x00"}, "Remove the invisible control characters"),
        ({"time_basis": "never"}, "Choose in whose time you come."),
        ({"time_basis": ""}, "Choose in whose time you come."),
        ({"cover": ""}, "Choose whether your lessons are covered."),
        ({"cover": "confirmed"}, "Choose whether your lessons are covered."),
        ({"size_M009": ""}, "Choose your size for what you get on loan."),
        ({"size_M009": "99"}, "Choose your size for what you get on loan."),
        ({"has_read_safety": ""}, "Confirm that you have read the safety notes."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    app: Flask, client_of: Visit, cast: Cast, changed: dict[str, str], said: str
) -> None:
    answer = send(client_of("teacher"), cast, **changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert answer.text.count(f"<span>{said}") == 1
    if "learning_question" not in changed:
        assert QUESTION in answer.text
    with app.app_context():
        assert claims() == []
        assert slot_of(cast).seats_taken == 0


def shut(app: Flask, cast: Cast) -> None:
    with app.app_context():
        close(cast, SlotState.CLOSED)


def cancel(app: Flask, cast: Cast) -> None:
    with app.app_context():
        close(cast, SlotState.CANCELLED)


def claim_already(app: Flask, cast: Cast) -> None:
    with app.app_context():
        claim(cast, "teacher", now=NOW)


def overlap(app: Flask, cast: Cast) -> None:
    with app.app_context():
        offer = add_offer(cast, day=date(2027, 2, 9), brief=BRIEF)
        session.commit()
        client_claims(cast, offer)


def client_claims(cast: Cast, offer: Offer) -> None:
    claim(replace(cast, slot=offer.slots[0].code), "teacher", now=NOW)


def open_later(app: Flask, cast: Cast) -> None:
    with app.app_context():
        slot_of(cast).open_at = NOW + timedelta(days=1)
        session.commit()


REFUSALS = [
    (shut, "Sign-up for this moment is closed."),
    (cancel, "This moment was cancelled."),
    (claim_already, "You have already signed up for this moment."),
    (overlap, "You have already signed up for “Spuitgieten” at that time."),
    (open_later, "Sign-up opens on Tuesday 12 January 2027, 10:00."),
]


@pytest.mark.parametrize(("happens", "said"), REFUSALS)
def test_what_cannot_be_is_said_before_anything_is_filled_in(
    app: Flask, client_of: Visit, cast: Cast, happens: Callable[[Flask, Cast], None], said: str
) -> None:
    happens(app, cast)
    answer = client_of("teacher").get(address(cast))
    assert answer.status_code == 200
    assert said in answer.text
    assert "learning_question" not in answer.text
    assert f"/offers/{cast.offer}" in answer.text


@pytest.mark.parametrize(("happens", "said"), REFUSALS)
def test_what_could_not_be_after_all_is_said_and_nothing_is_lost(
    app: Flask, client_of: Visit, cast: Cast, happens: Callable[[Flask, Cast], None], said: str
) -> None:
    client = client_of("teacher")
    form = form_of(client.get(address(cast)).text, "/claim")
    happens(app, cast)
    with app.app_context():
        before = (len(claims()), slot_of(cast).seats_taken)
    answer = client.post(address(cast), data={**form, **FILLED})
    assert answer.status_code == 409
    assert said in answer.text
    assert QUESTION in answer.text
    with app.app_context():
        assert (len(claims()), slot_of(cast).seats_taken) == before


def test_what_was_filled_in_goes_on_to_another_moment(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add = plan(cast.site, day=date(2027, 2, 16))
        (other,) = offers.add_slots(offer=the_offer(cast), plan=add, by="system", now=NOW)
        session.commit()
        code = other.code
    client = client_of("teacher")
    form = form_of(client.get(address(cast)).text, "/claim")
    fill(app, cast)
    refused = client.post(address(cast), data={**form, **FILLED})
    assert f'formaction="/slots/{code}/claim"' in refused.text
    sent = form_of(refused.text, "/claim")
    assert client.post(f"/slots/{code}/claim", data=sent | {"has_read_safety": "y"}).status_code == 303


def test_it_is_too_late_once_sign_up_closed(
    client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW.replace(month=2, day=8))
    assert "Sign-up for this moment is closed." in client_of("teacher").get(address(cast)).text


def test_sent_twice_it_is_claimed_once(app: Flask, client_of: Visit, cast: Cast) -> None:
    client = client_of("teacher")
    form = {**form_of(client.get(address(cast)).text, "/claim"), **FILLED}
    assert client.post(address(cast), data=form).status_code == 303
    again = client.post(address(cast), data=form)
    assert again.status_code == 409
    with app.app_context():
        (made,) = claims()
        assert f"/claims/{made.code}" in again.text


def test_who_lacks_the_certificate_is_told_and_may_claim(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        brief = replace(BRIEF, access=Access.B_VCA)
        offers.change_brief(offer=the_offer(cast), brief=brief, by="system", now=NOW)
        session.commit()
    client = client_of("teacher")
    assert "We know of no certificate of yours" in client.get(address(cast)).text
    assert send(client, cast).status_code == 303


def test_who_is_not_signed_in_comes_back_after_signing_in(client_of: Visit, cast: Cast) -> None:
    answer = client_of("nobody").get(address(cast))
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next=/slots/{cast.slot}/claim"


@pytest.mark.parametrize("who", ["host", "coordinator", "school contact", "administrator"])
def test_only_who_works_at_a_school_claims(client_of: Visit, cast: Cast, who: str) -> None:
    assert client_of(who).get(address(cast)).status_code == 403


def test_somebody_of_a_school_elsewhere_may_claim_too(client_of: Visit, cast: Cast) -> None:
    assert send(client_of("outsider"), cast).status_code == 303


def test_a_host_who_works_at_a_school_too_may_claim(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        school = person(cast, "teacher").school
        assert school is not None
        give_role(
            person=person(cast, "host"), role=Role.PARTICIPANT, scope=Scope(school.id), by="system", now=NOW
        )
        session.commit()
    assert send(client_of("host"), cast).status_code == 303


def test_a_forged_form_is_refused(app: Flask, client_of: Visit, cast: Cast) -> None:
    answer = client_of("teacher").post(address(cast), data={**FILLED, "csrf_token": "forged"})
    assert answer.status_code == 400
    with app.app_context():
        assert claims() == []


@pytest.mark.parametrize(
    ("policy", "hint", "said"),
    [
        ("automatic", "You have your place at once", "You can come."),
        ("host", "Your place is held until the host decides.", "We received your claim."),
        ("both", "until the coordinator and the host decide.", "We received your claim."),
    ],
)
def test_the_form_says_who_decides(
    app: Flask, client_of: Visit, cast: Cast, policy: str, hint: str, said: str
) -> None:
    with app.app_context():
        set_policy(cast, policy)
    client = client_of("teacher")
    assert hint in client.get(address(cast)).text
    assert said in client.get(send(client, cast).location).text


def test_ten_megabytes_are_too_much(client_of: Visit, cast: Cast) -> None:
    client = client_of("teacher")
    form = form_of(client.get(address(cast)).text, "/claim")
    answer = client.post(address(cast), data={**form, **FILLED, "learning_question": "a" * 10_000_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("code", ["NOSUCHSLOT", "%00", "..%2F.."])
def test_a_moment_that_is_not_there_is_not_found(client_of: Visit, code: str) -> None:
    assert client_of("teacher").get(f"/slots/{code}/claim").status_code == 404


def test_an_offer_with_another_shape_asks_for_no_sizes(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        offer = add_offer(cast, replace(TEXT, title="Kijken & vragen"))
        session.commit()
        code = offer.slots[0].code
    text = client_of("teacher").get(f"/slots/{code}/claim").text
    assert "Kijken &amp; vragen" in text
    assert "There are no particular risks." in text
    assert "size_" not in text


def test_safety_notes_that_changed_on_the_way_are_read_again(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    client = client_of("teacher")
    answer = send(client, cast, read_version="1")
    assert answer.status_code == 409
    assert "The safety notes have just changed." in answer.text
    assert '<button type="submit">Sign up</button>' in answer.text
    form = form_of(answer.text, "/claim")
    assert (form["learning_question"].strip(), "has_read_safety" in form) == (QUESTION, False)
    with app.app_context():
        assert claims() == []
        assert form["read_version"] == str(the_offer(cast).brief.version)
