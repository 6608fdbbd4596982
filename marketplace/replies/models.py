"""Tables of mails that came in, withdrawals to come, and addresses that do not work."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.claims.models import Claim
from marketplace.kernel.database import Base


class IncomingMail(Base):
    """A mail that was handled, whether or not it could be put in its folder: it is not handled twice."""

    __tablename__ = "incoming_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """A digest of its octets. Message-IDs are made by their senders, who may make one twice."""
    outcome: Mapped[str]
    handled_at: Mapped[datetime] = mapped_column(index=True)


class PlannedWithdrawal(Base):
    """A participant declined in the calendar and was asked about it: withdrawn at `due_at`, unless that is undone."""

    __tablename__ = "planned_withdrawal"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), unique=True)
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)

    claim: Mapped[Claim] = relationship()


class DeadAddress(Base):
    """An address from which a letter came back, until something is heard from it."""

    __tablename__ = "dead_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    bounced_at: Mapped[datetime]
