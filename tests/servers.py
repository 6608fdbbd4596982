"""Real servers for the tests: PostgreSQL, SMTP and Chromium. They know nothing of the marketplace."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).parent.parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that ask for a server, so that the quick run can leave them out."""
    for item in items:
        for name in {"postgres", "browser"}.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(name)


# --- PostgreSQL ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostgresServer:
    """A server on which we may create databases."""

    url: str

    @contextmanager
    def database(self, copy_of: str | None = None) -> Iterator[str]:
        """The address of a new database: empty, or a copy of one to which nobody is connected."""
        name = f"meeloop_{secrets.token_hex(6)}"
        template = make_url(copy_of).database if copy_of else "template1"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, *statements: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


@contextmanager
def _kept_server() -> Iterator[PostgresServer]:
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")  # short: a socket's path has about 100 characters
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres_keeper"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests; the keeper ends when they have
    )
    assert keeper.stdin and keeper.stdout
    try:
        url = keeper.stdout.readline().strip()
        assert url, "PostgreSQL did not start; see above"
        server = PostgresServer(url)
        # The files do not outlive the tests: nothing has to reach the disk.
        server._run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        server._run("SELECT pg_reload_conf()")
        yield server
    finally:
        keeper.stdin.close()
        keeper.wait(timeout=30)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The server at TEST_DATABASE_URL, whose user may create databases, or one of our own."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(url)
        return
    with _kept_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty database for one test."""
    with postgres.database() as url:
        yield url


# --- SMTP ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mail:
    """A mail as it came over the wire: its envelope and its raw octets."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.octets, policy=policy.default)


class Mailbox:
    """An SMTP server that keeps every mail, or refuses it when told to."""

    def __init__(self) -> None:
        self.messages: list[Mail] = []
        self._refusals: dict[str, str] = {}
        self._arrival = threading.Condition()
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)

    @property
    def host(self) -> str:
        return self._controller.hostname

    @property
    def port(self) -> int:
        return self._controller.port

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def clear(self) -> None:
        """Forgets all mails and refuses nothing any more."""
        self.messages.clear()
        self._refusals.clear()

    def refuse(self, reply: str, *, recipient: str = "") -> None:
        """Answers `reply` ("451 4.3.0 later") to each mail, or to this recipient only, until clear()."""
        self._refusals[recipient] = reply

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Mail]:
        """The mails, as soon as there are at least `count` of them.

        Raises AssertionError where they do not come in time.
        """
        with self._arrival:
            came = self._arrival.wait_for(lambda: len(self.messages) >= count, timeout=seconds)
        assert came, f"{len(self.messages)} of {count} mails came in {seconds} seconds"
        return list(self.messages)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self._refusals.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if reply := self._refusals.get(""):
            return reply
        assert envelope.original_content is not None
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content)
        with self._arrival:
            self.messages.append(mail)
            self._arrival.notify_all()
        return "250 2.0.0 OK"


class _AnyPort(Controller):
    """Listens on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="session")
def _mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def mailbox(_mailbox: Mailbox) -> Mailbox:
    """The SMTP server, empty and willing."""
    _mailbox.clear()
    return _mailbox


# --- Chromium -----------------------------------------------------------------------------------------------


def chromium() -> dict[str, Any]:
    """How to start $CHROMIUM or an installed one, else Playwright's own; it calls nobody but the page's server."""
    names = (
        os.environ.get("CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    quiet = ["background-networking", "component-update", "quic", "sync"]
    return {
        "executable_path": next(filter(None, map(shutil.which, filter(None, names))), None),
        "args": ["--no-first-run", *(f"--disable-{name}" for name in quiet)],
        "chromium_sandbox": os.geteuid() != 0,  # the sandbox refuses root
    }


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of the tests."""
    return {**browser_type_launch_args, **chromium()}
