"""The door before the application answers for feeds exactly as the application does, and lets in everybody else."""

from collections.abc import Mapping

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from marketplace.web.door import Door
from tests import steps
from tests.account.subscribing import fetch, make_link
from tests.cast import Cast
from tests.conftest import Visit
from tests.statements import statements

ANSWERS = (
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "X-Robots-Tag",
    "X-Content-Type-Options",
    "Referrer-Policy",
)
OF_A_WHOLE_FEED = ("Content-Type", "Content-Disposition", "Content-Length")
LATER, EARLIER = "Tue, 12 Jan 2027 09:00:00 GMT", "Mon, 04 Jan 2027 09:00:00 GMT"


@pytest.fixture
def feed(app: Flask, cast: Cast, client_of: Visit) -> str:
    """The path of a teacher's feed with a claim in it, which was fetched today already."""
    with app.app_context():
        steps.approved(cast)
    path = make_link(client_of("teacher"))
    fetch(app, path).close()
    return path


def inside(app: Flask) -> Client:
    """The application behind its door."""
    assert isinstance(app.wsgi_app, Door)
    return Client(app.wsgi_app._inside)


def is_at_the_door(app: Flask, path: str, **headers: str) -> bool:
    """Whether the answer did not come from within, where every answer gets the headers of pages."""
    return "Content-Security-Policy" not in fetch(app, path, **headers).headers


def test_a_whole_feed_takes_two_statements_and_one_if_nothing_changed(app: Flask, feed: str) -> None:
    etag = fetch(app, feed).headers["ETag"]
    for headers, number in ({}, 2), ({"If_None_Match": etag}, 1):
        with statements(app) as sent:
            assert is_at_the_door(app, feed, **headers)
        assert len(sent) == number


def known(answer: TestResponse, names: tuple[str, ...]) -> Mapping[str, str | None]:
    return {name: answer.headers.get(name) for name in names}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"If-None-Match": "{etag}"},
        {"If-None-Match": "W/{etag}"},
        {"If-None-Match": '"other", {etag}'},
        {"If-None-Match": "*"},
        {"If-None-Match": '"other"', "If-Modified-Since": LATER},
        {"If-None-Match": "{etag}", "If-Modified-Since": EARLIER},
        {"If-Modified-Since": LATER},
        {"If-Modified-Since": EARLIER},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Mon, 04 Jan 99999999999999999999 09:00:00 GMT"},
        {"Range": "bytes=0-10"},
        {"Accept-Encoding": "gzip", "Accept": "text/html", "Cookie": "session=nonsense"},
    ],
    ids=str,
)
def test_it_says_what_the_application_says(
    app: Flask, feed: str, method: str, headers: Mapping[str, str]
) -> None:
    etag = fetch(app, feed).headers["ETag"]
    asked = {name: value.replace("{etag}", etag) for name, value in headers.items()}
    at_the_door = app.test_client().open(feed, method=method, headers=asked)
    within = inside(app).open(feed, method=method, headers=asked)
    assert (at_the_door.status_code, at_the_door.data) == (within.status_code, within.data)
    names = ANSWERS if at_the_door.status_code == 304 else ANSWERS + OF_A_WHOLE_FEED
    assert known(at_the_door, names) == known(within, names)
    assert "Set-Cookie" not in at_the_door.headers
    assert "Content-Security-Policy" in within.headers
    assert "Content-Security-Policy" not in at_the_door.headers


def test_the_first_use_of_a_day_goes_in_and_is_noted(
    app: Flask, feed: str, clock: time_machine.Traveller
) -> None:
    assert is_at_the_door(app, feed)
    clock.shift(24 * 3600)
    assert not is_at_the_door(app, feed)
    fetch(app, feed).close()
    assert is_at_the_door(app, feed)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 4000, "%00", "é", "..%2f..", "' OR 1=1"])
def test_a_token_that_is_nobodys_goes_in_to_the_same_page(app: Flask, feed: str, token: str) -> None:
    answer = fetch(app, f"/feeds/{token}.ics")
    assert answer.status_code in (400, 404)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "PROPFIND"])
def test_it_only_reads(app: Flask, feed: str, method: str) -> None:
    answer = app.test_client().open(feed, method=method)
    assert answer.status_code in (200, 405)
    assert "ETag" not in answer.headers


def test_a_new_link_and_a_lost_role_end_it_at_once(
    app: Flask, cast: Cast, feed: str, client_of: Visit
) -> None:
    browser: FlaskClient = client_of("teacher")
    path = make_link(browser)
    fetch(app, path).close()
    assert (fetch(app, feed).status_code, fetch(app, path).status_code) == (404, 200)
    with app.app_context():
        steps.lose_roles(cast, "teacher")
    assert fetch(app, path).status_code == 404


def test_a_change_is_seen_at_once(app: Flask, cast: Cast, feed: str) -> None:
    etag = fetch(app, feed).headers["ETag"]
    assert fetch(app, feed, If_None_Match=etag).status_code == 304
    with app.app_context():
        steps.change_slot(cast, supervisor="Henk de Lange")
        steps.tell()
    answer = fetch(app, feed, If_None_Match=etag)
    assert answer.status_code == 200
    assert "Henk de Lange" in answer.text
