"""The IMAP mailbox to which answers come: what waits in it is read, and put into a folder when it was handled."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from marketplace.outbox.carrying import Unreachable
from marketplace.replies import mails
from marketplace.replies.facts import Account, Folder, Mail

SECONDS = 10
"""So long the server may take over each answer: letters wait meanwhile."""
SIZE_LIMIT = 5_000_000
"""Octets. Of a larger mail only the headers are read."""
HEADERS_LIMIT = 65_536


class Mailbox:
    """The mails that wait, by number. What is not ours to understand stays where people can look at it."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self._prefix = _prefix(client)
        for folder in Folder:
            if not client.folder_exists(self._prefix + folder):
                client.create_folder(self._prefix + folder)

    def waiting(self, limit: int) -> list[int]:
        """The numbers of the first mails that wait, in the order in which they came."""
        return sorted(self._client.search(["UNDELETED"]))[:limit]

    def read(self, number: int) -> Mail | None:
        """One of them, left as unread as it was; None if somebody took it away meanwhile."""
        size = self._fetched(number, "RFC822.SIZE")
        if size is None:
            return None
        is_whole = size <= SIZE_LIMIT
        octets = self._fetched(number, "BODY.PEEK[]" if is_whole else f"BODY.PEEK[HEADER]<0.{HEADERS_LIMIT}>")
        return None if octets is None else mails.read(octets, is_whole=is_whole)

    def put(self, number: int, folder: Folder) -> None:
        """Moves one of them into a folder; one that is gone stays gone."""
        self._client.move([number], self._prefix + folder)

    def _fetched(self, number: int, what: str) -> Any:
        """What the server says of a mail. It names the answer in its own way: it is what is not the sequence number."""
        found = self._client.fetch([number], [what]).get(number, {})
        return next((value for name, value in found.items() if name not in (b"SEQ", b"FLAGS")), None)


@contextmanager
def opened(account: Account) -> Iterator[Mailbox]:
    """The mailbox, with its folder selected; Unreachable if it cannot be read, or not to the end."""
    try:
        with IMAPClient(account.server, account.port, ssl=account.is_ssl, timeout=SECONDS) as client:
            client.login(account.username, account.password)
            client.select_folder(account.folder)
            yield Mailbox(client)
    except (IMAPClientError, OSError) as error:
        raise Unreachable(f"the mailbox of replies cannot be read: {error}") from error


def _prefix(client: IMAPClient) -> str:
    """What stands before the names of own folders: "INBOX." at many servers, nothing at others (RFC 2342 5)."""
    if not client.has_capability("NAMESPACE"):
        return ""
    personal = client.namespace().personal
    return str(personal[0][0]) if personal else ""
