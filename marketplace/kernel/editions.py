"""Editions of the database: another one whenever somebody committed, the same for as long as nobody did."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text

from marketplace.kernel.glances import Glances

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
"""Which transactions are over: who sees the same of them sees the same rows."""


def editions(engine: Engine) -> Callable[[], object]:
    """Asks for the edition of now, which costs next to nothing; it means something only beside others of this process.

    Raises what the driver raises.
    """
    if engine.dialect.name == "sqlite":
        return DataVersion(engine)
    glances = Glances(engine)
    return lambda: glances.rows(_SNAPSHOT, {})[0][0]


class DataVersion:
    """SQLite tells each connection whether others committed: so all threads ask on one, in turn."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._connection: Any = None

    def __call__(self) -> object:
        """The edition of now."""
        with self._turn:
            if self._connection is None:
                pooled = self._engine.raw_connection()
                self._connection = pooled.dbapi_connection
                pooled.detach()
                # It may be that of a request whose time is over.
                self._connection.set_progress_handler(None, 0)
            return self._connection.execute("PRAGMA data_version").fetchone()[0]
