"""A search as a calendar to subscribe to."""

from collections.abc import Callable
from datetime import timedelta
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
from tests.market.rows import add_offer
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


def test_the_page_offers_its_own_search(client_of: Callable[[str], FlaskClient]) -> None:
    text = client_of("nobody").get("/offers?format=docentstage").text
    assert 'href="webcal://localhost/offers.ics?format=docentstage&amp;language=en"' in text
    assert 'value="http://localhost/offers.ics?format=docentstage&amp;language=en"' in text
