"""Rows that people are told about: each change raises a version, and says when the run of changes began."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

RUN = timedelta(minutes=2)
"""Changes that follow each other faster than this are one run, and make one letter."""


class Versioned:
    """Mixin: `version` from 1, `changed_at` of the last change, `changing_since` of the first of its run."""

    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changing_since: Mapped[datetime]

    def raise_version(self, now: datetime) -> None:
        """Counts one more change that people are to be told about."""
        if now - self.changed_at > RUN:
            self.changing_since = now
        self.version += 1
        self.changed_at = now

    def touch(self, now: datetime) -> None:
        """Notes a change that nobody is told about; one that follows begins a run of its own."""
        self.changed_at = self.changing_since = now
