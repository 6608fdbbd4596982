"""The marketplace as people run it: web server and worker as processes, mailing to the test's SMTP server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.servers import Mailbox

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Live:
    """A running marketplace: where it is, and its database."""

    url: str
    database_url: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What `flask --app wsgi …` prints here; raises when it fails."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout


def live_on(database_url: str, mailbox: Mailbox | None) -> Live:
    """A marketplace on this database, of which nothing runs yet. Without mailbox: a demonstration."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    mail = {"MAIL_SERVER": mailbox.host, "MAIL_PORT": str(mailbox.port)} if mailbox else {"DEMO": "1"}
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DEMO"},
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret for tests, of enough characters",
        "BASE_URL": url,
        "MAIL_DEFAULT_SENDER": "meeloop@meeloop.example",
        "DECISION_DELAY": "0",
        "QUIET_TIME": "0",
        **mail,
    }
    return Live(url, database_url, environment)


def made_in(folder: Path) -> Live:
    """The demonstration in this folder, made as `make run` makes it."""
    live = live_on(f"sqlite:///{folder / 'demo.sqlite'}", None)
    live.command("db", "upgrade")
    live.command("demo", "load")
    return live


@contextmanager
def running(live: Live) -> Iterator[Live]:
    """Starts both processes, on a database that is up to date; stops them at the end."""
    port = live.url.rpartition(":")[2]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", port]
    process = subprocess.Popen(command, cwd=ROOT, env=live.environment, start_new_session=True)
    try:
        _wait(f"{live.url}/readyz")
        yield live
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")
