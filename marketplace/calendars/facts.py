"""The values that entries, invites and feeds are made from."""

from collections.abc import Mapping
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


class ReplyMethod(StrEnum):
    """What an invited calendar says back (RFC 5546 1.4): an answer, another time, or please send it again."""

    REPLY = "REPLY"
    COUNTER = "COUNTER"
    REFRESH = "REFRESH"


class Answer(StrEnum):
    """What the invited person answered, as far as known: PARTSTAT (RFC 5545 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


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


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back about an entry, as far as we use it.

    `answers` are those of the attendees by address in lower case, as a rule one. `occurrence` is the start of the one
    that it is about, None for all of it; `stamp` is when it was made, None where that cannot be read. `proposed_at` is
    the other start that a COUNTER asks for.
    """

    method: ReplyMethod
    uid: str
    answers: Mapping[str, Answer]
    sequence: int
    stamp: datetime | None
    occurrence: datetime | None
    comment: str
    proposed_at: datetime | None


def refuse_unless_utc(*moments: datetime) -> None:
    """Raise ValueError for a moment that is naive or in another zone than UTC."""
    for moment in moments:
        if moment.utcoffset() != timedelta(0):
            raise ValueError(f"A calendar takes aware UTC times, not {moment!r}.")
