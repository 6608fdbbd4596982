"""The search as a table and as a map: what stands in them, in which order, and where they lead."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.kernel.database import session
from marketplace.market.facts.drawing import WIDTH, Circle, drawn
from marketplace.offers.actions.listing import list_offer
from marketplace.organisations.models import Site
from marketplace.regions.towns import Town, town_at, town_named, towns
from tests.cast import Cast, claim
from tests.conftest import NOW
from tests.market.rows import TEXT, add_evening, add_offer, add_offers
from tests.statements import statements
from tests.steps import offer_of

Visit = Callable[[str], FlaskClient]
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
WELDING = "Lassen en zetten: van plaat tot product"
VIEWS = ["/offers/table", "/offers/map"]


def plain(html: str) -> str:
    """Only the words."""
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def rows(text: str) -> list[list[str]]:
    """The cells of each row of the table, after its head."""
    body = text.partition('<tbody role="rowgroup">')[2]
    return [
        [plain(cell) for _, cell in re.findall(r"<(t[dh]) [^>]*>(.*?)</\1>", row, re.S)]
        for row in body.split('<tr role="row">')[1:]
    ]


def test_a_row_says_what_one_compares(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers/table").text
    assert rows(text) == [
        [
            *("Tue 09/02/2027", "8:00–16:00", WELDING, "Reestdal Metaalwerken"),
            *("Meppel", "Teacher placement", "2 of 2", "Gate instruction"),
        ]
    ]
    assert re.findall('scope="col">(.*?)<', text) == [
        *("Date", "Time", "Activity", "Organisation", "Town", "Form", "Free places", "Access")
    ]
    assert '<th role="rowheader" scope="row"><a href="/offers/' in text


def test_an_offer_is_one_row_by_its_next_moment_that_fits(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offer(cast, moments=3)
        add_evening(
            cast, add_offer(cast, replace(TEXT, title="Avond"), day=date(2027, 5, 4)), day=date(2027, 5, 6)
        )
        session.commit()
    client = client_of("nobody")
    found = rows(client.get("/offers/table?q=spuitgieten&from=2027-02-21").text)
    assert [row[:3] for row in found] == [
        ["Sat 27/02/2027", "8:00–16:00 Own time", "Spuitgieten and 1 more moment"]
    ]
    found = rows(client.get("/offers/table?from=2027-05-05").text)
    assert [row[:2] for row in found] == [["Thu 06/05/2027", "18:00–21:00 Own time"]]


def test_full_moments_say_so(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        claim(cast, "teacher", now=NOW)
        assert rows(client_of("nobody").get("/offers/table").text)[0][6] == "1 of 2"
        claim(cast, "colleague", now=NOW)
    assert rows(client_of("nobody").get("/offers/table").text)[0][6] == "Full"


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        ("date", [WELDING, "Spuitgieten"]),
        ("newest", ["Spuitgieten", WELDING]),
        ("distance", [WELDING, "Spuitgieten"]),
    ],
)
def test_it_is_in_the_order_that_is_asked_for(
    app: Flask, client_of: Visit, cast: Cast, sort: str, titles: list[str]
) -> None:
    with app.app_context():
        add_offer(cast, now=NOW.replace(hour=10))
        session.commit()
    text = client_of("nobody").get(f"/offers/table?near=Zwolle&sort={sort}").text
    assert [row[2] for row in rows(text)] == titles
    assert {row[4] for row in rows(text)} == {"Meppel 21 km"}
    assert f'<option value="{sort}" selected>' in text


def test_paging_shows_each_offer_once(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        codes = add_offers(cast, 60)
    client, address, seen, pages = client_of("nobody"), "/offers/table?q=spuitgieten", [], 0
    while address:
        text = client.get(address).text
        seen += re.findall(r'scope="row"><a href="/offers/(\w+)">', text)
        further = re.search(r'href="(/offers/table\?[^"]*after=[^"]*)#found" rel="next"', text)
        address, pages = (further[1].replace("&amp;", "&") if further else ""), pages + 1
        assert ("From the beginning" in text) == (pages > 1)
    assert sorted(seen) == sorted(codes)
    assert pages == 2


@pytest.mark.parametrize("path", VIEWS)
def test_each_way_says_when_nothing_is_found(client_of: Visit, path: str) -> None:
    text = client_of("nobody").get(f"{path}?q=zzz").text
    assert "Nothing found" in text
    assert "<table" not in text
    assert "<svg viewBox=" not in text.partition('id="results"')[2].partition("empty")[0]


@pytest.mark.parametrize("who", ["nobody", "teacher", "host", "coordinator"])
def test_what_nobody_offers_can_be_asked_by_who_may(client_of: Visit, who: str) -> None:
    text = client_of(who).get("/offers?q=zzz").text
    assert ('href="/questions/new"' in text) == (who != "coordinator")
    assert 'href="/questions/new"' not in client_of(who).get("/offers?q=lassen").text


@pytest.mark.parametrize(("path", "name"), [(VIEWS[0], "Table"), (VIEWS[1], "Activities in 1 town")])
def test_htmx_gets_the_results_alone_and_the_address_names_the_wishes(
    client_of: Visit, path: str, name: str
) -> None:
    answer = client_of("nobody").get(f"{path}?q=+lassen+&from=", headers=PART)
    assert f"<title>{name}, “lassen” · Meeloop</title>" in answer.text
    assert "<html" not in answer.text
    assert answer.headers["HX-Replace-Url"] == f"{path}?q=lassen"
    assert f'href="{path}?q=lassen" aria-current="page"' in answer.text
    whole = client_of("nobody").get(f"{path}?q=lassen").text
    assert f'hx-get="{path}"' in whole
    assert f'action="{path}"' in whole


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize(
    "query",
    [
        {"q": "\"' OR 1=1 --"},
        {"q": "🔧" * 200},
        {"near": "Atlantis"},
        {"from": "32-13-2027"},
        {"after": "9" * 400, "sort": "price", "within": "-1"},
    ],
    ids=["quotes", "emoji", "Atlantis", "a day that is none", "values that are none"],
)
def test_what_means_nothing_is_answered_all_the_same(
    client_of: Visit, path: str, query: dict[str, str]
) -> None:
    assert client_of("nobody").get(path, query_string=query).status_code == 200


@pytest.mark.parametrize("path", VIEWS)
def test_the_number_of_statements_does_not_grow(app: Flask, client_of: Visit, cast: Cast, path: str) -> None:
    client = client_of("nobody")
    with statements(app) as for_one:
        client.get(path)
    with app.app_context():
        add_offers(cast, 30)
    with statements(app) as for_thirty:
        client.get(path)
    assert len(for_one) == len(for_thirty) == 2, "one looks whether a page is kept"


# --- The map -----------------------------------------------------------------------------------------------------


def move(cast: Cast, town: str) -> None:
    """The cast's offer is in another town from now on. Not committed."""
    session.execute(update(Site).where(Site.code == cast.site).values(town=town))
    session.expire_all()
    list_offer(offer_of(cast), now=NOW)


