"""Counts the SQL that a request sends: a list page must not send more for more rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from marketplace.kernel.database import db
from marketplace.kernel.glances import Glances, Row, Statement


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent within the block, as they are sent."""
    with app.app_context():
        engine = db.engine
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    def rows(self: Glances, statement: Statement, values: dict[str, Any]) -> Sequence[Row]:
        if "pg_current_snapshot" not in str(statement):
            sent.append(str(statement))  # the other one asks for no row: only whether anything was committed
        return glanced(self, statement, values)

    glanced, Glances.rows = Glances.rows, rows  # type: ignore[method-assign]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
        Glances.rows = glanced  # type: ignore[method-assign]
