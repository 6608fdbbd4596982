"""Tables of claims, planned decisions, and the calendar entries of participants and hosts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.claims.states import HOLDING, LIVING, ClaimState, Condition, Side
from marketplace.kernel.database import Base, Code
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person

_LIVES = text("state IN ('waitlisted', 'offered', 'pending', 'conditional', 'approved')")


class Claim(Base):
    """One person's claim on a seat, or one for somebody who is still to be named.

    The partial unique index allows one living claim per person and slot; seats without a name are not limited by it.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index(
            "uq_claim_living",
            "slot_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVES,
            postgresql_where=_LIVES,
        ),
        Index("ix_claim_state", "state", "made_at"),
        CheckConstraint("(state = 'lapsed') = (lapsed_as <> '')", name="lapsed_as"),
        CheckConstraint("state <> 'offered' OR answer_by IS NOT NULL", name="answer_by"),
        CheckConstraint("state <> 'conditional' OR certificate_by IS NOT NULL", name="certificate_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who comes; None as long as nobody was named."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    """Who made it, and speaks for it until somebody is named."""
    party: Mapped[str] = mapped_column(Code, index=True)
    """A code that the claims share which were made together: they are placed together or not at all."""
    school_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The school for which this person comes: its region's coordinators decide."""
    state: Mapped[str] = mapped_column(default=ClaimState.PENDING)
    state_by: Mapped[str] = mapped_column(Code)
    """Code of who brought it into this state."""
    state_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    """Rises with every state and with naming: a page or link from before is out of date."""
    lapsed_as: Mapped[str] = mapped_column(default="")
    """What was not done in time; empty unless it lapsed."""
    answer_by: Mapped[datetime | None]
    """Until when an offered seat can be accepted."""
    paid_by: Mapped[str] = mapped_column(default="")
    """Who pays for the certificate on which it was approved; empty where nobody said so."""
    certificate_by: Mapped[datetime | None]
    """Until when that may come."""
    made_at: Mapped[datetime]
    made_with: Mapped[str | None]
    """The one-time key of the form that made it with others: sent twice, it makes them once."""
    policy: Mapped[str] = mapped_column(default=Policy.COORDINATOR)
    """Who decides, as it was when the claim was made."""
    learning_question: Mapped[str]
    time_basis: Mapped[str]
    cover: Mapped[str]
    sizes: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Sizes of what is lent, by code of the catalogue: for the roster only."""
    diet: Mapped[str] = mapped_column(default="")
    """For the roster only."""
    brief_version: Mapped[int | None]
    """The version of the safety brief that the participant read; None until they say so."""
    brief_read_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why it was rejected or cancelled, as the participant was told."""
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The facts that the participant was last told, …"""
    told_at: Mapped[datetime]
    """when that was, and …"""
    told_offer: Mapped[int]
    told_slot: Mapped[int]
    told_site: Mapped[int]
    told_brief: Mapped[int]
    """… the versions they came from."""

    slot: Mapped[Slot] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    school: Mapped[Organisation] = relationship()
    decider: Mapped[Person | None] = relationship(
        primaryjoin=lambda: foreign(Claim.state_by) == Person.code, viewonly=True
    )
    """Who brought it where it stands; None for the system, and for those who have gone."""
    entries: Mapped[list["Entry"]] = relationship(order_by="Entry.position", back_populates="claim")
    planned: Mapped[list["PlannedDecision"]] = relationship(cascade="all, delete-orphan")

    @property
    def holds_a_seat(self) -> bool:
        """Whether its seat is nobody else's."""
        return self.state in HOLDING

    @property
    def is_living(self) -> bool:
        """Whether something may still come of it."""
        return self.state in LIVING

    @property
    def receiver(self) -> Person:
        """Who gets its letters."""
        return self.person or self.made_by


class PlannedDecision(Base):
    """A side's decision, which can be taken back until it takes effect; one for each claim and side.

    That is at `due_at`; an approval waits further for that of the other side, where both decide.
    """

    __tablename__ = "planned_decision"
    __table_args__ = (UniqueConstraint("claim_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    side: Mapped[str] = mapped_column(default=Side.COORDINATOR)
    verdict: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(Code)
    decided_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    paid_by: Mapped[str] = mapped_column(default="")
    certificate_by: Mapped[datetime | None]

    @property
    def condition(self) -> Condition | None:
        """On what it approves; None for a plain yes or a no."""
        return Condition(self.paid_by, self.certificate_by) if self.certificate_by else None


class Attendance(Base):
    """Whether a participant came to a session, as the host noted it."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("claim_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    """What was noted early goes when the session moves."""
    has_come: Mapped[bool]
    noted_by: Mapped[str] = mapped_column(Code)
    noted_at: Mapped[datetime]


class Entry(Base):
    """A calendar entry of a participant (by claim) or a host (by slot), written when it changes; feeds only read it."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("(claim_id IS NULL) <> (slot_id IS NULL)", name="one_owner"),
        Index("ix_entry_reader", "reader", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"), index=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"), index=True)
    reader: Mapped[str]
    """Whose feed it is in: "person:CODE" or "organisation:CODE"."""
    position: Mapped[int]
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    status: Mapped[str]
    series: Mapped[list[Any]]
    """The occurrences it was first made for, each [start, end] in ISO format."""
    excluded: Mapped[list[Any]]
    """Starts of those that fell out."""
    is_invited: Mapped[bool] = mapped_column(default=False)
    """Whether an invite for it was written, so that it has to be cancelled."""
    text: Mapped[str]
    """The VEVENT as it stands in a feed."""
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    claim: Mapped[Claim | None] = relationship(back_populates="entries")


class CalendarAnswer(Base):
    """The last answer of a participant's calendar about an entry, or about one occurrence of it."""

    __tablename__ = "calendar_answer"
    __table_args__ = (UniqueConstraint("entry_id", "occurrence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    occurrence: Mapped[str] = mapped_column(default="")
    """The start of the one it is about, in ISO format; empty for all of them."""
    partstat: Mapped[str]
    sequence: Mapped[int]
    """The version of the entry that was answered, …"""
    stamp: Mapped[datetime]
    """… and when: what is older than both together does not count any more (RFC 5546 2.1.5)."""
    comment: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()
