"""What a search finds, and in which order: words, places on the map, times, and how it goes on."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.organisations.actions import add_site
from marketplace.organisations.models import Organisation
from tests.cast import Cast, plan
from tests.conftest import NOW
from tests.market.rows import TEXT, add_evening, add_offer, add_offers

Visit = Callable[[str], FlaskClient]
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
WELDING, PUMPS, ROBOT = "Lassen en zetten", "Warmtepompen inregelen", "Een robot laten lassen"


@pytest.fixture
def three_offers(app: Flask, cast: Cast) -> None:
    """Welding in Meppel on 9 February; heat pumps in Zwolle; a robot that welds in Hardenberg, published last."""
    with app.app_context():
        company = session.scalars(select(Organisation).where(Organisation.code == cast.company)).one()
        for town, title, day, now in (
            ("Zwolle", PUMPS, date(2027, 2, 20), NOW),
            ("Hardenberg", ROBOT, date(2027, 3, 2), NOW + timedelta(hours=1)),
        ):
            site = add_site(
                organisation=company, street="Kade 1", postcode="8011 XY", town=town, by="host", now=now
            )
            text = replace(TEXT, title=title, activity="U meet en regelt zelf. Een slimme lasser kijkt mee.")
            offer = offers.draft_offer(organisation=company, text=text, made_with=None, by="host", now=now)
            brief = replace(offer.brief.facts, has_no_particular_risks=True)
            offers.change_brief(offer=offer, brief=brief, by="host", now=now)
            offers.add_slots(offer=offer, plan=plan(site.code, day=day), by="host", now=now)
            offers.submit(offer=offer, by="host", now=now)
        session.commit()


def titles(client: FlaskClient, query: str) -> list[str]:
    """What is found, in order."""
    answer = client.get(f"/offers?{query}")
    assert answer.status_code == 200
    found = re.findall(r'offer-title"><a[^>]*>([^<]*)<', answer.text)
    return [title for each in found for title in (WELDING, PUMPS, ROBOT) if each.startswith(title)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("warmtepomp", [PUMPS]),
        ("WARMTEPÓMPEN", [PUMPS]),
        ("warmtep", [PUMPS]),
        ("gelast", [WELDING, ROBOT]),
        ("robots in hardenberg", [ROBOT]),
        ("reestdal", [WELDING, PUMPS, ROBOT]),
        ("PIE", [WELDING]),
        ("installeren energie", [WELDING]),
        ("metaal", [WELDING, PUMPS, ROBOT]),
        ("metal", [WELDING, PUMPS, ROBOT]),
        ("teacher placement", [WELDING, PUMPS, ROBOT]),
        ("lasser", [PUMPS, ROBOT]),
        ("lassen warmtepomp", []),
        ("😀", []),
        ("\"' OR 1=1 --", []),
        ("title=lass", []),
        ("*", []),
        ("NOT lassen", []),
    ],
)
def test_words_find_what_has_all_of_them(
    client_of: Visit, three_offers: None, words: str, found: list[str]
) -> None:
    assert titles(client_of("nobody"), f"q={words.replace(' ', '+')}") == found


def test_who_has_it_in_the_title_comes_first(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offer(cast, replace(TEXT, title=PUMPS), day=date(2027, 3, 1))
        add_offer(cast, replace(TEXT, title=ROBOT, activity="Ook een warmtepomp."))
        session.commit()
    client = client_of("nobody")
    assert titles(client, "q=warmtepomp") == [PUMPS, ROBOT]
    text = client.get("/offers?q=warmtepomp").text
    assert text.index("Found in the title") < text.index(PUMPS)
    assert text.index(PUMPS) < text.index("Found elsewhere in the text") < text.index(ROBOT)


def test_paging_goes_on_from_titles_to_the_rest(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        titled = add_offers(cast, 30)
        for number in range(30):
            other = replace(TEXT, title=f"Iets anders {number}", activity="Ook spuitgieten.")
            add_offer(cast, other, day=date(2027, 2, 1) + timedelta(days=number))
        session.commit()
    client, address = client_of("nobody"), "/offers?q=spuitgieten"
    seen: list[str] = []
    while address:
        text = client.get(address, headers=PART if seen else {}).text
        seen += re.findall(r'offer-title"><a href="/offers/(\w+)"', text)
        further = re.search(r'hx-get="(/offers\?[^"]*after=[^"]*)"', text)
        address = further[1].replace("&amp;", "&") if further else ""
    assert len(seen) == len(set(seen)) == 60
    assert set(seen[:30]) == set(titled)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("near=Meppel&within=10", [WELDING]),
        ("near=meppel&within=25", [WELDING, PUMPS]),
        ("near=Meppel&within=100", [WELDING, PUMPS, ROBOT]),
        ("near=Hardenberg&sort=distance", [ROBOT, WELDING, PUMPS]),
        ("near=Zwolle&sort=distance", [PUMPS, WELDING, ROBOT]),
        ("sort=newest", [ROBOT, WELDING, PUMPS]),
        ("sort=date", [WELDING, PUMPS, ROBOT]),
        ("sort=nonsense", [WELDING, PUMPS, ROBOT]),
        ("near=Zwolle&sort=distance&q=lasser", [PUMPS, ROBOT]),
    ],
)
def test_near_a_town_and_in_order(client_of: Visit, three_offers: None, query: str, found: list[str]) -> None:
    assert titles(client_of("nobody"), query) == found


def test_a_card_says_how_far_it_is(client_of: Visit, three_offers: None) -> None:
    client = client_of("nobody")
    text = client.get("/offers?near=Meppel&within=50").text
    assert "21 km as the crow flies" in text
    assert "Within 50 km of Meppel" in text
    assert 'name="near" value="Meppel"' in text
    assert "as the crow flies" not in client.get("/offers").text, "a card that was kept is of another search"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("near=Atlantis", "We do not know the town “Atlantis”"),
        ("near=%25s%25(x)d", "We do not know the town “%s%(x)d”"),
        ("sort=distance", "Fill in a town too"),
        ("within=25", "Fill in a town too"),
        ("near=Meppel&within=-3", "The distance was not understood"),
        ("near=Meppel&within=far", "The distance was not understood"),
        ("from=32-13-2027", "A date was not understood"),
        ("from=2027-03-01&until=2027-02-01", "The last day lies before the first day."),
    ],
)
def test_what_cannot_be_followed_is_said(client_of: Visit, three_offers: None, query: str, said: str) -> None:
    client = client_of("nobody")
    assert said in client.get(f"/offers?{query}").text
    assert said in client.get(f"/offers/filters?{query}").text


def test_without_a_town_there_is_no_distance_left(client_of: Visit, three_offers: None) -> None:
    text = client_of("nobody").get("/offers?near=Zwolle&within=25&sort=distance&free=1").text
    assert 'class="chip" href="/offers?free=1#found"' in text
    assert 'class="chip" href="/offers?near=Zwolle&amp;within=25&amp;sort=distance#found"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("time_basis=school_time", [WELDING]),
        ("time_basis=after_school", [ROBOT]),
        ("time_basis=own_time", [PUMPS, ROBOT]),
        ("time_basis=after_school&time_basis=school_time", [WELDING, ROBOT]),
        ("time_basis=holiday_noord", [PUMPS]),
        ("time_basis=holiday_zuid", []),
        ("month=2027-02", [WELDING, PUMPS]),
        ("month=2027-03", [ROBOT]),
        ("month=2027-02&month=2027-03", [WELDING, PUMPS, ROBOT]),
        ("month=2027-13&month=x", [WELDING, PUMPS, ROBOT]),
        ("duration=day", [WELDING, PUMPS]),
        ("duration=half_day", [ROBOT]),
        ("duration=several", []),
        ("access=gate_instruction", [WELDING]),
        ("access=none", [PUMPS, ROBOT]),
    ],
)
def test_times_and_access(app: Flask, client_of: Visit, cast: Cast, query: str, found: list[str]) -> None:
    with app.app_context():
        add_offer(cast, replace(TEXT, title=PUMPS), day=date(2027, 2, 27))  # a Saturday in the holidays
        robot = add_offer(cast, replace(TEXT, title=ROBOT), day=date(2027, 1, 30), moments=1)
        add_evening(cast, robot, day=date(2027, 3, 2))
        for slot in robot.slots:
            if slot.starts_at < NOW + timedelta(days=30):
                offers.close_slot(slot=slot, to="closed", reason="", by="host", now=NOW)  # type: ignore[arg-type]
        session.commit()
    assert titles(client_of("nobody"), query) == found


def test_a_region_has_what_its_parts_have(app: Flask, client_of: Visit, cast: Cast) -> None:
    client = client_of("nobody")
    assert titles(client, f"region={cast.region}") == [WELDING]
    assert titles(client, "region=ZZZZZZZZZZ") == []
    assert titles(client, "region=no+code") == [WELDING]
    assert "STO Reest &amp; Vecht" in client.get(f"/offers?region={cast.region}").text
