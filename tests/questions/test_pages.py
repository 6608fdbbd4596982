"""Questions through the pages: from a teacher's question to a company's offer, and who may see and do what."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import audit
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import history
from marketplace.offers import actions as offers
from marketplace.people.actions import Scope, give_role
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.questions import actions
from marketplace.questions.models import Question
from tests.cast import Cast, person
from tests.conftest import NOW, Visit
from tests.host.drafts import TEXTS, code_in, planned
from tests.market.rows import CALM
from tests.pages import form_of, has_form, post
from tests.questions.asking import (
    ASKED,
    FILLED,
    OF_COMPANY,
    answer,
    ask,
    letters,
    organisation_of,
    the_question,
    withdraw,
)
from tests.statements import statements

NEW = "/questions/new"


def asked(client: FlaskClient, **changes: Any) -> str:
    """The code of a question that was asked through the form."""
    made = post(client, NEW, **{**FILLED, **changes})
    assert made.status_code == 303, made.text
    return made.location.rpartition("/")[2]


def listed(client: FlaskClient, address: str = "/questions") -> bool:
    """Whether the cast's question stands in a list."""
    return ASKED.title in client.get(address).text


def test_a_teacher_asks_and_a_company_answers_with_a_new_offer(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    teacher, host = client_of("teacher"), client_of("host")
    code = asked(teacher)
    assert "Your question is there." in teacher.get(f"/questions/{code}").text
    assert listed(client_of("nobody")) and listed(host, "/host/questions")
    assert ASKED.text in host.get(f"/host/questions/{code}/answer").text

    form = host.get(f"/host/offers/new?question={code}&format=masterclass").text
    filled = form_of(form)
    assert (filled["title"], filled["learning"].strip()) == (ASKED.title, ASKED.text)
    address = f"/host/offers/new?question={code}&format=masterclass"
    offer = code_in(post(host, address, **TEXTS))
    assert "Who asked hears of it once it is published" in host.get(f"/host/offers/{offer}").text
    assert "is making something for you" in teacher.get(f"/questions/{code}").text
    with app.app_context(), transaction():
        made = the_question(code).answers[0].offer
        assert made is not None
        offers.change_brief(offer=made, brief=CALM, by="system", now=NOW)
    planned(host, offer)
    post(host, f"/host/offers/{offer}", action="/publish")
    with app.app_context():
        assert letters("question_answered") == []
        actions.tell_due(now=NOW)
        (letter,) = letters("question_answered")
        assert f"/offers/{offer}" in letter.text
        assert audit.breaches(now=NOW + timedelta(hours=1)) == []
    assert f'href="/offers/{offer}"' in client_of("nobody").get(f"/questions/{code}").text

    closed = post(teacher, f"/questions/{code}", action="/close")
    assert closed.status_code == 303
    assert not listed(client_of("nobody"))
    assert client_of("nobody").get(f"/questions/{code}").status_code == 404
    for who in ("teacher", "school contact", "host", "coordinator"):
        assert client_of(who).get(f"/questions/{code}").status_code == 200, who


def test_a_company_answers_with_what_it_has(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = ask(cast)
    host = client_of("host")
    address = f"/host/questions/{code}/answer"
    form = {**form_of(host.get(address).text), "offer": cast.offer}
    for _ in range(2):  # a double click is harmless
        assert host.post(address, data=form).location == f"/questions/{code}"
    with app.app_context():
        assert len(letters("question_answered")) == 1
    page = host.get(f"/questions/{code}").text
    assert "Your organisation has answered this question." in page and "Marieke Otten" in page
    listing, again = host.get("/host/questions").text, host.get(address)
    assert "Answered" in listing and address not in listing
    assert "has answered this question already" in again.text and not has_form(again.text, address)
    late = host.get(f"/host/offers/new?question={code}&format=masterclass").text
    assert "has answered this question already" in late and "You answer a question" not in late


def test_an_answer_that_nobody_heard_of_can_be_changed(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = ask(cast)
    host, address = client_of("host"), f"/host/questions/{code}/answer"
    first = code_in(post(host, f"/host/offers/new?question={code}&format=masterclass", **TEXTS))
    listing = host.get("/host/questions").text
    assert "Answered" in listing and f'href="{address}"' in listing
    assert f'href="{address}"' in host.get(f"/questions/{code}").text
    assert f"You answered with “{TEXTS['title']}”" in host.get(address).text
    assert post(host, address, offer=cast.offer).location == f"/questions/{code}"
    with app.app_context():
        assert [each.offer.code for each in the_question(code).answers if each.offer] == [cast.offer]
        assert first != cast.offer and audit.breaches(now=NOW) == []


def test_a_draft_is_kept_whatever_became_of_the_question(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        answered, ended = ask(cast), ask(cast)
    host = client_of("host")
    addresses = [f"/host/offers/new?question={code}&format=masterclass" for code in (answered, ended)]
    forms = [{**form_of(host.get(address).text), **TEXTS} for address in addresses]
    with app.app_context():
        answer(cast, answered)
        withdraw(cast, ended)
    said = ("has answered this question already", "This question is not open any more.")
    for address, form, sentence in zip(addresses, forms, said, strict=True):
        page = host.get(f"/host/offers/{code_in(host.post(address, data=form))}").text
        assert "Saved. Nobody else sees it yet." in page and sentence in page
    assert host.get(addresses[1]).status_code == 404
    with app.app_context():
        assert [len(the_question(code).answers) for code in (answered, ended)] == [1, 0]
        assert [each.event for each in history("question", ended)] == ["open", "withdrawn"]


def test_what_was_typed_for_a_question_that_ended_is_not_lost(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        of_school, of_company = ask(cast), ask(cast, "host", asked=OF_COMPANY)
    typed = (
        (client_of("host"), f"/host/questions/{of_school}/answer", {"offer": cast.offer}),
        (client_of("teacher"), f"/questions/{of_company}/interest", {"message": "Ik doe graag mee."}),
    )
    forms = [{**form_of(client.get(address).text), **fields} for client, address, fields in typed]
    with app.app_context():
        withdraw(cast, of_school)
        withdraw(cast, of_company)
    for (client, address, fields), form in zip(typed, forms, strict=True):
        refused = client.post(address, data=form)
        assert refused.status_code == 422 and "This question is not open any more." in refused.text
        assert all(said in refused.text for said in fields.values())
        assert client.get(address).status_code == 404


def test_another_form_can_be_chosen_than_the_question_names(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = ask(cast, format="masterclass")
    host = client_of("host")
    form = host.get(f"/host/offers/new?question={code}").text
    choice = host.get(f"/host/offers/new?question={code}&format=")
    assert form.count(f'href="/host/offers/new?question={code}&amp;format="') == 2
    assert choice.status_code == 200 and "Step 1 of 2" in choice.text
    assert "Or take over one of your own" not in choice.text, "a copy would answer nothing"
    assert "Or take over one of your own" in host.get("/host/offers/new").text


def test_a_company_asks_schools_and_a_teacher_answers(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, teacher = client_of("host"), client_of("teacher")
    page = host.get(NEW).text
    assert "Which form suits you?" not in page
    code = asked(host, title=OF_COMPANY.title, text=OF_COMPANY.text, people="1")
    assert OF_COMPANY.title in teacher.get("/questions?of=company").text
    assert OF_COMPANY.title not in teacher.get("/questions?of=school").text
    form = teacher.get(f"/questions/{code}/interest").text
    assert cast.emails["teacher"] in form
    empty = post(teacher, f"/questions/{code}/interest", message=" ")
    assert empty.status_code == 422 and "Write what you have in mind." in empty.text
    sent = post(teacher, f"/questions/{code}/interest", message="Ik geef PIE en doe graag mee.")
    assert sent.status_code == 303
    assert "Ik geef PIE" in host.get(f"/questions/{code}").text
    for who in ("nobody", "outsider", "colleague", "outside host"):
        assert "Ik geef PIE" not in client_of(who).get(f"/questions/{code}").text, who
    with app.app_context():
        (letter,) = letters("question_interest")
        assert letter.receiver_address == cast.emails["host"]


def test_of_two_texts_of_one_person_the_second_is_refused_and_kept(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        code = ask(cast, "host", asked=OF_COMPANY)
    teacher, address = client_of("teacher"), f"/questions/{code}/interest"
    form = form_of(teacher.get(address).text)
    assert teacher.post(address, data={**form, "message": "Ik doe mee."}).status_code == 303
    refused = teacher.post(address, data={**form, "message": "Of liever in mei."})
    assert refused.status_code == 422 and "has answered this question already" in refused.text
    assert "Of liever in mei." in refused.text
    assert "has answered this question already" in teacher.get(address).text


def test_the_name_of_who_asked_shows_to_who_answered_and_to_the_region_only(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        code = ask(cast)

    def shows(who: str) -> bool:
        return "Marieke Otten" in client_of(who).get(f"/questions/{code}").text.split("<main")[1]

    strangers = ("nobody", "host", "outside host", "outsider", "outside coordinator", "colleague")
    assert [who for who in strangers if shows(who)] == []
    assert shows("coordinator") and shows("teacher") and shows("school contact")
    with app.app_context():
        answer(cast, code)
    assert shows("host")
    assert not shows("outside host")


@pytest.mark.parametrize("who", ["outsider", "colleague", "host", "outside coordinator"])
@pytest.mark.parametrize("move", ["close", "withdraw"])
def test_only_who_asked_and_the_school_s_contact_end_it(
    app: Flask, cast: Cast, client_of: Visit, who: str, move: str
) -> None:
    with app.app_context():
        code = ask(cast)
    client = client_of(who)
    token = form_of(client.get("/profile").text)["csrf_token"]
    answered = client.post(f"/questions/{code}/{move}", data={"csrf_token": token})
    assert answered.status_code == (403 if "coordinator" in who else 404)
    with app.app_context():
        assert the_question(code).state == "open"
    assert post(client_of("school contact"), f"/questions/{code}", action=f"/{move}").status_code == 303


def test_what_a_stranger_asks_for_is_not_there(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        of_school, of_company = ask(cast), ask(cast, "host", asked=OF_COMPANY)
    for who, address in {
        ("nobody", "/questions/ZZZZZZZZZZ"),
        ("host", "/host/questions/ZZZZZZZZZZ/answer"),
        ("host", f"/host/questions/{of_company}/answer"),
        ("host", f"/host/offers/new?question={of_company}&format=masterclass"),
        ("teacher", f"/questions/{of_school}/interest"),
        ("outside coordinator", f"/desk/questions/{of_school}"),
    }:
        assert client_of(who).get(address).status_code == 404, address
    assert client_of("coordinator").get(NEW).status_code == 403


def test_a_double_click_asks_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("teacher")
    data = {**form_of(client.get(NEW).text), **FILLED}
    assert client.post(NEW, data=data).location == client.post(NEW, data=data).location


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Say in one line what you ask."),
        ({"text": ""}, "Describe what you would like to see, learn or do."),
        ({"people": "0"}, "Enter a number of people from 1 to 200."),
        ({"people": "veel"}, "Enter a number of people from 1 to 200."),
        ({"from_on": "32-13-2027"}, "Choose a day."),
        ({"from_on": "2026-01-01", "until_on": "2026-02-01"}, "Choose today or a day to come."),
        ({"until_on": "2027-01-31"}, "The last day lies before the first day."),
        ({"until_on": "2031-01-01"}, "Choose a day within a year."),
        ({"town": "Atlantis"}, "Fill in a town in the Netherlands."),
        ({"within": "1e9"}, "Choose from the list."),
        ({"format": "😀"}, "Choose from the list."),
        ({"profiles": ["XX"]}, "Choose from the list."),
        ({"time_wish": "never"}, "Choose from the list."),
        ({"title": "x" * 101}, "Shorten this to 100 characters."),
        ({"text": "\x00"}, "Remove the invisible control characters"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_was_typed(
    cast: Cast, client_of: Visit, changes: dict[str, Any], sentence: str
) -> None:
    refused = post(client_of("teacher"), NEW, **{**FILLED, **changes})
    assert refused.status_code == 422
    assert sentence in refused.text and 'role="alert"' in refused.text


def test_a_sixth_open_question_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        for _ in range(5):
            ask(cast)
    refused = post(client_of("teacher"), NEW, **FILLED)
    assert refused.status_code == 422 and "You have 5 open questions." in refused.text


@pytest.mark.parametrize(
    "query", ["of=%27+OR+1%3D1+--", "profile=%25", "of=school&profile=😀", "profile=PIE"]
)
def test_the_list_takes_whatever_an_address_says(
    app: Flask, cast: Cast, client_of: Visit, query: str
) -> None:
    with app.app_context():
        ask(cast)
    assert listed(client_of("nobody"), f"/questions?{query}")


def test_the_list_is_filtered_by_profile(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        ask(cast)
    assert not listed(client_of("nobody"), "/questions?profile=GR")


def test_far_from_the_region_a_question_suits_nobody_but_can_be_found(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        ask(cast)
        ask(cast, "outsider", title="Ver weg", town="Maastricht", within=25)
    page = client_of("host").get("/host/questions").text
    assert ASKED.title in page and "Ver weg" not in page
    assert not listed(client_of("outside host"), "/host/questions")
    assert "Ver weg" in client_of("host").get("/questions").text


def test_a_coordinator_takes_a_question_down(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = ask(cast)
    desk = client_of("coordinator")
    assert ASKED.title in desk.get("/desk/questions").text
    assert ASKED.title not in client_of("outside coordinator").get("/desk/questions").text
    address = f"/desk/questions/{code}"
    without = post(desk, address, action="/take-down", reason=" ")
    assert without.status_code == 422 and "Write why." in without.text
    done = post(desk, address, action="/take-down", reason="Dit is reclame.")
    assert done.location == "/desk/questions"
    assert not listed(client_of("nobody"))
    assert "Dit is reclame." in client_of("teacher").get(f"/questions/{code}").text
    assert not has_form(desk.get(address).text, "/take-down")


def test_who_stands_for_two_organisations_asks_for_either(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context(), transaction():
        company = organisation_of(person(cast, "host"))
        give_role(
            person=person(cast, "teacher"),
            role=Role.HOST_CONTACT,
            scope=Scope(company.id),
            by="system",
            now=NOW,
        )
    client = client_of("teacher")
    assert "Reestdal Metaalwerken" in client.get(NEW).text
    code = post(client, f"{NEW}?organisation={cast.company}", **FILLED).location.rpartition("/")[2]
    with app.app_context():
        assert the_question(code).organisation.code == cast.company
    assert client_of("outsider").get(f"{NEW}?organisation={cast.company}").status_code == 404
    form = form_of(client.get(f"{NEW}?organisation={cast.company}").text, f"?organisation={cast.company}")
    with app.app_context(), transaction():
        session.delete(person(cast, "teacher").memberships[-1])
    late = client.post(f"{NEW}?organisation={cast.company}", data={**form, **FILLED})
    assert late.status_code == 404, "it is asked in no other name"


def test_a_contact_of_two_companies_answers_with_the_other(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = ask(cast)
        answer(cast, code)
        with transaction():
            rival = organisation_of(person(cast, "outside host"))
            scope = Scope(rival.id)
            give_role(person=person(cast, "host"), role=Role.HOST_CONTACT, scope=scope, by="system", now=NOW)
    host, address = client_of("host"), f"/host/questions/{code}/answer"
    for page in ("/host/questions", f"/questions/{code}"):
        assert f'href="{address}"' in host.get(page).text, page
    assert "Answer with this" in host.get(address).text


def test_a_company_that_nobody_trusts_yet_finds_out_what_to_do(cast: Cast, client_of: Visit) -> None:
    page = client_of("outside host").get(NEW)
    assert page.status_code == 200 and "Publish an activity first." in page.text
    assert not has_form(page.text, "/questions/new") and 'name="title"' not in page.text


def test_a_question_in_town_is_found_behind_many_from_elsewhere(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        ask(cast)
        outsider = person(cast, "outsider")
        with transaction():
            session.add_all([_from_afar(outsider) for _ in range(201)])
    assert listed(client_of("host"), "/host/questions")
    address = "/questions"
    for _ in range(4):
        page = client_of("nobody").get(address).text
        assert ASKED.title not in page
        address = "/questions?before=" + page.split('href="/questions?before=')[1].split("#")[0]
    assert listed(client_of("nobody"), address)


def _from_afar(asker: Person) -> Question:
    said = {name: getattr(ASKED, name) for name in ASKED.__dataclass_fields__}
    return Question(
        **said | {"title": "Ver weg", "profiles": []},
        code=new_code(),
        organisation=organisation_of(asker),
        person=asker,
        language="nl",
        state_by=asker.code,
        state_at=NOW,
        asked_at=NOW,
    )


LISTS = [
    ("nobody", "/questions", 1),
    ("teacher", "/questions", 4),
    ("host", "/host/questions", 5),
    ("coordinator", "/desk/questions", 4),
]


@pytest.mark.parametrize(("who", "address", "most"), LISTS)
def test_many_questions_take_as_many_statements_as_one(
    app: Flask, cast: Cast, client_of: Visit, who: str, address: str, most: int
) -> None:
    counted = []
    with app.app_context():
        answer(cast, ask(cast))
    client = client_of(who)
    for _ in range(2):
        with statements(app) as sent:
            assert client.get(address).status_code == 200
        counted.append(len(sent))
        with app.app_context():
            for asker in ("colleague", "school contact", "outsider", "teacher"):
                answer(cast, ask(cast, asker))
            session.remove()
    assert counted == [counted[0]] * 2
    assert counted[0] <= most
