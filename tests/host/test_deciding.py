"""Claims about which the host decides: by the letter, by the list of the moment, and together with the coordinator."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from marketplace import audit
from marketplace.kernel.database import transaction
from marketplace.people.actions import Scope
from marketplace.people.states import Role
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.steps import (
    LATER,
    add_role,
    approved,
    claim_seat,
    claim_together,
    claim_with,
    company_of,
    decide,
    decide_as_host,
    letters,
    name_seat,
    offer_of,
    set_policy,
    the_letter,
)

NAME = "Marieke Otten"


def waiting(cast: Cast, policy: str = "host", who: str = "teacher") -> str:
    """A claim that waits for the host, or for both. Returns its code."""
    set_policy(cast, policy)
    return claim_seat(cast, who).code


def state_of(app: Flask, code: str) -> str:
    with app.app_context():
        return claim_with(code).state


# --- By the letter ------------------------------------------------------------------------------------------


def test_the_letter_leads_to_the_claim_and_looking_changes_nothing(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        code = waiting(cast)
        (letter,) = letters(to=cast.emails["host"])
        assert f"/host/claims/{code}?version=1" in letter.text
        before = everything()
    host, url = client_of("host"), f"/host/claims/{code}?version=1"
    page = host.get(url).text
    assert host.head(url).status_code == 200
    for each in ("Teacher", "Reestcollege", "Hoe last u dun plaatwerk?", "School time"):
        assert each in page
    assert "has changed since the mail" not in page
    with app.app_context():
        assert everything() == before


def test_nobody_is_named_before_the_claim_is_approved(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = waiting(cast)
    host = client_of("host")
    for url in (f"/host/claims/{code}", f"/host/slots/{cast.slot}"):
        page = host.get(url).text
        assert NAME not in page
        assert cast.emails["teacher"] not in page
    post(host, f"/host/claims/{code}", "/approve")
    assert NAME in host.get(f"/host/claims/{code}").text
    assert NAME in host.get(f"/host/slots/{cast.slot}").text


def test_a_yes_of_the_host_is_enough_where_the_host_decides(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = waiting(cast)
    answer = post(client_of("host"), f"/host/claims/{code}?version=1", "/approve")
    assert answer.status_code == 303
    page = client_of("host").get(answer.location).text
    assert "Gerda Nijboer approved this on" in page
    with app.app_context():
        assert claim_with(code).state == "approved"
        assert the_letter("claim_approved").receiver_address == cast.emails["teacher"]
        assert audit.breaches(now=NOW) == []


def test_a_no_needs_a_reason_and_is_told_with_it(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = waiting(cast)
        before = everything()
    host = client_of("host")
    answer = post(host, f"/host/claims/{code}", "/reject", reason="  ")
    assert answer.status_code == 422
    assert "Write the reason." in answer.text
    with app.app_context():
        assert everything() == before
    assert post(host, f"/host/claims/{code}", "/reject", reason="De hal is vol.").status_code == 303
    page = host.get(f"/host/claims/{code}").text
    assert "De hal is vol." in page
    assert NAME not in page
    with app.app_context():
        assert claim_with(code).state == "rejected"
        assert "De hal is vol." in the_letter("claim_rejected").text


def test_a_decision_can_be_taken_back_or_sent_at_once_until_it_goes_out(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = waiting(cast)
    host, url = client_of("host"), f"/host/claims/{code}"
    with app.app_context():
        decide_as_host(claim_with(code), cast, delay=LATER)
    page = host.get(url).text
    assert "This goes out at 10:10." in page
    assert NAME not in page
    assert (has_form(page, "/take-back"), has_form(page, "/approve")) == (True, False)
    assert post(host, url, "/take-back", verdict="reject").status_code == 409  # a colleague decided otherwise
    assert post(host, url, "/take-back").status_code == 303
    assert has_form(host.get(url).text, "/approve")
    assert state_of(app, code) == "pending"
    with app.app_context():
        decide_as_host(claim_with(code), cast, delay=LATER)
    assert post(host, url, "/send-now").status_code == 303
    assert state_of(app, code) == "approved"


# --- An old page --------------------------------------------------------------------------------------------


def test_a_page_from_before_a_change_gets_a_409_and_shows_how_it_stands(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        code = waiting(cast)
    host, url = client_of("host"), f"/host/claims/{code}"
    fields = form_of(host.get(url).text, "/approve")
    with app.app_context():
        before = everything()
    for version in ("0", "7", "x", ""):
        answer = host.post(f"{url}/approve", data={**fields, "version": version})
        assert answer.status_code == 409
        assert "This claim has changed since you opened the page." in answer.text
        assert form_of(answer.text, "/approve")["version"] == "1"
    with app.app_context():
        assert everything() == before


def test_a_mail_from_before_a_change_says_so(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        set_policy(cast, "host")
        (claim,) = claim_together(cast, None, maker="school contact")
        code = claim.code
        name_seat(claim, cast, "colleague")
    host, url, words = client_of("host"), f"/host/claims/{code}", "has changed since the mail was written."
    assert words in host.get(f"{url}?version=1").text
    for fine in ("", "?version=2", "?version=x", "?version=-1"):
        assert words not in host.get(url + fine).text
    fields = form_of(host.get(f"{url}?version=1").text, "/approve")
    assert host.post(f"{url}/approve", data={**fields, "version": "1"}).status_code == 409
    assert post(host, f"{url}?version=1", "/approve").status_code == 303


def test_the_second_press_hears_what_the_first_did(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = waiting(cast)
    host, url = client_of("host"), f"/host/claims/{code}"
    fields = form_of(host.get(url).text, "/approve")
    assert host.post(f"{url}/approve", data=fields).status_code == 303
    again = host.post(f"{url}/approve", data=fields)
    assert again.status_code == 409
    assert "Gerda Nijboer approved this claim just before you." in again.text
    with app.app_context():
        assert len(letters("claim_approved")) == 1


# --- Together with the coordinator -----------------------------------------------------------------------------


def test_where_both_decide_the_host_sees_what_the_coordinator_said(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        code = waiting(cast, "both")
    host, url = client_of("host"), f"/host/claims/{code}"
    assert "The coordinator has not decided yet." in host.get(url).text
    with app.app_context():
        decide(claim_with(code), cast)
    assert "The coordinator (Wim Haverkort) said yes." in host.get(url).text
    assert state_of(app, code) == "pending"
    assert post(host, url, "/approve").status_code == 303
    assert state_of(app, code) == "approved"


def test_a_yes_that_waits_for_the_coordinator_can_still_be_taken_back(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = waiting(cast, "both")
    host, url = client_of("host"), f"/host/claims/{code}"
    post(host, url, "/approve")
    clock.shift(timedelta(hours=3))
    page = host.get(url).text
    assert "It waits for the coordinator." in page
    assert not has_form(page, "/send-now")
    assert post(host, url, "/take-back").status_code == 303
    assert has_form(host.get(url).text, "/approve")


def test_where_the_coordinator_decides_the_host_only_looks(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = claim_seat(cast).code
        before = everything()
    host, url = client_of("host"), f"/host/claims/{code}"
    page = host.get(url).text
    assert "The coordinator decides about this claim." in page
    assert not has_form(page, "/approve")
    token = form_of(page, "/sign-out")["csrf_token"]
    for verb in ("approve", "take-back", "send-now"):
        answer = host.post(f"{url}/{verb}", data={"csrf_token": token, "version": "1"})
        assert answer.status_code == 409
    with app.app_context():
        assert everything() == before


# --- From the list of the moment -----------------------------------------------------------------------------


def test_all_claims_of_a_moment_are_decided_on_its_page(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        first, second = waiting(cast), waiting(cast, who="colleague")
    host, url = client_of("host"), f"/host/slots/{cast.slot}"
    answer = post(host, url, f"/{first}/approve")
    assert answer.location == url
    assert post(host, url, f"/{second}/reject", reason="Een per school.").location == url
    page = host.get(url).text
    assert NAME in page
    assert "Waiting for a decision" not in page
    assert (state_of(app, first), state_of(app, second)) == ("approved", "rejected")


def test_in_place_the_row_comes_back_as_it_is_now(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = waiting(cast)
    host = client_of("host")
    fields = form_of(host.get(f"/host/slots/{cast.slot}").text, f"/{code}/approve")
    answer = host.post(
        f"/host/claims/{code}/approve",
        data=fields,
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<li")
    assert "Gerda Nijboer approved this" in answer.text


# --- Who may not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 303), ("teacher", 403), ("coordinator", 403), ("outside host", 404), ("outsider", 403)],
)
def test_nobody_else_sees_or_decides_it(
    app: Flask, cast: Cast, client_of: Visit, who: str, status: int
) -> None:
    with app.app_context():
        code = waiting(cast)
        before = everything()
    client, url = client_of(who), f"/host/claims/{code}"
    assert client.get(f"{url}?version=1").status_code == status
    token = form_of(client.get("/").text, "/language").get("csrf_token", "")
    for verb in ("approve", "reject", "take-back", "send-now"):
        answer = client.post(f"{url}/{verb}", data={"csrf_token": token, "version": "1", "reason": "Nee."})
        assert answer.status_code in (status, 400)  # without a sign-in there is no token either
    with app.app_context():
        assert everything() == before


def test_nobody_decides_about_a_claim_of_their_own(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        add_role(cast, "teacher", Role.HOST_CONTACT, Scope(company_of(cast).id))
        code = waiting(cast)
        before = everything()
    teacher, url = client_of("teacher"), f"/host/claims/{code}"
    page = teacher.get(url).text
    assert "You cannot decide about your own claim." in page
    token = form_of(page, "/sign-out")["csrf_token"]
    answer = teacher.post(f"{url}/approve", data={"csrf_token": token, "version": "1"})
    assert answer.status_code == 409
    with app.app_context():
        assert everything() == before


def test_a_school_that_sends_as_many_as_the_host_asked_for_is_a_warning(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        approved(cast)
        with transaction():
            offer_of(cast).school_limit = 1
        code = waiting(cast, who="colleague")
    host, words = client_of("host"), "You asked for at most 1 person of a school"
    assert words in host.get(f"/host/claims/{code}").text
    assert words in host.get(f"/host/slots/{cast.slot}").text
    assert post(host, f"/host/claims/{code}", "/approve").status_code == 303  # it warns, and blocks nothing
