"""A search as a calendar to subscribe to."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email.utils import format_datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.states import SlotState
from tests.cast import Cast, claim, slot_of
from tests.conftest import NOW
from tests.market.rows import TEXT, add_evening, add_offer
from tests.statements import statements

FEED = "/offers.ics"


@pytest.fixture
def asks(app: Flask, cast: Cast) -> FlaskClient:
    """A calendar program."""
    return app.test_client()


def titles(octets: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(octets).walk("VEVENT")]


def test_a_search_is_a_calendar(asks: FlaskClient) -> None:
    answer = asks.get(f"{FEED}?q=lassen&format=docentstage")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="offers.ics"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary
    (title,) = titles(answer.data)
    assert "Lassen en zetten" in title
    assert titles(asks.get(f"{FEED}?q=zzz").data) == []


def test_it_speaks_the_language_that_is_asked_for(asks: FlaskClient) -> None:
    assert "Teacher placement" in titles(asks.get(f"{FEED}?language=en").data)[0]
    assert "Docentstage" in titles(asks.get(f"{FEED}?language=xx").data)[0]


def test_nothing_new_costs_no_entry_read(app: Flask, asks: FlaskClient) -> None:
    first = asks.get(FEED)
    with statements(app) as sent:
        again = asks.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert len(sent) == 1
    for name in ("ETag", "Last-Modified", "Cache-Control"):
        assert again.headers[name] == first.headers[name]


def test_the_date_alone_will_do(asks: FlaskClient) -> None:
    first = asks.get(FEED)
    modified = first.headers["Last-Modified"]
    assert asks.get(FEED, headers={"If-Modified-Since": modified}).status_code == 304
    day_before = format_datetime(NOW - timedelta(days=1), usegmt=True)
    assert asks.get(FEED, headers={"If-Modified-Since": day_before}).status_code == 200


@pytest.mark.parametrize(
    "nonsense",
    ["yesterday", "", "2027-01-11", "Mon, 11 Jan 99999999999999999999 09:00:00 GMT", "\u00e9"],
)
def test_a_date_that_is_none_gets_the_calendar(asks: FlaskClient, nonsense: str) -> None:
    assert asks.get(FEED, headers={"If-Modified-Since": nonsense}).status_code == 200


def test_the_etag_wins_over_the_date(asks: FlaskClient) -> None:
    first = asks.get(FEED)
    headers = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]}
    assert asks.get(FEED, headers=headers).status_code == 200


def test_head_tells_the_same_without_the_calendar(asks: FlaskClient) -> None:
    whole, head = asks.get(FEED), asks.head(FEED)
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_a_change_of_an_offer_changes_the_etag(app: Flask, asks: FlaskClient, cast: Cast) -> None:
    first = asks.get(FEED)
    with app.app_context():
        offers.close_slot(
            slot=slot_of(cast),
            to=SlotState.CANCELLED,
            reason="Storm",
            by="system",
            now=NOW + timedelta(hours=1),
        )
        session.commit()
    second = asks.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert b"STATUS:CANCELLED" in second.data
    assert second.last_modified == NOW + timedelta(hours=1)


def test_another_search_has_another_etag_and_the_same_one_written_otherwise_has_not(
    asks: FlaskClient,
) -> None:
    def etag(query: str) -> str:
        return asks.get(f"{FEED}?{query}").headers["ETag"]

    assert etag("q=lassen&format=docentstage") == etag("format=docentstage&format=x&q=+lassen&until=")
    assert len({etag("q=lassen"), etag("q=zetten"), etag(""), etag("language=en")}) == 4


def test_a_day_later_it_is_another_window(asks: FlaskClient, clock: time_machine.Traveller) -> None:
    first = asks.get(FEED)
    clock.shift(timedelta(hours=13, minutes=59))
    assert asks.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    clock.shift(timedelta(minutes=1))  # midnight in Amsterdam
    later = asks.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200
    assert later.last_modified == NOW + timedelta(hours=14)


def test_a_search_for_free_places_notices_a_claim(app: Flask, asks: FlaskClient, cast: Cast) -> None:
    first = asks.get(f"{FEED}?free=1")
    with app.app_context():
        add_offer(cast)
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)
    second = asks.get(f"{FEED}?free=1", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert all("Lassen" not in title for title in titles(second.data))


PARAMETERS = [
    "q=lassen",
    "format=docentstage",
    "format=docentstage&format=masterclass",
    "sector=metal",
    "sector=ict",
    "profile=PIE",
    "profile=HBR",
    "audience=vmbo_teacher",
    "access=gate_instruction",
    "access=none",
    "ease=no_vca",
    "ease=nothing&ease=provided",
    "time_basis=own_time",
    "time_basis=school_time",
    "time_basis=after_school",
    "duration=day",
    "duration=evening",
    "month=2027-02",
    "month=2027-03",
    "from=2027-02-15",
    "until=2027-02-15",
    "near=Meppel&within=5",
    "near=Maastricht&within=25",
    "near=Meppel",
    "free=1",
    "region=REGION",
    "region=N0WHERE",
    "q=spuitgieten&near=Zwolle&within=50&format=docentstage&from=2027-02-01&free=1",
]
"""Each parameter of the search, alone and together."""


@pytest.mark.parametrize("query", PARAMETERS)
def test_the_calendar_follows_the_very_search_of_the_page(
    app: Flask, asks: FlaskClient, cast: Cast, query: str
) -> None:
    """CALENDAR.md 5: a search feed takes the same parameters as the page, and finds the same."""
    with app.app_context():
        offer = add_offer(cast)
        add_evening(cast, add_offer(cast), day=date(2027, 3, 4))
        add_offer(cast, replace(TEXT, title="Lassen", format="masterclass", profiles=("PIE",)))
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)
        session.commit()
        assert offer.code
    query = query.replace("REGION", cast.region)
    on_page = set(re.findall(r'href="/offers/([0-9A-Z]+)"', asks.get(f"/offers?{query}").text))
    in_feed = set(re.findall(r"/offers/([0-9A-Z]+)", unfolded(asks.get(f"{FEED}?{query}").text)))
    assert in_feed == on_page


def unfolded(text: str) -> str:
    """Lines as they were before they were folded (RFC 5545 3.1)."""
    return text.replace("\r\n ", "")


@pytest.mark.parametrize(
    "query", ["", "q=lassen", "region=REGION", "free=1", "region=REGION&free=1&near=Meppel"]
)
def test_a_search_feed_takes_two_statements_and_one_if_nothing_changed(
    app: Flask, asks: FlaskClient, cast: Cast, query: str
) -> None:
    path = f"{FEED}?{query.replace('REGION', cast.region)}"
    with statements(app) as sent:
        first = asks.get(path)
    assert len(sent) <= 2
    with statements(app) as sent:
        again = asks.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert len(sent) == (2 if "free" in query else 1)


def test_the_page_offers_its_own_search(client_of: Callable[[str], FlaskClient]) -> None:
    text = client_of("nobody").get("/offers?format=docentstage").text
    assert 'href="webcal://localhost/offers.ics?format=docentstage&amp;language=en"' in text
    assert 'value="http://localhost/offers.ics?format=docentstage&amp;language=en"' in text
