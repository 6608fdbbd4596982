"""How migrations run: on the application's own engine, in one transaction, on SQLite and PostgreSQL alike."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from marketplace.kernel.database import UtcDateTime

migrate = current_app.extensions["migrate"]


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Instants are plain columns to the database, so that migrations do not depend on our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """The full-text index is made of other things on each database, and compared on none."""
    return not (name or "").startswith("listing_terms")


def run() -> None:
    """Brings the database up to the wanted revision. SQLite rebuilds tables, and must not follow foreign keys then."""
    with migrate.db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            render_item=render_item,
            include_name=include_name,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


run()
