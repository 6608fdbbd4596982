"""A person or organisation as letters and calendar entries name them: who sends, who receives."""

import re
from dataclasses import dataclass

_ADDRESS = re.compile("[!-~]+@[A-Za-z0-9.-]+")
_SPECIAL = re.compile(r'[\s"(),:;<>@\[\]\\]')
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Party:
    """A name, which may be empty, and a mail address.

    ValueError for anything but a bare ASCII address: calendars take `mailto:Name <a@b>` for somebody unknown,
    and a line end would start a header of its own (RFC 6047 2.3, RFC 5322 3.4.1).
    """

    name: str
    address: str

    def __post_init__(self) -> None:
        local = self.address.rpartition("@")[0]
        if not _ADDRESS.fullmatch(self.address) or _SPECIAL.search(local):
            raise ValueError(f"Not a bare mail address: {self.address!r}.")

    @property
    def label(self) -> str:
        """The name as a header or parameter may hold it: one line without control characters, `"`, `^`, backslash.

        The first two need the escapes of RFC 6868, which not every calendar reads; some take the last for one.
        """
        return " ".join(_UNFIT.sub(" ", re.sub(r'["^\\]', "", self.name)).split())
