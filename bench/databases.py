"""Databases to measure on: SQLite and PostgreSQL, both durable as in real use, with what the tests' cast needs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from marketplace.kernel.database import db, session
from tests.conftest import make_app
from tests.rows import empty_database


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Addresses of an empty database of each kind, by name, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder, _postgres() as postgres:
        yield {"sqlite": f"sqlite:///{Path(folder) / 'bench.sqlite'}", "postgresql": postgres}


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """The application on that database, with its tables and nothing in them, in its context."""
    app = make_app(url)
    with app.app_context():
        empty_database()
        yield app
        session.remove()
        db.engine.dispose()


@contextmanager
def _postgres() -> Iterator[str]:
    """A new database at TEST_DATABASE_URL, or on a server of our own that writes through to the disk."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        with _new_database(url) as new:
            yield new
        return
    with tempfile.TemporaryDirectory(
        prefix="pg", dir="/tmp"
    ) as folder:  # short: a socket's path has its limit
        command = [sys.executable, "-m", "tests.postgres_keeper"]
        environment = {**os.environ, "TMPDIR": folder}
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as keeper:
            assert keeper.stdin and keeper.stdout
            with _new_database(keeper.stdout.readline().strip()) as new:
                yield new
            keeper.stdin.close()


@contextmanager
def _new_database(url: str) -> Iterator[str]:
    name = f"bench_{os.getpid()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
