"""Tables of offers, their slots and sessions, and the public calendar entries of slots."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.database import Base, Code
from marketplace.kernel.times import AMSTERDAM
from marketplace.kernel.versions import Versioned
from marketplace.offers.states import PUBLIC, OfferState, Policy, SlotState
from marketplace.organisations.models import Organisation, Site
from marketplace.safety.models import Brief


class Offer(Versioned, Base):
    """What a host offers. `version` rises when something changes that participants are told about."""

    __tablename__ = "offer"
    __table_args__ = (Index("ix_offer_state", "state", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id"), unique=True)
    made_by: Mapped[str] = mapped_column(Code)
    made_with: Mapped[str | None] = mapped_column(unique=True)
    """The one-time key of the form it was made with: sending that form twice makes one offer."""
    state: Mapped[str] = mapped_column(default=OfferState.DRAFT)
    format: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    activity: Mapped[str] = mapped_column(default="")
    learning: Mapped[str] = mapped_column(default="")
    report_at: Mapped[str] = mapped_column(default="")
    parking: Mapped[str] = mapped_column(default="")
    meal: Mapped[str] = mapped_column(default="")
    walk_in_minutes: Mapped[int] = mapped_column(default=0)
    clothing: Mapped[str] = mapped_column(default="")
    policy: Mapped[str] = mapped_column(default=Policy.COORDINATOR)
    school_limit: Mapped[int] = mapped_column(default=0)
    """How many people of one school may come to a moment; 0 means as many as there are seats."""
    search_text: Mapped[str] = mapped_column(default="")
    """The terms of everything that is searched: see offers/words.py, and `facets` in actions/listing.py."""
    published_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    brief: Mapped[Brief] = relationship()
    slots: Mapped[list["Slot"]] = relationship(back_populates="offer", order_by="Slot.starts_at")
    profiles: Mapped[list["OfferProfile"]] = relationship(
        cascade="all, delete-orphan", order_by="OfferProfile.profile"
    )
    audiences: Mapped[list["OfferAudience"]] = relationship(
        cascade="all, delete-orphan", order_by="OfferAudience.audience"
    )

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.state in PUBLIC


class OfferProfile(Base):
    """A vmbo profile that an offer fits ("PIE")."""

    __tablename__ = "offer_profile"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)


class OfferAudience(Base):
    """Whom an offer is for ("vmbo_teacher")."""

    __tablename__ = "offer_audience"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)


class Slot(Versioned, Base):
    """A moment of an offer, with its seats. `starts_at` and `ends_at` span its sessions.

    The CHECK keeps the number of seats taken honest, whatever happens above it.
    """

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("seats_taken >= 0 AND seats_taken <= capacity", name="seats"),
        CheckConstraint("capacity >= 1", name="capacity"),
        Index("ix_slot_starts_at", "starts_at", "id"),
        Index("ix_slot_ends_at", "ends_at"),
        Index("ix_slot_announce_at", "announce_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    brief_id: Mapped[int | None] = mapped_column(ForeignKey("brief.id"), unique=True)
    """What this moment adds to the offer's brief; None as long as it never added anything."""
    made_with: Mapped[str | None]
    """The one-time key of the form that planned it, alone or with others: sent twice, it plans once."""
    state: Mapped[str] = mapped_column(default=SlotState.OPEN)
    cancel_reason: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int]
    seats_taken: Mapped[int] = mapped_column(default=0)
    supervisor: Mapped[str] = mapped_column(default="")
    is_host_behind: Mapped[bool] = mapped_column(default=False)
    """Whether claims changed since the host's calendar entries were written."""
    zone: Mapped[str] = mapped_column(default=AMSTERDAM)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    session_count: Mapped[int] = mapped_column(default=1)
    is_own_time: Mapped[bool] = mapped_column(default=False)
    """Whether all of it lies outside lesson time, and so in one's own."""
    open_at: Mapped[datetime | None]
    """When claiming starts; None means at publication."""
    announce_at: Mapped[datetime | None]
    """When those whom it suits hear of it, once it is published; None for moments of long ago."""
    close_at: Mapped[datetime]
    """When claiming ends; a coordinator may decide until the start."""

    offer: Mapped[Offer] = relationship(back_populates="slots")
    site: Mapped[Site] = relationship()
    own_brief: Mapped[Brief | None] = relationship()
    sessions: Mapped[list["Session"]] = relationship(
        back_populates="slot", order_by="Session.starts_at", cascade="all, delete-orphan"
    )

    @property
    def brief(self) -> Brief:
        """What holds at this moment."""
        return self.own_brief or self.offer.brief

    @property
    def seats_left(self) -> int:
        """How many may still claim."""
        return self.capacity - self.seats_taken

    @property
    def is_full(self) -> bool:
        """Whether no seat is left."""
        return self.seats_left <= 0


