"""Who came: noted on the day with a thumb, corrected until a week after, and nobody else's business."""

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
from marketplace.offers.models import Session
from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.steps import add_slot, approved, claim_seat, claim_with, slot_with, withdraw

STARTS_AT = datetime(2027, 2, 9, 7, tzinfo=UTC)
ENDS_AT = datetime(2027, 2, 9, 15, tzinfo=UTC)
OPENS_AT = STARTS_AT - timedelta(hours=2)
WEEK = timedelta(days=7)


def sheet(cast: Cast, slot: str = "") -> str:
    return f"/host/slots/{slot or cast.slot}/attendance"


def press(client: FlaskClient, url: str, claim: str, has_come: str, **fields: Any) -> TestResponse:
    """Presses one of the two buttons behind a name."""
    return post(client, url, "/attendance", claim=claim, has_come=has_come, **fields)


def noted(claim: str) -> list[bool]:
    """What was noted of somebody, in order of the sessions."""
    statement = select(Attendance.has_come).join(Claim, Claim.id == Attendance.claim_id)
    statement = statement.join(Session, Session.id == Attendance.session_id)
    return list(session.scalars(statement.where(Claim.code == claim).order_by(Session.starts_at)))


def test_who_came_is_noted_and_corrected_with_what_was_before(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(STARTS_AT)
    host, url = client_of("host"), sheet(cast)
    page = host.get(url).text
    assert "Marieke Otten" in page
    assert "0 of 1 present" in page
    answer = press(host, url, code, "yes")
    assert (answer.status_code, answer.location) == (303, f"{url}?session=1#{code}")
    assert "1 of 1 present" in host.get(url).text
    clock.move_to(ENDS_AT + timedelta(days=6))
    for _ in range(2):  # pressed twice, noted once
        assert press(host, url, code, "no").status_code == 303
    with app.app_context():
        assert noted(code) == [False]
        said = [each for each in history("claim", code) if each.event in ("attended", "no_show")]
        assert [(each.event, each.actor, each.details["was"]) for each in said] == [
            ("attended", cast.codes["host"], ""),
            ("no_show", cast.codes["host"], "attended"),
        ]
        assert {each.details["session"] for each in said} == {STARTS_AT.isoformat()}
        assert audit.breaches(now=ENDS_AT + timedelta(days=6)) == []


def test_everybody_is_present_in_one_press_but_for_who_was_noted_already(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        first, second = approved(cast).code, approved(cast, "colleague").code
    clock.move_to(STARTS_AT)
    host, url = client_of("host"), sheet(cast)
    assert "Everybody is present" in host.get(url).text
    press(host, url, second, "no")
    assert "All others are present" in host.get(url).text
    fields = {"csrf_token": form_of(host.get(url).text, "/attendance")["csrf_token"], "session": "1"}
    for _ in range(2):
        assert host.post(url, data={**fields, "everybody": "y"}).status_code == 303
    page = host.get(url).text
    assert "1 of 2 present" in page
    assert "others are present" not in page
    with app.app_context():
        assert (noted(first), noted(second)) == ([True], [False])
        assert [each.event for each in history("claim", first)].count("attended") == 1


def test_in_place_the_list_comes_back(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(STARTS_AT)
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = post(client_of("host"), sheet(cast), "/attendance", headers=part, claim=code, has_come="yes")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="attendance"')
    assert f'id="yes-{code}" class="yes" name="has_come" value="yes" aria-pressed="true"' in answer.text


# --- Sessions -------------------------------------------------------------------------------------------------


def test_each_session_has_its_own_list_as_soon_as_it_begins(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        ten = add_slot(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
        code = approved(cast, slot=ten).code
    clock.move_to("2027-03-11 09:00:00+00:00")
    host, url = client_of("host"), sheet(cast, ten)
    page = host.get(url).text
    assert "Who came on Thursday 11 March?" in page
    assert f'href="{url}?session=1"' in page
    assert f'href="{url}?session=3"' not in page
    press(host, url, code, "no")
    press(host, f"{url}?session=1", code, "yes")
    with app.app_context():
        assert noted(code) == [True, False]
    early = press(host, url, code, "yes", session="3")
    assert early.status_code == 409
    assert "This has not begun yet." in early.text
    assert press(host, url, code, "yes", session="4").status_code == 404
    with app.app_context():
        assert noted(code) == [True, False]


def test_what_was_noted_stays_when_a_session_to_come_moves(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        ten = add_slot(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
        code = approved(cast, slot=ten).code
    clock.move_to("2027-03-05 09:00:00+00:00")
    host = client_of("host")
    press(host, sheet(cast, ten), code, "yes")
    moved: dict[str, Any] = {"sessions-1-day": "2027-03-12"}
    assert post(host, f"/host/slots/{ten}/edit", **moved).status_code == 303
    with app.app_context():
        assert noted(code) == [True]
        assert slot_with(ten).sessions[1].starts_at.day == 12


# --- When, and of whom ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (OPENS_AT - timedelta(seconds=1), "This has not begun yet."),
        (ENDS_AT + WEEK, "This was over more than a week ago."),
    ],
    ids=["before", "after"],
)
def test_too_early_and_too_late_are_said_and_change_nothing(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, at: datetime, why: str
) -> None:
    with app.app_context():
        code = approved(cast).code
        before = everything()
    clock.move_to(at)
    host, url = client_of("host"), sheet(cast)
    page = host.get(url).text
    assert why in page
    assert not has_form(page, "/attendance")
    fields = {"csrf_token": form_of(page, "/sign-out")["csrf_token"], "session": "1"}
    for wish in ({"claim": code, "has_come": "yes"}, {"everybody": "y"}):
        answer = host.post(url, data={**fields, **wish})
        assert answer.status_code == 409
        assert why in answer.text
    with app.app_context():
        assert everything() == before


def test_who_has_no_place_any_more_is_not_noted(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code, waiting = approved(cast).code, claim_seat(cast, "colleague").code
    clock.move_to(STARTS_AT)
    host, url = client_of("host"), sheet(cast)
    fields = form_of(host.get(url).text, "/attendance")
    assert "Jeroen Slomp" not in host.get(url).text
    with app.app_context():
        withdraw(claim_with(code), now=STARTS_AT)
        before = everything()
    for each in (code, waiting):
        answer = host.post(url, data={**fields, "claim": each, "has_come": "yes"})
        assert answer.status_code == 409
        assert "This person has no place at this moment any more." in answer.text
    with app.app_context():
        assert everything() == before


@pytest.mark.parametrize(
    "fields",
    [{"has_come": "maybe"}, {"claim": "NOBODY"}, {"session": "0"}, {"session": "x"}, {"session": "-1"}],
)
def test_nonsense_notes_nothing(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, fields: dict[str, Any]
) -> None:
    with app.app_context():
        code = approved(cast).code
        before = everything()
    clock.move_to(STARTS_AT)
    answer = post(
        client_of("host"), sheet(cast), "/attendance", **{"claim": code, "has_come": "yes", **fields}
    )
    assert answer.status_code == 404
    with app.app_context():
        assert everything() == before


def test_a_claim_on_another_moment_is_not_noted_here(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
        other = approved(cast, "colleague", slot=add_slot(cast, day=date(2027, 2, 8))).code
        before = everything()
    clock.move_to(STARTS_AT)
    assert form_of(client_of("host").get(sheet(cast)).text, "/attendance")["claim"] == code
    assert press(client_of("host"), sheet(cast), other, "yes").status_code == 404
    with app.app_context():
        assert everything() == before


# --- Where it is found, and by whom ----------------------------------------------------------------------------


def test_the_pages_of_a_moment_lead_to_it_when_it_is_time(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    link = f'href="{sheet(cast)}"'
    pages = (f"/host/slots/{cast.slot}", f"/host/offers/{cast.offer}/slots")
    for at, is_there in (
        (OPENS_AT - timedelta(seconds=1), False),
        (OPENS_AT, True),
        (ENDS_AT + WEEK - timedelta(seconds=1), True),
        (ENDS_AT + WEEK, False),
    ):
        clock.move_to(at)
        host = client_of("host")
        assert [link in host.get(page).text for page in pages] == [is_there, is_there]


def test_who_did_not_come_is_told_to_nobody_but_coordinators(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        code = approved(cast).code
    clock.move_to(STARTS_AT)
    pages = [("teacher", "/claims"), ("teacher", f"/claims/{code}"), ("school contact", "/school")]
    before = [client_of(who).get(page).text.count("come") for who, page in pages]
    press(client_of("host"), sheet(cast), code, "no")
    assert [client_of(who).get(page).text.count("come") for who, page in pages] == before
    for who, page in pages:
        assert "not come" not in client_of(who).get(page).text


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 303), ("teacher", 403), ("coordinator", 403), ("outside host", 404)]
)
def test_nobody_else_sees_or_notes_it(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, who: str, status: int
) -> None:
    with app.app_context():
        code = approved(cast).code
        before = everything()
    clock.move_to(STARTS_AT)
    client = client_of(who)
    assert client.get(sheet(cast)).status_code == status
    token = form_of(client.get("/").text, "/language").get("csrf_token", "")
    answer = client.post(
        sheet(cast), data={"csrf_token": token, "session": "1", "claim": code, "has_come": "yes"}
    )
    assert answer.status_code in (status, 400)
    with app.app_context():
        assert everything() == before
