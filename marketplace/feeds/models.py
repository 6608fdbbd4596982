"""The table of subscriptions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.feeds.states import DAYS_BACK_AT_FIRST, FeedKind, Steps
from marketplace.kernel.database import Base
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.regions.models import Region

_OWN = text("organisation_id IS NULL AND region_id IS NULL")


class Subscription(Base):
    """One secret feed of a person, with what they chose to see in it. Each once.

    The token in its address is an HMAC of `nonce`: it can be shown again, and a stolen database opens nothing.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        Index("uq_subscription_hosted", "person_id", "kind", "organisation_id", unique=True),
        Index("uq_subscription_region", "person_id", "region_id", unique=True),
        Index("uq_subscription_own", "person_id", unique=True, sqlite_where=_OWN, postgresql_where=_OWN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(default=FeedKind.OWN)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """Of what is hosted or supervised."""
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    """Of what goes on in a region; its sub-regions are in it."""
    nonce: Mapped[str]
    token_digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    days_back: Mapped[int] = mapped_column(default=DAYS_BACK_AT_FIRST)
    has_pending: Mapped[bool] = mapped_column(default=True)
    """Whether one's own claims show before they are approved."""
    steps: Mapped[str] = mapped_column(default=Steps.NONE)
    """Which steps of the playbook a region's feed shows."""
    chosen_at: Mapped[datetime]
    """When one of these choices was last made."""

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    region: Mapped[Region | None] = relationship()