def towns_in(text: str) -> dict[str, str]:
    """By town of the list beside the map, how many activities there are and where its link leads."""
    found = re.findall(r'<li><a href="([^"]*)">([^<]*)</a> <span class="num">(\d+)', text)
    return {town: f"{count} {address}" for address, town, count in found}


def test_each_town_has_a_circle_and_a_link_to_what_is_there(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offers(cast, 3)
        move(cast, "Zwolle")
        session.commit()
    client = client_of("nobody")
    text = client.get("/offers/map?audience=mbo_teacher&near=Assen&within=100").text
    assert towns_in(text) == {"Meppel": "3 /offers?near=Meppel&amp;within=1&amp;audience=mbo_teacher"}
    text = client.get("/offers/map").text
    assert towns_in(text) == {
        "Meppel": "3 /offers?near=Meppel&amp;within=1",
        "Zwolle": "1 /offers?near=Zwolle&amp;within=1",
    }
    assert text.count("<circle cx=") == 2
    assert 'id="found">Activities in 2 towns' in text
    assert client.get("/offers?near=Meppel&within=1").text.count("<article") == 3
    assert client.get("/offers?near=Zwolle&within=1").text.count("<article") == 1


def test_the_drawing_is_for_the_eye_alone_and_the_list_for_everybody(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers/map").text
    drawing = text[text.index('<svg viewBox="0 0 600') : text.index('<ul class="towns"')]
    assert 'aria-hidden="true"' in drawing
    assert drawing.count("<a ") == drawing.count('tabindex="-1"') == 1
    assert '<ul class="towns" aria-labelledby="found">' in text
    assert "GeoNames" in text


def test_what_lies_nobody_knows_where_is_counted_apart(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offers(cast, 2)
        move(cast, "Atlantis")
        session.commit()
    text = client_of("nobody").get("/offers/map").text
    assert list(towns_in(text)) == ["Meppel"]
    assert "1 activity more is at a place that we have no map of." in text
    nowhere = client_of("nobody").get("/offers/map?profile=PIE").text
    assert "<svg viewBox=" not in nowhere
    assert "1 activity more" in nowhere


def test_every_town_is_known_by_where_it_lies() -> None:
    all_of_them = list(towns())
    assert len(all_of_them) > 1900
    assert all(town_at(each.latitude, each.longitude) is each for each in all_of_them)
    assert town_at(0.0, 0.0) is None


def known(name: str) -> Town:
    town = town_named(name)
    assert town
    return town


def test_towns_lie_on_the_map_as_in_the_country() -> None:
    names = ("Groningen", "Maastricht", "Middelburg", "Enschede", "Meppel", "Zwolle")
    drawing = drawn([Circle(known(name), 9 - number, "") for number, name in enumerate(names)])
    assert drawing
    at = {each.circle.town.name: (each.x, each.y) for each in drawing.circles}
    assert all(0 < x < WIDTH and 0 < y < drawing.height for x, y in at.values())
    assert at["Groningen"][1] < at["Meppel"][1] < at["Zwolle"][1] < at["Maastricht"][1]
    assert at["Middelburg"][0] < at["Maastricht"][0] < at["Enschede"][0]
    assert "Utrecht" in {each.text for each in drawing.names if each.is_far}


def test_one_town_alone_is_in_the_middle_of_its_surroundings() -> None:
    drawing = drawn([Circle(known("Meppel"), 1, "")])
    assert drawing
    (circle,) = drawing.circles
    assert (circle.x, circle.y) == (WIDTH // 2, drawing.height // 2)
    assert drawing.dots.count("M") > 20
    assert drawn([]) is None


def test_no_names_lie_over_each_other_or_outside() -> None:
    drawing = drawn([Circle(town, 1, "") for town in list(towns())[::12]])
    assert drawing
    boxes = []
    for each in drawing.names:
        wide = 12 * len(each.text)
        left = {"start": each.x, "end": each.x - wide, "middle": each.x - wide / 2}[each.anchor]
        boxes.append((left, each.y - 12, left + wide, each.y + 12))
    assert len(boxes) > 12
    assert all(left >= 0 and right <= WIDTH for left, _, right, _ in boxes)
    for number, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:number]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
