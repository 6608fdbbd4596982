"""Mailed links name a claim and its version: looking changes nothing, and what is out of date is not decided."""

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.claims import actions as claims
from marketplace.kernel import addresses
from marketplace.kernel.database import session
from marketplace.people.actions import Scope, give_role
from marketplace.people.states import Role
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything

CHANGED = "This claim has changed meanwhile. This is how it stands now."
IN_PLACE = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """The teacher's claim."""
    with app.app_context():
        return casting.claim(cast, now=NOW)


def link_to(app: Flask, code: str, version: int = 1) -> str:
    """The link as letters have it, without the site."""
    with app.app_context():
        return addresses.decide(code, version).removeprefix("http://localhost")


def test_the_letter_of_a_moment_that_is_near_leads_to_the_decision(
    app: Flask, client_of: Visit, cast: Cast, clock
) -> None:
    clock.shift(timedelta(days=25))
    with app.app_context():
        code = casting.claim(cast, now=NOW + timedelta(days=25))
        (first, second) = steps.letters("claim_to_decide")
    assert {first.receiver_address, second.receiver_address} == {
        cast.emails["coordinator"],
        cast.emails["second coordinator"],
    }
    assert f"http://localhost{link_to(app, code)}" in first.text
    page = client_of("coordinator").get(link_to(app, code))
    assert has_form(page.text, "/approve") and CHANGED not in page.text


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_looking_changes_nothing(app: Flask, client_of: Visit, code: str, headers: dict[str, str]) -> None:
    with app.app_context():
        before = everything()
    coordinator = client_of("coordinator")
    for address in (link_to(app, code), f"/desk/claims/decided?verdict=approve&claims={code}"):
        answer = coordinator.get(address, headers=headers)
        assert answer.status_code == 200 and "hx-trigger" not in answer.text
        assert coordinator.head(address, headers=headers).status_code == 200
    for action in ("approve", "reject", "take-back", "send-now"):
        assert coordinator.get(f"/desk/claims/{code}/{action}").status_code == 405
    with app.app_context():
        assert everything() == before


def test_no_script_of_ours_sends_a_form(client_of: Visit) -> None:
    script = client_of("nobody").get("/static/js/app.js").text
    assert "submit(" not in script and "requestSubmit" not in script and ".click()" not in script


def test_a_link_from_before_a_change_says_so_and_shows_how_it_stands(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        code = steps.claim_together(cast, None, maker="school contact")[0].code
        claims.name_seat(
            claim=steps.claim_with(code),
            person=casting.person(cast, "colleague"),
            by=cast.codes["school contact"],
            now=NOW,
        )
        session.commit()
    coordinator = client_of("coordinator")
    page = coordinator.get(link_to(app, code)).text
    assert CHANGED in page and "Jeroen Slomp" in page and has_form(page, "/approve")
    assert CHANGED not in coordinator.get(link_to(app, code, 2)).text
    assert post(coordinator, link_to(app, code), "/approve").status_code == 303


def test_a_link_to_what_is_decided_shows_who_decided(app: Flask, client_of: Visit, code: str) -> None:
    post(client_of("second coordinator"), link_to(app, code), "/approve")
    page = client_of("coordinator").get(link_to(app, code)).text
    assert CHANGED in page and "Esra Demir approved this on" in page and not has_form(page, "/approve")


@pytest.mark.parametrize("headers", [{}, IN_PLACE])
@pytest.mark.parametrize("action", ["approve", "reject"])
def test_a_page_from_before_a_change_decides_nothing(
    app: Flask, client_of: Visit, cast: Cast, headers: dict[str, str], action: str
) -> None:
    with app.app_context():
        code = steps.claim_together(cast, None, maker="school contact")[0].code
    coordinator = client_of("coordinator")
    form = {**form_of(coordinator.get("/desk/claims").text, f"/{action}"), "reason": "Vol."}
    assert form["version"] == "1"
    with app.app_context():
        claims.name_seat(
            claim=steps.claim_with(code),
            person=casting.person(cast, "colleague"),
            by=cast.codes["school contact"],
            now=NOW,
        )
        session.commit()
        before = everything()
    answer = coordinator.post(f"/desk/claims/{code}/{action}", data=form, headers=headers)
    assert answer.status_code == 409
    assert "This claim has changed since you opened the page." in answer.text
    assert "Jeroen Slomp" in answer.text and has_form(answer.text, "/approve")
    with app.app_context():
        assert everything() == before


@pytest.mark.parametrize("version", ["", "0", "2", "-1", "een", "²", "9" * 40])
def test_a_version_that_the_claim_never_had_decides_nothing(
    app: Flask, client_of: Visit, code: str, version: str
) -> None:
    answer = post(client_of("coordinator"), f"/desk/claims/{code}", "/approve", version=version)
    assert answer.status_code == 409 and "This claim has changed since you opened the page." in answer.text
    with app.app_context():
        assert steps.claim_with(code).state == "pending" and not steps.claim_with(code).planned
    assert client_of("coordinator").get(f"/desk/claims/{code}?version={version}").status_code == 200


def test_a_missing_reason_on_a_page_from_before_a_change_says_both(
    app: Flask, client_of: Visit, code: str
) -> None:
    answer = post(client_of("coordinator"), f"/desk/claims/{code}", "/reject", version="7")
    assert answer.status_code == 422 and CHANGED in answer.text and "Write the reason." in answer.text


def test_who_is_not_signed_in_comes_back_to_the_link(app: Flask, client_of: Visit, code: str) -> None:
    answer = client_of("nobody").get(link_to(app, code))
    assert answer.status_code == 303 and answer.location == f"/sign-in?next=/desk/claims/{code}?version%3D1"


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 403), ("host", 403), ("outsider", 403), ("outside coordinator", 404)]
)
def test_the_link_is_for_the_coordinators_of_the_school(
    app: Flask, client_of: Visit, code: str, who: str, status: int
) -> None:
    assert client_of(who).get(link_to(app, code)).status_code == status


def test_who_signed_others_up_does_not_decide_about_them(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = steps.claim_together(cast, "colleague", maker="school contact")[0].code
        maker = casting.person(cast, "school contact")
        region = casting.person(cast, "teacher").school.region_id  # type: ignore[union-attr]
        give_role(person=maker, role=Role.COORDINATOR, scope=Scope(region_id=region), by="system", now=NOW)
        session.commit()
    maker_client = client_of("school contact")
    page = maker_client.get(link_to(app, code)).text
    assert "You cannot decide about your own claim." in page and not has_form(page, "/approve")
    fields = {**form_of(page, "/sign-out"), "version": "1"}
    assert maker_client.post(f"/desk/claims/{code}/approve", data=fields).status_code == 409
    with app.app_context():
        assert steps.claim_with(code).state == "pending"
