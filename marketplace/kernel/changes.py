"""Change numbers: how a feed knows, without reading its entries, that nothing changed since last time."""

from datetime import datetime

from sqlalchemy import bindparam, event, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from marketplace.kernel.database import Base, UtcDateTime, session

EVERYBODY = "everybody"


class ChangeNumber(Base):
    """The number of changes so far that one reader can see: "everybody", or a kind and a code ("person:7H2K…")."""

    __tablename__ = "change_number"

    reader: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


_RAISE = text(
    """
    INSERT INTO change_number (reader, number, changed_at) VALUES (:reader, 1, :now)
    ON CONFLICT (reader) DO UPDATE SET
        number = change_number.number + 1,
        changed_at = CASE WHEN change_number.changed_at < :now THEN :now ELSE change_number.changed_at END
    """
).bindparams(bindparam("now", type_=UtcDateTime()))
"""One statement, for two transactions may count the first change of a reader at once."""


def raise_number(reader: str, now: datetime) -> None:
    """Counts one more change for `reader`, at `now`. The time never goes back."""
    # On the connection: what is pending need not be written for it.
    session.connection().execute(_RAISE, {"reader": reader, "now": now})


_TO_RAISE = "change numbers to raise"


def raise_at_commit(reader: str, now: datetime) -> None:
    """As `raise_number`, at the end of the transaction, once for each reader and for all in the same order.

    Who raises several numbers does it like this: otherwise two of them could wait for each other.
    """
    session().info.setdefault(_TO_RAISE, {})[reader] = now


@event.listens_for(Session, "before_commit")
def _raise(ending: Session) -> None:
    if not ending.in_nested_transaction():
        for reader, now in sorted(ending.info.pop(_TO_RAISE, {}).items()):
            ending.connection().execute(_RAISE, {"reader": reader, "now": now})


@event.listens_for(Session, "after_soft_rollback")
def _forget(ending: Session, transaction: SessionTransaction) -> None:
    if not transaction.nested:
        ending.info.pop(_TO_RAISE, None)


def number_of(reader: str) -> tuple[int, datetime | None]:
    """How many changes there were for `reader`, and when the last one was; (0, None) if none yet."""
    row = session.execute(
        select(ChangeNumber.number, ChangeNumber.changed_at).where(ChangeNumber.reader == reader)
    ).one_or_none()
    return (row.number, row.changed_at) if row else (0, None)
