"""Counts the SQL that a request sends: a list page must not send more for more rows."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from marketplace.kernel.database import db
from marketplace.kernel.editions import DataVersion
from marketplace.kernel.glances import Glances, Row, Statement

TRIES, PAUSE = 30, 0.1
"""How often it is asked for again, and after how many seconds."""


def again(app: Flask, ask: Callable[[], object]) -> list[str]:
    """The statements of something kept: one, or else those of the last try.

    PostgreSQL's own housekeeping may end what is kept at any moment, and several times in a row.
    """
    for _ in range(TRIES):
        with statements(app) as sent:
            ask()
        if len(sent) == 1:
            break
        time.sleep(PAUSE)
    return sent


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent within the block, as they are sent; the look at the edition of the database is one."""
    with app.app_context():
        engine = db.engine
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    def rows(self: Glances, statement: Statement, values: dict[str, Any]) -> Sequence[Row]:
        sent.append(str(statement))
        return glanced(self, statement, values)

    def edition(self: DataVersion) -> object:
        sent.append("PRAGMA data_version")
        return looked(self)

    glanced, Glances.rows = Glances.rows, rows  # type: ignore[method-assign]
    looked, DataVersion.__call__ = DataVersion.__call__, edition  # type: ignore[method-assign]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
        Glances.rows, DataVersion.__call__ = glanced, looked  # type: ignore[method-assign]
