"""The first steps on the home page of each role: ticks follow the data, and who has seen enough puts them away."""

import re

import pytest
from flask import Flask

from marketplace.kernel.database import transaction
from marketplace.organisations.queries import organisation_with
from tests import steps
from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import form_of, has_form, post
from tests.statements import statements

STEPS = re.compile(r'<li(?: class="(done)")?><span class="mark"')
HOMES = {
    "teacher": "/claims",
    "school contact": "/school",
    "outside host": "/host",
    "outside coordinator": "/desk",
}
MOST = {"/claims": 3, "/desk": 6}
"""Statements that a home page may send at most."""


def ticks(html: str) -> list[bool]:
    """The steps on a page, in their order: whether each is done."""
    return [done == "done" for done in STEPS.findall(html)]


@pytest.mark.parametrize(("who", "home"), HOMES.items())
def test_who_begins_sees_first_steps_and_can_put_them_away(client_of: Visit, who: str, home: str) -> None:
    client = client_of(who)
    page = client.get(home).text
    assert 3 <= len(ticks(page)) <= 4
    assert not all(ticks(page))
    answer = post(client, home, "/first-steps")
    assert (answer.status_code, answer.location) == (303, home)
    assert ticks(client.get(home).text) == []
    assert not has_form(client.get(home).text, "/first-steps")


def test_putting_away_one_page_leaves_the_others(client_of: Visit) -> None:
    client = client_of("teacher")
    client.post("/first-steps", data={**form_of(client.get("/claims").text, "/first-steps"), "home": "desk"})
    assert ticks(client.get("/claims").text)


def test_there_is_nothing_to_put_away_elsewhere(client_of: Visit) -> None:
    assert post(client_of("teacher"), "/claims", "/first-steps", home="profile").status_code == 404


@pytest.mark.parametrize(
    ("who", "home"), [("teacher", "/claims"), ("coordinator", "/desk"), ("outside coordinator", "/desk")]
)
def test_they_cost_no_more_statements_than_the_page_may_send(
    app: Flask, client_of: Visit, who: str, home: str
) -> None:
    client = client_of(who)
    with statements(app) as sent:
        assert ticks(client.get(home).text)
    assert len(sent) <= MOST[home]


def test_a_teachers_ticks_follow_what_they_told(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("teacher")
    assert ticks(client.get("/claims").text) == [False, False, False, False]
    with app.app_context(), transaction():
        steps.somebody(cast.codes["teacher"]).profiles = ["PIE"]
    assert ticks(client.get("/claims").text) == [True, False, False, False]
    with app.app_context():
        steps.add_certificate(cast)
    assert ticks(client.get("/claims").text) == [True, True, False, False]
    post(client, "/calendar", "/calendar/links")
    assert ticks(client.get("/claims").text) == [True, True, True, False]
    with app.app_context():
        steps.claim_seat(cast)
    assert ticks(client.get("/claims").text) == []  # the first claim is the last step


def test_a_colleagues_certificate_is_no_tick_of_mine(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context(), transaction():
        steps.somebody(cast.codes["colleague"]).profiles = ["PIE"]
    assert ticks(client_of("teacher").get("/claims").text) == [False, False, False, False]


def test_a_schools_ticks_follow_its_staff(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("school contact")
    assert ticks(client.get("/school").text) == [True, False, False]
    with app.app_context():
        code = steps.claim_seat(cast).code
    assert ticks(client.get("/school").text) == [True, True, False]
    post(client, "/school", f"/school/claims/{code}/cover")
    assert ticks(client.get("/school").text) == []


def test_a_hosts_ticks_follow_the_offers(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("host")
    assert ticks(client.get("/host").text) == [False, True, True, True]
    with app.app_context(), transaction():
        (site,) = organisation_with(cast.company).sites
        site.emergency = "EHBO, toestel 8"
    assert ticks(client.get("/host").text) == []
    assert ticks(client_of("outside host").get("/host").text) == [False, False, False, False]


def test_a_coordinators_ticks_follow_the_region(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("coordinator")
    assert ticks(client.get("/desk").text) == [True, True, False, False]
    assert ticks(client_of("outside coordinator").get("/desk").text) == [True, False, False, False]
    with app.app_context():
        steps.claim_seat(cast)
    assert ticks(client.get("/desk").text) == [True, True, False, False]
    with app.app_context():
        steps.approved(cast, "colleague")
    assert ticks(client.get("/desk").text) == [True, True, True, False]
    post(client, "/calendar", "/calendar/links")
    assert ticks(client.get("/desk").text) == []
