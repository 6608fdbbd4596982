"""A page that everybody can ask for does not keep the database busy for longer than a second."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from marketplace.kernel.database import limit_time, session
from marketplace.web.guards import for_everybody, for_machines

Visit = Callable[[str], FlaskClient]
COUNTING = """
    WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000000)
    SELECT count(*) FROM counted
"""


def be_slow() -> ResponseReturnValue:
    """Asks something that takes longer than a second."""
    session.execute(text(COUNTING.replace("2000000", "200000000")))
    return "done"


@pytest.mark.parametrize("guard", [for_everybody, for_machines])
def test_it_is_stopped_and_says_so(
    app: Flask, client_of: Visit, monkeypatch: pytest.MonkeyPatch, guard: Callable[..., object]
) -> None:
    slow = guard(lambda: be_slow())
    monkeypatch.setitem(app.view_functions, "market.how_it_works", slow)
    client, began = client_of("nobody"), time.perf_counter()
    answer = client.get("/how-it-works")
    assert answer.status_code == 503
    assert "It is very busy" in answer.text or "Het is erg druk" in answer.text
    assert time.perf_counter() - began < 5
    assert client.get("/offers").status_code == 200, "the next one has a second of its own"


@pytest.mark.usefixtures("app_context")
def test_a_limit_holds_until_it_is_lifted() -> None:
    limit_time(0.01)
    with pytest.raises(OperationalError):
        session.execute(text(COUNTING))
    session.rollback()
    limit_time(0)
    assert session.scalar(text(COUNTING)) == 2_000_000
