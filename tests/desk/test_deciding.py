"""A coordinator decides about claims, and others do not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.claims.actions import decide_due
from marketplace.claims.models import Claim
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.offers.models import Slot
from marketplace.outbox.models import Letter
from marketplace.people.actions import Scope, give_role
from marketplace.people.models import Person
from marketplace.people.states import Role
from tests import cast as casting
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post

IN_PLACE = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """The teacher's claim."""
    with app.app_context():
        return casting.claim(cast, now=NOW)


@pytest.fixture
def delay(app: Flask) -> Iterator[timedelta]:
    """Decisions take effect after ten minutes."""
    before, minutes = app.config["SETTINGS"], timedelta(minutes=10)
    app.config["SETTINGS"] = replace(before, decision_delay=minutes)
    yield minutes
    app.config["SETTINGS"] = before


def state_of(app: Flask, code: str) -> str:
    with app.app_context():
        return session.scalars(select(Claim.state).where(Claim.code == code)).one()


def letters(app: Flask, name: str) -> list[Letter]:
    with app.app_context():
        return list(session.scalars(select(Letter).where(Letter.name == name).order_by(Letter.id)))


def seats_taken(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return session.scalars(select(Slot.seats_taken).where(Slot.code == cast.slot)).one()


def test_the_page_of_a_claim_shows_all_that_is_to_be_weighed(app: Flask, client_of: Visit, code: str) -> None:
    page = client_of("coordinator").get(f"/desk/claims/{code}")
    assert page.status_code == 200
    assert "Marieke Otten" in page.text and "Hoe last u dun plaatwerk?" in page.text
    assert has_form(page.text, "/approve") and has_form(page.text, "/reject")
    assert state_of(app, code) == "pending"


def test_a_yes_gives_the_seat_with_an_invite(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    coordinator = client_of("coordinator")
    answer = post(coordinator, f"/desk/claims/{code}", "/approve")
    assert answer.status_code == 303 and answer.location == f"/desk/claims/{code}"
    assert state_of(app, code) == "approved"
    (letter,) = letters(app, "claim_approved")
    assert letter.receiver_address == cast.emails["teacher"] and letter.calendar_method == "REQUEST"
    (coming,) = letters(app, "participant_coming")
    assert coming.receiver_address == cast.emails["host"]
    page = coordinator.get(answer.location)
    assert "You approved the claim of Marieke Otten." in page.text
    assert "Wim Haverkort approved this on Monday 11 January 2027, 10:00." in page.text
    assert not has_form(page.text, "/approve") and not has_form(page.text, "/take-back")


def test_a_no_says_why_and_frees_the_seat(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    coordinator = client_of("coordinator")
    answer = post(coordinator, f"/desk/claims/{code}", "/reject", reason="Er is die dag een toetsweek.")
    assert answer.status_code == 303
    assert state_of(app, code) == "rejected" and seats_taken(app, cast) == 0
    (letter,) = letters(app, "claim_rejected")
    assert letter.receiver_address == cast.emails["teacher"]
    assert "Er is die dag een toetsweek." in letter.text and not letter.calendar_method
    assert "Er is die dag een toetsweek." in coordinator.get(answer.location).text


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 1001])
def test_a_no_needs_a_reason_that_fits(app: Flask, client_of: Visit, code: str, reason: str) -> None:
    answer = post(client_of("coordinator"), f"/desk/claims/{code}", "/reject", reason=reason)
    assert answer.status_code == 422
    assert has_form(answer.text, "/reject") and 'aria-invalid="true"' in answer.text
    assert state_of(app, code) == "pending" and not letters(app, "claim_rejected")


def test_in_the_queue_the_row_becomes_its_outcome(app: Flask, client_of: Visit, code: str) -> None:
    coordinator = client_of("coordinator")
    form = form_of(coordinator.get("/desk/claims").text, "/approve")
    answer = coordinator.post(f"/desk/claims/{code}/approve", data=form, headers=IN_PLACE)
    assert answer.status_code == 200
    assert answer.text.startswith("<li") and "Wim Haverkort approved this on" in answer.text
    assert state_of(app, code) == "approved"


def test_in_the_queue_a_missing_reason_is_asked_for_in_the_row(
    app: Flask, client_of: Visit, code: str
) -> None:
    answer = post(client_of("coordinator"), "/desk/claims", "/reject", headers=IN_PLACE)
    assert answer.status_code == 422
    assert answer.text.startswith("<li") and "Write the reason." in answer.text
    assert "<details" in answer.text and " open" in answer.text


def test_without_a_script_the_queue_comes_back(client_of: Visit, code: str) -> None:
    assert post(client_of("coordinator"), "/desk/claims", "/approve").location == "/desk/claims"


def test_a_form_leads_nobody_astray(client_of: Visit, code: str) -> None:
    answer = post(client_of("coordinator"), "/desk/claims", "/approve", next="https://elsewhere.example/")
    assert answer.location == f"/desk/claims/{code}"


@pytest.mark.parametrize("action", ["approve", "reject"])
@pytest.mark.parametrize("headers", [{}, IN_PLACE])
def test_the_second_coordinator_hears_who_was_first(
    app: Flask, client_of: Visit, code: str, action: str, headers: dict[str, str]
) -> None:
    second = client_of("second coordinator")
    form = {**form_of(second.get("/desk/claims").text, f"/{action}"), "reason": "Vol."}
    post(client_of("coordinator"), f"/desk/claims/{code}", "/approve")
    answer = second.post(f"/desk/claims/{code}/{action}", data=form, headers=headers)
    assert answer.status_code == 409
    assert "Wim Haverkort approved this claim just before you." in answer.text
    assert answer.text.startswith("<li" if headers else "<!doctype html>")
    assert state_of(app, code) == "approved"
    assert len(letters(app, "claim_approved")) == 1 and not letters(app, "claim_rejected")


def test_nobody_decides_about_their_own_claim(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    with app.app_context():
        region = casting.person(cast, "teacher").school.region_id  # type: ignore[union-attr]
        person = casting.person(cast, "teacher")
        give_role(person=person, role=Role.COORDINATOR, scope=Scope(region_id=region), by="system", now=NOW)
        session.commit()
    teacher = client_of("teacher")
    page = teacher.get(f"/desk/claims/{code}")
    assert "You cannot decide about your own claim." in page.text and not has_form(page.text, "/approve")
    token = form_of(teacher.get("/desk/people").text)["csrf_token"]
    answer = teacher.post(f"/desk/claims/{code}/approve", data={"csrf_token": token})
    assert answer.status_code == 409 and "You cannot decide about your own claim." in answer.text
    assert state_of(app, code) == "pending"


def test_whom_a_coordinator_approves_is_known_from_then_on(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = casting.claim(cast, "newcomer", now=NOW)
    coordinator = client_of("coordinator")
    assert "nobody has vouched for this person yet" in coordinator.get("/desk/claims").text
    post(coordinator, f"/desk/claims/{code}", "/approve")
    with app.app_context():
        assert session.scalars(select(Person).where(Person.code == cast.codes["newcomer"])).one().is_known


def test_a_planned_yes_waits_and_is_carried_out_when_due(
    app: Flask, client_of: Visit, clock, code: str, delay: timedelta
) -> None:
    coordinator = client_of("coordinator")
    page = coordinator.get(post(coordinator, f"/desk/claims/{code}", "/approve").location)
    assert "Wim Haverkort approved this." in page.text and "This goes out at 10:10." in page.text
    assert has_form(page.text, "/take-back") and not has_form(page.text, "/approve")
    assert "This goes out at 10:10." in coordinator.get("/desk/claims").text
    assert "Claims (0)" in coordinator.get("/desk/claims").text
    assert state_of(app, code) == "pending" and not letters(app, "claim_approved")
    with app.app_context():
        assert decide_due(now=now()) == 0
    clock.shift(delay)
    with app.app_context():
        assert decide_due(now=now()) == 1
    assert state_of(app, code) == "approved"
    (letter,) = letters(app, "claim_approved")
    assert letter.calendar_method == "REQUEST"


def test_a_planned_no_is_carried_out_with_its_reason(
    app: Flask, client_of: Visit, cast: Cast, clock, code: str, delay: timedelta
) -> None:
    post(client_of("coordinator"), f"/desk/claims/{code}", "/reject", reason="Toetsweek.")
    assert seats_taken(app, cast) == 1
    clock.shift(delay)
    with app.app_context():
        decide_due(now=now())
    assert state_of(app, code) == "rejected" and seats_taken(app, cast) == 0
    assert "Toetsweek." in letters(app, "claim_rejected")[0].text


def test_a_decision_is_taken_back_and_another_one_made(
    app: Flask, client_of: Visit, clock, code: str, delay: timedelta
) -> None:
    first, second = client_of("coordinator"), client_of("second coordinator")
    post(first, f"/desk/claims/{code}", "/reject", reason="Toetsweek.")
    answer = post(second, "/desk/claims", "/take-back", headers=IN_PLACE)
    assert answer.status_code == 200 and has_form(answer.text, "/approve")
    post(second, f"/desk/claims/{code}", "/approve")
    clock.shift(delay)
    with app.app_context():
        decide_due(now=now())
    assert state_of(app, code) == "approved" and not letters(app, "claim_rejected")


def test_two_coordinators_plan_one_decision(
    app: Flask, client_of: Visit, code: str, delay: timedelta
) -> None:
    second = client_of("second coordinator")
    form = form_of(second.get("/desk/claims").text, "/reject")
    post(client_of("coordinator"), f"/desk/claims/{code}", "/approve")
    answer = second.post(f"/desk/claims/{code}/reject", data={**form, "reason": "Vol."}, headers=IN_PLACE)
    assert answer.status_code == 409
    assert "Wim Haverkort approved this claim just before you." in answer.text
    assert has_form(answer.text, "/take-back")


def test_a_planned_yes_is_sent_at_once(app: Flask, client_of: Visit, code: str, delay: timedelta) -> None:
    coordinator = client_of("coordinator")
    post(coordinator, f"/desk/claims/{code}", "/approve")
    answer = post(coordinator, f"/desk/claims/{code}", "/send-now")
    assert answer.status_code == 303 and state_of(app, code) == "approved"
    assert len(letters(app, "claim_approved")) == 1
    assert "The decision was sent." in coordinator.get(answer.location).text


@pytest.mark.parametrize("action", ["send-now", "take-back"])
def test_a_button_for_one_decision_does_nothing_to_another(
    app: Flask, client_of: Visit, code: str, delay: timedelta, action: str
) -> None:
    first, second = client_of("coordinator"), client_of("second coordinator")
    post(first, f"/desk/claims/{code}", "/approve")
    form = form_of(first.get(f"/desk/claims/{code}").text, f"/{action}")
    post(second, f"/desk/claims/{code}", "/take-back")
    post(second, f"/desk/claims/{code}", "/reject", reason="Toetsweek.")
    answer = first.post(f"/desk/claims/{code}/{action}", data=form)
    assert answer.status_code == 409 and "Somebody decided otherwise meanwhile." in answer.text
    assert "Esra Demir rejected this." in answer.text
    assert state_of(app, code) == "pending" and not letters(app, "claim_rejected")


def test_what_is_sent_is_not_sent_again(app: Flask, client_of: Visit, code: str, delay: timedelta) -> None:
    coordinator = client_of("coordinator")
    post(coordinator, f"/desk/claims/{code}", "/approve")
    form = form_of(coordinator.get(f"/desk/claims/{code}").text, "/send-now")
    assert coordinator.post(f"/desk/claims/{code}/send-now", data=form).status_code == 303
    answer = coordinator.post(f"/desk/claims/{code}/send-now", data=form)
    assert answer.status_code == 409 and "This decision has taken effect already." in answer.text
    assert len(letters(app, "claim_approved")) == 1


def test_what_has_taken_effect_is_not_taken_back(
    app: Flask, client_of: Visit, clock, code: str, delay: timedelta
) -> None:
    coordinator = client_of("coordinator")
    post(coordinator, f"/desk/claims/{code}", "/approve")
    form = form_of(coordinator.get(f"/desk/claims/{code}").text, "/take-back")
    clock.shift(delay)
    answer = coordinator.post(f"/desk/claims/{code}/take-back", data=form)
    assert answer.status_code == 409 and "This decision has taken effect already." in answer.text
    with app.app_context():
        assert decide_due(now=now()) == 1
    assert state_of(app, code) == "approved"


def test_coordinators_of_the_host_look_and_do_not_decide(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = casting.claim(cast, "outsider", now=NOW)
    coordinator = client_of("coordinator")
    queue = coordinator.get("/desk/claims")
    assert "From other regions" in queue.text and "Olaf Buiten" in queue.text
    page = coordinator.get(f"/desk/claims/{code}")
    assert "The coordinators of STO Elders decide." in page.text and not has_form(page.text, "/approve")
    form = form_of(coordinator.get("/desk/people").text)
    for action in ("approve", "reject", "take-back", "send-now"):
        answer = coordinator.post(f"/desk/claims/{code}/{action}", data={**form, "reason": "Vol."})
        assert answer.status_code == 403
    assert state_of(app, code) == "pending"
    post(client_of("outside coordinator"), f"/desk/claims/{code}", "/approve")
    assert state_of(app, code) == "approved"


def test_a_coordinator_of_elsewhere_finds_nothing(app: Flask, client_of: Visit, code: str) -> None:
    stranger = client_of("outside coordinator")
    assert "Marieke Otten" not in stranger.get("/desk/claims").text
    assert stranger.get(f"/desk/claims/{code}").status_code == 404
    form = form_of(stranger.get("/desk/people").text)
    for action in ("approve", "reject", "take-back", "send-now"):
        answer = stranger.post(f"/desk/claims/{code}/{action}", data={**form, "reason": "Vol."})
        assert answer.status_code == 404
    assert state_of(app, code) == "pending"


def test_an_administrator_decides_for_all_regions(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    with app.app_context():
        far = casting.claim(cast, "outsider", now=NOW)
    administrator = client_of("administrator")
    queue = administrator.get("/desk/claims")
    assert "Marieke Otten" in queue.text and "Olaf Buiten" in queue.text
    assert "From other regions" not in queue.text
    for each in (code, far):
        post(administrator, f"/desk/claims/{each}", "/approve")
        assert state_of(app, each) == "approved"


@pytest.mark.parametrize("who", ["teacher", "host", "school contact", "outsider"])
def test_the_desk_is_for_coordinators(app: Flask, client_of: Visit, code: str, who: str) -> None:
    client = client_of(who)
    for address in ("/desk", "/desk/claims", f"/desk/claims/{code}", "/desk/offers", "/desk/people"):
        assert client.get(address).status_code == 403
    assert client.post(f"/desk/claims/{code}/approve").status_code in {400, 403}
    assert state_of(app, code) == "pending"


def test_who_is_not_signed_in_is_asked_to_and_comes_back(client_of: Visit, code: str) -> None:
    answer = client_of("nobody").get(f"/desk/claims/{code}")
    assert answer.status_code == 303 and answer.location == f"/sign-in?next=/desk/claims/{code}"
