"""Seats that are given up because the calendar said no, and undoing that."""

from datetime import timedelta

import pytest

from marketplace import audit
from marketplace.calendars.facts import Answer
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import transaction
from marketplace.kernel.journal import history
from marketplace.replies.actions import stay, withdraw_due
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import has_form, post
from tests.replies.answering import answers, planned, standing

in_context = pytest.mark.usefixtures("app_context")
TOMORROW = NOW + timedelta(hours=24)


@in_context
def test_after_a_day_the_seat_is_free_and_goes_to_who_waits(cast: Cast) -> None:
    claim, other = steps.approved(cast), steps.approved(cast, "colleague")
    waiting = steps.wait(cast, "newcomer")
    steps.send_everything()
    answers(claim, "DECLINED")
    assert withdraw_due(now=TOMORROW - timedelta(seconds=1)) == 0
    assert claim.state == ClaimState.APPROVED
    assert withdraw_due(now=TOMORROW) == 1
    assert (claim.state, other.state, waiting.state) == (
        ClaimState.WITHDRAWN,
        ClaimState.APPROVED,
        ClaimState.OFFERED,
    )
    assert claim.state_by == cast.codes["teacher"]
    assert steps.the_letter("claim_withdrawn").calendar_method == "CANCEL"
    assert steps.letters("participant_left", to=cast.emails["host"])
    assert planned(claim) is None
    assert withdraw_due(now=TOMORROW) == 0
    assert audit.breaches(now=TOMORROW) == []


@in_context
def test_who_comes_after_all_keeps_the_seat(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED")
    with transaction():
        stay(claim=claim, now=NOW + timedelta(hours=1))
    assert (planned(claim), standing(claim).answer) == (None, Answer.ACCEPTED)
    assert withdraw_due(now=TOMORROW) == 0
    assert claim.state == ClaimState.APPROVED
    assert history("claim", claim.code)[-1].event == "withdrawal_undone"


@in_context
def test_a_no_from_before_that_arrives_late_does_not_bring_it_back(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED", minutes=1)
    with transaction():
        stay(claim=claim, now=NOW)
    answers(claim, "DECLINED", minutes=2)
    assert planned(claim) is None
    answers(claim, "DECLINED", minutes=60, now=NOW + timedelta(hours=2))
    assert planned(claim) == NOW + timedelta(hours=26)


@in_context
def test_nothing_is_undone_that_was_not_planned_or_was_done(cast: Cast) -> None:
    claim = steps.approved(cast)
    assert "nothing to undo" in steps.refusal(lambda: stay(claim=claim, now=NOW))
    answers(claim, "DECLINED")
    withdraw_due(now=TOMORROW)
    assert "nothing to undo" in steps.refusal(lambda: stay(claim=claim, now=TOMORROW))


@in_context
def test_what_ended_meanwhile_is_left_as_it_is(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED")
    steps.cancel_slot(cast)
    before = len(steps.letters())
    withdraw_due(now=TOMORROW)
    assert (claim.state, planned(claim), len(steps.letters())) == (ClaimState.CANCELLED, None, before)


# --- The pages ----------------------------------------------------------------------------------------------------


def a_claim_that_was_declined(cast: Cast, client_of: Visit) -> str:
    with client_of("nobody").application.app_context():
        claim = steps.approved(cast)
        answers(claim, "DECLINED")
        return claim.code


def test_the_page_says_what_will_happen_and_has_a_button_against_it(cast: Cast, client_of: Visit) -> None:
    code = a_claim_that_was_declined(cast, client_of)
    teacher = client_of("teacher")
    page = teacher.get(f"/claims/{code}")
    assert "We withdraw you on Tuesday 12 January 2027, 10:00." in page.text
    answer = post(teacher, f"/claims/{code}", f"/claims/{code}/stay")
    assert (answer.status_code, answer.location) == (303, f"/claims/{code}")
    page = teacher.get(f"/claims/{code}")
    assert "Good that you are coming" in page.text
    assert "We withdraw you" not in page.text
    assert not has_form(page.text, "/stay")


def test_pressing_it_too_late_is_said(cast: Cast, client_of: Visit) -> None:
    code = a_claim_that_was_declined(cast, client_of)
    teacher = client_of("teacher")
    assert has_form(teacher.get(f"/claims/{code}").text, "/stay")
    with teacher.application.app_context():
        withdraw_due(now=TOMORROW)
    answer = teacher.post(f"/claims/{code}/stay", data={"csrf_token": _token(teacher)})
    assert answer.status_code == 409
    assert "nothing to undo" in answer.text


def _token(client) -> str:
    page = client.get("/profile").text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("who", ["colleague", "outsider", "host", "coordinator"])
def test_nobody_else_stays_for_somebody(cast: Cast, client_of: Visit, who: str) -> None:
    code = a_claim_that_was_declined(cast, client_of)
    client = client_of(who)
    answer = client.post(f"/claims/{code}/stay", data={"csrf_token": _token(client)})
    assert answer.status_code in (403, 404)
    with client.application.app_context():
        assert planned(steps.claim_with(code)) is not None


def test_looking_changes_nothing(cast: Cast, client_of: Visit) -> None:
    code = a_claim_that_was_declined(cast, client_of)
    assert client_of("teacher").get(f"/claims/{code}/stay").status_code == 405


def test_the_host_sees_who_said_what(cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    with host.application.app_context():
        answers(steps.approved(cast), "ACCEPTED", comment="Tot dan!")
        other = steps.approved(cast, "colleague").code
        answers(steps.claim_with(other), "TENTATIVE")
    page = host.get(f"/host/slots/{cast.slot}").text
    assert "Is in the calendar" in page
    assert "Not sure yet, says the calendar" in page
    assert "“Tot dan!”" in page
    with host.application.app_context():
        answers(steps.claim_with(other), "DECLINED", minutes=2)
    page = host.get(f"/host/slots/{cast.slot}").text
    assert "Declined in the calendar. Is withdrawn on Tuesday 12 January 2027, 10:00" in page
