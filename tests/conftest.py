"""What every test may ask for: an application on a real database, a cast of people, a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings

from marketplace.app import create_app
from marketplace.commands import register
from marketplace.kernel.database import db, session
from marketplace.kernel.site import Site
from marketplace.settings import Settings
from tests import cast as casting
from tests.cast import Cast
from tests.rows import Rows, empty_database, everything, put_back

if TYPE_CHECKING:
    from tests.servers import PostgresServer

pytest_plugins = ["tests.servers", "tests.imap_server"]
"""Real servers for the tests: PostgreSQL, SMTP, IMAP and Chromium. They know nothing of the marketplace."""

NOW = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
"""When the tests take place: a Monday morning at school."""

hypothesis_settings.register_profile("marketplace", deadline=None, print_blob=True)
hypothesis_settings.load_profile("marketplace")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out on PostgreSQL what comes out the same whatever the database."""
    twice = {"one_database", "postgres"}
    items[:] = [each for each in items if not twice <= {mark.name for mark in each.iter_markers()}]


def settings_for(database_url: str, *, is_demo: bool = True) -> Settings:
    """How an application under test runs: letters and decisions at once."""
    return Settings(
        database_url=database_url,
        secret_key="a secret for tests, of enough characters",
        site=Site("Meeloop", "http://localhost", "meeloop@meeloop.example"),
        is_demo=is_demo,
        decision_delay=timedelta(0),
        quiet_time=timedelta(0),
        mail={"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": 1, "MAIL_SUPPRESS_SEND": False},
    )


def make_app(database_url: str, *, is_demo: bool = True) -> Flask:
    """An application with its tables, as migrations make them."""
    app = create_app(settings_for(database_url, is_demo=is_demo))
    register(app)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        upgrade()
    return app


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application on SQLite; one for all tests of a process, emptied after each."""
    folder: Path = tmp_path_factory.mktemp("sqlite")
    return make_app(f"sqlite:///{folder / 'test.sqlite'}")


@pytest.fixture(scope="session")
def postgres_app(postgres: PostgresServer) -> Iterator[Flask]:
    """The application on PostgreSQL; one for all tests of a process, emptied after each."""
    with postgres.database() as url:
        app = make_app(url)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application, on SQLite and once more on PostgreSQL, with nothing in it."""
    found: Flask = request.getfixturevalue(f"{request.param}_app")
    yield found
    with found.app_context():
        empty_database()


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """The application with its context open, for tests that call actions. Not together with `client`."""
    with app.app_context():
        yield app
        session.rollback()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands at NOW; `clock.shift(...)` and `clock.move_to(...)` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(app: Flask, clock: time_machine.Traveller) -> Cast:
    """A region with its people and one published docentstage, as codes and addresses: the same for all tests."""
    with app.app_context():
        if app not in _casts:
            _casts[app] = casting.make(now=NOW), everything()
        else:
            put_back(_casts[app][1])
        return _casts[app][0]


_casts: dict[Flask, tuple[Cast, Rows]] = {}
"""Made once for each application, with its rows: to put these back takes a tenth of the time."""


Visit = Callable[[str], FlaskClient]


@pytest.fixture
def client_of(app: Flask, cast: Cast) -> Visit:
    """`client_of("teacher")` is a browser in which that member of the cast is signed in; "nobody" is not."""

    def sign_in(who: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["language"] = "en"
            if who != "nobody":
                cookie["key"] = cast.session_keys[who]
        return client

    return sign_in