class Session(Base):
    """One part of a slot: a day of three, or an evening of ten."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    slot: Mapped[Slot] = relationship(back_populates="sessions")


class PublicEntry(Base):
    """The calendar entry of a slot for everybody, written when it changes, in one language; feeds only read it."""

    __tablename__ = "public_entry"
    __table_args__ = (
        UniqueConstraint("slot_id", "position", "language"),
        Index("ix_public_entry_made_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    position: Mapped[int]
    language: Mapped[str]
    uid: Mapped[str]
    sequence: Mapped[int] = mapped_column(default=0)
    status: Mapped[str]
    series: Mapped[list[Any]]
    """The occurrences it was made for, each [start, end] in ISO format."""
    text: Mapped[str]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ends_at: Mapped[datetime]


ASKED = (
    *("state", "previous", "slot_id", "newness", "is_own_time", "is_after_school"),
    *("duration", "holidays", "eases", "latitude", "longitude"),
)
"""What lists ask of a moment, together in an index: the rows themselves are long, because of their terms."""


class Listing(Base):
    """A moment of a published offer, as lists and feeds are searched: written anew whenever the offer or it changes."""

    __tablename__ = "listing"
    __table_args__ = (
        Index("ix_listing_id", "id", "offer_id", *ASKED),
        Index("ix_listing_offer_id", "offer_id", "id", *ASKED, "facets"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    """Its place in the order of date: see `place_of`."""
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    previous: Mapped[int] = mapped_column(BigInteger, default=0)
    """The place of the open moment of the offer before this one: if that is over, this one is its first."""
    stamp: Mapped[str] = mapped_column(Code)
    """Another one each time it is written: by this a card that was kept is known to be of today."""
    state: Mapped[str]
    newness: Mapped[int]
    """The lower the newer: minutes since 1970 at which the offer was published, negative."""
    is_own_time: Mapped[bool]
    is_after_school: Mapped[bool]
    duration: Mapped[str]
    holidays: Mapped[int]
    """In which zones all of it falls in a school holiday: a bit for each."""
    eases: Mapped[int]
    """What makes it easy to come, such as that nothing has to be brought: a bit for each."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    facets: Mapped[str]
    """The terms that filters ask for, to count by."""
    terms: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE listing_terms USING fts5(terms, content=listing, content_rowid=id, "
        "detail=none, columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '=_'\")",
        "CREATE TRIGGER listing_added AFTER INSERT ON listing BEGIN "
        "INSERT INTO listing_terms (rowid, terms) VALUES (new.id, new.terms); END",
        "CREATE TRIGGER listing_removed AFTER DELETE ON listing BEGIN "
        "INSERT INTO listing_terms (listing_terms, rowid, terms) VALUES ('delete', old.id, old.terms); END",
    ),
    "postgresql": ("CREATE INDEX listing_terms ON listing USING gin (terms) WITH (fastupdate = off)",),
}
"""The index of the terms, under one name, in the words of each database. Terms are added and removed, never changed."""
for dialect, statements in FULL_TEXT.items():
    for statement in statements:
        event.listen(Listing.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]  # of SQLAlchemy
