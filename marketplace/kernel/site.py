"""What this installation is called and where it lives. Said once, when the application is made."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """Name on the pages, address without a final slash, and the one fixed sender of all letters."""

    name: str = "Meeloop"
    base_url: str = "http://127.0.0.1:5000"
    sender: str = "meeloop@localhost"
    reads_replies: bool = False
    """Whether what is sent to the sender's address is read."""

    @property
    def domain(self) -> str:
        """The domain of the sender: right-hand side of message ids and calendar UIDs."""
        return self.sender.rpartition("@")[2]

    def return_path(self, code: str) -> str:
        """Where a letter with this code comes back to when it bounces; the sender itself where nobody reads that."""
        local, _, domain = self.sender.rpartition("@")
        return f"{local}+{code}@{domain}" if self.reads_replies else self.sender

    def came_back_to(self, address: str) -> str:
        """The code of the letter for which `return_path` gave this address; empty if it did for none."""
        local, _, domain = self.sender.lower().rpartition("@")
        before, _, after = address.lower().rpartition("@")
        if after != domain or not before.startswith(f"{local}+"):
            return ""
        return before.removeprefix(f"{local}+").upper()

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
