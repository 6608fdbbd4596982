"""The table of letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column

from marketplace.kernel.database import Base


class Letter(Base):
    """One letter to one receiver, whole: what was rendered, where it stands, and the octets once they were built."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_due", "state", "next_try_at"),
        Index("ix_letter_stream", "stream", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """Cause, kind, receiver and entry: the same letter is never written twice."""
    name: Mapped[str]
    """Which letter it is: the folder under templates/letters."""
    stream: Mapped[str]
    """Letters of one stream leave in order."""
    priority: Mapped[int] = mapped_column(default=0)
    """Higher leaves first; sign-in letters overtake all others."""
    about: Mapped[dict[str, Any]]
    """Opaque codes of what it is about: {"claim": "7H2K…"}."""
    receiver_name: Mapped[str]
    receiver_address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    calendar: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    calendar_method: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str]
    octets: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """What is sent, built once."""
    is_secret: Mapped[bool] = mapped_column(default=False)
    """It opens a door: never shown, never sent again, wiped when used or too old."""
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    """Dropped, and logged, if it has not left by then."""
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
