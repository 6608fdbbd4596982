"""One decision about several claims: explicit choices, one transaction each, and a page with what became of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.claims import actions as claims
from marketplace.claims.actions import decide_due
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything

QUEUE, BULK = "/desk/claims", "/desk/claims/decide"
WHO = ("teacher", "colleague", "newcomer")


@pytest.fixture
def codes(app: Flask, cast: Cast) -> list[str]:
    """Three claims that wait."""
    with app.app_context():
        steps.change_slot(cast, capacity=9)
        return [casting.claim(cast, who, now=NOW) for who in WHO]


@pytest.fixture
def delay(app: Flask) -> Iterator[timedelta]:
    """Decisions take effect after ten minutes."""
    before, minutes = app.config["SETTINGS"], timedelta(minutes=10)
    app.config["SETTINGS"] = replace(before, decision_delay=minutes)
    yield minutes
    app.config["SETTINGS"] = before


def states(app: Flask, codes: list[str]) -> list[str]:
    with app.app_context():
        return [steps.claim_with(code).state for code in codes]


def choose(
    client: FlaskClient, codes: list[str], verdict: str = "approve", *, version: int = 1, reason: str = ""
) -> TestResponse:
    """Ticks these claims in the queue and presses a button."""
    ticked = [f"{code}.{version}" for code in codes]
    return post(client, QUEUE, BULK, claim=ticked, verdict=verdict, reason=reason)


def parts(page: str) -> tuple[str, str]:
    """The page in two: what was not decided, and what was."""
    others, _, done = page.partition("how they stand now")
    return others, done


def test_the_chosen_ones_are_approved_and_the_others_not(
    app: Flask, client_of: Visit, codes: list[str]
) -> None:
    coordinator = client_of("coordinator")
    answer = choose(coordinator, codes[:2])
    assert answer.status_code == 303
    page = coordinator.get(answer.location).text
    assert "You approved 2 claims" in page and "Not decided like this" not in page
    for code in codes[:2]:
        assert f'href="/desk/claims/{code}"' in page
    assert "Marieke Otten" in page and "Sander van" not in page
    assert states(app, codes) == ["approved", "approved", "pending"]
    with app.app_context():
        assert len(steps.letters("claim_approved")) == 2


def test_nothing_is_chosen_beforehand(client_of: Visit, codes: list[str]) -> None:
    page = client_of("coordinator").get(QUEUE).text
    form = form_of(page, BULK)
    assert "claim" not in form and page.count('name="claim"') == 3 and page.count('form="bulk"') == 4
    assert page.count("data-warned") == 1  # the newcomer, whom nobody vouched for


def test_the_button_that_enter_presses_decides_nothing(client_of: Visit, codes: list[str]) -> None:
    page = client_of("coordinator").get(QUEUE).text
    form = page[page.index('<form id="bulk"') :]
    assert form[form.index("<button") :].startswith('<button type="submit" hidden></button>')


def test_one_reason_goes_to_all_who_are_rejected(
    app: Flask, client_of: Visit, cast: Cast, codes: list[str]
) -> None:
    coordinator = client_of("coordinator")
    answer = choose(coordinator, codes, "reject", reason="Er is die dag een toetsweek.")
    assert "You rejected 3 claims" in coordinator.get(answer.location).text
    assert states(app, codes) == ["rejected"] * 3
    with app.app_context():
        letters = steps.letters("claim_rejected")
        assert len(letters) == 3
        assert all("Er is die dag een toetsweek." in each.text for each in letters)
        assert casting.slot_of(cast).seats_taken == 0


def test_a_no_without_a_reason_keeps_the_choice(app: Flask, client_of: Visit, codes: list[str]) -> None:
    answer = choose(client_of("coordinator"), codes[:2], "reject", reason="  ")
    assert answer.status_code == 422
    assert "Write the reason. The participants read it in the mail." in answer.text
    assert answer.text.count('form="bulk" checked') == 2
    assert states(app, codes) == ["pending"] * 3


def test_a_choice_of_nothing_is_asked_for(app: Flask, client_of: Visit, codes: list[str]) -> None:
    for verdict in ("approve", "reject"):
        answer = choose(client_of("coordinator"), [], verdict, reason="Vol.")
        assert answer.status_code == 422 and "Choose at least one claim" in answer.text
    assert states(app, codes) == ["pending"] * 3


def test_more_than_two_hundred_are_too_many(app: Flask, client_of: Visit, codes: list[str]) -> None:
    many = [f"{number:0>10}".translate(str.maketrans("01", "ZY")) for number in range(201)]
    answer = choose(client_of("coordinator"), [*codes, *many])
    assert answer.status_code == 422 and "Choose at most 200 claims at a time." in answer.text
    assert states(app, codes) == ["pending"] * 3


@pytest.mark.parametrize("verdict", ["", "maybe"])
def test_a_verdict_that_is_none_decides_nothing(
    app: Flask, client_of: Visit, codes: list[str], verdict: str
) -> None:
    answer = choose(client_of("coordinator"), codes, verdict)
    assert answer.status_code == 422 and "Press one of the buttons below the list" in answer.text
    assert client_of("coordinator").get(f"/desk/claims/decided?verdict={verdict}").status_code == 404
    assert states(app, codes) == ["pending"] * 3


def test_one_that_cannot_be_decided_holds_up_no_other(
    app: Flask, client_of: Visit, cast: Cast, codes: list[str]
) -> None:
    coordinator = client_of("coordinator")
    form = form_of(coordinator.get(QUEUE).text, BULK)
    post(client_of("second coordinator"), f"{QUEUE}/{codes[0]}", "/reject", reason="Vol.")
    with app.app_context():
        steps.withdraw(steps.claim_with(codes[1]))
    ticked = [f"{code}.1" for code in codes]
    answer = coordinator.post(BULK, data={**form, "claim": ticked, "verdict": "approve"})
    others, done = parts(coordinator.get(answer.location).text)
    assert "Esra Demir rejected this on" in others and "The participant withdrew on" in others
    assert "Marieke Otten" in others and "Jeroen Slomp" in others and "Sander van" in done
    assert states(app, codes) == ["rejected", "withdrawn", "approved"]


def test_what_changed_since_the_page_is_not_decided(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = steps.claim_together(cast, None, maker="school contact")[0].code
    coordinator = client_of("coordinator")
    form = form_of(coordinator.get(QUEUE).text, BULK)
    with app.app_context():
        person, maker = casting.person(cast, "colleague"), cast.codes["school contact"]
        claims.name_seat(claim=steps.claim_with(code), person=person, by=maker, now=NOW)
        session.commit()
    answer = coordinator.post(BULK, data={**form, "claim": [f"{code}.1"], "verdict": "approve"})
    page = coordinator.get(answer.location).text
    assert "Nothing was decided" in page and "it changed after you opened the page" in page
    assert "Jeroen Slomp" in page and states(app, [code]) == ["pending"]


def test_loading_the_result_or_sending_again_decides_nothing_twice(
    app: Flask, client_of: Visit, codes: list[str]
) -> None:
    coordinator = client_of("coordinator")
    form = form_of(coordinator.get(QUEUE).text, BULK)
    fields = {**form, "claim": [f"{code}.1" for code in codes], "verdict": "approve"}
    location = coordinator.post(BULK, data=fields).location
    with app.app_context():
        before = everything()
    again = coordinator.post(BULK, data=fields)
    assert again.status_code == 303 and again.location == location
    for _ in range(2):
        assert "You approved 3 claims" in coordinator.get(location).text
    with app.app_context():
        assert everything() == before


def test_planned_decisions_of_several_can_be_taken_back_one_by_one(
    app: Flask, client_of: Visit, clock, codes: list[str], delay: timedelta
) -> None:
    coordinator = client_of("coordinator")
    location = choose(coordinator, codes).location
    page = coordinator.get(location).text
    assert "You approved 3 claims" in page and page.count("This goes out at 10:10.") == 3
    assert post(coordinator, location, f"{codes[0]}/take-back").status_code == 303
    others, done = parts(coordinator.get(location).text)
    assert "Marieke Otten" in others and "Jeroen Slomp" in done
    clock.shift(delay)
    with app.app_context():
        assert decide_due(now=now()) == 2
    assert states(app, codes) == ["pending", "approved", "approved"]


def test_nobody_decides_about_claims_of_elsewhere_among_their_own(
    app: Flask, client_of: Visit, cast: Cast, codes: list[str]
) -> None:
    with app.app_context():
        far = casting.claim(cast, "outsider", now=NOW)
    coordinator, stranger = client_of("coordinator"), client_of("outside coordinator")
    location = choose(coordinator, [codes[0], far, "ZZZZZZZZZZ"]).location
    others, done = parts(coordinator.get(location).text)
    assert "The coordinators of STO Elders decide." in others and "Marieke Otten" in done
    assert states(app, [codes[0], far]) == ["approved", "pending"]
    page = stranger.get(location).text
    assert "Olaf Buiten" in page and "Marieke Otten" not in page
    location = choose(stranger, codes[1:]).location
    assert "Jeroen Slomp" not in stranger.get(location).text
    assert states(app, codes) == ["approved", "pending", "pending"]


@pytest.mark.parametrize("who", ["teacher", "host", "school contact", "outsider"])
def test_others_decide_about_nothing(app: Flask, client_of: Visit, codes: list[str], who: str) -> None:
    client = client_of(who)
    fields = {**form_of(client.get("/profile").text, "/sign-out"), "verdict": "approve"}
    assert client.post(BULK, data={**fields, "claim": [f"{codes[0]}.1"]}).status_code == 403
    assert client.get("/desk/claims/decided?verdict=approve").status_code == 403
    assert states(app, codes) == ["pending"] * 3


@pytest.mark.parametrize("claim", ["x", ".", "\0.1", "7H2K.é", "A" * 500])
def test_nonsense_is_no_choice(app: Flask, client_of: Visit, codes: list[str], claim: str) -> None:
    answer = post(client_of("coordinator"), QUEUE, BULK, claim=[claim], verdict="approve")
    assert answer.status_code == 422
    address = f"/desk/claims/decided?verdict=approve&claims={codes[0]}.%00.{'A' * 50}"
    page = client_of("coordinator").get(address)
    assert page.status_code == 200 and "Nothing was decided" in page.text
    assert has_form(client_of("coordinator").get(QUEUE).text, BULK)
