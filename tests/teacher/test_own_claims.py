"""One's own claims: how they stand, withdrawing, and the calendar file."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from marketplace.claims import actions
from marketplace.claims.models import Claim
from marketplace.claims.states import Verdict
from marketplace.kernel.database import session
from marketplace.outbox.models import Letter
from tests import steps
from tests.cast import FORM, Cast, claim, person, slot_of
from tests.conftest import NOW
from tests.market.rows import add_offer
from tests.pages import form_of, post
from tests.statements import statements

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """The teacher's claim on the cast's moment."""
    with app.app_context():
        return claim(cast, "teacher", now=NOW)


def decide(app: Flask, cast: Cast, verdict: Verdict, note: str = "") -> None:
    with app.app_context():
        made = session.scalars(select(Claim)).one()
        by = cast.codes["coordinator"]
        actions.decide(claim=made, verdict=verdict, note=note, by=by, now=NOW, delay=timedelta(0))
        session.commit()


def test_a_claim_that_waits_says_so(client_of: Visit, code: str) -> None:
    text = client_of("teacher").get("/claims").text
    for words in ("Coming up", "In progress", "your place is held", "Bring yourself", f"/claims/{code}.ics"):
        assert words in text


def test_an_approved_claim_says_by_whom_and_where_to_report(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    decide(app, cast, Verdict.APPROVE)
    text = client_of("teacher").get("/claims").text
    assert "11 January 2027, by Wim Haverkort" in text
    assert "9 February 2027, report at Receptie, hal 2" in text


def test_a_rejected_claim_is_over_and_says_why(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    decide(app, cast, Verdict.REJECT, "U hebt die dag les.")
    client = client_of("teacher")
    assert "Earlier" in client.get("/claims").text
    text = client.get(f"/claims/{code}").text
    assert "U hebt die dag les." in text
    assert "/withdraw" not in text


def test_a_claim_shows_everything_to_whom_it_is(client_of: Visit, code: str) -> None:
    text = client_of("teacher").get(f"/claims/{code}").text
    for words in (
        "Hoe last u dun plaatwerk?",
        "School time",
        "Lesson cover arranged",
        "Protective gloves",
        "vegetarisch",
        "Smidsvonkweg 14, 7944 XY Meppel",
        "Gerda Nijboer",
        "Safety: this holds at the gate",
    ):
        assert words in text


def test_a_moment_that_was_goes_to_earlier(
    client_of: Visit, code: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(days=40))
    text = client_of("teacher").get("/claims").text
    assert "Earlier" in text
    assert "Coming up" not in text
    assert "Nothing coming up" in text


def test_one_may_withdraw_until_it_is_over(
    client_of: Visit, cast: Cast, code: str, clock: time_machine.Traveller
) -> None:
    client, button = client_of("teacher"), f'href="/claims/{code}/withdraw"'
    clock.move_to("2027-02-09 14:59:00+00:00")
    assert button in client.get("/claims").text
    clock.move_to("2027-02-09 15:00:00+00:00")
    assert button not in client.get("/claims").text
    assert "This moment is over." in client.get(f"/claims/{code}/withdraw").text


def test_without_claims_there_is_a_way_on(client_of: Visit) -> None:
    assert "Choose an activity and sign up" in client_of("teacher").get("/claims").text


PAGES = ["", "/withdraw", ".ics"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_somebody_elses_claim_is_not_there(client_of: Visit, code: str, who: str, page: str) -> None:
    assert client_of(who).get(f"/claims/{code}{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_other_roles_and_strangers_do_not_come_in(client_of: Visit, code: str, page: str) -> None:
    assert client_of("host").get(f"/claims/{code}{page}").status_code == 403
    answer = client_of("nobody").get(f"/claims/{code}{page}")
    assert answer.location == f"/sign-in?next=/claims/{code}{page}"


def test_the_list_takes_as_many_statements_for_thirty_claims_as_for_one(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    client = client_of("teacher")
    with statements(app) as for_one:
        client.get("/claims")
    with app.app_context():
        offer = add_offer(cast, day=date(2027, 3, 1), moments=30)
        for slot in offer.slots:
            actions.claim_seat(slot=slot, person=person(cast, "teacher"), form=FORM, now=NOW)
        session.commit()
    with statements(app) as for_thirty:
        text = client.get("/claims").text
    assert text.count("<article") == 31
    assert len(for_one) == len(for_thirty)


def test_looking_at_the_page_to_withdraw_changes_nothing(app: Flask, client_of: Visit, code: str) -> None:
    assert "Your place is free again at once" in client_of("teacher").get(f"/claims/{code}/withdraw").text
    with app.app_context():
        assert session.scalars(select(Claim)).one().state == "pending"


def test_who_withdraws_gives_the_seat_back_and_hears_of_it(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    decide(app, cast, Verdict.APPROVE)
    client = client_of("teacher")
    answer = post(client, f"/claims/{code}/withdraw", action="/withdraw")
    assert answer.location == "/claims"
    text = client.get("/claims").text
    assert "You have withdrawn." in text
    assert "Withdrawn" in text
    with app.app_context():
        assert session.scalars(select(Claim)).one().state == "withdrawn"
        assert slot_of(cast).seats_taken == 0
        assert {"claim_withdrawn", "participant_left"} <= set(session.scalars(select(Letter.name)))


def test_withdrawing_twice_says_that_it_has_ended(client_of: Visit, code: str) -> None:
    client = client_of("teacher")
    post(client, f"/claims/{code}/withdraw", action="/withdraw")
    page = client.get(f"/claims/{code}/withdraw")
    assert page.status_code == 200
    assert "This claim has ended already." in page.text
    assert f'action="/claims/{code}/withdraw"' not in page.text


def test_who_leaves_the_waiting_list_on_an_old_page_keeps_the_seat_that_came(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        steps.set_capacity(cast, 1)
        first = steps.claim_seat(cast, "colleague").code
        code = steps.wait(cast, "teacher").code
    teacher = client_of("teacher")
    form = form_of(teacher.get(f"/claims/{code}/withdraw").text, "/withdraw")
    with app.app_context():
        steps.withdraw(steps.claim_with(first))
    answer = teacher.post(f"/claims/{code}/withdraw", data=form)
    assert answer.status_code == 409 and "has changed since you opened the page" in answer.text
    with app.app_context():
        assert steps.claim_with(code).state == "offered"
    assert post(teacher, f"/claims/{code}/withdraw", "/withdraw").status_code == 303


def test_nobody_withdraws_for_another(app: Flask, client_of: Visit, code: str) -> None:
    outsider = client_of("outsider")
    token = post_token(outsider)
    assert outsider.post(f"/claims/{code}/withdraw", data={"csrf_token": token}).status_code == 404
    assert client_of("teacher").post(f"/claims/{code}/withdraw").status_code == 400
    with app.app_context():
        assert session.scalars(select(Claim)).one().state == "pending"


def post_token(client: FlaskClient) -> str:
    found = client.get("/claims").text.split('name="csrf_token" value="')[1]
    return found.split('"')[0]


def test_the_calendar_file_is_the_stored_entry(client_of: Visit, code: str) -> None:
    answer = client_of("teacher").get(f"/claims/{code}.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="meeloop-{code}.ics"'
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert entry["STATUS"] == "TENTATIVE"
    assert "Reestdal Metaalwerken" in str(entry["SUMMARY"])
    assert "Safety shoes" in str(entry["DESCRIPTION"])
    assert "vegetarisch" not in str(answer.data)
