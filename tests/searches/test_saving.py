"""Saving a search, looking after the ones that one keeps, and the link that ends the mails about one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from marketplace.kernel import signing
from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import JournalEntry
from marketplace.market.forms.searching import asked, options, wishes_in
from marketplace.people.models import Membership, Person
from marketplace.searches import actions as searches
from marketplace.searches.facts import search_in
from marketplace.searches.messages import stop_link
from marketplace.searches.models import SavedSearch
from marketplace.searches.states import Alert
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW
from tests.market.rows import add_offers
from tests.pages import form_of, has_form, post
from tests.statements import statements

Visit = Callable[[str], FlaskClient]
SAVE = "/offers/save?q=lassen&profile=PIE"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def kept(app: Flask) -> list[tuple[str, str, str, str]]:
    """Whose, what it is called, what it looks for and how often, of all searches that are kept."""
    with app.app_context():
        columns = (Person.name, SavedSearch.name, SavedSearch.query, SavedSearch.alert)
        statement = select(*columns).join(SavedSearch.person).order_by(SavedSearch.id)
        return [(name, called, query, alert) for name, called, query, alert in session.execute(statement)]


def keep(app: Flask, cast: Cast, query: str = "q=lassen", who: str = "teacher") -> str:
    """That member of the cast saves a search. Returns its code."""
    with app.app_context(), transaction():
        owner = person(cast, who)
        return searches.save(person=owner, name="Lassen", query=query, alert=Alert.DAILY, now=NOW).code


# --- Saving -----------------------------------------------------------------------------------------------------


def test_the_list_leads_to_saving_what_it_shows(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers?q=+lassen&profile=PIE&from=x").text
    assert f'href="{SAVE.replace("&", "&amp;")}"' in text


def test_a_stranger_signs_in_and_comes_back_to_the_search_with_the_form(client_of: Visit, cast: Cast) -> None:
    answer = client_of("nobody").get(SAVE)
    assert answer.status_code == 303
    back = dict(parse_qsl(urlsplit(answer.location).query))["next"]
    text = client_of("teacher").get(back).text
    assert form_of(text, SAVE)["name"] == "“lassen”, PIE"
    assert "Lassen en zetten" in text, "what it finds now"
    assert 'href="/offers?q=lassen&amp;profile=PIE"' in text


def test_who_saves_a_search_finds_it_back(app: Flask, client_of: Visit) -> None:
    browser = client_of("host")
    answer = post(browser, SAVE, SAVE, name=" Lassen voor PIE ", alert="weekly")
    assert (answer.status_code, answer.location) == (303, "/searches")
    assert kept(app) == [("Gerda Nijboer", "Lassen voor PIE", "q=lassen&profile=PIE", "weekly")]
    text = browser.get("/searches").text
    assert 'href="http://localhost/offers?q=lassen&amp;profile=PIE">Lassen voor PIE</a>' in text
    assert "Lassen voor PIE" not in client_of("colleague").get("/searches").text


def test_saved_twice_it_is_one_with_the_last_name_and_pace(app: Flask, client_of: Visit) -> None:
    browser = client_of("teacher")
    sorted_ = f"{SAVE}&sort=newest"
    for address, name, alert in ((SAVE, "Een", "daily"), (SAVE, "Een", "daily"), (sorted_, "Twee", "none")):
        post(browser, address, address, name=name, alert=alert)
    assert kept(app) == [("Marieke Otten", "Twee", "q=lassen&profile=PIE", "none")]
    for address in (SAVE, sorted_):
        form = form_of(browser.get(address).text, address)
        assert (form["name"], form["alert"]) == ("Twee", "none")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Give the search a name."),
        ({"name": "x" * 101}, "Shorten this to 100 characters."),
        ({"alert": "hourly"}, "Choose from the list."),
    ],
)
def test_what_cannot_be_saved_is_said_with_everything_filled_in(
    app: Flask, client_of: Visit, fields: dict[str, Any], said: str
) -> None:
    filled: dict[str, Any] = {"name": "Mijn naam", "alert": "daily", **fields}
    answer = post(client_of("teacher"), SAVE, SAVE, **filled)
    assert answer.status_code == 422
    assert said in answer.text
    assert "name" in fields or form_of(answer.text, SAVE)["name"] == "Mijn naam"
    assert kept(app) == []


def test_twenty_are_enough(app: Flask, cast: Cast, client_of: Visit) -> None:
    for number in range(20):
        keep(app, cast, f"q=lassen+{number}")
    browser = client_of("teacher")
    answer = post(browser, SAVE, SAVE, name="Nog een", alert="daily")
    assert answer.status_code == 422
    assert "You keep 20 searches already" in answer.text
    again = "/offers/save?q=lassen+3"
    assert post(browser, again, again, name="Drie", alert="daily").status_code == 303, (
        "it is one of the twenty"
    )


def test_everything_chosen_at_once_is_too_much(app: Flask, client_of: Visit) -> None:
    every = [(name, value) for name, values in options().items() for value in values]
    address = "/offers/save?" + urlencode([*every, *(("month", f"20{year}-01") for year in range(10, 99))])
    answer = post(client_of("teacher"), address, "", name="Alles", alert="daily")
    assert answer.status_code == 422
    assert "too many choices" in answer.text


DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(date.isoformat)
CHOICES = st.sampled_from([(name, value) for name, values in options().items() for value in values])
WISH = st.one_of(
    CHOICES,
    st.tuples(st.just("q"), st.text(max_size=30)),
    st.tuples(st.sampled_from(["from", "until"]), DAYS),
    st.tuples(st.just("month"), DAYS.map(lambda day: day[:7])),
    st.sampled_from(
        [("near", "Meppel"), ("near", "’s-Hertogenbosch"), ("within", "25"), ("region", "7H2K9")]
    ),
)


@given(wishes=st.lists(WISH, max_size=12))
def test_a_saved_search_looks_for_what_the_page_looked_for(wishes: list[tuple[str, str]]) -> None:
    found, _ = asked(MultiDict(wishes))
    again = search_in(urlencode(wishes_in(found)))
    assert wishes_in(again) == wishes_in(found)


# --- Looking after them -----------------------------------------------------------------------------------------


def test_one_gets_another_name_and_pace(app: Flask, cast: Cast, client_of: Visit) -> None:
    code, browser = keep(app, cast), client_of("teacher")
    said: dict[str, Any] = {f"{code}-name": "Kijken", f"{code}-alert": "at_once"}
    answer = post(browser, "/searches", f"/searches/{code}", **said)
    assert (answer.status_code, answer.location) == (303, "/searches")
    assert kept(app) == [("Marieke Otten", "Kijken", "q=lassen", "at_once")]
    said[f"{code}-name"] = " "
    answer = post(browser, "/searches", f"/searches/{code}", **said)
    assert answer.status_code == 422
    assert "Give the search a name." in answer.text


def test_one_is_removed(app: Flask, cast: Cast, client_of: Visit) -> None:
    code, browser = keep(app, cast), client_of("teacher")
    assert post(browser, "/searches", f"/searches/{code}/remove").status_code == 303
    assert kept(app) == []
    assert "You keep no searches yet" in browser.get("/searches").text


@pytest.mark.parametrize("who", ["colleague", "outsider", "coordinator", "administrator"])
def test_nobody_touches_those_of_others(app: Flask, cast: Cast, client_of: Visit, who: str) -> None:
    code, browser = keep(app, cast), client_of(who)
    own = keep(app, cast, who=who)
    fields = form_of(browser.get("/searches").text, f"/searches/{own}")
    for path in (f"/searches/{code}", f"/searches/{code}/remove"):
        assert browser.post(path, data=fields).status_code == 404
    assert len(kept(app)) == 2


def test_the_journal_tells_that_and_not_what(app: Flask, cast: Cast, client_of: Visit) -> None:
    code, browser = keep(app, cast), client_of("teacher")
    said: dict[str, Any] = {f"{code}-name": "Geheim", f"{code}-alert": "weekly"}
    post(browser, "/searches", f"/searches/{code}", **said)
    post(browser, "/searches", f"/searches/{code}/remove")
    with app.app_context():
        entries = session.scalars(
            select(JournalEntry).where(JournalEntry.event.startswith("search_")).order_by(JournalEntry.id)
        ).all()
        assert [each.event for each in entries] == ["search_saved", "search_changed", "search_removed"]
        assert all(each.details == {} and each.subject == cast.codes["teacher"] for each in entries)


def test_they_go_with_the_account(app: Flask, cast: Cast) -> None:
    keep(app, cast)
    with app.app_context(), transaction():
        owner = person(cast, "teacher").id
        session.execute(delete(Membership).where(Membership.person_id == owner))
        session.execute(delete(Person).where(Person.id == owner))
    assert kept(app) == []


def test_the_page_takes_as_many_statements_for_ten_as_for_one(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser, counted = client_of("teacher"), []
    for number in range(2):
        for each in range(1 + 9 * number):
            keep(app, cast, f"q={each}")
        with statements(app) as sent:
            browser.get("/searches")
        counted.append(len(sent))
    assert counted[0] == counted[1] <= 2


def test_the_form_takes_as_many_statements_for_thirty_offers_as_for_one(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser, counted = client_of("teacher"), []
    for number in (0, 30):
        with app.app_context():
            add_offers(cast, number)
        with statements(app) as sent:
            browser.get("/offers/save?near=Meppel")
        counted.append(len(sent))
    assert counted[0] == counted[1] <= 5


# --- The link in a mail -----------------------------------------------------------------------------------------


def link(app: Flask, cast: Cast) -> str:
    """The path of the link that ends the mails about a search of the teacher's."""
    code = keep(app, cast)
    with app.app_context():
        search = session.scalars(select(SavedSearch).where(SavedSearch.code == code)).one()
        return urlsplit(stop_link(search)).path


