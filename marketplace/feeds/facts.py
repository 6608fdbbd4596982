"""What is known of feeds: where they are found, and what an edition of one depends on."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Link:
    """The address of a feed, https:// as a rule, and the forms of it that calendars ask for."""

    address: str

    @property
    def webcal(self) -> str:
        """Opens the calendar of the device, which then subscribes instead of importing once."""
        return f"webcal:{self.address.partition(':')[2]}"

    @property
    def google(self) -> str:
        """Google's page to subscribe. It wants webcal in the address; with https it looks for somebody of that name."""
        return f"https://calendar.google.com/calendar/render?cid={quote(self.webcal, safe='')}"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that a person may have. `organisation` is the code of the host, empty for one's own claims; no `link` yet
    if it was never asked for."""

    organisation: str
    organisation_name: str
    link: Link | None
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class Edition:
    """A feed as it is now: its name, all that its octets depend on, and since when they are what they are."""

    name: str
    parts: tuple[object, ...]
    changed_at: datetime
