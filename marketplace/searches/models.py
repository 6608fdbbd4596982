"""The tables of saved searches, and of what was told about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.database import Base, Code
from marketplace.people.models import Person


class SavedSearch(Base):
    """A search that somebody keeps. Each once; it goes when its owner goes."""

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("person_id", "query"),
        Index("ix_saved_search_alert", "alert", "seen_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    """What it looks for, as it stands in an address: `facts.search_in` reads it."""
    alert: Mapped[str]
    seen_until: Mapped[datetime]
    """What appeared until then is not new any more: it was told, or it did not fit."""
    mailed_at: Mapped[datetime | None]
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class ToldOffer(Base):
    """An offer that was told for a search, and so never is again."""

    __tablename__ = "told_offer"

    search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True
    )
    offer_id: Mapped[int] = mapped_column(
        ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    told_at: Mapped[datetime]
