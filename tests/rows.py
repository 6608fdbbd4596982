"""All rows of a database: to compare, to put back, to remove."""

from typing import Any

from sqlalchemy import insert, select

from marketplace.kernel.database import Base, session
from marketplace.market.facts import cards

Rows = dict[str, list[Any]]


def everything() -> Rows:
    """All rows of all tables."""
    session.rollback()
    return {table.name: list(session.execute(select(table))) for table in Base.metadata.sorted_tables}


def put_back(rows: Rows) -> None:
    """These rows, into an empty database."""
    for table in Base.metadata.sorted_tables:
        if rows[table.name]:
            session.execute(insert(table), [row._asdict() for row in rows[table.name]])
    session.commit()


def empty_database() -> None:
    """Removes all rows, and the cards that were kept of them: rows of the next test may have the same codes."""
    session.rollback()
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(table.delete())
    session.commit()
    cards._kept.clear()
