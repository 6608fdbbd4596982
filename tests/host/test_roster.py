"""The roster: who comes, what they read and what to put ready; and checking in at the gate with one thumb."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace import audit
from marketplace.claims.models import Attendance, Claim
from marketplace.kernel.database import session
from marketplace.kernel.journal import history
from marketplace.offers.facts import Rhythm
from marketplace.safety.facts import Access
from tests.cast import Cast
from tests.claims.changes import add_glasses
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.steps import (
    add_certificate,
    add_slot,
    approved,
    certified,
    change_slot,
    claim_seat,
    confirm_safety,
    demand,
    moved,
    sessions_of,
    slot_with,
)

STARTS_AT = datetime(2027, 2, 9, 7, tzinfo=UTC)
OPENS_AT = STARTS_AT - timedelta(hours=2)
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def roster(cast: Cast, slot: str = "") -> str:
    return f"/host/slots/{slot or cast.slot}"


def press(client: FlaskClient, cast: Cast, claim: str, **fields: Any) -> TestResponse:
    """Presses the button behind a name."""
    return post(client, roster(cast), "/check-in", claim=claim, **fields)


def noted(claim: str) -> list[bool]:
    statement = select(Attendance.has_come).join(Claim, Claim.id == Attendance.claim_id)
    return list(session.scalars(statement.where(Claim.code == claim)))


# --- At the gate --------------------------------------------------------------------------------------------------


def test_who_comes_early_is_checked_in_with_one_press(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(OPENS_AT)
    host = client_of("host")
    assert "0 of 1 present" in host.get(roster(cast)).text
    answer = press(host, cast, code)
    assert (answer.status_code, answer.location) == (303, f"{roster(cast)}#{code}")
    assert "1 of 1 present" in host.get(roster(cast)).text
    assert "1 of 1 present" in host.get(f"{roster(cast)}/attendance").text
    with app.app_context():
        assert noted(code) == [True]
        (said,) = [each for each in history("claim", code) if each.event == "attended"]
        assert (said.actor, said.details["session"]) == (cast.codes["host"], STARTS_AT.isoformat())
        assert audit.breaches(now=OPENS_AT) == []


def test_a_slip_is_taken_back_at_once(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(STARTS_AT)
    host = client_of("host")
    press(host, cast, code)
    for _ in range(2):  # pressed twice, taken back once
        assert press(host, cast, code, undo="y").status_code == 303
    assert "0 of 1 present" in host.get(roster(cast)).text
    with app.app_context():
        assert noted(code) == []
        events = [each.event for each in history("claim", code)]
        assert events.count("attendance_undone") == 1


def test_with_htmx_only_the_list_comes_back(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(STARTS_AT)
    answer = post(client_of("host"), roster(cast), "/check-in", headers=PART, claim=code)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section class="plate" id="roster"')
    assert "1 of 1 present" in answer.text
    assert "Undo" in answer.text


def test_of_several_sessions_todays_is_checked_in_for(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        ten = add_slot(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
        code = approved(cast, slot=ten).code
    clock.move_to("2027-03-11 07:00:00+00:00")
    host = client_of("host")
    post(host, roster(cast, ten), "/check-in", claim=code)
    with app.app_context():
        (said,) = [each for each in history("claim", code) if each.event == "attended"]
        assert said.details["session"].startswith("2027-03-11")
    clock.move_to("2027-03-12 07:00:00+00:00")
    assert not has_form(host.get(roster(cast, ten)).text, "/check-in")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (OPENS_AT - timedelta(seconds=1), False),
        (OPENS_AT, True),
        (datetime(2027, 2, 9, 22, 59, tzinfo=UTC), True),
        (datetime(2027, 2, 9, 23, 0, tzinfo=UTC), False),
    ],
    ids=["too early", "from two hours before", "until midnight", "the next day"],
)
def test_the_gate_is_open_on_the_day_itself(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, at: datetime, is_open: bool
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(at)
    host = client_of("host")
    page = host.get(roster(cast)).text
    assert has_form(page, "/check-in") == is_open
    sent = {"csrf_token": form_of(page, "/sign-out")["csrf_token"], "claim": code}
    answer = host.post(f"{roster(cast)}/check-in", data=sent)
    assert answer.status_code == (303 if is_open else 409)
    with app.app_context():
        assert len(noted(code)) == is_open


def test_a_check_in_for_a_session_that_moves_is_forgotten(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(OPENS_AT)
    press(client_of("host"), cast, code)
    with app.app_context():
        later = [moved(each, days=1) for each in sessions_of(slot_with(cast.slot))]
        change_slot(cast, sessions=later, now=OPENS_AT)
        assert noted(code) == []
        assert audit.breaches(now=OPENS_AT) == []


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 303), ("teacher", 403), ("coordinator", 403), ("outside host", 404)]
)
def test_nobody_else_checks_in(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, who: str, status: int
) -> None:
    with app.app_context():
        code = approved(cast).code
        before = everything()
    clock.move_to(STARTS_AT)
    client = client_of(who)
    token = form_of(client.get("/").text, "/language").get("csrf_token", "")
    answer = client.post(f"{roster(cast)}/check-in", data={"csrf_token": token, "claim": code})
    assert answer.status_code in (status, 400)
    with app.app_context():
        assert everything() == before


def test_whose_claim_waits_or_is_elsewhere_is_not_checked_in(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        there = approved(cast).code
        pending = claim_seat(cast, "colleague").code
        elsewhere = approved(cast, "colleague", slot=add_slot(cast, day=date(2027, 2, 8))).code
    clock.move_to(STARTS_AT)
    host = client_of("host")
    assert press(host, cast, pending).status_code == 409
    assert press(host, cast, elsewhere).status_code == 404
    assert press(host, cast, "NOBODY").status_code == 404
    with app.app_context():
        assert [noted(each) for each in (there, pending, elsewhere)] == [[], [], []]


# --- What it says -------------------------------------------------------------------------------------------------


def test_it_says_which_version_of_the_notes_was_read_and_when(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        claim = approved(cast)
    host = client_of("host")
    assert "Read on 11/01/2027" in host.get(roster(cast)).text
    with app.app_context():
        add_glasses(cast)
    page = host.get(roster(cast)).text
    assert "Read an earlier version on 11/01/2027" in page
    assert "1 participant has not read the safety notes as they are now." in page
    with app.app_context():
        confirm_safety(session.merge(claim), now=NOW + timedelta(days=2))
    assert "Read on 13/01/2027" in host.get(roster(cast)).text


def test_of_a_certificate_it_says_only_how_it_stands(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        certified(cast)
        demand(cast, Access.B_VCA)
        approved(cast)
    page = client_of("host").get(roster(cast)).text
    assert "Certificate seen" in page
    for private in ("12-34", "2030"):
        assert private not in page


def test_where_no_certificate_is_asked_for_none_is_mentioned(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        add_certificate(cast)
        approved(cast)
    assert "Certificate" not in client_of("host").get(roster(cast)).text


def test_it_says_where_somebody_is_from_and_what_to_put_ready(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        approved(cast)
    page = client_of("host").get(roster(cast)).text
    for said in ("Marieke Otten", "Reestcollege", "Protective gloves: size 9", "vegetarisch", "1 ×"):
        assert said in page
    for paper in ("sheet", "sheets", "poster"):
        assert f'href="{roster(cast)}/{paper}.pdf?language=nl"' in page
