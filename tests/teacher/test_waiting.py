"""The waiting list as participants see it: getting on it, how it stands, taking an offered place, leaving."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from marketplace.claims import actions
from marketplace.kernel.database import session, transaction
from marketplace.offers import actions as offers
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState
from tests import steps
from tests.cast import Cast, slot_of
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.statements import statements
from tests.teacher.parties import PLANS, fill, leave, make_party, states, token, wait
from tests.teacher.test_claiming import FILLED


def claim_page(cast: Cast) -> str:
    return f"/slots/{cast.slot}/claim"


def test_who_finds_it_full_goes_on_the_waiting_list(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    client = client_of("teacher")
    page = client.get(claim_page(cast)).text
    assert "This moment is full. You can go on the waiting list." in page
    assert "Nobody waits before you." in page
    assert '<button type="submit" name="may_wait" value="1">' in page
    answer = post(client, claim_page(cast), "/claim", **PLANS, may_wait="1")
    assert answer.status_code == 303
    text = client.get(answer.location).text
    assert "You are on the waiting list. You get a mail as soon as there is a place for you." in text
    assert "You are at place 1 on the waiting list." in text
    assert states(app) == ["pending", "pending", "waitlisted"]
    with app.app_context():
        assert slot_of(cast).seats_taken == 2
        (letter,) = steps.letters(to=cast.emails["teacher"])
        assert letter.name == "claim_waitlisted"


def test_the_waiting_list_asks_nothing_that_only_who_comes_must_say(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    fill(app, cast)
    form = form_of(client_of("teacher").get(claim_page(cast)).text, "/claim")
    assert not {"size_M009", "has_read_safety", "diet"} & set(form)
    code = wait(app, cast, "teacher")
    with app.app_context():
        made = steps.claim_with(code)
        assert (made.sizes, made.diet, made.brief_version) == ({}, "", None)


def test_the_form_says_how_many_wait(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    wait(app, cast, "outsider")
    page = client_of("teacher").get(claim_page(cast)).text
    assert "1 person waits before you." in page
    assert "1 on the waiting list" in page


def test_what_was_filled_in_goes_on_the_waiting_list_when_the_last_seat_went(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    client = client_of("teacher")
    form = form_of(client.get(claim_page(cast)).text, "/claim")
    fill(app, cast)
    refused = client.post(claim_page(cast), data={**form, **FILLED})
    assert refused.status_code == 409
    assert "The last seat has just been taken. You can still go on the waiting list." in refused.text
    assert FILLED["learning_question"] in refused.text
    sent = form_of(refused.text, "/claim")
    assert client.post(claim_page(cast), data={**sent, "may_wait": "1"}).status_code == 303
    assert states(app)[-1] == "waitlisted"


def test_who_would_wait_gets_a_seat_that_came_free_meanwhile(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    first, _ = fill(app, cast)
    client = client_of("teacher")
    form = form_of(client.get(claim_page(cast)).text, "/claim")
    leave(app, first)
    answer = client.post(claim_page(cast), data={**form, **PLANS, "may_wait": "1"})
    assert states(app)[-1] == "pending"
    assert "Confirm the safety notes" in client.get(answer.location).text


def test_too_late_to_wait_there_is_no_waiting_list(
    app: Flask, client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    fill(app, cast)
    with app.app_context():
        session.execute(update(Slot).values(close_at=Slot.starts_at))
        session.commit()
    clock.move_to("2027-02-05 19:00:01+00:00")  # 84 hours before the start, and a second
    client = client_of("teacher")
    assert "The last seat has just been taken. Choose another moment." in client.get(claim_page(cast)).text
    offer = client.get(f"/offers/{cast.offer}").text
    assert "Full" in offer and "waiting list" not in offer


def test_the_offer_and_its_card_say_that_one_can_wait(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    wait(app, cast, "outsider")
    page = client_of("teacher").get(f"/offers/{cast.offer}").text
    assert "Full, waiting list open" in page and "1 on the waiting list" in page
    assert f'href="{claim_page(cast)}"' in page
    assert "Full, waiting list open" in client_of("nobody").get("/").text
    mine = client_of("outsider").get(f"/offers/{cast.offer}").text
    assert f'href="{claim_page(cast)}"' not in mine
    assert "On the waiting list" in mine and "See your claim" in mine


def test_the_place_on_the_list_counts_everybody_before(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    wait(app, cast, "outsider")
    code = wait(app, cast, "teacher")
    text = client_of("teacher").get(f"/claims/{code}").text
    for words in (
        "On the waiting list",
        "You are at place 2 on the waiting list.",
        "All places are taken now.",
        "The list closes on Friday 5 February 2027, 20:00.",
        "Leave the waiting list",
    ):
        assert words in text
    assert f"/claims/{code}.ics" not in text


def close(app: Flask, cast: Cast) -> str:
    with app.app_context(), transaction():
        offers.close_slot(slot=slot_of(cast), to=SlotState.CLOSED, reason="", by="system", now=NOW)
    return "The host has closed sign-up."


def more_seats(app: Flask, cast: Cast) -> str:
    with app.app_context(), transaction():  # and the worker has not looked yet
        session.execute(update(Slot).where(Slot.code == cast.slot).values(capacity=3))
    return "A place has just come free."


@pytest.mark.parametrize("happens", [close, more_seats])
def test_the_page_says_why_the_list_does_not_move(
    app: Flask, client_of: Visit, cast: Cast, happens: Callable[[Flask, Cast], str]
) -> None:
    fill(app, cast)
    code = wait(app, cast, "teacher")
    said = happens(app, cast)
    assert said in client_of("teacher").get(f"/claims/{code}").text


def test_who_needs_two_places_stays_on_the_list_while_one_is_free(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    first, _ = fill(app, cast)
    code, _ = make_party(app, cast, ["teacher", None], maker="teacher")
    leave(app, first)
    said = "Free places: 1, but you need 2 together. You keep your place on the list."
    assert said in client_of("teacher").get(f"/claims/{code}").text


def offered(app: Flask, cast: Cast) -> str:
    """The teacher waited, and was offered a place. Returns the claim's code."""
    first, _ = fill(app, cast)
    code = wait(app, cast, "teacher")
    leave(app, first)
    return code


