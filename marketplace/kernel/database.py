"""The session, its column types, and how transactions begin on SQLite and PostgreSQL.

One session a request or item of work. A transaction that only reads is refused its writes by the database itself;
one that writes queues fairly: two busy SQLite processes would otherwise starve each other, because SQLite's own
wait is a sleeping poll. A kernel file lock in front of BEGIN IMMEDIATE puts them in line.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Insert,
    MetaData,
    Select,
    String,
    Text,
    Update,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from marketplace.kernel.errors import Overtaken
from marketplace.kernel.pauses import Pauses, pauses

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # Windows has none: SQLite's own waiting has to do

log = logging.getLogger(__name__)

_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)
_is_light: ContextVar[bool] = ContextVar("is_light", default=False)
_seconds: ContextVar[float] = ContextVar("seconds", default=0)
_LOOKS = 10_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""
_PLANNED_ANEW = "SET LOCAL plan_cache_mode TO force_custom_plan"
"""PostgreSQL plans a statement that comes often once for all values; what is searched for decides how to search."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. Refuses naive values, which mean nothing in particular."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone, and {value!r} has none")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share: named constraints, so that migrations can name them, and column types by annotation."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        str: Text,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        dict[str, str]: JSON,
    }


db = SQLAlchemy(metadata=Base.metadata)
session = db.session
Code = String(16)
"""Column type of a public code."""


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction: committed at the end of the block, rolled back when it raises."""
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def in_turn(ids: Iterable[int], act: Callable[[int], None]) -> int:
    """Does `act` for each row, in a transaction of its own. One that fails is logged and holds up no other.

    In a worker it rests then, while the others go on. Returns for how many it succeeded.
    """
    resting = pauses.get() or Pauses()
    return sum(_attempt(each, act, resting) for each in ids if not resting.rests(each))


def _attempt(row_id: int, act: Callable[[int], None], resting: Pauses) -> bool:
    is_done = False
    try:
        with transaction():
            act(row_id)
        is_done = True
    except Exception:
        log.exception("row %s failed; it is tried again", row_id)
    resting.note(row_id, is_done=is_done)
    return is_done


@contextmanager
def only_reading() -> Iterator[None]:
    """Transactions begun in the block may not write; the database refuses it."""
    before = _reads_only.set(True)
    try:
        yield
    finally:
        _reads_only.reset(before)


@contextmanager
def lightly() -> Iterator[None]:
    """Transactions begun in the block do not wait for the disk.

    They are whole and outlive the process; a power failure may undo the last of them.
    """
    before = _is_light.set(True)
    try:
        yield
    finally:
        _is_light.reset(before)


def read_only(value: bool) -> None:
    """Says for this context (a request) whether the transactions that follow may only read."""
    _reads_only.set(value)


def limit_time(seconds: float) -> None:
    """Says for this context how long a statement of the transactions that follow may take; 0 is as long as it wants.

    One that takes longer is stopped by the database, as an OperationalError.
    """
    _seconds.set(seconds)


def rows_changed(statement: Update | Delete, **values: Any) -> int:
    """Carries out an UPDATE or DELETE and says how many rows it changed: a condition in it is decided just once.

    `values` are those of its parameters.
    """
    session.flush()
    result: Any = session.connection().execute(statement, values)
    return int(result.rowcount)


def at_once(*questions: Select[Any]) -> Sequence[Any]:
    """The answers to questions with one value each, in one statement."""
    return session.execute(select(*(each.scalar_subquery() for each in questions))).one()


def has_one_writer() -> bool:
    """Whether nobody else can write until the end of this transaction: on SQLite, if it may write itself.

    What it reads is then as it is now, and stays so.
    """
    return session.get_bind().dialect.name == "sqlite"


def add_at_once(row: Base) -> None:
    """Adds a new object and writes it at once, with its id: cheaper than leaving it to the session.

    Raises IntegrityError as that would.
    """
    columns = inspect(type(row)).column_attrs.keys()
    given = {name: row.__dict__[name] for name in columns if name in row.__dict__}
    result: Any = session.connection().execute(_insert(type(row)), given)
    written = {**result.last_inserted_params(), "id": result.inserted_primary_key.id}
    for name in columns:
        if name not in given:
            set_committed_value(row, name, written.get(name))
    make_transient_to_detached(row)
    session.add(row)


def insert_row(kind: type[Base], /, **values: Any) -> None:
    """Inserts a row at once that nobody in this transaction will look at: cheaper than adding an object."""
    session.connection().execute(_insert(kind), values)


def insert_unless_there(kind: type[Base], key: InstrumentedAttribute[str], /, **values: Any) -> bool:
    """As `insert_row`, unless there is a row with the same `key` (a unique column). Returns whether it was new."""
    dialect = session.get_bind().dialect.name
    return bool(session.connection().execute(_insert_unless_there(kind, key, dialect), values).rowcount)


@cache
def _insert_unless_there(kind: type[Base], key: InstrumentedAttribute[str], dialect: str) -> Insert:
    own = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return own(kind.__table__).on_conflict_do_nothing(index_elements=[key])  # type: ignore[arg-type]  # a Table


@cache
def _insert(kind: type[Base]) -> Insert:
    return insert(kind.__table__)  # type: ignore[arg-type]  # a Table


def swap(row: Any, column: str, expected: Any, **values: Any) -> None:
    """Writes `values` where `column` still is what we `expected`; otherwise raises Overtaken and changes nothing."""
    kind = type(row)
    statement = update(kind).where(kind.id == row.id, getattr(kind, column) == expected).values(**values)
    if rows_changed(statement.execution_options(synchronize_session=False)) != 1:
        session.refresh(row)
        raise Overtaken
    for name, value in values.items():
        set_committed_value(row, name, value)


def prepare(engine: Engine) -> None:
    """Gives an engine its way of beginning transactions. Called once, when the factory has made it."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        event.listen(engine, "engine_connect", _prepare_postgres)


