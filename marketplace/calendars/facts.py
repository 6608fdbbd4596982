"""The values that entries, invites and feeds are made from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.kernel.times import AMSTERDAM


class Status(StrEnum):
    """How firm an entry is (RFC 5545 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What an invite asks of the receiver's calendar (RFC 5546 1.4): put this in, or take it out."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Answer(StrEnum):
    """What the invited person answered, as far as known: PARTSTAT (RFC 5545 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


class Frequency(StrEnum):
    """How a series repeats (RFC 5545 3.3.10)."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of aware UTC time. ValueError for other times and for an end that is not after the start."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        refuse_unless_utc(self.starts_at, self.ends_at)
        if self.ends_at <= self.starts_at:
            raise ValueError(f"What starts at {self.starts_at} can't end at {self.ends_at}.")


@dataclass(frozen=True, slots=True)
class Series:
    """What becomes one entry: one occurrence without a rule, or several that follow the rule."""

    occurrences: tuple[Occurrence, ...]
    rule: Frequency | None


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """All that an entry says.

    `occurrences` is one, or a whole series as first agreed, in order; `excluded` holds the starts that fell
    out. `stamp` is the last change. `alarm_text` is shown at 19.00 local time on the evening before, by
    invites only. `is_busy` is False for mere information, such as a moment that anybody may still claim.
    """

    uid: str
    sequence: int
    stamp: datetime
    created_at: datetime
    occurrences: tuple[Occurrence, ...]
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    status: Status = Status.CONFIRMED
    excluded: tuple[datetime, ...] = ()
    alarm_text: str = ""
    is_busy: bool = True
    zone: str = AMSTERDAM


def refuse_unless_utc(*moments: datetime) -> None:
    """Raise ValueError for a moment that is naive or in another zone than UTC."""
    for moment in moments:
        if moment.utcoffset() != timedelta(0):
            raise ValueError(f"A calendar takes aware UTC times, not {moment!r}.")
