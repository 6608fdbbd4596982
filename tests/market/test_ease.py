"""Searching for what makes it easy to come: nothing special needed, no VCA, no equipment to bring."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.kernel.database import transaction
from marketplace.offers import actions as offers
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Ease, Provider
from marketplace.safety.rules import eases
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.market.rows import TEXT, add_offer

LENT = BriefLine("M014", provided_by=Provider.HOST)
OWN = BriefLine("M008", provided_by=Provider.PARTICIPANT)
ADVISED = BriefLine("X-BOOTS", is_required=False, provided_by=Provider.PARTICIPANT)
CALM = BriefFacts(has_no_particular_risks=True)


@pytest.mark.parametrize(
    ("brief", "found"),
    [
        (CALM, {*Ease}),
        (BriefFacts((BriefLine("P008"),), access=Access.GATE_INSTRUCTION), {*Ease}),
        (BriefFacts((LENT,)), {Ease.NO_VCA, Ease.PROVIDED}),
        (BriefFacts((LENT, ADVISED)), {Ease.NO_VCA, Ease.PROVIDED}),
        (BriefFacts((LENT, OWN)), {Ease.NO_VCA}),
        (BriefFacts((LENT,), access=Access.GPI), {Ease.NO_VCA, Ease.PROVIDED}),
        (BriefFacts(notes="Volg de begeleider.", access=Access.B_VCA), {Ease.PROVIDED}),
        (BriefFacts((OWN,), access=Access.VOL_VCA), set()),
    ],
)
def test_what_makes_it_easy_to_come(brief: BriefFacts, found: set[Ease]) -> None:
    assert eases(brief) == found


@pytest.fixture
def four_offers(app: Flask, cast: Cast) -> None:
    """Besides the cast's, for which shoes have to be brought: one of each kind."""
    with app.app_context():
        for title, brief in (
            ("Tekenkamer", CALM),
            ("Leenhelm", BriefFacts((LENT,), access=Access.GATE_INSTRUCTION)),
            ("Bouwput", BriefFacts((LENT,), access=Access.B_VCA)),
        ):
            with transaction():
                add_offer(cast, replace(TEXT, title=title), day=date(2027, 3, 2), brief=brief)


TITLES = ("Lassen en zetten", "Tekenkamer", "Leenhelm", "Bouwput")


def found(client: FlaskClient, query: str) -> set[str]:
    """Which of them a search finds."""
    said = re.findall(r'offer-title"><a[^>]*>([^<]*)<', client.get(f"/offers?{query}").text)
    return {title for title in TITLES for each in said if each.startswith(title)}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {*TITLES}),
        ("ease=nothing", {"Tekenkamer"}),
        ("ease=no_vca", {"Lassen en zetten", "Tekenkamer", "Leenhelm"}),
        ("ease=provided", {"Tekenkamer", "Leenhelm", "Bouwput"}),
        ("ease=no_vca&ease=provided", {"Tekenkamer", "Leenhelm"}),
        ("ease=unicorn", {*TITLES}),
    ],
)
@pytest.mark.usefixtures("four_offers")
def test_all_that_is_asked_for_must_hold(client_of: Visit, query: str, titles: set[str]) -> None:
    assert found(client_of("nobody"), query) == titles


@pytest.mark.usefixtures("four_offers")
def test_each_choice_says_how_many_it_leaves(client_of: Visit) -> None:
    def counted(query: str) -> list[str]:
        page = client_of("nobody").get(f"/offers/filters?{query}").text
        return re.findall(r'name="ease" value="[^"]*".*?class="num">([^<]*)<', page)

    assert counted("") == ["1", "3", "3"]
    assert counted("ease=provided") == ["1", "2", "3"]


def test_a_moment_that_adds_something_is_found_by_what_holds_then(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context(), transaction():
        add = offers.change_slot_brief
        add(slot=steps.slot_with(cast.slot), brief=BriefFacts(access=Access.B_VCA), by="host", now=NOW)
    assert found(client_of("nobody"), "ease=no_vca") == set()
    assert found(client_of("nobody"), "") == {"Lassen en zetten"}
