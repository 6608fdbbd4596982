"""The table of subscriptions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.database import Base
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person

_OWN = text("organisation_id IS NULL")


class Subscription(Base):
    """One secret feed: of a person as participant, or of what their organisation hosts. Each once.

    The token in its address is an HMAC of `nonce`: it can be shown again, and a stolen database opens nothing.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        Index("uq_subscription_hosted", "person_id", "organisation_id", unique=True),
        Index("uq_subscription_own", "person_id", unique=True, sqlite_where=_OWN, postgresql_where=_OWN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """Empty for one's own claims."""
    nonce: Mapped[str]
    token_digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    last_used_on: Mapped[date | None]

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def reader(self) -> str:
        """Whose entries it shows, as entries and change numbers name them."""
        return f"organisation:{self.organisation.code}" if self.organisation else f"person:{self.person.code}"
