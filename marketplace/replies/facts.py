"""What is known of mails that come back, and of what participants answered in their calendars."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from marketplace.calendars.facts import Answer


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox on an IMAP server, and the folder in it where mail arrives."""

    server: str
    port: int
    username: str
    password: str = field(repr=False)
    is_ssl: bool
    folder: str


class Folder(StrEnum):
    """Where a mail is put once it was read."""

    HANDLED = "Handled"
    UNCLEAR = "Unclear"


class Outcome(StrEnum):
    """What became of a mail."""

    ANSWERED = "answered"
    """A calendar's answer, written down."""
    FORWARDED = "forwarded"
    """Words, which went to the coordinators."""
    BOUNCED = "bounced"
    """A letter that came back."""
    IGNORED = "ignored"
    """Made by a machine, overtaken by a later answer, or about what is over."""
    STRANGER = "stranger"
    """An answer to somebody else's invitation."""
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    """About nothing that we know."""


FOLDERS = {
    Outcome.ANSWERED: Folder.HANDLED,
    Outcome.FORWARDED: Folder.HANDLED,
    Outcome.BOUNCED: Folder.HANDLED,
    Outcome.IGNORED: Folder.HANDLED,
    Outcome.STRANGER: Folder.UNCLEAR,
    Outcome.TOO_LARGE: Folder.UNCLEAR,
    Outcome.UNREADABLE: Folder.UNCLEAR,
    Outcome.UNKNOWN: Folder.UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as far as we use it. `key` is the same for the same octets; `answers` are the Message-IDs that it follows.

    `calendars` are the calendar objects in it, `text` what its writer wrote, without what they quote. `failure` is why
    a letter of ours could not be delivered, where it says so. Where it `is_whole` not, only its headers were read.
    """

    key: str
    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    is_automatic: bool = False
    is_auto_reply: bool = False
    """Whether a machine answered by itself. Calendars make what people answer, and may call that automatic too."""
    calendars: tuple[str, ...] = ()
    text: str = ""
    failure: str = ""
    is_whole: bool = True
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """The last answer about an entry (`occurrence` None) or one occurrence of it."""

    occurrence: datetime | None
    answer: Answer
    sequence: int
    stamp: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a participant answered in the calendar, as the host's list shows it.

    `answer` is about all of it, None as long as there is none to the invitation as it is now. `is_outdated` says that
    there is one to an earlier version; `declined` are the starts on which they do not come; `leaves_at` is when a seat
    is given up that they declined as a whole.
    """

    answer: Answer | None = None
    is_outdated: bool = False
    declined: tuple[datetime, ...] = ()
    comment: str = ""
    leaves_at: datetime | None = None
