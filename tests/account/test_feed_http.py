"""A feed over HTTP as RFC 9110 and CALENDAR.md 5 ask, whatever programs send along."""

import logging
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from marketplace.feeds.models import Subscription
from marketplace.kernel.database import db, session
from tests import steps
from tests.account.subscribing import fetch, make_link
from tests.cast import Cast
from tests.conftest import NOW, Visit


@pytest.fixture
def fresh(app: Flask, cast: Cast, client_of: Visit) -> str:
    """A teacher's feed with a claim in it, that was never fetched."""
    made = make_link(client_of("teacher"))
    with app.app_context():
        steps.claim_seat(cast)
    return made


@pytest.fixture(params=["the first time in a day", "later"])
def path(app: Flask, fresh: str, request: pytest.FixtureRequest) -> str:
    """The same for the first time in a day, which the application answers, and later, which the door before it does."""
    if request.param == "later":
        fetch(app, fresh).close()
    return fresh


def test_it_says_what_it_is(app: Flask, path: str) -> None:
    """CALENDAR.md 5, HTTP and Secret: type and name of the file, private, not for search engines, no referrer."""
    said = fetch(app, path).headers
    assert said["Content-Type"] == "text/calendar; charset=utf-8"
    assert said["Content-Disposition"] == 'inline; filename="agenda.ics"'
    assert said["Cache-Control"] == "private, no-cache"
    assert said["X-Robots-Tag"] == "noindex, nofollow"
    assert said["Referrer-Policy"] == "no-referrer"
    assert not said["ETag"].startswith("W/")
    assert "Set-Cookie" not in said


@pytest.mark.parametrize(
    "date", ["yesterday", "", "2027-01-11", "Mon, 11 Jan 99999999999999999999 09:00:00 GMT", "é"]
)
def test_a_date_that_is_none_gets_the_calendar(app: Flask, path: str, date: str) -> None:
    """RFC 9110 13.1.3: a recipient must ignore a date that is not valid."""
    assert fetch(app, path, If_Modified_Since=date).status_code == 200


def test_a_date_alone_will_do_and_the_etag_wins_over_it(app: Flask, path: str) -> None:
    """RFC 9110 13.1.3, 13.2.2: the date is not looked at where there is an ETag. Apple sends dates alone."""
    first = fetch(app, path)
    modified, etag = first.headers["Last-Modified"], first.headers["ETag"]
    assert fetch(app, path, If_Modified_Since=modified).status_code == 304
    assert fetch(app, path, If_Modified_Since=modified, If_None_Match='"other"').status_code == 200
    long_ago = format_datetime(NOW - timedelta(days=400), usegmt=True)
    assert fetch(app, path, If_Modified_Since=long_ago).status_code == 200
    assert fetch(app, path, If_Modified_Since=long_ago, If_None_Match=etag).status_code == 304


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
def test_an_etag_is_known_in_every_form(app: Flask, path: str, form: str) -> None:
    """RFC 9110 13.1.2: weak comparison, lists, and the star; proxies that compress make it weak."""
    etag = fetch(app, path).headers["ETag"]
    answer = fetch(app, path, If_None_Match=form.format(etag))
    assert (answer.status_code, answer.data) == (304, b"")
    for name in ("ETag", "Last-Modified", "Cache-Control"):  # RFC 9110 15.4.5
        assert answer.headers[name]
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("asked", ["bytes=0-9", "bytes=-1", "lines=1-2", "bytes=9999999-", "x"])
def test_a_part_is_never_sent(app: Flask, path: str, asked: str) -> None:
    """RFC 9110 14.2: a server may ignore Range; half a calendar is none."""
    whole = fetch(app, path)
    answer = fetch(app, path, Range=asked)
    assert (answer.status_code, answer.data) == (200, whole.data)
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize("coding", ["gzip", "gzip, deflate, br", "*", "identity;q=0, gzip", "nonsense"])
def test_it_is_sent_as_it_is(app: Flask, path: str, coding: str) -> None:
    """CALENDAR.md 5: Outlook.com broke on gzip (markuspoerschke/iCal#541), so the octets are the same for all."""
    answer = fetch(app, path, Accept_Encoding=coding)
    assert answer.status_code == 200
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert "Content-Encoding" not in answer.headers
    assert {each.lower() for each in answer.vary} <= {"accept-encoding"}


