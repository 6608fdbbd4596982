"""Claims that are no plain question to the coordinator: without a name, for the host too, lapsed, or long past."""

from datetime import timedelta

from flask import Flask

from marketplace.claims import actions as claims
from marketplace.claims.models import Attendance
from marketplace.claims.states import Side, Verdict
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post


def test_a_seat_without_a_name_reads_well(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = steps.claim_together(cast, None, maker="school contact")[0].code
    coordinator = client_of("coordinator")
    for address in ("/desk", "/desk/claims"):
        page = coordinator.get(address).text
        assert "Name to follow" in page and "signed up by Truus Bijker" in page
        assert "Nobody was named yet; that can be done until 2 February 2027" in page
        assert "None" not in page and "Known here" not in page
    page = coordinator.get(f"/desk/claims/{code}").text
    assert "A seat for somebody of Reestcollege" in page and "Follows, until 2 February 2027" in page


def test_what_the_host_decides_is_only_to_look_at(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        steps.set_policy(cast, "host")
        code = casting.claim(cast, now=NOW)
    coordinator = client_of("coordinator")
    queue = coordinator.get("/desk/claims").text
    assert "Claims (0)" in queue and "only to look at" in queue and "Marieke Otten" in queue
    assert not has_form(queue, "/approve") and "Marieke Otten" not in coordinator.get("/desk").text
    page = coordinator.get(f"/desk/claims/{code}").text
    assert "The host decides about this claim." in page and not has_form(page, "/approve")
    token = form_of(page, "/sign-out")
    answer = coordinator.post(f"/desk/claims/{code}/approve", data={**token, "version": "1"})
    assert answer.status_code == 409 and "The host decides about this claim." in answer.text


def test_where_both_decide_each_sees_what_the_other_said(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        steps.set_policy(cast, "both")
        first = casting.claim(cast, now=NOW)
        second = casting.claim(cast, "colleague", now=NOW)
        for code, side, who in ((first, Side.HOST, "host"), (second, Side.COORDINATOR, "coordinator")):
            claims.decide(
                claim=steps.claim_with(code),
                verdict=Verdict.APPROVE,
                note="",
                by=cast.codes[who],
                now=NOW,
                delay=timedelta(0),
                side=side,
            )
        session.commit()
    coordinator = client_of("coordinator")
    page = coordinator.get(f"/desk/claims/{first}").text
    assert "Reestdal Metaalwerken approved this." in page and "It waits for you." in page
    assert has_form(page, "/approve")
    page = coordinator.get(f"/desk/claims/{second}").text
    assert "Wim Haverkort approved this." in page and "It waits for Reestdal Metaalwerken." in page
    assert has_form(page, "/take-back") and not has_form(page, "/send-now")
    assert "Claims (1)" in coordinator.get("/desk/claims").text


def test_lapsed_claims_are_approved_after_all(app: Flask, client_of: Visit, cast: Cast, clock) -> None:
    with app.app_context():
        code = casting.claim(cast, now=NOW)
        steps.decide(steps.claim_seat(cast, "colleague"), cast, now=NOW)
    clock.shift(timedelta(days=16))
    with app.app_context():
        assert claims.lapse_due(now=now()) == 1
    coordinator = client_of("coordinator")
    assert "<b>1</b>lapsed undecided, still possible" in coordinator.get("/desk").text
    page = coordinator.get("/desk/claims").text
    assert "Nobody decided in time, so it lapsed on" in page and "Claims (0)" in page
    assert not has_form(page, "/reject") and not has_form(page, "/desk/claims/decide")
    assert post(coordinator, "/desk/claims", "/approve").status_code == 303
    with app.app_context():
        assert steps.claim_with(code).state == "approved" and casting.slot_of(cast).seats_taken == 2
    assert "Lapsed" not in coordinator.get("/desk/claims").text


def test_what_lapsed_and_has_no_seat_any_more_stays_lapsed(
    app: Flask, client_of: Visit, cast: Cast, clock
) -> None:
    with app.app_context():
        code = casting.claim(cast, now=NOW)
    clock.shift(timedelta(days=16))
    coordinator = client_of("coordinator")
    with app.app_context():
        claims.lapse_due(now=now())
    form = form_of(coordinator.get(f"/desk/claims/{code}").text, "/approve")
    with app.app_context():
        steps.change_slot(cast, capacity=1)
        steps.approved(cast, "colleague", now=now())
    assert "Marieke Otten" not in coordinator.get("/desk/claims").text
    answer = coordinator.post(f"/desk/claims/{code}/approve", data=form)
    assert answer.status_code == 409 and "No seat is free any more." in answer.text
    assert not has_form(answer.text, "/approve")


def test_who_signed_up_anew_is_not_revived(app: Flask, client_of: Visit, cast: Cast, clock) -> None:
    with app.app_context():
        code = casting.claim(cast, now=NOW)
    clock.shift(timedelta(days=16))
    with app.app_context():
        claims.lapse_due(now=now())
        casting.claim(cast, now=now())
    coordinator = client_of("coordinator")
    assert "Nobody decided in time" not in coordinator.get("/desk/claims").text
    answer = post(coordinator, f"/desk/claims/{code}", "/approve")
    assert answer.status_code == 409 and "Marieke Otten has signed up for this moment anew." in answer.text


def test_who_did_not_come_is_known_to_coordinators_only(
    app: Flask, client_of: Visit, cast: Cast, clock
) -> None:
    with app.app_context():
        claim = steps.approved(cast)
        code, part = claim.code, claim.slot.sessions[0].id
        note = Attendance(claim_id=claim.id, session_id=part, has_come=False, noted_by="x", noted_at=NOW)
        session.add(note)
        session.commit()
    clock.shift(timedelta(days=30))
    coordinator = client_of("coordinator")
    assert "Did not come on Tuesday 9 February 2027" in coordinator.get(f"/desk/claims/{code}").text
    people = coordinator.get("/desk/people").text
    assert people.index("Did not come") < people.index(f"/desk/claims/{code}")
    assert "Did not come" not in client_of("outside coordinator").get("/desk/people").text
    assert "Did not come" not in client_of("teacher").get(f"/claims/{code}").text
    assert "Did not come" not in client_of("school contact").get("/school").text


def test_who_approved_and_has_gone_is_not_taken_for_nobody(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        claim = steps.approved(cast)
        claim.state_by, code = "GONE", claim.code
        session.commit()
    for who, address in (("coordinator", f"/desk/claims/{code}"), ("host", f"/host/claims/{code}")):
        page = client_of(who).get(address).text
        assert "omebody who has gone approved this on" in page and "Approved at once" not in page
