"""Tables of persons, their memberships, one-time sign-ins and certificates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.database import Base, Code
from marketplace.organisations.models import Organisation
from marketplace.people.states import Role
from marketplace.regions.models import Region


class Person(Base):
    """Somebody with an e-mail address. `known_at` is when an invitation or a coordinator's yes vouched for them."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    """Normalised and in lower case."""
    name: Mapped[str]
    function: Mapped[str] = mapped_column(default="")
    subjects: Mapped[str] = mapped_column(default="")
    profiles: Mapped[list[str]] = mapped_column(default=list)
    """The vmbo profiles they teach in ("PIE"): announcements go by them."""
    language: Mapped[str] = mapped_column(default="nl")
    sizes: Mapped[dict[str, str]] = mapped_column(default=dict)
    """The sizes that they want kept, by kind ("shoe": "43"), so that they need not fill them in each time."""
    mutes: Mapped[list[str]] = mapped_column(default=list)
    """The optional letters that they do not want."""
    announced_at: Mapped[datetime | None]
    """Up to when they heard of what came up: once a week at most."""
    session_key: Mapped[str] = mapped_column(unique=True)
    """What a sign-in's cookie names; a new one ends all sign-ins."""
    known_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", order_by="Membership.id")
    certificates: Mapped[list["Certificate"]] = relationship(
        order_by="Certificate.id", back_populates="person"
    )

    @property
    def first_name(self) -> str:
        """What stands on a page that anybody with its link can read."""
        return self.name.split()[0].partition("@")[0]

    @property
    def is_known(self) -> bool:
        """Whether a coordinator once vouched for this person."""
        return self.known_at is not None

    @property
    def school(self) -> Organisation | None:
        """The school whose staff this person is, if any."""
        return next((m.organisation for m in self.memberships if m.role == Role.PARTICIPANT), None)


_EVERYWHERE = text("organisation_id IS NULL AND region_id IS NULL")


class Membership(Base):
    """One role of one person, at an organisation (participant, contacts), in a region (coordinator) or everywhere.

    Each once. That takes three indexes, because empty columns are never equal to each other.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_organisation", "person_id", "role", "organisation_id", unique=True),
        Index("uq_membership_region", "person_id", "role", "region_id", unique=True),
        Index(
            "uq_membership_everywhere",
            "person_id",
            "role",
            unique=True,
            sqlite_where=_EVERYWHERE,
            postgresql_where=_EVERYWHERE,
        ),
        CheckConstraint("organisation_id IS NULL OR region_id IS NULL", name="one_scope"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation | None] = relationship()
    region: Mapped[Region | None] = relationship()


class OneTimeSignIn(Base):
    """A mailed link and code. Only digests are kept; 30 minutes, one use, tries counted.

    With the first use of one that somebody asked for to sign up, they do: before, they are only this row.
    """

    __tablename__ = "one_time_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sign_up: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What was filled in to sign up: its `kind`, "staff" or "company", and the facts of that sign-up."""
    token_digest: Mapped[str] = mapped_column(unique=True)
    browser_digest: Mapped[str] = mapped_column(default="")
    """Of a secret of the browser that asked: it alone may sign in with one click, and with the code."""
    code_digest: Mapped[str]
    next_page: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Certificate(Base):
    """A certificate that a person says to have, and which coordinator saw it in the register, and when."""

    __tablename__ = "certificate"
    __table_args__ = (CheckConstraint("(seen_by IS NULL) = (seen_at IS NULL)", name="seen"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None]
    seen_by: Mapped[str | None] = mapped_column(Code)
    """Code of who saw it in the register; None as long as nobody did."""
    seen_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="certificates")
