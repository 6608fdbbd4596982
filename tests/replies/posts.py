"""Mails as they come in: each calendar program wraps its answer in its own way, and people and machines write too."""

from base64 import encodebytes
from collections.abc import Callable
from hashlib import sha256
from quopri import encodestring

from tests.calendars import answers
from tests.calendars.answers import Given

PLATFORM = "meeloop@meeloop.example"


def from_outlook(given: Given, sender: str) -> bytes:
    """Outlook and Exchange: an empty text, a page and the answer as alternatives, in base64."""
    return _mail(
        sender,
        "Geaccepteerd: Docentstage",
        'Content-Type: multipart/alternative;\r\n boundary="_000_AM0"',
        _part('text/plain; charset="iso-8859-1"', b"\r\n"),
        _part('text/html; charset="iso-8859-1"', b"<html><body><p>&nbsp;</p></body></html>"),
        _part('text/calendar; charset="utf-8"; method=REPLY', _base64(answers.outlook(given)), "base64"),
        boundary="_000_AM0",
        headers=("Thread-Topic: Docentstage", "X-MS-Has-Attach: ", "Accept-Language: nl-NL, en-US"),
    )


def from_google(given: Given, sender: str) -> bytes:
    """Gmail: the answer twice, among the alternatives and as a file."""
    octets = answers.google(given).encode()
    inner = _together(
        "0b",
        _part('text/plain; charset="UTF-8"; format=flowed', b"Marieke Otten heeft gereageerd.\r\n"),
        _part('text/html; charset="UTF-8"', b"<p>Marieke Otten heeft gereageerd.</p>"),
        _part('text/calendar; charset="UTF-8"; method=REPLY', octets, "7bit"),
    )
    return _mail(
        sender,
        "Geaccepteerd: Docentstage - di 9 feb. 2027",
        'Content-Type: multipart/mixed; boundary="0a"',
        b'Content-Type: multipart/alternative; boundary="0b"\r\n\r\n' + inner,
        _part(
            'application/ics; name="invite.ics"\r\nContent-Disposition: attachment; filename="invite.ics"',
            encodebytes(octets),
            "base64",
        ),
        boundary="0a",
        headers=("Sender: Google Agenda <calendar-notification@google.com>",),
    )


def from_apple(given: Given, sender: str) -> bytes:
    """Apple: a text and the answer, in quoted-printable."""
    return _mail(
        sender,
        "Re: Docentstage",
        "Content-Type: multipart/alternative; boundary=Apple-Mail-1",
        _part("text/plain; charset=utf-8", b"Marieke Otten heeft geantwoord.\r\n"),
        _part(
            "text/calendar; charset=utf-8; method=REPLY",
            encodestring(answers.apple(given).encode()),
            "quoted-printable",
        ),
        boundary="Apple-Mail-1",
        headers=("X-Mailer: Apple Mail",),
    )


def from_thunderbird(given: Given, sender: str) -> bytes:
    """Thunderbird: no alternatives, line ends as on Unix, no word about the charset."""
    return _mail(
        sender,
        "Gebeurtenisuitnodiging geaccepteerd",
        'Content-Type: multipart/mixed; boundary="------------0x1"',
        _part(
            "text/plain; charset=UTF-8; format=flowed", b"Marieke Otten heeft de uitnodiging beantwoord.\r\n"
        ),
        _part("text/calendar; method=REPLY", answers.thunderbird(given).encode(), "8bit"),
        boundary="------------0x1",
        headers=("User-Agent: Mozilla Thunderbird",),
    )


def from_nextcloud(given: Given, sender: str) -> bytes:
    """Nextcloud: the answer only as an attachment, in a mail that calls itself automatic."""
    return _mail(
        sender,
        "Re: Docentstage",
        'Content-Type: multipart/mixed; boundary="_=_swift_1_=_"',
        _part("text/plain; charset=utf-8", b"Marieke Otten accepted your invitation\r\n"),
        _part(
            "text/calendar; method=REPLY; charset=utf-8; name=event.ics\r\n"
            "Content-Disposition: attachment; name=event.ics; filename=event.ics",
            _base64(answers.nextcloud(given)),
            "base64",
        ),
        boundary="_=_swift_1_=_",
        headers=("Auto-Submitted: auto-generated",),
    )


PROGRAMS: dict[str, Callable[[Given, str], bytes]] = {
    "outlook": from_outlook,
    "google": from_google,
    "apple": from_apple,
    "thunderbird": from_thunderbird,
    "nextcloud": from_nextcloud,
}


def words(text: str, sender: str, *headers: str, to: str = PLATFORM, kind: str = "plain") -> bytes:
    """A mail with nothing but words in it."""
    head = (
        f"From: Marieke Otten <{sender}>",
        f"To: {to}",
        "Subject: Re: Bevestigd",
        f'Content-Type: text/{kind}; charset="utf-8"',
        *headers,
    )
    return _as_sent("\r\n".join(head).encode() + b"\r\n\r\n" + text.encode())


def bounce(to: str, *, action: str = "failed", said: str = "smtp; 550 5.1.1 User unknown") -> bytes:
    """The report of a mail server about a letter, with that letter in it."""
    return _mail(
        "MAILER-DAEMON@mx.school.example",
        "Undelivered Mail Returned to Sender",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
        _part("text/plain; charset=us-ascii", b"Your message could not be delivered.\r\n"),
        _part(
            "message/delivery-status",
            b"Reporting-MTA: dns; mx.school.example\r\n\r\nFinal-Recipient: rfc822; teacher@school.example\r\n"
            + f"Action: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: {said}\r\n".encode(),
        ),
        _part("message/rfc822", words("Uw plek is bevestigd.", PLATFORM)),
        boundary="report",
        to=to,
        headers=("Auto-Submitted: auto-replied", "Return-Path: <>"),
    )


def _mail(
    sender: str,
    subject: str,
    content_type: str,
    *parts: bytes,
    boundary: str,
    headers: tuple[str, ...] = (),
    to: str = PLATFORM,
) -> bytes:
    head = (
        f"From: Marieke Otten <{sender}>",
        f"To: Meeloop <{to}>",
        f"Subject: {subject}",
        f"Message-ID: <{sha256(b''.join(parts)).hexdigest()[:20]}@mail.example>",
        "MIME-Version: 1.0",
        *headers,
        content_type,
    )
    return _as_sent("\r\n".join(head).encode() + b"\r\n\r\n" + _together(boundary, *parts))


def _as_sent(octets: bytes) -> bytes:
    """Whatever line ends a program writes: over SMTP they are those of the network."""
    return b"\r\n".join(octets.replace(b"\r\n", b"\n").split(b"\n"))


def _together(boundary: str, *parts: bytes) -> bytes:
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def _part(content_type: str, content: bytes, encoding: str = "7bit") -> bytes:
    return f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + content


def _base64(text: str) -> bytes:
    return encodebytes(text.encode())
