"""A letter as octets: the tree that mail programs and calendars agree on, the same for the same letter."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import MIMEPart
from email.utils import format_datetime, formataddr
from hashlib import sha256

from marketplace.kernel.party import Party

_LINE_BREAKERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_OWN = "from|to|cc|bcc|subject|date|message-id|mime-version|content-.*"
_ADDABLE = re.compile(rf"(?!({_OWN})$)[a-z0-9-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along: its name, its type such as `application/pdf`, and its content."""

    name: str
    type: str
    octets: bytes


def message(
    *,
    sender: Party,
    receiver: Party,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    headers: Mapping[str, str],
    date: datetime,
    calendar: bytes | None = None,
    method: str = "",
    attachments: Iterable[Attachment] = (),
) -> bytes:
    """The letter with CRLF line ends, ready for SMTP.

    `message_id` has its angle brackets and also seeds the boundaries. An invite (`calendar` with its
    `method`) stands last among the alternatives and again as a file: some programs read only the one, some
    only the other. `headers` are added to those that every letter has. ValueError for a line end or control
    character in a header or file name, for a header that is set here or shows others, and for an invite
    without method.
    """
    if bool(calendar) != bool(method):
        raise ValueError("An invite and its method go together.")
    head = {
        "From": _mailbox("From", sender),
        "To": _mailbox("To", receiver),
        "Subject": _written("Subject", subject),
        "Date": format_datetime(date),
        "Message-ID": _safe(message_id),
        "MIME-Version": "1.0",
    }
    root = _alternatives(text, html, calendar, method)
    files = [*attachments, *([Attachment("invite.ics", "application/ics", calendar)] if calendar else [])]
    for file in files:
        _attach(root, file)
    _fix_boundaries(root, message_id)
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**head, **_added(headers)}.items())
    return lines.encode("ascii") + root.as_bytes()


def _added(headers: Mapping[str, str]) -> dict[str, str]:
    for name in headers:
        if not _ADDABLE.fullmatch(name):
            raise ValueError(f"Not a header that can be added: {name!r}.")
    return {name: _written(name, value) for name, value in headers.items()}


def _alternatives(text: str, html: str, calendar: bytes | None, method: str) -> MIMEPart:
    part = MIMEPart(policy=policy.SMTP)
    part.set_content(text, cte="quoted-printable")
    part.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar:
        params = {"charset": "UTF-8", "method": _safe(method), "component": "VEVENT"}
        part.add_alternative(calendar, maintype="text", subtype="calendar", params=params)
    return part


def _attach(root: MIMEPart, file: Attachment) -> None:
    maintype, subtype = _safe(file.type).split("/")
    name = _safe(file.name)
    root.add_attachment(file.octets, maintype=maintype, subtype=subtype, filename=name, params={"name": name})


def _fix_boundaries(root: MIMEPart, message_id: str) -> None:
    """Boundaries that depend on nothing but the message; `=_` occurs in no encoded content (RFC 2045 6.7)."""
    seed = sha256(message_id.encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in root.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}.{number}")


# The older `Header` class folds here: the newer policy tears long names at a comma into two senders, and
# encodes long addresses, such as that of List-Unsubscribe, beyond recognition. What is plain stays on one
# line, which may have 998 characters (RFC 5322 2.1.1); an encoded line may have 76 (RFC 2047 2).
def _written(name: str, value: str) -> str:
    if _is_plain(_safe(value)):
        return value
    return Header(value, "utf-8", maxlinelen=76, header_name=name).encode(linesep="\r\n")


def _mailbox(name: str, party: Party) -> str:
    if _is_plain(party.label):
        return formataddr((party.label, party.address))
    return f"{_written(name, party.label)} <{party.address}>"


def _is_plain(value: str) -> bool:
    return value.isascii() and "=?" not in value and len(value) < 900


def _safe(value: str) -> str:
    if _LINE_BREAKERS.search(value):
        raise ValueError(f"A header can't hold line ends or control characters: {value!r}.")
    return value
