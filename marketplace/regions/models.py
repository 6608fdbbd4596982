"""The table of regions."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Code


class Region(Base):
    """A region of schools and companies that work together; a sub-region has the whole as `parent_id`."""

    __tablename__ = "region"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    holiday_zone: Mapped[str]
    """"Noord", "Midden" or "Zuid": which school holidays hold (rijksoverheid.nl)."""

    @property
    def whole_id(self) -> int:
        """Row id of the region that it is a part of, or of itself."""
        return self.parent_id or self.id
