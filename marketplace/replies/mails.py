"""From octets to a mail, tolerantly: whatever comes in, something can be said about it."""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from hashlib import sha256
from html import unescape

from marketplace.calendars import cleaning
from marketplace.calendars.replies import LIMIT as CALENDAR_LIMIT
from marketplace.replies.facts import Mail

log = logging.getLogger(__name__)

PARTS, HEADER_LIMIT = 50, 2000
BOUNDARIES, CONTENT_LIMIT = 2000, 4000
"""More lines that could begin a part, or octets in a header of one: Python's reader would be busy for minutes."""
READ_LIMIT, TEXT_LIMIT, LINE_LIMIT = 100_000, 3000, 400
"""Characters of text that are looked at, that are kept, and in which a quote is introduced."""

_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_CALENDARS = ("text/calendar", "application/ics")
_TAG = re.compile("(<[^<>]*>)")
_CONTENT_HEADER = re.compile(rb"^content-[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile("<[^<>\\s]+>")
_BULK = ("bulk", "junk", "list", "auto_reply")
_DIVIDER = re.compile(
    r">|_{10,}$|-{2,} ?(Oorspronkelijk bericht|Original Message|Doorgestuurd bericht|Forwarded message)\b"
)
_FIRST_HEADER = re.compile(r"\*?(Van|From):\*? ")
_NEXT_HEADER = re.compile(r"\*?(Verzonden|Datum|Sent|Date|Aan|To):\*? ")
_INTRODUCTION = re.compile(r"(Op|On) .*(schreef|wrote).*:$")


def read(octets: bytes, *, is_whole: bool = True) -> Mail:
    """The mail, or what can be read of it; attachments other than calendars are not opened.

    One that breaks the reader is `is_readable` not.
    """
    mail = Mail(key=sha256(octets).hexdigest(), is_whole=is_whole)
    try:
        _refuse_bombs(octets)
        return _read(mail, message_from_bytes(octets, policy=policy.compat32))
    except Exception as error:  # whatever somebody put in it: the mails behind it go on
        log.warning("mail %s cannot be read: %r", mail.key[:12], error)
        return replace(mail, is_readable=False)


def _refuse_bombs(octets: bytes) -> None:
    longest = max((len(each[0]) for each in _CONTENT_HEADER.finditer(octets)), default=0)
    if octets.count(b"\n--") > BOUNDARIES or longest > CONTENT_LIMIT:
        raise ValueError("This mail is made to keep its reader busy.")


def _read(mail: Mail, message: Message) -> Mail:
    parts = list(_parts(message))
    name, address = parseaddr(_raw(message, "From"))
    automatic = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return replace(
        mail,
        message_id=_header(message, "Message-ID").strip(),
        sender=address.lower(),
        sender_name=cleaning.short_line(_words(name)),
        recipients=tuple(_addresses(message)),
        answers=tuple(
            _MESSAGE_ID.findall(f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}")
        ),
        is_automatic=automatic not in ("", "no") or _is_by_machine(message),
        is_auto_reply=automatic == "auto-replied",
        calendars=tuple(
            dict.fromkeys(_decoded(each, CALENDAR_LIMIT) for each in parts if _is_calendar(each))
        ),
        text=_text(parts),
        failure=_failure(parts),
    )


def _parts(message: Message) -> Iterator[Message]:
    """What a mail is made of, in order; mails in the mail are left closed."""
    waiting: list[Message] = [message]
    for _ in range(PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = _within(part)
        else:
            yield part


def _within(part: Message) -> list[Message]:
    return [each for each in part.get_payload() if isinstance(each, Message)] if part.is_multipart() else []


# --- Headers ------------------------------------------------------------------------------------------------------


def _raw(message: Message, name: str) -> str:
    return cleaning.one_line(str(message.get(name, ""))[:HEADER_LIMIT])


def _header(message: Message, name: str) -> str:
    return _words(_raw(message, name))


def _words(value: str) -> str:
    """What encoded words say (RFC 2047), on one line."""
    with suppress(HeaderParseError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return cleaning.one_line(value)


def _addresses(message: Message) -> Iterable[str]:
    said = [str(value)[:HEADER_LIMIT] for name in _RECIPIENTS for value in message.get_all(name, [])]
    return dict.fromkeys(address.lower() for _, address in getaddresses(said[:PARTS]) if address)


def _is_by_machine(message: Message) -> bool:
    """Whether it says in another way than Auto-Submitted that nobody wrote it (RFC 3834 2, and what older ones do)."""
    return (
        _header(message, "Precedence").lower() in _BULK
        or _header(message, "Return-Path") == "<>"
        or message.get_content_type() == "multipart/report"
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
    )


# --- Content ------------------------------------------------------------------------------------------------------


def _is_calendar(part: Message) -> bool:
    is_named = (part.get_filename() or "").lower().endswith(".ics")
    return part.get_content_type() in _CALENDARS or is_named


def _decoded(part: Message, limit: int) -> str:
    """The text of a part in its charset, or in the one that it turns out to be; a little more than `limit` of it."""
    octets = part.get_payload(decode=True)
    octets = octets[: 4 * limit + 4] if isinstance(octets, bytes) else b""
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        with suppress(LookupError, ValueError):
            return octets.decode(charset)
    return octets.decode("latin-1")


def _text(parts: list[Message]) -> str:
    written = [each for each in parts if each.get_content_disposition() != "attachment"]
    plain = next((each for each in written if each.get_content_type() == "text/plain"), None)
    if plain:
        return _own_words(_decoded(plain, READ_LIMIT))
    html = next((each for each in written if each.get_content_type() == "text/html"), None)
    return _own_words(_without_tags(_decoded(html, READ_LIMIT))) if html else ""


def _own_words(text: str) -> str:
    """What somebody wrote above what they answer, without control characters, and of some length."""
    lines = [line.strip() for line in cleaning.lines(text[:READ_LIMIT]).splitlines()]
    ends = next(
        (number for number in range(len(lines)) if _begins_quote(lines[number : number + 3])), len(lines)
    )
    own = "\n".join(lines[:ends]).strip() or "\n".join(lines).strip()
    return re.sub("\n{3,}", "\n\n", own)[:TEXT_LIMIT]


def _begins_quote(lines: list[str]) -> bool:
    """Whether a mail program begins to repeat here what is answered; it may fold what it says first."""
    first, second, *_ = [*lines, ""]
    if _DIVIDER.match(first) or (_FIRST_HEADER.match(first) and _NEXT_HEADER.match(second)):
        return True
    return first.startswith(("Op ", "On ")) and any(
        _INTRODUCTION.match(" ".join(lines[:count])[:LINE_LIMIT]) for count in (1, 2, 3)
    )


def _without_tags(html: str) -> str:
    """The words of a page, with line ends where it has blocks. One pass: the library needs minutes for some pages."""
    said: list[str] = []
    silent = ""
    for piece in _TAG.split(html[:READ_LIMIT]):
        tag = piece[1:].partition(" ")[0].strip("<>/ \t\n").lower() if piece.startswith("<") else ""
        if tag in ("script", "style", "title"):
            silent = "" if piece.startswith("</") else tag
        elif tag in ("br", "p", "div", "tr", "li"):
            said.append("\n")
        elif not piece.startswith("<") and not silent:
            said.append(re.sub(r"\s+", " ", unescape(piece)))
    return "".join(said)


# --- What came back -----------------------------------------------------------------------------------------------


def _failure(parts: list[Message]) -> str:
    """Why a mail could not be delivered, as a report says it (RFC 3464 2.3); empty where it only takes long."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            for fields in _within(part):
                if _header(fields, "Action").lower() == "failed":
                    return _header(fields, "Diagnostic-Code") or _header(fields, "Status") or "failed"
    return ""
