"""The tables of safety briefs and of each version of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from marketplace.kernel.database import Base
from marketplace.kernel.versions import Versioned
from marketplace.safety.facts import BriefFacts, hash_of


class Brief(Versioned, Base):
    """What holds somewhere: what it says itself, on top of what the brief says that it is based on.

    `version` rises with each change of the whole, so that those who were told can be told again.
    """

    __tablename__ = "brief"

    id: Mapped[int] = mapped_column(primary_key=True)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("brief.id"), index=True)
    content: Mapped[dict[str, Any]]
    """The whole of what holds now, that of `based_on` included."""
    own: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """What it says itself; the same as `content` if it is based on nothing."""

    based_on: Mapped["Brief | None"] = relationship(remote_side=id)
    versions: WriteOnlyMapped["BriefVersion"] = relationship()

    @property
    def facts(self) -> BriefFacts:
        """The whole of what holds now."""
        return BriefFacts.from_data(self.content)

    @property
    def hash(self) -> str:
        """That of its version of now."""
        return hash_of(self.content)

    @property
    def mark(self) -> dict[str, int | str]:
        """By what the journal knows this version: its number and its hash."""
        return {"brief_version": self.version, "hash": self.hash}

    @property
    def own_facts(self) -> BriefFacts:
        """What it says itself, apart from what it is based on."""
        return BriefFacts.from_data(self.own)


class BriefVersion(Base):
    """The whole of what a brief said in one of its versions: written once, never changed."""

    __tablename__ = "brief_version"

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    hash: Mapped[str]
    """SHA-256 of the content: see `facts.hash_of`. An acknowledgement is journalled with it."""
    made_at: Mapped[datetime]