def _prepare_postgres(connection: Any) -> None:
    raw: Any = connection.connection.dbapi_connection
    if raw.info.transaction_status == 0:
        raw.read_only = _reads_only.get()
        if _is_light.get() and not _reads_only.get():
            raw.execute("SET LOCAL synchronous_commit TO off")
        if seconds := _seconds.get():
            raw.execute(f"SET LOCAL statement_timeout TO {int(seconds * 1000)}; {_PLANNED_ANEW}")


def _prepare_sqlite(engine: Engine) -> None:
    path = engine.url.database or ":memory:"
    lock = None if fcntl is None or path == ":memory:" else Path(f"{path}.queue")

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reads_only = _reads_only.get()
        raw, info = connection.connection.dbapi_connection, connection.connection.info
        _behave(raw, info, f"query_only={int(reads_only)}", f"synchronous={_durability()}")
        if not reads_only and lock:
            _take_turn(info, lock)
        raw.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
        raw.set_progress_handler(None, 0)

    @event.listens_for(engine, "before_cursor_execute")
    def start_clock(connection: Any, *_: Any) -> None:
        if seconds := _seconds.get():
            connection.connection.dbapi_connection.set_progress_handler(_stopper(seconds), _LOOKS)

    @event.listens_for(engine, "checkin")
    def checkin(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        _leave_queue(record.info)


def _behave(connection: Any, info: dict[Any, Any], *pragmas: str) -> None:
    """Says what is not in force yet: each time it is said, SQLite prepares all its statements anew."""
    if info.get("pragmas") != pragmas:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        info["pragmas"] = pragmas


def _durability() -> str:
    return "NORMAL" if _is_light.get() else "FULL"


def _stopper(seconds: float) -> Callable[[], bool]:
    """What SQLite asks now and then: whether to stop."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


_turns = threading.local()
"""`holder`: the connection that had the last turn in this thread, and at which lock."""


def _take_turn(info: dict[Any, Any], lock: Path) -> None:
    if "queue" in info:
        return
    holder, its_lock = getattr(_turns, "holder", ({}, None))
    if "queue" in holder and its_lock == lock:  # it would wait for itself, for ever
        raise RuntimeError(
            "this thread has a transaction that writes already: end it before you begin another"
        )
    info["queue"] = lock.open("ab")
    fcntl.flock(info["queue"], fcntl.LOCK_EX)
    _turns.holder = info, lock


def _leave_queue(info: dict[Any, Any]) -> None:
    queue: IO[bytes] | None = info.pop("queue", None)
    if queue:
        queue.close()
