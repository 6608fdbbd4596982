"""What this installation is called and where it lives. Said once, when the application is made."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """Name on the pages, address without a final slash, and the one fixed sender of all letters."""

    name: str = "Meeloop"
    base_url: str = "http://127.0.0.1:5000"
    sender: str = "meeloop@localhost"

    @property
    def domain(self) -> str:
        """The domain of the sender: right-hand side of message ids and calendar UIDs."""
        return self.sender.rpartition("@")[2]

    @property
    def is_public(self) -> bool:
        """Whether people elsewhere can reach it: anything but this very machine."""
        return urlsplit(self.base_url).hostname not in {"localhost", "127.0.0.1", "::1"}


_site = Site()


def site() -> Site:
    """The installation as it was configured."""
    return _site


def configure(site: Site) -> None:
    """Called by the factory, once."""
    global _site
    _site = site
