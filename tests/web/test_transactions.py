"""Around a request: when its transaction begins, what is said of it in logs, and in which language it ends."""

import io
import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import text

from marketplace.kernel.database import session
from marketplace.web.pages import local_path
from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import form_of


class Slow(io.BytesIO):
    """What a browser sends, and whether a transaction was open while it was still sending."""

    was_in_transaction: bool | None = None

    def readinto(self, buffer: Any) -> int:
        self.was_in_transaction = session.registry.has() and session().in_transaction()
        return super().readinto(buffer)


def test_who_sends_slowly_holds_up_no_writer(app: Flask, cast: Cast, client_of: Visit) -> None:
    client = client_of("teacher")
    sent = Slow(urlencode({**form_of(client.get("/profile").text, "/profile"), "name": "Marieke"}).encode())
    answer = client.post(
        "/profile",
        input_stream=sent,
        content_length=len(sent.getvalue()),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 303
    assert sent.was_in_transaction is False


def test_no_log_holds_the_key_of_a_sign_in(
    app: Flask, cast: Cast, client_of: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of("teacher")
    with app.app_context():
        session.execute(text("ALTER TABLE membership RENAME TO gone"))
        session.commit()
    try:
        with caplog.at_level(logging.ERROR):
            assert client.get("/claims").status_code >= 500
    finally:
        with app.app_context():
            session.execute(text("ALTER TABLE gone RENAME TO membership"))
            session.commit()
    assert "membership" in caplog.text
    assert cast.session_keys["teacher"] not in caplog.text


def test_an_error_before_the_visitor_is_known_is_not_in_the_language_of_the_last_one(
    app: Flask, client_of: Visit
) -> None:
    assert client_of("teacher").get("/nowhere").text.count('<html lang="en">') == 1
    assert '<html lang="nl">' in app.test_client().get("/offers/%00").text


@pytest.mark.parametrize(
    "address",
    [
        "http://[",
        "//[",
        "//elders.example",
        "/\\elders.example",
        "https://elders.example",
        "",
        "/a\nb",
        "/" + "a" * 2000,
    ],
    ids=lambda address: address[:12] or "empty",
)
def test_nobody_is_led_astray(address: str) -> None:
    assert local_path(address) == ""


@pytest.mark.parametrize("address", ["/", "/claims?after=1", "/offers?q=%2F%2Fx"])
def test_who_was_on_the_way_comes_there(address: str) -> None:
    assert local_path(address) == address


def test_an_address_that_is_none_does_not_break_signing_in(app: Flask) -> None:
    assert app.test_client().get("/sign-in?next=//[").status_code == 200