def test_an_offered_place_is_taken_with_a_button(app: Flask, client_of: Visit, cast: Cast) -> None:
    code = offered(app, cast)
    client = client_of("teacher")
    text = client.get(f"/claims/{code}").text
    assert "There is a place for you until Wednesday 13 January 2027, 10:00." in text
    assert "No, thank you" in text
    assert f"/claims/{code}.ics" not in text
    answer = post(client, f"/claims/{code}", "/accept")
    assert answer.status_code == 303
    text = client.get(answer.location, follow_redirects=True).text
    assert "You took the place." in text and "In progress" in text
    assert states(app) == ["withdrawn", "pending", "pending"]


def test_the_link_of_the_letter_leads_to_the_button(app: Flask, client_of: Visit, cast: Cast) -> None:
    code = offered(app, cast)
    client = client_of("teacher")
    answer = client.get(f"/parties/{code}")
    assert (answer.status_code, answer.location) == (303, f"/claims/{code}")
    assert has_form(client.get(answer.location).text, "/accept")
    assert states(app)[-1] == "offered"  # looking took nothing


def test_taking_it_twice_takes_it_once(app: Flask, client_of: Visit, cast: Cast) -> None:
    code = offered(app, cast)
    client = client_of("teacher")
    form = form_of(client.get(f"/claims/{code}").text, "/accept")
    assert client.post(f"/parties/{code}/accept", data=form).status_code == 303
    with app.app_context():
        before = everything()
    again = client.post(f"/parties/{code}/accept", data=form, follow_redirects=True)
    assert "This seat is no longer offered to you." in again.text
    with app.app_context():
        assert everything() == before