def test_the_link_shows_what_stops_and_changes_nothing(app: Flask, cast: Cast) -> None:
    browser, address = app.test_client(), link(app, cast)
    for method in ("GET", "HEAD", "GET"):
        answer = browser.open(address, method=method)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Marieke" in answer.text and "Otten" not in answer.text
    assert kept(app)[0][3] == "daily"


def test_the_button_stops_the_mails_and_keeps_the_search(app: Flask, cast: Cast) -> None:
    browser, address = app.test_client(), link(app, cast)
    answer = browser.post(address, data=form_of(browser.get(address).text, address))
    assert (answer.status_code, answer.location) == (303, address)
    assert kept(app)[0][3] == "none"
    page = browser.get(address).text
    assert "These mails have stopped" in page and not has_form(page, address)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_stops_them_with_one_click(app: Flask, cast: Cast, kind: str) -> None:
    address = link(app, cast)
    for _ in range(2):
        answer = app.test_client().post(address, data=ONE_CLICK, content_type=kind)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert kept(app)[0][3] == "none"
    with app.app_context():
        changed = select(JournalEntry).where(JournalEntry.event == "search_changed")
        assert len(session.scalars(changed).all()) == 1


def test_nobody_makes_such_a_link_themselves(app: Flask, cast: Cast) -> None:
    address = link(app, cast)
    words, _, signature = address.rpartition("/")[2].partition(".")
    with app.app_context():
        code = session.scalars(select(SavedSearch.code)).one()
        elsewhere = signing.sign("unsubscribe", [code])
        gone = signing.sign("search", ["GEENZOEK22"])
    for token in ("x", words, f"{words}.{signature}x", elsewhere, gone):
        assert app.test_client().get(f"/searches/stop/{token}").status_code == 404
        assert app.test_client().post(f"/searches/stop/{token}", data=ONE_CLICK).status_code == 404
    assert kept(app)[0][3] == "daily"


def test_the_link_in_a_letter_that_was_sent_works_until_the_search_is_removed(app: Flask, cast: Cast) -> None:
    with app.app_context():
        code = keep(app, cast, "q=spuitgieten")
        add_offers(cast, 1, now=NOW + timedelta(minutes=1))
        searches.alert_due(now=NOW + timedelta(days=1))
        address = urlsplit(steps.the_letter("saved_search").unsubscribe).path
    assert app.test_client().post(address, data=ONE_CLICK).status_code == 200
    assert kept(app)[0][3] == "none"
    with app.app_context(), transaction():
        search = session.scalars(select(SavedSearch).where(SavedSearch.code == code)).one()
        searches.remove(search=search, now=NOW)
    assert app.test_client().get(address).status_code == 404


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(
        st.tuples(st.sampled_from(["q", "near", "month", "from", "x", "sort"]), st.text(max_size=30))
    )
)
def test_no_address_of_the_form_is_too_much(
    app: Flask, client_of: Visit, query: list[tuple[str, str]]
) -> None:
    address = f"/offers/save?{urlencode(query, errors='surrogatepass')}"
    assert client_of("teacher").get(address).status_code < 500
