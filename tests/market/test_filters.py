"""The filters with what each choice would leave: part of the list, and a page of its own."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.kernel.database import session
from tests.cast import Cast, claim
from tests.conftest import NOW
from tests.market.rows import TEXT, add_offer, add_offers
from tests.statements import statements

Visit = Callable[[str], FlaskClient]
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def offers_of_two_forms(app: Flask, cast: Cast) -> None:
    """Besides the cast's welding (PIE, MT; a docentstage in February) a masterclass for MT in March, of two moments."""
    with app.app_context():
        add_offer(cast, replace(TEXT, format="masterclass"), day=date(2027, 3, 2), moments=2)
        session.commit()


def counted(client: FlaskClient, query: str = "") -> dict[str, str]:
    """By filter and value, how many are said to be left."""
    answer = client.get(f"/offers/filters?{query}", headers=PART)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    found = re.findall(r'name="(\w+)" value="([^"]*)".*?class="num">([^<]*)<', answer.text)
    return {f"{name}={value}": count for name, value, count in found}


def test_each_choice_says_how_many_activities_it_leaves(client_of: Visit, offers_of_two_forms: None) -> None:
    count = counted(client_of("nobody"))
    assert {count["format=docentstage"], count["format=masterclass"]} == {"1"}
    assert count["profile=MT"] == "2"
    assert count["profile=PIE"] == "1"
    assert count["profile=BWI"] == "0"
    assert count["month=2027-03"] == "1", "moments of one activity count once"
    assert "month=2027-04" not in count, "months in which there is nothing are left out"
    assert count["time_basis=school_time"] == "2"
    assert count["access=gate_instruction"] == "1"
    assert count["free=1"] == "2"


def test_counts_follow_the_other_filters_but_not_their_own(
    client_of: Visit, offers_of_two_forms: None
) -> None:
    count = counted(client_of("nobody"), "format=masterclass")
    assert count["format=docentstage"] == "1", "ticking it too adds these"
    assert count["profile=PIE"] == "0"
    assert count["month=2027-03"] == "1"
    assert "month=2027-02" not in count
    count = counted(client_of("nobody"), "q=lassen")
    assert (count["format=docentstage"], count["format=masterclass"]) == ("1", "0")
    count = counted(client_of("nobody"), "month=2027-02")
    assert (count["month=2027-02"], count["month=2027-03"]) == ("1", "1")
    assert count["format=masterclass"] == "0"


def test_counts_and_list_agree(client_of: Visit, offers_of_two_forms: None) -> None:
    client = client_of("nobody")
    for choice, count in counted(client, "until=2027-03-05").items():
        found = client.get(f"/offers?until=2027-03-05&{choice}").text.count('<article class="offer')
        assert str(found) == count, choice


def test_what_is_for_all_staff_is_for_everybody(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offer(cast, replace(TEXT, audiences=("all_staff",)))
        session.commit()
    count = counted(client_of("nobody"))
    assert (count["audience=vmbo_teacher"], count["audience=mentor"]) == ("2", "1")


def test_full_moments_do_not_count_as_free(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)
    count = counted(client_of("nobody"))
    assert (count["free=1"], count["format=docentstage"]) == ("0", "1")


def test_many_are_not_counted_to_the_end(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offers(cast, 100)
    assert counted(client_of("nobody"))["profile=MT"] == "99+"


def test_school_holidays_are_those_of_ones_own_school(client_of: Visit, offers_of_two_forms: None) -> None:
    own = {each for each in counted(client_of("teacher")) if "holiday" in each}
    assert own == {"time_basis=holiday_noord"}
    assert len({each for each in counted(client_of("nobody")) if "holiday" in each}) == 3
    chosen = counted(client_of("teacher"), "time_basis=holiday_zuid")
    assert "time_basis=holiday_zuid" in chosen, "what is chosen can be unticked"


def test_the_list_loads_them_after_itself(client_of: Visit, offers_of_two_forms: None) -> None:
    text = client_of("nobody").get("/offers?format=masterclass").text
    assert 'name="profile"' not in text
    assert 'hx-get="/offers/filters?format=masterclass" hx-trigger="load"' in text
    assert 'href="/offers/filters?format=masterclass">All filters</a>' in text


def test_without_javascript_they_are_a_page_that_leads_back(
    client_of: Visit, offers_of_two_forms: None
) -> None:
    text = client_of("nobody").get("/offers/filters?format=masterclass&q=spuit&sort=newest").text
    assert "<h1>Filters</h1>" in text
    assert '<form id="search"' in text
    assert 'value="masterclass" form="search" checked' in text
    assert 'name="q" value="spuit"' in text
    for path in ("/offers/month", "/offers/table", "/offers/map"):
        assert f'<button type="submit" form="search" formaction="{path}"' in text


def test_the_number_of_statements_does_not_grow(app: Flask, client_of: Visit, cast: Cast) -> None:
    client = client_of("nobody")
    with statements(app) as for_one:
        counted(client)
    with app.app_context():
        add_offers(cast, 30)
    with statements(app) as for_thirty:
        counted(client)
    assert len(for_one) == len(for_thirty) == 8
