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


@contextmanager
def running(database_url: str, mailbox: Mailbox | None, **settings: str) -> Iterator[Live]:
    """Migrates the database and starts both processes; stops them at the end. Without mailbox: a demonstration."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
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
        **settings,
    }
    live = Live(url, database_url, environment)
    live.command("db", "upgrade")
    if not mailbox:
        live.command("demo", "load")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", port]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        _wait(f"{url}/readyz")
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
