"""The marketplace as everybody finds it: searching, paging, and what addresses say."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.states import SlotState
from tests.cast import Cast, claim, slot_of
from tests.conftest import NOW
from tests.market.rows import TEXT, add_offer, add_offers
from tests.statements import again, statements

Visit = Callable[[str], FlaskClient]
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
WELDING, MOULDING = "Lassen en zetten", "Spuitgieten"


@pytest.fixture
def two_offers(app: Flask, cast: Cast) -> None:
    """Welding on 9 February, the cast's; moulding, a masterclass on Saturday 20 February, in the holidays."""
    with app.app_context():
        add_offer(cast, replace(TEXT, format="masterclass"))
        session.commit()


@pytest.mark.parametrize("address", ["/", "/offers"])
def test_everybody_sees_the_offers_by_date_without_getting_a_cookie(
    app: Flask, two_offers: None, address: str
) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert answer.text.index(WELDING) < answer.text.index(MOULDING)
    assert "Set-Cookie" not in answer.headers
    assert {"HX-Request", "HX-Request-Type"} <= set(answer.vary)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=lassen", [WELDING]),
        ("q=LÁSSEN+meppel", [WELDING]),
        ("q=100%25", []),
        ("format=masterclass", [MOULDING]),
        ("format=masterclass&format=docentstage", [WELDING, MOULDING]),
        ("profile=PIE", [WELDING]),
        ("audience=mbo_teacher", [MOULDING]),
        ("sector=metal", [WELDING, MOULDING]),
        ("sector=wood", []),
        ("from=2027-02-10", [MOULDING]),
        ("from=10-2-2027", [MOULDING]),
        ("until=2027-02-09", [WELDING]),
        ("from=2027-02-09&until=2027-02-09", [WELDING]),
        ("until=2027-02-08", []),
        ("format=nonsense&profile=&audience=x", [WELDING, MOULDING]),
    ],
)
def test_each_filter_finds_what_it_says(
    client_of: Visit, two_offers: None, query: str, found: list[str]
) -> None:
    text = client_of("nobody").get(f"/offers?{query}").text
    assert [title for title in (WELDING, MOULDING) if title in text] == found


def test_full_offers_are_left_out_only_when_asked(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)
    client = client_of("nobody")
    assert "Full" in client.get("/offers").text
    assert WELDING not in client.get("/offers?free=1").text