def test_after_the_deadline_it_cannot_be_taken(
    app: Flask, client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    code = offered(app, cast)
    client = client_of("teacher")
    form = form_of(client.get(f"/claims/{code}").text, "/accept")
    clock.shift(timedelta(hours=48))
    late = client.post(f"/parties/{code}/accept", data=form, follow_redirects=True)
    assert "The time to accept this seat is over." in late.text
    assert states(app)[-1] == "offered"
    with app.app_context():
        actions.lapse_due(now=NOW + timedelta(hours=48))
    gone = client.post(f"/parties/{code}/accept", data=form, follow_redirects=True)
    assert "This seat is no longer offered to you." in gone.text
    assert "The place that was offered was not accepted in time." in gone.text
    assert "Look for another moment" in gone.text


def test_who_says_no_thank_you_leaves_it_to_the_next(app: Flask, client_of: Visit, cast: Cast) -> None:
    code = offered(app, cast)
    wait(app, cast, "outsider")
    client = client_of("teacher")
    page = client.get(f"/claims/{code}/withdraw").text
    assert "The place goes to the next on the waiting list." in page
    post(client, f"/claims/{code}/withdraw", "/withdraw")
    assert "You did not take the place." in client.get("/claims").text
    assert states(app)[2:] == ["withdrawn", "offered"]


def test_leaving_the_list_has_words_of_its_own(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    code = wait(app, cast, "teacher")
    client = client_of("teacher")
    page = client.get(f"/claims/{code}/withdraw").text
    assert "You lose your place in line." in page and "calendar is cleared" not in page
    answer = post(client, f"/claims/{code}/withdraw", "/withdraw")
    assert "You are off the waiting list." in client.get(answer.location).text
    assert states(app)[-1] == "withdrawn"


def test_what_lapsed_cannot_be_withdrawn_and_says_why(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    code = wait(app, cast, "teacher")
    client = client_of("teacher")
    form = form_of(client.get(f"/claims/{code}/withdraw").text, "/withdraw")
    with app.app_context():
        actions.lapse_due(now=NOW + timedelta(days=26))
        before = everything()
    answer = client.post(f"/claims/{code}/withdraw", data=form)
    assert (answer.status_code, "This claim has ended already." in answer.text) == (409, True)
    assert "No place came free in time." in client.get(f"/claims/{code}").text
    with app.app_context():
        assert everything() == before


def test_what_nobody_decided_in_time_says_so(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = steps.claim_seat(cast).code
        actions.lapse_due(now=NOW + timedelta(days=20))
    text = client_of("teacher").get(f"/claims/{code}").text
    assert "Lapsed" in text
    assert "Nobody decided about your claim in time." in text
    assert "Look for another moment" in text


@pytest.mark.parametrize("who", ["colleague", "outsider", "school contact"])
def test_nobody_takes_what_is_offered_to_another(app: Flask, client_of: Visit, cast: Cast, who: str) -> None:
    code = offered(app, cast)
    client = client_of(who)
    assert client.get(f"/parties/{code}").status_code == 404
    for verb in ("accept", "refuse", f"{code}/name"):
        answer = client.post(f"/parties/{code}/{verb}", data={"csrf_token": token(client)})
        assert answer.status_code == 404
    assert states(app)[-1] == "offered"


def test_what_only_waits_is_no_calendar_file(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    code = wait(app, cast, "teacher")
    assert client_of("teacher").get(f"/claims/{code}.ics").status_code == 404


def test_the_list_takes_as_many_statements_for_three_waiting_lists_as_for_one(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    fill(app, cast)
    wait(app, cast, "teacher")
    client = client_of("teacher")
    with statements(app) as for_one:
        client.get("/claims")
    with app.app_context():
        for day in (10, 11):
            slot = steps.add_slot(cast, day=slot_of(cast).starts_at.date().replace(day=day), capacity=1)
            steps.claim_seat(cast, "colleague", slot=slot)
            steps.claim_seat(cast, "teacher", slot=slot, may_wait=True)
    with statements(app) as for_three:
        text = client.get("/claims").text
    assert text.count("on the waiting list.</b>") == 3
    assert len(for_one) == len(for_three)
