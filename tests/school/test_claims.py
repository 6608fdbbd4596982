"""A school's own contact sees what colleagues are going to do and confirms that their lessons are covered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.claims import actions
from marketplace.claims.models import Claim
from marketplace.kernel.database import session
from marketplace.people.actions import Scope, give_role
from marketplace.people.states import Role
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.teacher.parties import fill, leave, make_party, send_together


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """The teacher's claim."""
    with app.app_context():
        return casting.claim(cast, now=NOW)


def cover_of(app: Flask, code: str) -> str:
    with app.app_context():
        return session.scalars(select(Claim.cover).where(Claim.code == code)).one()


def test_the_contact_sees_what_colleagues_are_going_to_do(client_of: Visit, code: str) -> None:
    page = client_of("school contact").get("/school").text
    for text in (
        "Marieke Otten",
        "Lassen en zetten",
        "Tuesday 9 February 2027",
        "School time",
        "In progress",
    ):
        assert text in page
    assert "Lesson cover arranged" in page and "approve" not in page
    assert "not go on" not in page


def test_what_does_not_go_on_is_folded_away(app: Flask, client_of: Visit, code: str) -> None:
    with app.app_context():
        steps.withdraw(steps.claim_with(code))
    before, _, folded = client_of("school contact").get("/school").text.partition("<details><summary>1 claim")
    assert "Marieke Otten" in folded and "Marieke Otten" not in before


def test_the_contact_confirms_that_lessons_are_covered(app: Flask, client_of: Visit, code: str) -> None:
    contact = client_of("school contact")
    answer = post(contact, "/school", f"/school/claims/{code}/cover")
    assert answer.status_code == 303 and answer.location == "/school"
    assert cover_of(app, code) == "confirmed"
    page = contact.get("/school").text
    assert "Lesson cover for Marieke Otten is confirmed." in page
    assert "Lesson cover confirmed by the school" in page and not has_form(page, "/cover")
    assert "Lesson cover confirmed by the school" in client_of("coordinator").get("/desk/claims").text


def test_there_is_nothing_to_confirm_in_own_time(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        form = replace(casting.FORM, time_basis="own", cover="not_needed")
        made = actions.claim_seat(
            slot=casting.slot_of(cast), person=casting.person(cast, "teacher"), form=form, now=NOW
        )
        session.commit()
        code = made.code
    contact = client_of("school contact")
    page = contact.get("/school").text
    assert "Own time" in page and not has_form(page, "/cover")
    token = form_of(contact.get("/school").text, "/sign-out")
    assert contact.post(f"/school/claims/{code}/cover", data=token).status_code == 409
    assert cover_of(app, code) == "not_needed"


def test_what_is_over_stands_in_a_table_for_three_months(client_of: Visit, clock, code: str) -> None:
    clock.shift(timedelta(days=30))
    page = client_of("school contact").get("/school").text
    assert "Past" in page and "Marieke Otten" in page and not has_form(page, "/cover")
    clock.shift(timedelta(days=95))
    assert "Marieke Otten" not in client_of("school contact").get("/school").text


def test_a_contact_of_another_school_finds_nothing(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    with app.app_context():
        outsider = casting.person(cast, "outsider")
        assert outsider.school
        scope = Scope(outsider.school.id)
        give_role(person=outsider, role=Role.SCHOOL_CONTACT, scope=scope, by="system", now=NOW)
        session.commit()
    stranger = client_of("outsider")
    page = stranger.get("/school").text
    assert "Marieke Otten" not in page and "No claims yet" in page
    token = form_of(page, "/sign-out")
    assert stranger.post(f"/school/claims/{code}/cover", data=token).status_code == 404
    assert cover_of(app, code) == "arranged"


def test_who_only_teaches_at_a_school_does_not_speak_for_it(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    with app.app_context():
        far_school = casting.person(cast, "outsider").school
        assert far_school
        colleague = casting.person(cast, "colleague")
        scope = Scope(far_school.id)
        give_role(person=colleague, role=Role.SCHOOL_CONTACT, scope=scope, by="system", now=NOW)
        session.commit()
    colleague_there = client_of("colleague")
    page = colleague_there.get("/school").text
    assert "Marieke Otten" not in page
    token = form_of(page, "/sign-out")
    assert colleague_there.post(f"/school/claims/{code}/cover", data=token).status_code == 404


@pytest.mark.parametrize("who", ["teacher", "host", "coordinator", "outsider"])
def test_the_page_is_for_school_contacts(client_of: Visit, code: str, who: str) -> None:
    assert client_of(who).get("/school").status_code == 403


def test_the_new_states_have_their_names(app: Flask, client_of: Visit, cast: Cast) -> None:
    first, _ = fill(app, cast)
    make_party(app, cast, ["teacher"])
    contact = client_of("school contact")
    assert "On the waiting list" in contact.get("/school").text
    leave(app, first)
    assert "Seat offered" in contact.get("/school").text


def test_the_contact_finds_the_team_and_who_is_still_to_be_named(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    party, second = make_party(app, cast, ["teacher", None])
    contact = client_of("school contact")
    page = contact.get("/school").text
    assert "Whom you signed up" in page and "1 place has no name yet." in page
    assert f'href="/parties/{party}"' in page and "Name to follow" in page
    assert has_form(page, f"/school/claims/{party}/cover")
    assert not has_form(page, f"/school/claims/{second}/cover")
    token = form_of(page, "/sign-out")
    assert contact.post(f"/school/claims/{second}/cover", data=token).status_code == 409
    assert cover_of(app, second) == "arranged"


def test_what_somebody_else_signed_up_is_not_for_the_contact_to_answer(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    party, _ = make_party(app, cast, ["teacher", None], maker="teacher")
    contact = client_of("school contact")
    page = contact.get("/school").text
    assert "Name to follow" in page and f"/parties/{party}" not in page
    assert contact.get(f"/parties/{party}").status_code == 404


def test_the_contact_signs_up_the_team_from_the_offer(app: Flask, client_of: Visit, cast: Cast) -> None:
    contact = client_of("school contact")
    assert "sign up your team" in contact.get("/school").text
    assert (
        f'href="/slots/{cast.slot}/claim-together">Sign up your team'
        in contact.get(f"/offers/{cast.offer}").text
    )
    answer = send_together(contact, cast.slot, unnamed="2")
    assert answer.status_code == 303 and contact.get(answer.location).status_code == 200
    assert "2 places have no name yet." in contact.get("/school").text
