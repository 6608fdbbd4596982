"""The tables of letters and of the worker's pulse."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from marketplace.kernel.codes import new_code
from marketplace.kernel.database import Base, Code

_WAITS, _FAILED = text("state IN ('queued', 'sending')"), text("state IN ('failed')")
"""Few letters, however many were sent: their indexes serve questions that say the states in the same words."""


class Document(Base):
    """A PDF that goes along with letters: the template and what it is filled from, and the octets once they were made.

    There is one for each `digest`, whichever letters it goes with.
    """

    __tablename__ = "document"

    digest: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str]
    data: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]
    """When a letter asked for it last; it is dated so."""
    octets: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """Kept as long as a letter waits for it: from the same data the same can be made again."""
    error: Mapped[str] = mapped_column(default="")
    """Why it could not be made: its letters leave without it."""


class Letter(Base):
    """One letter to one receiver, whole: what was rendered, where it stands, and the octets once they were built."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_stream", "stream", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_letter_failed", "region", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("ix_letter_region", "region", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True, default=new_code)
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
    region: Mapped[str] = mapped_column(Code, default="")
    """Code of the region in whose mail log it stands; empty: only administrators see it."""
    receiver_name: Mapped[str]
    receiver_address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    calendar: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    calendar_method: Mapped[str] = mapped_column(default="")
    document_digest: Mapped[str | None] = mapped_column(ForeignKey("document.digest"), index=True)
    """The PDF that goes along, if any, …"""
    document_name: Mapped[str] = mapped_column(default="")
    """… and the name of the file."""
    message_id: Mapped[str] = mapped_column(index=True)
    unsubscribe: Mapped[str] = mapped_column(default="")
    """Where a POST alone stops these mails (RFC 8058); empty where they cannot be stopped."""
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


Index(
    "ix_letter_due",
    Letter.priority.desc(),
    Letter.id,
    Letter.next_try_at,
    sqlite_where=_WAITS,
    postgresql_where=_WAITS,
)


class Pulse(Base):
    """When a process that works in the background was last known to be alive."""

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
