"""Glances at the database: the rows that a session would see, and a new connection where the old one broke."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Integer, bindparam, text

from marketplace.kernel.changes import number_of, raise_number
from marketplace.kernel.database import UtcDateTime, db, limit_time, session, transaction
from marketplace.kernel.glances import Glances
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

NUMBER = text("SELECT number, changed_at FROM change_number WHERE reader = :reader").columns(
    number=Integer, changed_at=UtcDateTime
)
SINCE = text("SELECT reader FROM change_number WHERE changed_at >= :since").bindparams(
    bindparam("since", type_=UtcDateTime())
)


@pytest.fixture
def glances(app: Flask) -> Glances:
    return Glances(db.engine)


def rows(glances: Glances, statement: Any, **values: Any) -> list[tuple[Any, ...]]:
    return [tuple(each) for each in glances.rows(statement, values)]


def test_a_glance_sees_what_was_committed_just_now(glances: Glances) -> None:
    assert rows(glances, NUMBER, reader="x") == []
    for number in (1, 2):
        with transaction():
            raise_number("x", NOW)
        assert rows(glances, NUMBER, reader="x") == [(number, NOW)] == [number_of("x")]


def test_a_glance_does_not_see_what_is_under_way(glances: Glances) -> None:
    raise_number("x", NOW)
    assert rows(glances, NUMBER, reader="x") == []
    session.rollback()


def test_values_are_written_and_read_as_in_a_session(glances: Glances) -> None:
    with transaction():
        raise_number("x", NOW)
    assert rows(glances, SINCE, since=NOW) == [("x",)]
    assert rows(glances, SINCE, since=datetime(2028, 1, 1, tzinfo=UTC)) == []


def test_hostile_values_stay_values(glances: Glances) -> None:
    assert rows(glances, NUMBER, reader="' OR 1=1 --") == []


def test_a_connection_that_broke_is_replaced(glances: Glances) -> None:
    assert rows(glances, NUMBER, reader="x") == []
    glances._kept.cursor.connection.close()
    with pytest.raises(Exception, match="closed"):
        rows(glances, NUMBER, reader="x")
    assert rows(glances, NUMBER, reader="x") == []


def test_the_patience_of_an_earlier_request_is_over(glances: Glances) -> None:
    """SQLite keeps with a connection until when its statements may take."""
    limit_time(0.000001)
    session.execute(text("SELECT 1"))
    limit_time(0)
    session.rollback()
    for _ in range(20):
        assert rows(glances, NUMBER, reader="x") == []
