"""Applications as they are served: each a process of the server, started as `flask serve` starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from marketplace.commands import THREADS

ROOT = Path(__file__).parents[1]
SECRET_KEY = "a secret for tests, of enough characters"


@contextmanager
def served(application: str, database_url: str) -> Iterator[str]:
    """The address at which an application ("wsgi:app") answers, as long as the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    own = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY, "BASE_URL": url, "DEMO": "1"}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port]
    command += ["--blocking-threads", str(THREADS), "--log-level", "warning", application]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | own) as process:
        try:
            _wait(url)
            yield url
        finally:
            process.terminate()


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            with urlopen(f"{url}/hello", timeout=2):
                return
        except HTTPError:
            return  # it answers
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")
