"""A new offer begins with an example, or as a copy of one of our own."""

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.formats.menu import MenuCard, menu
from marketplace.formats.playbooks import format_of, formats
from marketplace.host.facts.beginning import brief_of
from marketplace.kernel.database import session
from marketplace.kernel.texts import LANGUAGES, speaking
from marketplace.offers.facts import AUDIENCES, SUMMARY_LIMIT, TITLE_LIMIT
from marketplace.offers.models import Offer
from marketplace.organisations.facts import PROFILES
from marketplace.safety.rules import why_not_brief
from tests.cast import BRIEF, Cast
from tests.conftest import Visit
from tests.host.drafts import code_in
from tests.pages import form_of, forms_of, post

CARDS = list(menu().values())
NEW = "/host/offers/new"


def the_offer(code: str) -> Offer:
    return session.scalars(select(Offer).where(Offer.code == code)).one()


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.slug)
def test_every_card_is_an_offer_that_could_be_posted(card: MenuCard) -> None:
    form = format_of(card.format)
    assert card.kind in {kind.slug for kind in form.kinds}
    assert set(card.profiles) <= set(PROFILES) and set(card.audiences) <= set(AUDIENCES)
    assert why_not_brief(brief_of(card)) is None
    for language in LANGUAGES:
        with speaking(language):
            assert 10 < len(card.title) <= TITLE_LIMIT and 40 < len(card.summary) <= SUMMARY_LIMIT
            assert card.text("activity").strip() and card.text("learning").strip() and card.duration


def test_there_is_a_card_for_each_form_of_exchange_and_each_has_a_name_of_its_own() -> None:
    assert {card.format for card in CARDS} == set(formats())
    assert 8 <= len(CARDS) == len(menu()) <= 12
    for language in LANGUAGES:
        with speaking(language):
            assert len({card.title for card in CARDS}) == len(CARDS)


def test_a_company_chooses_among_the_examples_that_companies_may_host(cast: Cast, client_of: Visit) -> None:
    page = client_of("host").get(NEW).text
    for card in CARDS:
        assert (f"card={card.slug}" in page) == ("company" in card.hosts), card.slug
    assert "card=our-school" not in page and "card=mbo-colleague" not in page


def test_an_example_becomes_a_draft_of_which_safety_is_looked_at_first(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    client, address = client_of("host"), f"{NEW}?card=find-the-fault"
    filled = form_of(client.get(address).text)
    assert filled["title"] == "Find the fault: an evening of measuring and adjusting"
    assert filled["profiles"] == ["MT", "PIE"] and filled["kind"] == "masterclass"
    made = post(client, address, title="Zoek de storing bij ons")
    assert made.location.endswith("/safety?card=find-the-fault")
    code = code_in(made)
    with app.app_context():
        assert not the_offer(code).brief.facts.is_answered
    notes = client.get(made.location).text
    assert "This is what usually holds with this example." in notes
    assert set(form_of(notes)["chosen"]) == {"M004", "W012"}
    saved = post(client, made.location)
    assert saved.status_code == 303
    with app.app_context():
        offer = the_offer(code)
        assert offer.title == "Zoek de storing bij ons"
        assert [line.code for line in offer.brief.facts.lines] == ["M004", "W012"]
    assert "usually holds" not in client.get(made.location).text


def test_an_example_sent_twice_makes_one_offer(app: Flask, cast: Cast, client_of: Visit) -> None:
    client, address = client_of("host"), f"{NEW}?card=day-along"
    data = form_of(client.get(address).text)
    assert client.post(address, data=data).location == client.post(address, data=data).location


@pytest.mark.parametrize("query", ["card=nothing-like-it", "card=our-school", "card=%F0%9F%98%80"])
def test_an_example_that_is_none_or_not_ours_leaves_the_choice(
    cast: Cast, client_of: Visit, query: str
) -> None:
    answer = client_of("host").get(f"{NEW}?{query}")
    assert answer.status_code == 200 and "Which form suits you?" in answer.text


def test_one_of_our_own_is_taken_over_with_its_safety_notes(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("host")
    page = client.get(NEW).text
    (action,) = [action for action, _ in forms_of(page) if action.endswith("/duplicate")]
    assert cast.offer in action
    code = code_in(post(client, NEW, action="/duplicate"))
    with app.app_context():
        copy = the_offer(code)
        assert (copy.title, copy.state, copy.slots) == (the_offer(cast.offer).title, "draft", [])
        assert copy.brief.facts == BRIEF
    assert cast.offer not in client_of("outside host").get(NEW).text
