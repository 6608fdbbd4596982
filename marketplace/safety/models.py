"""The table of safety briefs."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base
from marketplace.kernel.versions import Versioned
from marketplace.safety.facts import BriefFacts


class Brief(Versioned, Base):
    """What holds at one offer. `version` rises with each change, so that those who were told can be told again."""

    __tablename__ = "brief"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]

    @property
    def facts(self) -> BriefFacts:
        """What the brief says."""
        return BriefFacts.from_data(self.content)
