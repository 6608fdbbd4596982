"""What is known of feeds: whose they are, where they are found, and what an edition of one depends on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import quote

from marketplace.feeds.states import DAYS_BACK_AT_FIRST, FeedKind, Steps


@dataclass(frozen=True, slots=True)
class Link:
    """The address of a feed, https:// as a rule, and the forms of it that calendars ask for."""

    address: str
    token: str = ""
    """Of one that is secret."""

    @property
    def webcal(self) -> str:
        """Opens the calendar of the device, which then subscribes instead of importing once."""
        return f"webcal:{self.address.partition(':')[2]}"

    @property
    def google(self) -> str:
        """Google's page to subscribe. It wants webcal in the address; with https it looks for somebody of that name."""
        return f"https://calendar.google.com/calendar/render?cid={quote(self.webcal, safe='')}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the owner of a feed wants to see in it."""

    days_back: int = DAYS_BACK_AT_FIRST
    has_pending: bool = True
    steps: str = Steps.NONE


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that a person may have. `about` is the code of the organisation or region, and `name` its name; both are
    empty for one's own claims. No `link` yet if it was never asked for."""

    kind: FeedKind
    about: str
    name: str
    link: Link | None = None
    last_used_on: date | None = None
    choices: Choices = Choices()

    @property
    def key(self) -> str:
        """How forms and addresses name it among the feeds of its owner."""
        return f"{self.kind}-{self.about}" if self.about else self.kind.value


class Reading(NamedTuple):
    """A subscription as its feed is read: whose, what it shows, and the changes so far. In the order of the query."""

    id: int
    kind: str
    person: str
    """The code of its owner, …"""
    owner: str
    """… their name, by which the moments they supervise are known."""
    language: str
    organisation: str | None
    organisation_name: str | None
    region_id: int | None
    region_name: str | None
    days_back: int
    has_pending: bool
    steps: str
    chosen_at: datetime
    last_used_on: date | None
    number: int | None
    changed_at: datetime | None

    @property
    def reader(self) -> str:
        """Whose entries it shows, as they name it; those of a region are read by organisation."""
        return f"organisation:{self.organisation}" if self.organisation else f"person:{self.person}"


@dataclass(frozen=True, slots=True)
class Edition:
    """A feed as it is now: its name, all that its octets depend on, and since when they are what they are."""

    name: str
    parts: tuple[object, ...]
    changed_at: datetime
