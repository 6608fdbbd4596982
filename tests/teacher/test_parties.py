"""What somebody signed up with others: who comes on which seat, answering for everybody, giving places up."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.claims import actions
from marketplace.claims.models import Claim
from marketplace.kernel.database import session, transaction
from marketplace.people.models import Person
from tests import steps
from tests.cast import FORM, Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.statements import statements
from tests.teacher.parties import fill, leave, make_party, states, token

NEW = "nieuw@school.example"


def name(client: FlaskClient, party: str, seat: str, who: str, email: str) -> int:
    """Names somebody on the party's page. Returns the status of the answer."""
    said: dict[str, Any] = {f"{seat}-name": who, f"{seat}-email": email}
    return post(client, f"/parties/{party}", f"/{seat}/name", **said).status_code


def test_the_maker_sees_names_and_states_and_nothing_of_what_others_said(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    party, _ = make_party(app, cast, ["teacher", "colleague"])
    with app.app_context(), transaction():
        made = steps.claim_with(party)
        actions.confirm_safety(claim=made, form=FORM, by=cast.codes["teacher"], now=NOW)
        made.diet = "vegetarisch"
    text = client_of("school contact").get(f"/parties/{party}").text
    assert "Marieke Otten" in text and "Jeroen Slomp" in text and "In progress" in text
    for word in ("vegetarisch", "gloves", "teacher@school.example", f"/claims/{party}"):
        assert word not in text


def test_who_was_named_sees_only_their_own_claim(app: Flask, client_of: Visit, cast: Cast) -> None:
    party, second = make_party(app, cast, ["teacher", "colleague"])
    client = client_of("colleague")
    text = client.get(f"/claims/{second}").text
    assert "Truus Bijker signed you up." in text and "Marieke" not in text
    assert "Marieke" not in client.get("/claims").text
    for page in (f"/parties/{party}", f"/claims/{party}", f"/claims/{party}/withdraw"):
        assert client.get(page).status_code == 404


def test_a_seat_gets_its_name(app: Flask, client_of: Visit, cast: Cast) -> None:
    party, second = make_party(app, cast, [None, None])
    client = client_of("school contact")
    assert client.get(f"/parties/{party}").text.count("Name to follow") == 2
    assert name(client, party, second, "Jeroen", cast.emails["colleague"]) == 303
    text = client.get(f"/parties/{party}").text
    assert "Jeroen Slomp is named for this place and gets a mail." in text
    assert text.count("Name to follow") == 1
    assert not has_form(text, f"/{second}/name") and has_form(text, f"/{party}/name")
    with app.app_context():
        (letter,) = steps.letters(to=cast.emails["colleague"])
        assert letter.name == "seat_named"
    mine = client_of("colleague").get(f"/claims/{second}").text
    assert "Confirm the safety notes" in mine
    assert client_of("colleague").get(f"/claims/{second}.ics").status_code == 200


def test_who_is_new_is_taken_in_when_named(app: Flask, client_of: Visit, cast: Cast) -> None:
    (party,) = make_party(app, cast, [None])
    assert name(client_of("school contact"), party, party, "Nieuwe Collega", NEW) == 303
    with app.app_context():
        new = session.scalars(select(Person).where(Person.email == NEW)).one()
        assert (new.name, new.is_known, new.school and new.school.name) == (
            "Nieuwe Collega",
            False,
            "Reestcollege",
        )
        assert steps.claim_with(party).person_id == new.id


@pytest.mark.parametrize(
    ("who", "email", "status", "said"),
    [
        ("", NEW, 422, "Write the name of your colleague."),
        ("Jeroen", "", 422, "Write the e-mail address of your colleague."),
        ("Jeroen", "geen adres", 409, "Enter an e-mail address, such as name@school.nl."),
        ("Olaf", "outsider@school.example", 409, "We cannot connect this address to your school."),
        ("Marieke", "teacher@school.example", 409, "Marieke Otten cannot come: already signed up here"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_stays_on_the_form(
    app: Flask, client_of: Visit, cast: Cast, who: str, email: str, status: int, said: str
) -> None:
    party, seat = make_party(app, cast, ["teacher", None])
    client = client_of("school contact")
    fields = form_of(client.get(f"/parties/{party}").text, f"/{seat}/name")
    sent = {**fields, f"{seat}-name": who, f"{seat}-email": email}
    answer = client.post(f"/parties/{party}/{seat}/name", data=sent)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert form_of(answer.text, f"/{seat}/name")[f"{seat}-email"] == email
    with app.app_context():
        assert steps.claim_with(seat).person is None


def test_a_seat_is_named_once(app: Flask, client_of: Visit, cast: Cast) -> None:
    (party,) = make_party(app, cast, [None])
    client = client_of("school contact")
    form = form_of(client.get(f"/parties/{party}").text, "/name")
    sent = {**form, f"{party}-name": "Jeroen", f"{party}-email": cast.emails["colleague"]}
    assert client.post(f"/parties/{party}/{party}/name", data=sent).status_code == 303
    with app.app_context():
        before = everything()
    again = client.post(f"/parties/{party}/{party}/name", data=sent)
    assert (again.status_code, "Somebody was named for this seat already." in again.text) == (409, True)
    with app.app_context():
        assert everything() == before


def test_names_are_taken_until_a_week_before(
    app: Flask, client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    (party,) = make_party(app, cast, [None])
    client = client_of("school contact")
    assert "Fill in the names until Tuesday 2 February 2027, 8:00." in client.get(f"/parties/{party}").text
    form = form_of(client.get(f"/parties/{party}").text, "/name")
    clock.move_to("2027-02-02 07:00:00+00:00")
    assert not has_form(client.get(f"/parties/{party}").text, "/name")
    sent = {**form, f"{party}-name": "Jeroen", f"{party}-email": cast.emails["colleague"]}
    late = client.post(f"/parties/{party}/{party}/name", data=sent)
    assert (late.status_code, "The time to name somebody is over." in late.text) == (409, True)


def test_a_place_without_a_name_is_given_up_alone(app: Flask, client_of: Visit, cast: Cast) -> None:
    party, second = make_party(app, cast, [None, None])
    client = client_of("school contact")
    assert "The place is free for somebody else at once." in client.get(f"/claims/{second}/withdraw").text
    answer = post(client, f"/claims/{second}/withdraw", "/withdraw")
    assert answer.location == f"/parties/{party}"
    assert "This place is free again." in client.get(answer.location).text
    assert states(app) == ["pending", "withdrawn"]
    again = client.post(f"/claims/{second}/withdraw", data={"csrf_token": token(client)})
    assert again.status_code == 409


def test_a_place_without_a_name_is_shown_with_its_party(app: Flask, client_of: Visit, cast: Cast) -> None:
    (party,) = make_party(app, cast, [None])
    client = client_of("school contact")
    assert client.get(f"/claims/{party}").location == f"/parties/{party}"
    assert client.get(f"/claims/{party}.ics").status_code == 403  # that is for participants


def test_a_teachers_place_without_a_name_is_no_calendar_file(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    (party,) = make_party(app, cast, [None], maker="teacher")
    assert client_of("teacher").get(f"/claims/{party}.ics").status_code == 404


def test_the_maker_cannot_confirm_the_safety_notes_for_whoever_comes(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    (party,) = make_party(app, cast, [None], maker="teacher")
    client = client_of("teacher")
    sent = {"size_M009": "9", "has_read_safety": "y", "csrf_token": token(client)}
    assert client.post(f"/claims/{party}/safety", data=sent).status_code == 404
    with app.app_context():
        assert steps.claim_with(party).brief_version is None


@pytest.fixture
def offered(app: Flask, cast: Cast) -> list[str]:
    """Two places that are offered to the contact, for a colleague and somebody without a name."""
    first, second = fill(app, cast)
    codes = make_party(app, cast, ["teacher", None])
    for code in (first, second):
        leave(app, code)
    assert states(app)[2:] == ["offered", "offered"]
    return codes


def test_the_maker_answers_for_everybody(
    app: Flask, client_of: Visit, cast: Cast, offered: list[str]
) -> None:
    contact = client_of("school contact")
    page = contact.get(f"/parties/{offered[0]}").text
    assert "There are 2 places for you until Wednesday 13 January 2027, 10:00." in page
    answer = post(contact, f"/parties/{offered[0]}", "/accept")
    assert "You took the 2 places." in contact.get(answer.location).text
    assert states(app)[2:] == ["pending", "pending"]


def test_who_was_signed_up_does_not_answer_but_may_leave(
    app: Flask, client_of: Visit, cast: Cast, offered: list[str]
) -> None:
    teacher = client_of("teacher")
    text = teacher.get(f"/claims/{offered[0]}").text
    assert "Truus Bijker answers for all of you. You can withdraw for yourself." in text
    assert not has_form(text, "/accept")
    assert (
        teacher.post(f"/parties/{offered[0]}/accept", data={"csrf_token": token(teacher)}).status_code == 404
    )
    post(teacher, f"/claims/{offered[0]}/withdraw", "/withdraw")
    assert states(app)[2:] == ["withdrawn", "offered"]
    contact = client_of("school contact")
    assert "There is a place for you until" in contact.get(f"/parties/{offered[0]}").text
    post(contact, f"/parties/{offered[0]}", "/accept")
    assert states(app)[2:] == ["withdrawn", "pending"]


def test_the_maker_leaves_the_places_to_others(
    app: Flask, client_of: Visit, cast: Cast, offered: list[str]
) -> None:
    contact = client_of("school contact")
    form = form_of(contact.get(f"/parties/{offered[0]}").text, "/refuse")
    answer = contact.post(f"/parties/{offered[0]}/refuse", data=form)
    assert "The places go to the next on the waiting list." in contact.get(answer.location).text
    assert states(app)[2:] == ["withdrawn", "withdrawn"]
    again = contact.post(f"/parties/{offered[0]}/refuse", data=form, follow_redirects=True)
    assert "This seat is no longer offered to you." in again.text


def test_a_maker_who_comes_too_finds_the_answer_with_the_party(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    first, second = fill(app, cast)
    party, _ = make_party(app, cast, ["teacher", None], maker="teacher")
    for code in (first, second):
        leave(app, code)
    text = client_of("teacher").get(f"/claims/{party}").text
    assert "You answer for everybody whom you signed up." in text
    assert f'class="button" href="/parties/{party}"' in text and not has_form(text, "/accept")


def test_my_claims_lists_whom_one_signed_up(app: Flask, client_of: Visit, cast: Cast) -> None:
    party, _, _ = make_party(app, cast, ["colleague", None, None], maker="teacher", slot=big(app, cast))
    text = client_of("teacher").get("/claims").text
    assert "Whom you signed up" in text and "Jeroen Slomp" in text
    assert "2 places have no name yet." in text
    assert f'href="/parties/{party}"' in text
    assert "No claims yet" not in text
    assert f'href="/parties/{party}"' not in client_of("colleague").get("/claims").text


def big(app: Flask, cast: Cast) -> str:
    with app.app_context():
        return steps.add_slot(cast, capacity=9)


def test_what_came_to_nothing_is_not_listed(app: Flask, client_of: Visit, cast: Cast) -> None:
    (party,) = make_party(app, cast, [None], maker="teacher")
    leave(app, party)
    assert "Whom you signed up" not in client_of("teacher").get("/claims").text


def test_my_claims_takes_as_many_statements_for_thirty_places_as_for_two(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    make_party(app, cast, ["teacher", None], maker="teacher")
    client = client_of("teacher")
    with statements(app) as for_two:
        client.get("/claims")
    with app.app_context():
        slots = [steps.add_slot(cast, capacity=9) for _ in range(4)]
    for slot in slots:
        make_party(app, cast, [None] * 7, maker="teacher", slot=slot)
    with statements(app) as for_thirty:
        text = client.get("/claims").text
    assert text.count("7 places have no name yet.") == 4
    assert len(for_two) == len(for_thirty)


@pytest.mark.parametrize("who", ["teacher", "outsider"])
def test_a_party_of_somebody_else_is_not_there(app: Flask, client_of: Visit, cast: Cast, who: str) -> None:
    party, _ = make_party(app, cast, [None, None])
    client = client_of(who)
    assert client.get(f"/parties/{party}").status_code == 404
    for verb in ("accept", "refuse", f"{party}/name"):
        answer = client.post(f"/parties/{party}/{verb}", data={"csrf_token": token(client)})
        assert answer.status_code == 404
    contact = client_of("school contact")
    elsewhere = contact.post(f"/parties/{party}/NOSUCHCODE/name", data={"csrf_token": token(contact)})
    assert elsewhere.status_code == 404


@pytest.mark.parametrize("who", ["host", "coordinator"])
def test_other_roles_do_not_come_in(app: Flask, client_of: Visit, cast: Cast, who: str) -> None:
    (party,) = make_party(app, cast, [None])
    assert client_of(who).get(f"/parties/{party}").status_code == 403
    assert client_of("nobody").get(f"/parties/{party}").location == f"/sign-in?next=/parties/{party}"


def test_unnamed_places_lapse_a_week_before_and_say_so(
    app: Flask, client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    party, _ = make_party(app, cast, ["colleague", None])
    with app.app_context():
        actions.decide_due(now=NOW)
        actions.lapse_due(now=NOW + timedelta(days=21, hours=23))
        assert [each.lapsed_as for each in session.scalars(select(Claim).order_by(Claim.id))][1] == "unnamed"
    clock.shift(timedelta(days=21, hours=23))
    text = client_of("school contact").get(f"/parties/{party}").text
    assert "Lapsed" in text and not has_form(text, "/name")
