"""Migrations: what they build is what the models say, up, down and up again, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, inspect

from marketplace.app import create_app
from marketplace.commands import register
from marketplace.kernel.database import Base, db
from tests.conftest import settings_for
from tests.servers import PostgresServer


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def urls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Two empty databases."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("migrations")
        yield f"sqlite:///{folder / 'a.sqlite'}", f"sqlite:///{folder / 'b.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as one, server.database() as other:
        yield one, other


@pytest.fixture(scope="module")
def application(urls: tuple[str, str]) -> Iterator[Flask]:
    app = create_app(settings_for(urls[0]))
    register(app)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def migrated(application: Flask) -> Iterator[Flask]:
    """An application whose database the migrations built, with its context open."""
    with application.app_context():
        yield application


def shape(engine: Engine) -> dict[str, Any]:
    """Everything that the database knows of each table: columns, keys, checks and indexes, by name."""
    seen = inspect(engine)
    return {
        table: {
            "columns": {
                each["name"]: _said(each, "type", "nullable", "default") for each in seen.get_columns(table)
            },
            "primary": seen.get_pk_constraint(table)["name"],
            "foreign": _named(seen.get_foreign_keys(table)),
            "unique": _named(seen.get_unique_constraints(table)),
            "checks": _named(seen.get_check_constraints(table)),
            "indexes": _named(seen.get_indexes(table)),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def _named(found: Any) -> dict[str, str]:
    return {
        each["name"]: _said(each, *sorted({*each} - {"dialect_options"})) + _where(each) for each in found
    }


def _where(row: Any) -> str:
    """The condition of a partial index."""
    return " ".join(str(each) for each in row.get("dialect_options", {}).values())


def _said(row: Any, *keys: str) -> str:
    return str({key: str(row.get(key)) for key in keys})


def is_compared(name: str | None, kind: str, parents: Any) -> bool:
    """The full-text index is made of other things on each database."""
    return not (name or "").startswith("listing_terms")


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_compared}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, Base.metadata))


def test_migrations_build_what_the_models_say(migrated: Flask) -> None:
    assert differences() == []


def test_every_constraint_and_index_is_there_by_name(migrated: Flask, urls: tuple[str, str]) -> None:
    built = shape(db.engine)
    other = create_app(settings_for(urls[1]))
    register(other)
    with other.app_context():
        db.create_all()
        assert built == shape(db.engine)
        db.engine.dispose()
    assert {"ck_slot_seats", "ck_slot_capacity"} <= set(built["slot"]["checks"])
    assert "pending" in built["claim"]["indexes"]["uq_claim_living"]
    assert "approved" in built["claim"]["indexes"]["uq_claim_living"]


def test_migrations_go_down_to_nothing_and_up_again(migrated: Flask) -> None:
    before = shape(db.engine)
    downgrade(revision="base")
    assert shape(db.engine) == {}
    upgrade()
    assert shape(db.engine) == before


def test_an_up_to_date_database_is_left_as_it_is(migrated: Flask) -> None:
    before = shape(db.engine)
    upgrade()
    assert shape(db.engine) == before


@pytest.mark.one_database
def test_migrations_leave_foreign_keys_switched_on(migrated: Flask) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
