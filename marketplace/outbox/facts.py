"""What the outbox is told about a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

RETENTION = timedelta(days=183)
"""How long letters are kept."""


class LetterState(StrEnum):
    """Where a letter is: queued until a worker takes it, sending while it has it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a letter goes to, and in which language."""

    name: str
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class Invite:
    """The calendar octets that go along, and what they ask: REQUEST or CANCEL (RFC 6047 2.4)."""

    octets: bytes
    method: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be written: `name` is the folder of its templates, `facts` what they are filled from.

    `key` names the cause: writing the same key twice keeps the first. Letters of one `stream` leave in order.
    """

    name: str
    receiver: Receiver
    key: str
    stream: str
    facts: Mapping[str, Any]
    about: Mapping[str, str] = field(default_factory=dict)
    invite: Invite | None = None
    priority: int = 0
    not_after: datetime | None = None
    is_secret: bool = False
