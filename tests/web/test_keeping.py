"""Pages that are kept: given again only while nothing at all could have changed, and to nobody else."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from gzip import decompress
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from marketplace.kernel.database import db, session
from marketplace.web import keeping
from tests.cast import Cast, claim, slot_of
from tests.conftest import NOW
from tests.statements import again, statements

Visit = Callable[[str], FlaskClient]
PAGES = ("/", "/offers?q=lassen", "/offers/filters", "/offers/{offer}")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["nobody", "teacher"])
def test_who_asks_again_gets_the_same_for_one_look_at_the_database(
    app: Flask, client_of: Visit, cast: Cast, path: str, who: str
) -> None:
    client, address = client_of(who), path.format(offer=cast.offer)
    client.get("/")  # a cookie may come with the first page
    first = client.get(address)
    sent = again(app, lambda: client.get(address))
    assert len(sent) == 1 and any(each in sent[0] for each in ("data_version", "pg_current_snapshot"))
    second = client.get(address)
    assert second.data == first.data and second.headers == first.headers


@pytest.mark.parametrize("path", PAGES)
def test_who_has_it_already_is_told_only_that(client_of: Visit, cast: Cast, path: str) -> None:
    client, address = client_of("nobody"), path.format(offer=cast.offer)
    etag = client.get(address).headers["ETag"]
    answer = client.get(address, headers={"If-None-Match": etag})
    assert answer.status_code == 304 and not answer.data
    assert answer.headers["ETag"] == etag and "Cookie" in answer.headers["Vary"]
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_file_is_not_kept_but_answered_as_it_answers_itself(client_of: Visit, cast: Cast) -> None:
    client, address = client_of("nobody"), f"/offers/{cast.offer}.ics"
    first = client.get(address)
    answer = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert answer.status_code == 304
    assert answer.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_what_was_committed_shows_at_once(app: Flask, client_of: Visit, cast: Cast) -> None:
    client, offer = client_of("nobody"), f"/offers/{cast.offer}"
    before, etag = client.get("/").text, client.get(offer).headers["ETag"]
    with app.app_context():
        claim(cast, now=NOW)
    assert client.get("/").text != before
    assert client.get(offer, headers={"If-None-Match": etag}).status_code == 200


def test_what_was_written_but_not_committed_shows_to_nobody(app: Flask, client_of: Visit, cast: Cast) -> None:
    client = client_of("nobody")
    before = client.get("/").data
    with app.app_context():
        slot_of(cast).offer.title = "Nog niet"
        session.flush()
        assert client.get("/").data == before
        session.rollback()
        db.session.remove()


def test_what_begins_is_gone_within_the_minute(
    client_of: Visit, cast: Cast, app: Flask, clock: time_machine.Traveller
) -> None:
    client = client_of("nobody")
    with app.app_context():
        starts_at = slot_of(cast).starts_at
    clock.move_to(starts_at - timedelta(seconds=1), tick=False)
    assert cast.offer in client.get("/").text
    clock.move_to(starts_at, tick=False)
    assert cast.offer not in client.get("/").text


def test_nobody_gets_the_page_of_another(client_of: Visit, cast: Cast) -> None:
    names = {"teacher": "Marieke Otten", "colleague": "Jeroen Slomp", "nobody": ""}
    for _ in range(2):
        for who, name in names.items():
            text = client_of(who).get("/").text
            assert [other for other in names.values() if other and other in text] == ([name] if name else [])


def test_a_part_is_not_taken_for_the_page(client_of: Visit, cast: Cast) -> None:
    client = client_of("nobody")
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    for _ in range(2):
        assert "<!doctype html>" in client.get("/offers").text
        assert "<!doctype html>" not in client.get("/offers", headers=part).text


def test_a_word_about_what_was_done_is_said_once(client_of: Visit, cast: Cast) -> None:
    client = client_of("teacher")
    with client.session_transaction() as cookie:
        cookie["_flashes"] = [("ok", "Dat is gelukt.")]
    assert "Dat is gelukt." in client.get("/").text
    assert "Dat is gelukt." not in client.get("/").text


def test_who_is_not_signed_in_gets_it_zipped(client_of: Visit, app: Flask, cast: Cast) -> None:
    zipped = app.test_client().get("/", headers={"Accept-Encoding": "gzip, br"})
    plain = app.test_client().get("/")
    assert zipped.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in zipped.headers["Vary"]
    assert decompress(zipped.data) == plain.data and zipped.headers["ETag"] != plain.headers["ETag"]
    own = client_of("teacher").get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in own.headers and own.data.startswith(b"<!doctype")


def test_errors_and_other_pages_are_not_kept(app: Flask, client_of: Visit, cast: Cast) -> None:
    client = client_of("teacher")
    for address in ("/offers/NOWHERE123", "/claims"):
        client.get(address)
        with statements(app) as sent:
            client.get(address)
        assert sent


def test_a_database_that_does_not_answer_is_no_mishap_of_the_keeper(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = app.wsgi_app._inside  # type: ignore[attr-defined]  # what stands behind the door

    def gone() -> object:
        raise OSError

    monkeypatch.setattr(keeper, "_edition", gone)
    assert app.test_client().get("/").status_code == 200


def test_no_more_is_kept_than_fits(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST", 60_000)
    keeper: Any = app.wsgi_app._inside  # type: ignore[attr-defined]  # what stands behind the door
    client, kept = app.test_client(), []
    for number in range(15):
        page = client.get(f"/offers?q=w{number}")
        kept.append(sum(len(each.body) for each in keeper._kept[1].values()))
        assert kept[-1] <= 60_000 + len(page.data)
    assert max(kept) > len(page.data) < 30_000  # several were kept at once


def test_threads_that_keep_pages_at_once_do_not_hinder_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def inside(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [environ["QUERY_STRING"].encode()]

    def ask(number: int) -> bytes:
        environ = EnvironBuilder("/", query_string=f"n={number}").get_environ()
        return b"".join(keeper(environ, lambda status, headers, error=None: bytes))

    monkeypatch.setattr(keeping, "MOST", 2000)
    keeper = keeping.Keeper(inside, lambda path: True, lambda: 1)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(1000)))
    finally:
        sys.setswitchinterval(before)
    assert answers == [f"n={number}".encode() for number in range(1000)]
