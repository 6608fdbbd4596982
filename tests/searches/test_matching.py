"""What is new for a saved search is what its page finds: the same words, the same terms, the same moments."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from marketplace.kernel.database import session, transaction
from marketplace.offers.queries import appeared, card_of, found_among, search
from marketplace.searches.facts import search_in
from tests.cast import Cast
from tests.conftest import NOW
from tests.market.rows import TEXT, add_offer

pytestmark = pytest.mark.usefixtures("app_context")

TITLES = {
    "Warmtepompen inregelen": "Een café warm houden met een lucht-waterpomp.",
    "Gelast werk keuren": "U kijkt naar lasnaden van de lassers.",
    "Een dag op ’t ĳs": "Koeltechniek, coöperatie en geïsoleerde huizen.",
    "Robots programmeren": "Programming a robot that welds; lassen zonder lasser.",
    "Hijsen & heffen": "100% veilig: 3D-printers, CO₂ en 5 m² dak.",
}
FOUND = {
    "": "LWGERH",
    "q=warmtepomp": "W",
    "q=WARMTEPOMPEN": "W",
    "q=warmte": "W",
    "q=pomp": "",
    "q=waterpomp": "W",
    "q=las": "LGR",
    "q=lassen": "LGR",
    "q=gelast": "LGR",
    "q=lasser": "GR",
    "q=lasnaad": "G",
    "q=welding": "R",
    "q=programmer": "R",
    "q=robot": "R",
    "q=reestdal+robots": "R",
    "q=robot+lassen&format=docentstage": "R",
    "q=cafe": "W",
    "q=CAFÉ": "W",
    "q=ijs": "E",
    "q=ĳs": "E",
    "q=huis": "E",
    "q=huizen": "E",
    "q=dagen": "E",
    "q=een": "LWE",
    "q=coöp": "E",
    "q=cooperatie": "E",
    "q=geisoleerd": "E",
    "q=3d": "H",
    "q=m2": "H",
    "q=m²": "H",
    "q=CO₂": "H",
    "q=100%25": "H",
    "q=%26": "",
    "q=title": "",
    "q=%3Dprofile%3Dmt": "",
    "profile=MT": "LWGERH",
    "profile=PIE": "L",
    "sector=metal&access=none": "WGERH",
    "ease=nothing": "WGERH",
    "month=2027-03": "ERH",
    "near=Zwolle&within=10": "",
}
"""By what is asked for the first letters of the titles that it finds, that of the cast's welding among them."""


@pytest.fixture
def five_offers(app: Flask, cast: Cast) -> None:
    """Besides the cast's welding these five, a day apart, published a minute later."""
    with transaction():
        for number, (title, activity) in enumerate(TITLES.items()):
            text = replace(TEXT, title=title, activity=activity)
            day = date(2027, 2, 20) + timedelta(days=5 * number)
            add_offer(cast, text, day=day, now=NOW + timedelta(minutes=1))


def test_what_is_new_is_what_the_page_finds(five_offers: None) -> None:
    at = NOW + timedelta(hours=1)
    fresh = appeared(NOW - timedelta(days=1), at, now=at, most=100)
    assert len(fresh) == 6
    for query, letters in FOUND.items():
        wishes = search_in(query)
        hits = search(wishes, now=at).hits
        assert sorted(card.title[0] for card in map(card_of, hits)) == sorted(letters), query
        found = {hit.place for hit in hits}
        assert found_among(wishes, fresh, now=at) == found, query
        few = [each for each in fresh if each.place in found]
        assert found_among(wishes, few, now=at) == found, f"{query}, whatever else is new"
    session.rollback()
