"""What the outbox is told about a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from marketplace.outbox.states import LetterState as LetterState

RETENTION = timedelta(days=183)
"""How long letters are kept."""


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
class Enclosure:
    """A PDF that goes along: the name of the file, and the template and data that it is made of later.

    `digest` names all that it depends on: two with the same are the same.
    """

    name: str
    template: str
    data: Mapping[str, Any]
    digest: str


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
    enclosure: Enclosure | None = None
    priority: int = 0
    not_before: datetime | None = None
    """It waits in the outbox until then."""
    not_after: datetime | None = None
    """It is dropped if it has not left by then; written after that it is dropped at once, and its key stays taken."""
    is_secret: bool = False
    unsubscribe: str = ""
    """An https link behind which a POST alone stops these mails (RFC 8058); empty where they cannot be stopped."""
    region: str = ""
    """Code of the region in whose mail log it stands."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No worker is heard: `since` then, or never yet (None)."""

    since: datetime | None

    def __str__(self) -> str:
        return f"silent since {self.since:%Y-%m-%dT%H:%M:%SZ}" if self.since else "never heard"
