"""Who did what when. Every change of state is written down here, in the same transaction as the change."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Code, insert_row, session

SYSTEM = "system"


class JournalEntry(Base):
    """One event. `actor` and `subject` are public codes: names go when people go, the history stays."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_subject", "subject_kind", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Code)
    event: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str] = mapped_column(Code)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(*, kind: str, subject: str, event: str, by: str, at: datetime, **details: Any) -> None:
    """Writes down that `by` (a person's code, or SYSTEM) did `event` to the `kind` with code `subject`."""
    insert_row(
        JournalEntry, at=at, actor=by, event=event, subject_kind=kind, subject=subject, details=details
    )


def history(kind: str, subject: str) -> list[JournalEntry]:
    """What happened to one thing, oldest first."""
    statement = select(JournalEntry).where(JournalEntry.subject_kind == kind, JournalEntry.subject == subject)
    return list(session.scalars(statement.order_by(JournalEntry.id)))
