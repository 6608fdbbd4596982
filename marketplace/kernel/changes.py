"""Change numbers: how a feed knows, without reading its entries, that nothing changed since last time."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, session

EVERYBODY = "everybody"


class ChangeNumber(Base):
    """The number of changes so far that one reader can see: "everybody", or a kind and a code ("person:7H2K…")."""

    __tablename__ = "change_number"

    reader: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]


def raise_number(reader: str, now: datetime) -> None:
    """Counts one more change for `reader`, at `now`. The time never goes back."""
    statement = update(ChangeNumber).where(ChangeNumber.reader == reader)
    changed = session.execute(
        statement.values(number=ChangeNumber.number + 1, changed_at=now),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.add(ChangeNumber(reader=reader, number=1, changed_at=now))
        session.flush()


def number_of(reader: str) -> tuple[int, datetime | None]:
    """How many changes there were for `reader`, and when the last one was; (0, None) if none yet."""
    row = session.execute(
        select(ChangeNumber.number, ChangeNumber.changed_at).where(ChangeNumber.reader == reader)
    ).one_or_none()
    return (row.number, row.changed_at) if row else (0, None)