@pytest.mark.parametrize(
    "agent", ["Google-Calendar-Importer", "Microsoft Exchange", "", "curl/8", "x" * 5000]
)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json", ""])
def test_every_program_is_answered(app: Flask, path: str, agent: str, accept: str) -> None:
    """CALENDAR.md 5: no bot wall; any User-Agent and any Accept."""
    assert fetch(app, path, User_Agent=agent, Accept=accept).status_code == 200


def test_head_tells_the_same_without_the_calendar(app: Flask, path: str) -> None:
    """RFC 9110 9.3.2."""
    whole, head = fetch(app, path), app.test_client().head(path)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type"):
        assert head.headers[name] == whole.headers[name]
    assert app.test_client().head(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "REPORT", "OPTIONS"])
def test_other_methods_fail_plainly(app: Flask, path: str, method: str) -> None:
    """CALENDAR.md 5: programs that hope for CalDAV get a 405, and no error of ours."""
    status = app.test_client().open(path, method=method).status_code
    assert status == (200 if method == "OPTIONS" else 405)


@pytest.mark.parametrize(
    "token",
    ["{}x", "{short}", "x", "{lower}", "{} ", "%00", "{}%00", "{}%0d%0a", "x" * 3000, "..", "%F0%9F%90%B1"],
)
def test_every_other_token_is_not_here(app: Flask, path: str, token: str) -> None:
    """CALENDAR.md 5, Secret: one 404 for all; the token is compared by its digest, so its length tells nothing."""
    right = path.removeprefix("/feeds/").removesuffix(".ics")
    tried = token.format(right, short=right[:-1], lower=right.swapcase())
    answer = fetch(app, f"/feeds/{tried}.ics")
    unknown = fetch(app, "/feeds/x.ics")
    assert answer.status_code == unknown.status_code == 404
    assert bare(answer.text) == bare(unknown.text)
    assert "Set-Cookie" not in answer.headers


def bare(text: str) -> str:
    """A page without the address that was asked for, which the switch of language comes back to."""
    return re.sub(r'name="next" value="[^"]*"', "", text)


@pytest.mark.parametrize(
    "form", ["/feeds/{}", "/feeds/{}.ICS", "/feeds/{}.ics/", "/feeds//{}.ics", "/feeds/x/{}.ics"]
)
def test_a_token_opens_only_its_own_address(app: Flask, path: str, form: str) -> None:
    assert fetch(app, form.format(path.removeprefix("/feeds/").removesuffix(".ics"))).status_code == 404


def test_robots_may_fetch_feeds(app: Flask) -> None:
    """CALENDAR.md 5: where robots.txt forbids the path, Google's "From URL" fails."""
    assert "/feeds" not in fetch(app, "/robots.txt").text
    assert "/offers" not in fetch(app, "/robots.txt").text


def test_a_fault_behind_a_token_is_logged_without_it(
    app: Flask, fresh: str, caplog: pytest.LogCaptureFixture
) -> None:
    """CALENDAR.md 5, Secret: out of error logs too."""
    caplog.set_level(logging.DEBUG)
    with app.app_context():
        engine = db.engine

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    event.listen(engine, "before_cursor_execute", fail)
    try:
        answer = fetch(app, fresh)
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert answer.status_code == 500
    assert "the disk is full" in caplog.text
    assert fresh.removeprefix("/feeds/").removesuffix(".ics") not in caplog.text


@pytest.fixture
def writes(app: Flask) -> Iterator[list[str]]:
    """The statements that changed a subscription."""
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE subscription"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_thousand_requests_write_the_last_use_once(
    app: Flask, fresh: str, writes: list[str], clock: time_machine.Traveller
) -> None:
    """CALENDAR.md, Settled: last use is noted at most once a day, after the answer."""
    etag = fetch(app, fresh).headers["ETag"]
    for _ in range(1000):
        fetch(app, fresh, If_None_Match=etag).close()
    assert len(writes) == 1


def test_many_at_once_are_all_answered_and_the_use_is_noted(app: Flask, fresh: str) -> None:
    answers: list[int] = []

    def ask() -> None:
        for _ in range(10):
            with app.test_client().get(fresh) as answer:
                answers.append(answer.status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [200] * 80
    with app.app_context():
        assert session.scalars(select(Subscription.last_used_on)).all() == [NOW.date()]


def test_a_feed_that_was_not_sent_is_not_noted_as_used(app: Flask, path: str, writes: list[str]) -> None:
    fetch(app, "/feeds/x.ics").close()
    assert writes == []
