"""A letter as octets: the tree that mail programs and calendars agree on, the same for the same letter."""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import MIMEPart
from email.utils import format_datetime, formataddr
from functools import lru_cache
from hashlib import sha256

from marketplace.kernel.party import Party

_LINE_BREAKERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_OWN = "from|to|cc|bcc|subject|date|message-id|mime-version|content-.*"
_BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n"
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
        **_added(headers),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return lines.encode("ascii") + _body(text, html, calendar, method, attachments, message_id)


def _body(
    text: str, html: str, calendar: bytes | None, method: str, attachments: Iterable[Attachment], seed: str
) -> bytes:
    forms = [_words("plain", text), _words("html", html)]
    files = [_file(each) for each in attachments]
    if calendar:
        forms.append(_calendar(calendar, method))
        files.append(_file(Attachment("invite.ics", "application/ics", calendar)))
    letter = _together("alternative", forms, _boundary(seed, 1))
    return _together("mixed", [letter, *files], _boundary(seed, 0)) if files else letter


def _added(headers: Mapping[str, str]) -> dict[str, str]:
    for name in headers:
        if not _ADDABLE.fullmatch(name):
            raise ValueError(f"Not a header that can be added: {name!r}.")
    return {name: _written(name, value) for name, value in headers.items()}


# Put together here, since the library takes some milliseconds a letter; how it folds a name it keeps to itself.
def _together(subtype: str, parts: Iterable[bytes], boundary: str) -> bytes:
    line = f"--{boundary}".encode()
    inside = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'
    return head.encode() + inside + line + b"--\r\n"


def _boundary(seed: str, number: int) -> str:
    """Depends on nothing but the message; `=_` occurs in no encoded content (RFC 2045 6.7)."""
    return f"=_{sha256(seed.encode()).hexdigest()[:32]}.{number}"


def _words(subtype: str, text: str) -> bytes:
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    lines = b"\r\n".join(text.encode().splitlines())
    return head.encode() + b2a_qp(lines + b"\r\n")


def _calendar(octets: bytes, method: str) -> bytes:
    kind = f'text/calendar; charset="UTF-8"; method="{_safe(method)}";\r\n component="VEVENT"'
    return f"Content-Type: {kind}\r\n".encode() + _BASE64 + _base64(octets)


def _file(file: Attachment) -> bytes:
    return _file_head(_safe(file.type), _safe(file.name)) + _BASE64 + _base64(file.octets)


@lru_cache
def _file_head(type_: str, name: str) -> bytes:
    maintype, subtype = type_.split("/")
    part = MIMEPart(policy=policy.SMTP)
    part.set_content(b"", maintype, subtype, disposition="attachment", filename=name, params={"name": name})
    del part["Content-Transfer-Encoding"]
    return part.as_bytes().rstrip() + b"\r\n"


def _base64(octets: bytes) -> bytes:
    return encodebytes(octets).replace(b"\n", b"\r\n")


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
