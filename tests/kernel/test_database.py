"""The session: instants, transactions that read or write, and writers that take turns."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from marketplace.kernel.database import (
    Base,
    db,
    only_reading,
    read_only,
    session,
    swap,
    transaction,
)
from marketplace.kernel.errors import Overtaken
from marketplace.kernel.journal import JournalEntry, history, record
from marketplace.offers.models import Slot
from marketplace.organisations.models import Organisation
from tests.cast import Cast, slot_of
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")


def write_down(at: datetime = NOW, subject: str = "7H2K") -> None:
    record(kind="claim", subject=subject, event="tested", by="system", at=at)


# --- Instants -----------------------------------------------------------------------------------------------


def test_an_instant_comes_back_aware_and_in_utc() -> None:
    with transaction():
        write_down(datetime(2027, 2, 9, 8, 30, 15, tzinfo=timezone(timedelta(hours=1))))
    session.expire_all()
    (entry,) = history("claim", "7H2K")
    assert entry.at == datetime(2027, 2, 9, 7, 30, 15, tzinfo=UTC)
    assert entry.at.tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(StatementError, match="needs a time zone"), transaction():
        write_down(datetime(2027, 2, 9, 8, 30))  # noqa: DTZ001
    assert history("claim", "7H2K") == []


def test_a_naive_instant_is_refused_in_a_question_too() -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        session.scalars(
            select(JournalEntry).where(JournalEntry.at < datetime.combine(date(2027, 1, 1), time()))
        ).all()


# --- Transactions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_transaction_that_fails_leaves_nothing(error: type[BaseException]) -> None:
    with pytest.raises(error), transaction():
        write_down()
        session.flush()
        raise error
    assert history("claim", "7H2K") == []


def test_a_transaction_that_only_reads_cannot_write() -> None:
    with only_reading():
        session.rollback()
        with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
            session.execute(text("INSERT INTO change_number VALUES ('x', 1, CURRENT_TIMESTAMP)"))
        session.rollback()
        with pytest.raises(DBAPIError, match=r"(?i)read-?only"), transaction():
            write_down()
    with transaction():
        write_down()
    assert len(history("claim", "7H2K")) == 1


def test_a_context_that_only_reads_writes_again_when_it_may() -> None:
    read_only(True)
    session.rollback()
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"), transaction():
        write_down()
    read_only(False)
    with transaction():
        write_down()


def test_while_one_writes_others_read_what_was_committed(app: Flask) -> None:
    write_down()
    session.flush()
    with only_reading(), db.engine.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM journal")) == 0
    session.commit()
    with only_reading(), db.engine.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM journal")) == 1


def test_a_row_that_others_point_at_cannot_go(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction():
        session.execute(delete(Organisation).where(Organisation.code == cast.company))


def test_sqlite_keeps_what_it_committed_through_a_power_cut(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        settings = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
        assert settings == ["wal", 2]
    else:
        assert session.scalar(text("SHOW synchronous_commit")) == "on"


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.sorted_tables:
        assert all(each.name for each in table.constraints), table.name
        assert all(each.name for each in table.indexes), table.name


# --- Compare and swap ---------------------------------------------------------------------------------------


def test_a_swap_writes_where_it_finds_what_it_expected(cast: Cast) -> None:
    slot = slot_of(cast)
    with transaction():
        swap(slot, "state", "open", state="closed", supervisor="Henk")
    assert (slot.state, slot.supervisor) == ("closed", "Henk")


def test_a_swap_that_was_overtaken_changes_nothing_and_shows_how_it_stands(cast: Cast) -> None:
    slot = slot_of(cast)
    with transaction():
        session.execute(update(Slot).values(state="closed").execution_options(synchronize_session=False))
        assert slot.state == "open", "as it was read"
        with pytest.raises(Overtaken):
            swap(slot, "state", "open", state="cancelled")
    assert slot.state == "closed"
