"""Signing up with colleagues, or as the school's contact for the team: the form, and what stands written afterwards."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from marketplace.claims.models import Claim
from marketplace.kernel.database import session, transaction
from marketplace.offers.models import Offer, Slot
from marketplace.people.actions import Scope
from marketplace.people.models import Person
from marketplace.people.states import Role
from tests import steps
from tests.cast import Cast, person
from tests.conftest import Visit
from tests.market.rows import add_offer
from tests.pages import form_of
from tests.rows import everything
from tests.teacher.parties import OWN, PLANS, fill, leave, row, send_together, states, token

NEW = "nieuw@school.example"


@pytest.fixture
def slot(app: Flask, cast: Cast) -> str:
    """A moment with eight seats."""
    with app.app_context():
        return steps.add_slot(cast, day=date(2027, 2, 16), capacity=8)


def people_at(app: Flask, email: str) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).where(Person.email == email)) or 0


def test_a_teacher_signs_up_with_a_colleague_and_somebody_to_be_named(
    app: Flask, client_of: Visit, cast: Cast, slot: str
) -> None:
    client = client_of("teacher")
    fields = {"is_coming": "y", "unnamed": "1", **OWN, **row(0, "Jeroen", cast.emails["colleague"])}
    answer = send_together(client, slot, **fields)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for words in (
        "3 people are signed up.",
        "Marieke Otten",
        "Jeroen Slomp",
        "Name to follow",
        "In progress",
    ):
        assert words in page
    with app.app_context():
        claims = session.scalars(select(Claim).order_by(Claim.id)).all()
        assert answer.location == f"/parties/{claims[0].party}"
        assert [each.person and each.person.name for each in claims] == [
            "Marieke Otten",
            "Jeroen Slomp",
            None,
        ]
        assert [each.sizes for each in claims] == [{"M009": "9"}, {}, {}]
        assert [each.brief_version is None for each in claims] == [False, True, True]
        assert {each.learning_question for each in claims} == {PLANS["learning_question"]}
        assert steps.slot_with(slot).seats_taken == 3
        (named,) = steps.letters(to=cast.emails["colleague"])
        assert named.name == "seat_named"


def test_a_contact_signs_up_the_team_without_coming(
    app: Flask, client_of: Visit, cast: Cast, slot: str
) -> None:
    contact = client_of("school contact")
    form = form_of(contact.get(f"/slots/{slot}/claim-together").text, "/claim-together")
    assert not {"is_coming", "size_M009", "has_read_safety"} & set(form)
    answer = send_together(contact, slot, unnamed="2", **row(0, "Nieuwe Collega", NEW))
    page = contact.get(answer.location).text
    assert "Nieuwe Collega" in page and page.count("Name this colleague") == 2
    with app.app_context():
        new = session.scalars(select(Person).where(Person.email == NEW)).one()
        assert (new.is_known, new.school and new.school.name) == (False, "Reestcollege")
        assert session.scalars(select(Claim.made_by_id).distinct()).all() == [
            person(cast, "school contact").id
        ]


def test_sent_twice_they_are_signed_up_once(app: Flask, client_of: Visit, cast: Cast, slot: str) -> None:
    client = client_of("school contact")
    form = form_of(client.get(f"/slots/{slot}/claim-together").text, "/claim-together")
    sent = {**form, **PLANS, "unnamed": "2"}
    first = client.post(f"/slots/{slot}/claim-together", data=sent)
    with app.app_context():
        before = everything()
    again = client.post(f"/slots/{slot}/claim-together", data=sent)
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    with app.app_context():
        assert everything() == before
    anew = send_together(client, slot, unnamed="2")
    assert anew.location != first.location


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({}, 409, "Say for whom you sign up."),
        (row(0, "Jeroen", ""), 422, "Write the e-mail address of your colleague."),
        (row(0, "", NEW), 422, "Write the name of your colleague."),
        (row(0, "Jeroen", "geen adres"), 422, "Enter an e-mail address, such as name@school.nl."),
        (row(0, "Gerda", "host@school.example"), 422, "We cannot connect this address to your school."),
        (row(0, "Olaf", "outsider@school.example"), 422, "We cannot connect this address to your school."),
        ({"unnamed": "99"}, 422, "Choose between 0 and 30 places."),
        ({"unnamed": "9"}, 409, "There are 8 seats in all. Sign up fewer people."),
        ({"is_coming": "y"}, 422, "Confirm that you have read the safety notes."),
        ({"unnamed": "1", "learning_question": " "}, 422, "Write what you want to learn."),
        (
            row(0, "Jeroen", "colleague@school.example") | row(1, "J.", "Colleague@School.example"),
            409,
            "Somebody stands twice on your list.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    app: Flask, client_of: Visit, slot: str, fields: dict[str, str], status: int, said: str
) -> None:
    new = row(4, "Nieuwe Collega", NEW) if "people-0-email" in fields else {}
    answer = send_together(client_of("teacher"), slot, **{**new, **fields})
    assert (answer.status_code, said in answer.text) == (status, True)
    assert all(value in answer.text for value in (*new.values(), *fields.values()) if value.strip())
    assert states(app) == []
    assert people_at(app, NEW) == 0


def test_all_of_them_or_nobody(app: Flask, client_of: Visit, cast: Cast, slot: str) -> None:
    with app.app_context():
        steps.claim_seat(cast, "newcomer", slot=slot)
    fields = row(0, "Jeroen", cast.emails["colleague"]) | row(1, "Sander", cast.emails["newcomer"])
    answer = send_together(client_of("teacher"), slot, **fields)
    assert answer.status_code == 409
    text = answer.text.replace("&#39;", "'")
    assert "Sander van 't Veld cannot come: already signed up here, or elsewhere at that time." in text
    assert states(app) == ["pending"]


def test_where_too_few_seats_are_left_they_can_wait_together(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        first = steps.claim_seat(cast, "outsider").code
    client = client_of("teacher")
    refused = send_together(client, cast.slot, unnamed="1", **row(0, "Jeroen", cast.emails["colleague"]))
    assert refused.status_code == 409
    assert (
        "Free seats: 1. You need 2. Sign up fewer people, or go on the waiting list together." in refused.text
    )
    assert "Go on the waiting list together" in refused.text
    form = form_of(refused.text, "/claim-together")
    form.pop("is_coming", None)
    answer = client.post(f"/slots/{cast.slot}/claim-together", data={**form, "may_wait": "1"})
    assert "You are at place 1 on the waiting list." in client.get(answer.location).text
    assert states(app) == ["pending", "waitlisted", "waitlisted"]
    leave(app, first)
    assert states(app) == ["withdrawn", "offered", "offered"]


def test_a_full_moment_is_one_to_wait_for(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    client = client_of("school contact")
    page = client.get(f"/slots/{cast.slot}/claim-together").text
    assert "This moment is full. You can go on the waiting list." in page
    assert "Sign up together" not in page
    answer = send_together(client, cast.slot, unnamed="2", may_wait="1")
    assert "You are on the waiting list together." in client.get(answer.location).text
    assert states(app)[2:] == ["waitlisted"] * 2


def test_within_a_week_everybody_is_named(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        soon = steps.add_slot(cast, day=date(2027, 1, 18))
        session.execute(update(Slot).where(Slot.code == soon).values(close_at=Slot.starts_at, open_at=None))
        session.commit()
    client = client_of("teacher")
    page = client.get(f"/slots/{soon}/claim-together").text
    assert 'name="unnamed"' not in page and "name everybody you sign up" in page
    assert send_together(client, soon, unnamed="1").status_code == 409
    assert states(app) == []


def test_the_limit_of_a_school_holds(app: Flask, client_of: Visit, cast: Cast, slot: str) -> None:
    with app.app_context():
        session.execute(update(Offer).values(school_limit=2))
        session.commit()
    client = client_of("teacher")
    assert client.get(f"/slots/{slot}/claim-together").text.count('type="email"') == 2
    assert "At most 2 people of a school can come." in send_together(client, slot, unnamed="3").text


def test_who_is_contact_of_several_schools_chooses_one(
    app: Flask, client_of: Visit, cast: Cast, slot: str
) -> None:
    with app.app_context():
        far = person(cast, "outsider").school
        assert far
        steps.add_role(cast, "school contact", Role.SCHOOL_CONTACT, Scope(far.id))
        code = far.code
    client = client_of("school contact")
    assert "For which school?" in client.get(f"/slots/{slot}/claim-together").text
    send_together(client, slot, school=code, **row(0, "Olaf", cast.emails["outsider"]))
    assert send_together(client, slot, school="NOSUCHCODE", unnamed="1").status_code == 422
    with app.app_context():
        made = session.scalars(select(Claim)).one()
        assert (made.person and made.person.name, made.school.code) == ("Olaf Buiten", code)


def test_who_comes_along_comes_for_their_own_school(
    app: Flask, client_of: Visit, cast: Cast, slot: str
) -> None:
    with app.app_context():
        far = person(cast, "outsider").school
        assert far
        steps.add_role(cast, "teacher", Role.SCHOOL_CONTACT, Scope(far.id))
        code = far.code
    answer = send_together(client_of("teacher"), slot, school=code, is_coming="y", **OWN)
    assert (answer.status_code, "You come for your own school." in answer.text) == (409, True)
    assert states(app) == []


def test_who_has_signed_up_already_can_only_sign_up_others(
    app: Flask, client_of: Visit, cast: Cast, slot: str
) -> None:
    with app.app_context():
        steps.claim_seat(cast, slot=slot)
    client = client_of("teacher")
    form = form_of(client.get(f"/slots/{slot}/claim-together").text, "/claim-together")
    assert "is_coming" not in form
    assert send_together(client, slot, unnamed="1").status_code == 303


def test_there_is_a_way_to_it_for_teachers_and_contacts(client_of: Visit, cast: Cast) -> None:
    to = f'href="/slots/{cast.slot}/claim-together"'
    assert to in client_of("teacher").get(f"/slots/{cast.slot}/claim").text
    assert to in client_of("school contact").get(f"/offers/{cast.offer}").text
    for who in ("nobody", "host", "teacher"):
        assert to not in client_of(who).get(f"/offers/{cast.offer}").text


@pytest.mark.parametrize("who", ["host", "coordinator", "administrator"])
def test_who_is_of_no_school_signs_nobody_up(client_of: Visit, cast: Cast, who: str) -> None:
    client = client_of(who)
    assert client.get(f"/slots/{cast.slot}/claim-together").status_code == 403
    sent = {"csrf_token": token(client)}
    assert client.post(f"/slots/{cast.slot}/claim-together", data=sent).status_code == 403


def test_a_moment_that_takes_nobody_has_no_form(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        steps.cancel_slot(cast)
    answer = client_of("teacher").get(f"/slots/{cast.slot}/claim-together")
    assert "This moment was cancelled." in answer.text
    assert "people-0-name" not in answer.text


def test_an_approval_without_coordinator_needs_people_whom_one_knows(
    app: Flask, client_of: Visit, cast: Cast, slot: str
) -> None:
    with app.app_context():
        steps.set_policy(cast, "automatic")
    fields = row(0, "Jeroen", cast.emails["colleague"]) | row(1, "Nieuwe Collega", NEW)
    send_together(client_of("school contact"), slot, unnamed="1", **fields)
    assert states(app) == ["approved", "pending", "pending"]


def test_nothing_is_asked_that_the_host_does_not_lend(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context(), transaction():
        code = add_offer(cast, day=date(2027, 2, 20)).slots[0].code
    form = form_of(client_of("teacher").get(f"/slots/{code}/claim-together").text, "/claim-together")
    assert not any(name.startswith("size_") for name in form)


def test_colleagues_beyond_the_third_are_folded_away_until_they_are_filled_in(
    client_of: Visit, cast: Cast, slot: str
) -> None:
    client = client_of("teacher")
    assert "<details><summary>More colleagues" in client.get(f"/slots/{slot}/claim-together").text
    answer = send_together(client, slot, **row(5, "Jeroen", "geen adres"))
    assert "<details open><summary>More colleagues" in answer.text
