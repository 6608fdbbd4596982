"""All rows of a database: to compare, to put back, to remove. As its driver knows them: every test does it."""

from functools import cache
from typing import Any

import psycopg
from psycopg.types.string import TextLoader

from marketplace.kernel.database import Base, has_one_writer, lightly, session
from marketplace.market.facts import cards

Rows = dict[str, list[dict[str, Any]]]
"""By table, in an order in which they can be written. JSON is text."""


@cache
def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]


def _connection() -> Any:
    """The driver's, in the transaction of the session."""
    return session.connection().connection.dbapi_connection


def everything() -> Rows:
    """All rows of all tables."""
    session.rollback()
    questions = [f'SELECT * FROM "{table}"' for table in _tables()]
    if has_one_writer():
        answers = (_connection().execute(each) for each in questions)
    else:
        cursor = _connection().cursor()
        cursor.adapters.register_loader("json", TextLoader)
        answers = cursor.execute("; ".join(questions)).results()
    return {table: _read(found) for table, found in zip(_tables(), answers, strict=True)}


def _read(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def put_back(rows: Rows) -> None:
    """These rows, into an empty database."""
    with lightly():
        if has_one_writer():
            for table, kept in rows.items():
                if kept:
                    _connection().executemany(
                        _insert(table, kept[:1], "?"), [tuple(row.values()) for row in kept]
                    )
        else:
            _connection().execute("; ".join(_written(table, kept) for table, kept in rows.items() if kept))
        session.commit()


def _insert(table: str, rows: list[dict[str, Any]], mark: str) -> str:
    """A statement that writes so many rows."""
    values = f"({', '.join([mark] * len(rows[0]))})"
    return f'INSERT INTO "{table}" ({", ".join(rows[0])}) VALUES {", ".join([values] * len(rows))}'


def _written(table: str, rows: list[dict[str, Any]]) -> str:
    cursor = psycopg.ClientCursor(_connection())
    return cursor.mogrify(_insert(table, rows, "%s"), [value for row in rows for value in row.values()])


def empty_database() -> None:
    """Removes all rows, and the cards that were kept of them: rows of the next test may have the same codes."""
    session.rollback()
    statements = [f'DELETE FROM "{table}"' for table in reversed(_tables())]
    with lightly():
        for each in statements if has_one_writer() else ["; ".join(statements)]:
            _connection().execute(each)
        session.commit()
    cards._kept.clear()
