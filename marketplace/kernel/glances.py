"""Glances: statements outside of any transaction, for what is asked so often that a session would cost the most."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import Dialect, Engine, TextClause, TextualSelect

log = logging.getLogger(__name__)

Statement = TextClause | TextualSelect
Row = Sequence[Any]


class Glances:
    """Asks on a connection that each thread keeps. A glance sees what was committed by then."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept = threading.local()
        self._questions: dict[int, _Question] = {}
        # SQLite answers in this very process: threads that take turns do not fight over the interpreter meanwhile,
        # which would cost more than the answer. PostgreSQL answers several at once.
        self._is_here = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[Any] = threading.Lock() if self._is_here else nullcontext()

    def rows(self, statement: Statement, values: dict[str, Any]) -> Sequence[Row]:
        """All rows. Raises what the driver raises; the next one asks on a new connection then.

        `statement` is a constant of a module: it is compiled once.
        """
        question = self._questions.get(id(statement))
        if question is None:
            question = self._questions[id(statement)] = _Question(statement, self._engine.dialect)
        given = question.written(values)
        try:
            with self._turn:
                cursor = self._cursor()
                cursor.execute(question.sql, given)
                found = cursor.fetchall()
        except Exception:
            self._kept.__dict__.clear()
            raise
        return question.read(found)

    def _cursor(self) -> Any:
        if not hasattr(self._kept, "cursor"):
            pooled = self._engine.raw_connection()
            raw: Any = pooled.dbapi_connection
            pooled.detach()
            self._engine.dialect.set_isolation_level(raw, "AUTOCOMMIT")
            if self._is_here:
                raw.set_progress_handler(None, 0)  # it may be that of a request whose time is over
            self._kept.cursor = raw.cursor()
        return self._kept.cursor


class _Question:
    """A statement as the driver takes it, with what writes its values and reads its rows."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql, self._places = str(compiled), compiled.positiontup
        self._writers = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        columns = statement.selected_columns if isinstance(statement, TextualSelect) else ()
        self._readers: list[Callable[[Any], Any] | None] = [
            each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns
        ]

    def written(self, values: dict[str, Any]) -> Any:
        """The values as the driver takes them: by name, or in order."""
        said = {name: write(values[name]) if write else values[name] for name, write in self._writers.items()}
        return [said[name] for name in self._places] if self._places else said

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows as Python has them; as the driver gives them where nothing is said of their columns."""
        if not self._readers:
            return rows
        return [
            tuple(read(value) if read else value for read, value in zip(self._readers, row, strict=True))
            for row in rows
        ]
