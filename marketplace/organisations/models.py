"""Tables of organisations and the sites where they receive people."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.database import Base, Code
from marketplace.kernel.versions import Versioned
from marketplace.regions.models import Region
from marketplace.safety.models import Brief


class Kind(StrEnum):
    """Companies receive people; schools send them and may receive them too."""

    COMPANY = "company"
    SCHOOL = "school"


class Organisation(Base):
    """A company or a school. `trusted_at` is when a coordinator's first yes made it publish on its own."""

    __tablename__ = "organisation"
    __table_args__ = (Index("uq_organisation_kvk", "kvk", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    kvk: Mapped[str | None]
    """Eight digits of the trade register, as text; a company has one, a school need not."""
    brin: Mapped[str | None] = mapped_column(unique=True)
    """Code of a school site (DUO)."""
    is_mbo: Mapped[bool] = mapped_column(default=False)
    sector: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    trusted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    region: Mapped[Region] = relationship()
    sites: Mapped[list["Site"]] = relationship(back_populates="organisation", order_by="Site.id")

    @property
    def is_trusted(self) -> bool:
        """Whether it publishes its own offers without somebody looking first."""
        return self.trusted_at is not None


class Site(Versioned, Base):
    """A place where an organisation receives people. `version` rises with each change that participants are told."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    street: Mapped[str]
    postcode: Mapped[str]
    town: Mapped[str]
    emergency: Mapped[str] = mapped_column(default="")
    """Whom to warn in an emergency, after 112: a name, a telephone number, an extension."""
    assembly_point: Mapped[str] = mapped_column(default="")
    """Where everybody gathers after an alarm."""

    organisation: Mapped[Organisation] = relationship(back_populates="sites")

    @property
    def address(self) -> str:
        """Smidsvonkweg 14, 7944 XY Meppel."""
        return f"{self.street}, {self.postcode} {self.town}"


class StandingBrief(Base):
    """What always holds at an organisation, or at one of its sites or departments: its offers are based on it."""

    __tablename__ = "standing_brief"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    """Where it holds; None where that does not matter."""
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id"), unique=True)
    name: Mapped[str]
    """"Workshop", "Site in Hoogeveen"."""
    made_with: Mapped[str | None] = mapped_column(unique=True)
    """The one-time key of the form it was made with: sent twice, it makes one."""

    organisation: Mapped[Organisation] = relationship()
    site: Mapped[Site | None] = relationship()
    brief: Mapped[Brief] = relationship()


class Instruction(Base):
    """A gate instruction of an organisation's own, as a PDF. Briefs name its address, so it stays."""

    __tablename__ = "instruction"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    """That of the file."""
    octets: Mapped[bytes] = mapped_column(deferred=True)
    digest: Mapped[str]
    """SHA-256 of the octets: the same file is kept once."""
    added_at: Mapped[datetime]