def test_a_card_shows_the_next_moment_that_fits_and_how_many_more(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        add_offer(cast, moments=3)
        session.commit()
    text = client_of("nobody").get("/offers?q=spuitgieten&from=2027-02-21").text
    assert "Saturday 27 February" in text
    assert "and 1 more moment<" in text


def test_a_card_warns_for_a_school_holiday(client_of: Visit, two_offers: None) -> None:
    client = client_of("nobody")
    assert "voorjaarsvakantie (Noord)" in client.get("/offers?format=masterclass").text
    assert "vakantie" not in client.get("/offers?format=docentstage").text


def test_each_wish_can_be_taken_away_again(client_of: Visit, two_offers: None) -> None:
    text = client_of("nobody").get("/offers?q=lassen&format=docentstage&from=2027-02-01&until=&free=").text
    assert 'href="/offers?format=docentstage&amp;from=2027-02-01#found"' in text
    assert 'href="/offers?q=lassen&amp;format=docentstage#found"' in text
    assert "<title>“lassen”, " in text


def test_the_address_bar_names_only_the_wishes(client_of: Visit, two_offers: None) -> None:
    answer = client_of("nobody").get("/offers?q=+lassen+&from=&until=&format=x&free=1", headers=PART)
    assert answer.headers["HX-Replace-Url"] == "/offers?q=lassen&free=1"
    assert "HX-Replace-Url" not in client_of("nobody").get("/offers?q=lassen").headers


def test_htmx_gets_the_results_alone(client_of: Visit, two_offers: None) -> None:
    answer = client_of("nobody").get("/offers?q=lassen", headers=PART)
    assert "<html" not in answer.text
    assert "<form" not in answer.text
    assert 'id="found">1 activity' in answer.text
    assert "<title>“lassen” · Meeloop</title>" in answer.text
    assert WELDING in answer.text


def test_a_date_that_is_none_is_said_and_left_out(client_of: Visit, two_offers: None) -> None:
    text = client_of("nobody").get("/offers?from=32-13-2027").text
    assert "A date was not understood" in text
    assert WELDING in text
    assert "A date was not understood" not in client_of("nobody").get("/offers?from=&until=2027-02-09").text


def test_nothing_found_leads_on(client_of: Visit, two_offers: None) -> None:
    text = client_of("nobody").get("/offers?q=zzz").text
    assert "Nothing found" in text
    assert "Show all activities" in text
    assert "/offers.ics?q=zzz" in text


def test_very_long_words_are_cut(client_of: Visit, two_offers: None) -> None:
    answer = client_of("nobody").get("/offers?q=" + "a" * 10_000)
    assert answer.status_code == 200
    assert f'name="q" value="{"a" * 100}"' in answer.text


def test_paging_through_sixty_offers_shows_each_once(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        codes = add_offers(cast, 60)
    client, address, seen, pages = client_of("nobody"), "/offers?q=spuitgieten", [], 0
    while address:
        text = client.get(address, headers=PART if pages else {}).text
        seen += re.findall(r'<h4 class="offer-title"><a href="/offers/(\w+)">', text)
        further = re.search(r'hx-get="(/offers\?[^"]*after=[^"]*)"', text)
        address, pages = (further[1].replace("&amp;", "&"), pages + 1) if further else ("", pages)
    assert sorted(seen) == sorted(codes)
    assert pages == 2


def test_more_is_only_the_next_cards_for_htmx_and_a_page_without(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        add_offers(cast, 30)
    client = client_of("nobody")
    after = re.search(r"after=([^\"&]+)", client.get("/offers").text)
    assert after
    part, whole = (client.get(f"/offers?after={after[1]}", headers=each).text for each in (PART, {}))
    assert part.count("<article") == whole.count("<article") == 6
    assert 'id="found"' not in part
    assert "From the beginning" in whole
    assert whole.count('class="month"') == part.count('class="month"') + 1, (
        "the month goes on under its heading"
    )


@pytest.mark.parametrize("who, most", [("nobody", 2), ("teacher", 3)])
def test_the_number_of_statements_is_the_same_for_one_offer_and_for_thirty(
    app: Flask, client_of: Visit, cast: Cast, who: str, most: int
) -> None:
    client = client_of(who)
    with statements(app) as for_one:
        client.get("/")
    with app.app_context():
        add_offers(cast, 30)
    with statements(app) as for_thirty:
        client.get("/")
    kept = again(app, lambda: client.get("/"))
    assert len(for_one) == len(for_thirty) == most, "one looks whether a page is kept, one who it is"
    assert len(kept) == 1, "the page is kept"


def test_a_cancelled_moment_is_not_offered(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        offers.close_slot(
            slot=slot_of(cast), to=SlotState.CANCELLED, reason="Storm", by=cast.codes["host"], now=NOW
        )
        session.commit()
    assert WELDING not in client_of("nobody").get("/").text


NAMES = st.sampled_from(
    [
        *("q", "format", "sector", "profile", "audience", "from", "until", "free", "after", "language", "x"),
        *("near", "within", "region", "time_basis", "access", "ease", "duration", "month", "sort", "day"),
    ]
)
PATHS = ["/offers.ics", *(f"/offers/{name}" for name in ("filters", "month", "week", "table", "map"))]
"""What else takes the words of a search."""
VALUES = st.one_of(
    st.text(max_size=40),
    st.dates().map(date.isoformat),
    st.sampled_from(
        ["docentstage", "PIE", "1", "0-128581413365252096", "-9999999999-" + "9" * 18, "1-" + "9" * 30]
    ),
    st.sampled_from(
        ["Meppel", "25", "999", "distance", "newest", "holiday_noord", "2027-02", "2099-12", "2000-01"]
    ),
    st.sampled_from(
        ["0001-01-01", "9999-12-31", "\x00", "%", "_", '"', "'", "\\", "lassen*", "😀", "ß", "ǅ", "٣", "²"]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(st.tuples(NAMES, VALUES), max_size=6),
    is_part=st.booleans(),
    path=st.sampled_from(["/offers", "/offers", *PATHS]),
)
def test_no_address_is_too_much(
    app: Flask, cast: Cast, query: list[tuple[str, str]], is_part: bool, path: str
) -> None:
    address = f"{path}?{urlencode(query, errors='surrogatepass')}"
    answer = app.test_client().get(address, headers=PART if is_part else {})
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\"' OR 1=1 --"},
        {"q": "🔧🛠️ lassen 👩‍🏭"},
        {"q": "x" * 10_000},
        {"near": "Atlantis"},
        {"from": "32-13-2027"},
        {"after": "9" * 400, "within": "-1", "sort": "price", "month": "2027-13", "free": "yes"},
    ],
    ids=["quotes", "emoji", "a long word", "Atlantis", "a day that is none", "values that are none"],
)
@pytest.mark.parametrize("path", ["/", "/offers", *PATHS])
def test_what_means_nothing_is_answered_all_the_same(
    client_of: Visit, two_offers: None, path: str, query: dict[str, str]
) -> None:
    answer = client_of("nobody").get(path, query_string=query)
    assert answer.status_code == 200
