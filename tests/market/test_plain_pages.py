"""Pages of explanation, and what machines ask."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from marketplace.kernel.database import session, transaction
from marketplace.outbox.actions import beat
from marketplace.outbox.models import Letter
from marketplace.outbox.states import LetterState
from tests.conftest import NOW
from tests.outbox.posting import put


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["/how-it-works", "/privacy", "/accessibility"])
def test_the_pages_of_explanation_are_there_and_linked(app: Flask, address: str) -> None:
    client = app.test_client()
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert f'href="{address}"' in client.get("/").text


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["/healthz", "/robots.txt"])
def test_machines_get_plain_text_and_no_cookie(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary


def ready(app: Flask) -> dict[str, object]:
    """What /readyz answers."""
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200, "a mailer that stands still takes no web server out of rotation"
    assert "Set-Cookie" not in answer.headers
    said: dict[str, object] = answer.get_json()
    return said


def test_machines_hear_how_the_worker_is(app: Flask, clock: time_machine.Traveller) -> None:
    assert ready(app) == {"database": "ok", "worker": "never heard", "failed_letters": 0}
    with app.app_context(), transaction():
        beat(now=NOW)
    assert ready(app)["worker"] == "ok"
    clock.shift(301)
    assert ready(app)["worker"] == "silent since 2027-01-11T09:00:00Z"


def test_machines_hear_how_many_letters_failed(app: Flask) -> None:
    with app.app_context():
        put("a")
        put("b")
        with transaction():
            session.execute(update(Letter).where(Letter.key == "a").values(state=LetterState.FAILED))
    assert ready(app)["failed_letters"] == 1


def test_an_empty_marketplace_leads_on(app: Flask) -> None:
    assert "/offers.ics" in app.test_client().get("/").text
