"""Our offers: from nothing to published, over HTTP."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from marketplace.kernel.database import db, session, transaction
from marketplace.offers.actions import duplicate
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.people.actions import Scope
from marketplace.people.states import Role
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.host.drafts import NEW, TEXTS, code_in, drafted, planned
from tests.pages import form_of, has_form, post
from tests.steps import add_role, claim_seat, claim_with, letters, offer_of, the_letter


def test_a_masterclass_goes_from_draft_to_published(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    code = drafted(host)
    page = host.get(f"/host/offers/{code}").text
    assert "Fill in the safety notes first." in page
    assert "Add at least one moment first." in page
    assert not has_form(page, "/publish")

    assert post(host, f"/host/offers/{code}/safety", chosen=["M004"], access="none").status_code == 303
    assert planned(host, code).status_code == 303
    page = host.get(f"/host/offers/{code}").text
    assert "Everything is there" in page
    assert "Safety glasses" in page

    answer = post(host, f"/host/offers/{code}", "/publish")
    assert answer.status_code == 303
    assert "Published. Everybody can see it now." in host.get(answer.location).text
    with app.app_context():
        offer = session.scalars(select(Offer).where(Offer.code == code)).one()
        assert offer.state == "published"
        assert (offer.title, offer.kind) == (TEXTS["title"], "workshop")
        assert {each.audience for each in offer.audiences} == {"vmbo_teacher", "mentor"}
        assert [each.profile for each in offer.profiles] == ["PIE"]
        assert letters("offer_submitted") == []


def test_the_form_begins_with_what_the_playbook_says(client_of: Visit, cast: Cast) -> None:
    fields = form_of(client_of("host").get(NEW).text)
    assert fields["walk_in_minutes"] == "15"
    assert fields["meal"] == "A simple meal"
    assert fields["kind"] == "masterclass"
    assert fields["policy"] == "coordinator"


def test_a_company_chooses_among_the_forms_that_companies_may_host(client_of: Visit, cast: Cast) -> None:
    page = client_of("host").get("/host/offers/new").text
    assert 'value="masterclass"' in page
    assert 'value="docentstage"' in page
    assert 'value="school_visit"' not in page


def test_a_form_sent_twice_makes_one_offer(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    fields = {**form_of(host.get(NEW).text), **TEXTS}
    first, second = (host.post(NEW, data=fields) for _ in range(2))
    assert code_in(first) == code_in(second)
    with app.app_context():
        assert session.scalar(select(func.count(Offer.id)).where(Offer.title == TEXTS["title"])) == 1


def test_a_form_sent_twice_at_once_makes_one_offer(app: Flask, cast: Cast, client_of: Visit) -> None:
    clients = [client_of("host") for _ in range(2)]
    fields = {**form_of(clients[0].get(NEW).text), **TEXTS}
    tokens = [form_of(client.get(NEW).text)["csrf_token"] for client in clients]
    start = Barrier(2)

    def send(number: int) -> str:
        start.wait()
        return code_in(clients[number].post(NEW, data={**fields, "csrf_token": tokens[number]}))

    with ThreadPoolExecutor(2) as pool:
        codes = set(pool.map(send, range(2)))
    assert len(codes) == 1
    with app.app_context():
        assert session.scalar(select(func.count(Offer.id)).where(Offer.title == TEXTS["title"])) == 1


def test_the_first_offer_of_a_new_company_goes_to_the_coordinator(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host = client_of("outside host")
    assert "Describe your first activity" in host.get("/host").text
    page = host.get(NEW).text
    assert 'value="host"' in page
    assert 'value="automatic"' not in page  # nobody vouched for this company yet
    refused = post(host, NEW, **{**TEXTS, "policy": "automatic"})
    assert (refused.status_code, "Choose who decides about claims." in refused.text) == (422, True)
    code = drafted(host)
    post(host, f"/host/offers/{code}/safety", has_no_particular_risks="y")
    planned(host, code)
    page = host.get(f"/host/offers/{code}").text
    assert "Send to the coordinator" in page
    assert post(host, f"/host/offers/{code}", "/publish").status_code == 303
    with app.app_context():
        offer = session.scalars(select(Offer).where(Offer.code == code)).one()
        assert (offer.state, offer.policy) == ("submitted", "coordinator")
        letter = the_letter("offer_submitted")
        assert letter.receiver_address == cast.emails["outside coordinator"]
        assert TEXTS["title"] in letter.text
    assert "A coordinator looks at this before it is published." in host.get(f"/host/offers/{code}").text


def test_an_offer_that_is_not_finished_is_not_published(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    code = drafted(host)
    token = form_of(host.get(f"/host/offers/{code}").text, "/duplicate")["csrf_token"]
    answer = host.post(f"/host/offers/{code}/publish", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "Fill in the safety notes first." in answer.text
    with app.app_context():
        assert session.scalar(select(Offer.state).where(Offer.code == code)) == "draft"


def test_what_an_offer_says_can_be_changed(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    url = f"/host/offers/{cast.offer}/edit"
    before = form_of(host.get(url).text)
    assert before["report_at"] == "Receptie, hal 2"
    assert before["profiles"] == ["PIE", "MT"] or set(before["profiles"]) == {"PIE", "MT"}
    assert post(host, url, report_at="Poort 3", profiles=["BWI"]).status_code == 303
    with app.app_context():
        offer = offer_of(cast)
        assert offer.report_at == "Poort 3"
        assert offer.version == 2
        assert [each.profile for each in offer.profiles] == ["BWI"]


def test_a_trusted_company_may_let_claims_pass_at_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    assert post(client_of("host"), f"/host/offers/{cast.offer}/edit", policy="automatic").status_code == 303
    with app.app_context():
        assert offer_of(cast).policy == "automatic"


def test_who_decides_and_how_many_of_a_school_come_is_asked_with_a_sentence_each(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/edit"
    page = host.get(url).text
    for sentence in (
        "looks at each claim.",
        "you see no names before that.",
        "one no is enough to turn it down.",
        "People nobody knows here yet still go by the coordinator.",
        "This holds for new claims.",
    ):
        assert sentence in page
    assert (form_of(page)["policy"], form_of(page)["school_limit"]) == ("coordinator", "")
    assert post(host, url, policy="both", school_limit="3").status_code == 303
    assert form_of(host.get(url).text)["school_limit"] == "3"
    with app.app_context():
        assert (offer_of(cast).policy, offer_of(cast).school_limit) == ("both", 3)
        assert offer_of(cast).version == 1  # nothing that participants are told about
    assert post(host, url, school_limit="").status_code == 303
    with app.app_context():
        assert offer_of(cast).school_limit == 0


def test_who_decides_from_now_on_changes_nothing_about_claims_that_were_made(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        before = claim_seat(cast).code
    assert post(client_of("host"), f"/host/offers/{cast.offer}/edit", policy="host").status_code == 303
    with app.app_context():
        after = claim_seat(cast, "colleague").code
        assert [claim_with(each).policy for each in (before, after)] == ["coordinator", "host"]


def test_an_offer_is_closed_and_opened_again(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}"
    assert post(host, url, "/close").status_code == 303
    with app.app_context():
        assert offer_of(cast).state == "closed"
    assert post(host, url, "/reopen").status_code == 303
    with app.app_context():
        assert offer_of(cast).state == "published"


def test_last_years_offer_is_posted_again_in_two_minutes(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    code = code_in(post(host, f"/host/offers/{cast.offer}", "/duplicate"))
    assert code != cast.offer
    planned(host, code)
    assert post(host, f"/host/offers/{code}", "/publish").status_code == 303
    with app.app_context():
        copy = session.scalars(select(Offer).where(Offer.code == code)).one()
        assert copy.state == "published"
        assert copy.brief.facts == offer_of(cast).brief.facts


def test_the_list_tells_how_each_offer_stands(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        claim_seat(cast)
    page = client_of("host").get("/host").text
    assert "Lassen en zetten" in page
    assert "09/02/2027" in page
    assert "1 waiting" in page
    assert "Published" in page
    assert f'href="/host/slots/{cast.slot}"' in page
    assert "Smidsvonkweg 14" in page
    assert "Contact person: Gerda Nijboer." in page
    assert "Marieke Otten" not in page


def test_an_offer_of_which_all_moments_are_past_is_over(
    clock: time_machine.Traveller, client_of: Visit, cast: Cast
) -> None:
    clock.move_to("2027-02-10 09:00:00+00:00")
    page = client_of("host").get("/host").text
    assert re.search(r'class="pill ">\s*Over', page)
    assert f'href="/host/offers/{cast.offer}/slots"' in page


def test_who_is_contact_of_two_organisations_chooses_where(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        rival = session.scalars(select(Organisation).where(Organisation.name == "Rivaal")).one()
        add_role(cast, "host", Role.HOST_CONTACT, Scope(rival.id))
        rival_code = rival.code
    host = client_of("host")
    page = host.get("/host").text
    assert "Reestdal Metaalwerken" in page
    assert "Rivaal" in page
    code = drafted(host, organisation=rival_code, policy="automatic")
    with app.app_context():
        offer = session.scalars(select(Offer).where(Offer.code == code)).one()
        assert offer.organisation.name == "Rivaal"
        assert offer.policy == "coordinator"  # nobody vouched for that company yet


def test_another_role_elsewhere_makes_nobody_a_host_there(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        company = session.scalars(select(Organisation).where(Organisation.code == cast.company)).one()
        add_role(cast, "outside host", Role.SCHOOL_CONTACT, Scope(company.id))
    rival = client_of("outside host")
    assert "Lassen en zetten" not in rival.get("/host").text
    assert rival.get(f"/host/offers/{cast.offer}").status_code == 404
    assert rival.get(f"/host/sites/{cast.site}").status_code == 404


def test_thirty_offers_take_as_many_statements_as_one(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    with counting(app) as few:
        host.get("/host")
    with app.app_context(), transaction():
        for _ in range(29):
            duplicate(offer=offer_of(cast), by=cast.codes["host"], now=NOW)
    with counting(app) as many:
        assert host.get("/host").text.count("Lassen en zetten") >= 30
    assert len(many) == len(few)


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """The statements that reach the database in the block."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
