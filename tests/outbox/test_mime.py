"""Letters as octets: the tree that mail programs and calendars agree on."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.calendars.facts import Method
from marketplace.calendars.invites import invite
from marketplace.kernel.party import Party
from marketplace.outbox.mime import Attachment, message
from tests.calendars.examples import PLATFORM, TEACHER, content_lines, entry, hostile

INVITE = invite(entry(), method=Method.REQUEST, organizer=PLATFORM, attendee=TEACHER)
PDF = Attachment("veiligheid.pdf", "application/pdf", b"%PDF-1.7\r\n\x00\xff\n")
AUTO = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


def letter(**changes: Any) -> bytes:
    parts: dict[str, Any] = {
        "sender": PLATFORM,
        "receiver": TEACHER,
        "subject": "Bevestigd: docentstage bij Reestdal Metaalwerken op dinsdag 9 februari",
        "text": "Beste Marieke,\n\nU bent welkom.\n",
        "html": "<p>Beste Marieke,</p>",
        "message_id": "<7h2k.0@meeloop.example>",
        "headers": AUTO,
        "date": datetime(2027, 1, 12, 10, 30, 5, tzinfo=UTC),
    }
    return message(**(parts | changes))


def invitation(**changes: Any) -> bytes:
    return letter(**({"calendar": INVITE, "method": Method.REQUEST} | changes))


def read(octets: bytes) -> EmailMessage:
    found = message_from_bytes(octets, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not any(part.defects for part in found.walk())
    return found


def tree(octets: bytes) -> list[str]:
    return [part.get_content_type() for part in read(octets).walk()]


def part(octets: bytes, kind: str) -> Any:
    (only,) = [part for part in read(octets).walk() if part.get_content_type() == kind]
    return only


# The tree


def test_an_invite_stands_last_among_the_alternatives_and_again_as_a_file() -> None:
    """The tree that CalConnect tested; Outlook looks only in the first child (MS-STANOICAL 2.2.168)."""
    assert tree(invitation(attachments=[PDF])) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/pdf",
        "application/ics",
    ]


def test_a_letter_without_invite_has_only_its_two_forms() -> None:
    assert tree(letter()) == ["multipart/alternative", "text/plain", "text/html"]


def test_a_letter_with_a_file_keeps_its_forms_together() -> None:
    assert tree(letter(attachments=[PDF])) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]


def test_the_calendar_part_says_its_method_and_is_no_file() -> None:
    """RFC 6047 2.4; with Content-Disposition Outlook takes it for a file (MS-STANOICAL 2.2.174)."""
    calendar = part(invitation(), "text/calendar")
    assert dict(calendar["Content-Type"].params) == {
        "charset": "UTF-8",
        "method": "REQUEST",
        "component": "VEVENT",
    }
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar["Content-Disposition"] is None


def test_the_file_is_called_invite_ics() -> None:
    file = part(invitation(), "application/ics")
    assert file.get_filename() == "invite.ics"
    assert file["Content-Type"].params["name"] == "invite.ics"
    assert file["Content-Transfer-Encoding"] == "base64"
    assert file.get_content_disposition() == "attachment"


@pytest.mark.parametrize("kind", ["text/calendar", "application/ics"])
def test_both_calendars_are_the_same_octets_with_their_line_ends(kind: str) -> None:
    """The base64 holds CRLF (RFC 2045 6.8, RFC 5545 3.1)."""
    encoded = part(invitation(), kind).get_payload()
    assert b64decode(encoded) == INVITE
    assert content_lines(b64decode(encoded))[0] == "BEGIN:VCALENDAR"


def test_a_file_arrives_as_it_was() -> None:
    assert part(invitation(attachments=[PDF]), "application/pdf").get_content() == PDF.octets


@pytest.mark.parametrize(
    "name", ["veiligheidsinstructie coördinatie.pdf", 'blad; 1, "a".pdf', "x" * 150 + ".pdf"]
)
def test_a_file_keeps_its_name(name: str) -> None:
    file = part(letter(attachments=[Attachment(name, "application/pdf", b"")]), "application/pdf")
    assert file.get_filename() == name


@pytest.mark.parametrize("half", [{"calendar": INVITE}, {"method": Method.REQUEST}])
def test_an_invite_and_its_method_go_together(half: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="go together"):
        letter(**half)


# The octets


def test_the_same_letter_is_the_same_octets() -> None:
    assert invitation(attachments=[PDF]) == invitation(attachments=[PDF])


def test_another_letter_has_other_boundaries() -> None:
    boundaries = {read(invitation(message_id=f"<{number}@x.example>")).get_boundary() for number in range(5)}
    assert len(boundaries) == 5


def test_every_line_of_a_letter_ends_in_crlf_and_is_plain_ascii() -> None:
    octets = invitation(
        subject="Vervallen: één plek", text="é\n" * 3 + "x" * 2000, html="<p>€</p>\r\n", attachments=[PDF]
    )
    assert b"\r" not in octets.replace(b"\r\n", b"")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 78


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029")))
def test_any_text_arrives_as_it_was(text: str) -> None:
    octets = invitation(text=f"{text}\n--x\n.\nFrom a", html=text)
    assert part(octets, "text/plain").get_content() == f"{text}\r\n--x\r\n.\r\nFrom a\r\n"
    assert part(octets, "text/html").get_content() == f"{text}\r\n"


# The headers


def test_a_letter_has_its_headers_once() -> None:
    found = read(invitation(headers=AUTO | {"Reply-To": "reply+7h2k@meeloop.example"}))
    assert found["From"] == '"Meeloop, namens Reestdal Metaalwerken" <meeloop@meeloop.example>'
    assert found["To"] == "Marieke Otten <m.otten@reestcollege.example>"
    assert found["Subject"] == "Bevestigd: docentstage bij Reestdal Metaalwerken op dinsdag 9 februari"
    assert found["Message-ID"] == "<7h2k.0@meeloop.example>"
    assert found["Date"].datetime == datetime(2027, 1, 12, 10, 30, 5, tzinfo=UTC)
    assert found["MIME-Version"] == "1.0"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Reply-To"] == "reply+7h2k@meeloop.example"
    assert sorted(found.keys()) == sorted({name.title(): name for name in found}.values())


def test_a_long_address_in_a_header_stays_as_it_is() -> None:
    """Mail programs follow List-Unsubscribe only as it stands (RFC 2369)."""
    link = f"<https://meeloop.example/letters/unsubscribe/{'7h2k' * 40}>"
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in letter(headers={"List-Unsubscribe": link})


@pytest.mark.parametrize(
    "name",
    [
        "Meeloop, namens Installatiebedrijf Zandbergen en Zonen Technische Dienstverlening B.V., Zwolle",
        "Meeloop, namens Größe Installatiebedrijf Zandbergen en Zonen Technische Dienstverlening, Zwolle",
        "Ünïcode, " * 30,
        "x" * 990,
        "not (encoded) yet",
        "",
    ],
)
def test_a_long_name_with_commas_stays_one_sender(name: str) -> None:
    octets = letter(sender=Party(name, "meeloop@meeloop.example"))
    label, address = parseaddr(message_from_bytes(octets)["From"])
    assert (str(make_header(decode_header(label))), address) == (name.strip(), "meeloop@meeloop.example")
    assert len(read(octets)["From"].addresses) == 1
    assert max(map(len, octets.split(b"\r\n"))) <= 998


@given(name=hostile)
def test_any_name_reads_back_as_its_label_beside_the_address(name: str) -> None:
    party = Party(name, "a@x.example")
    found = read(letter(sender=party, receiver=party))
    assert set(found.keys()) == set(read(letter()).keys())
    for header in (found["From"], found["To"]):
        assert [one.addr_spec for one in header.addresses] == ["a@x.example"]


@example("0" + "\u0800" * 14 + "000\xa0\xa0" + "\u0800" * 12)  # one character too many for a careless folder
@given(subject=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=300))
def test_any_subject_arrives_in_words_of_75_characters(subject: str) -> None:
    """RFC 2047 2."""
    octets = letter(subject=subject)
    head = octets.partition(b"\r\n\r\n")[0]
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?\S*", head))
    assert " ".join(str(read(octets)["Subject"]).split()) == " ".join(subject.split())


def test_what_looks_encoded_is_not_decoded() -> None:
    literal = "=?utf-8?q?hoi?= allen"
    found = message_from_bytes(letter(subject=literal, sender=Party(literal, "a@x.example")))
    assert str(make_header(decode_header(found["Subject"]))) == literal
    assert str(make_header(decode_header(parseaddr(found["From"])[0]))) == literal


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: y@y.example", "x\ny", "x\ry", "x\u2028y", "x\u0085y", "x\x00y", "x\x0by"]
)
@pytest.mark.parametrize(
    "where",
    [
        lambda evil: {"subject": evil},
        lambda evil: {"message_id": f"<{evil}@x.example>"},
        lambda evil: {"headers": {"X-Reason": evil}},
        lambda evil: {"headers": {evil: "x"}},
        lambda evil: {"attachments": [Attachment(evil, "application/pdf", b"")]},
        lambda evil: {"attachments": [Attachment("a.pdf", f"application/{evil}", b"")]},
        lambda evil: {"calendar": INVITE, "method": evil},
    ],
)
def test_no_value_can_start_a_header_of_its_own(where: Any, evil: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        letter(**where(evil))


@pytest.mark.parametrize(
    "name", ["Subject", "FROM", "bcc", "Cc", "Content-Type", "mime-version", "X Reason", "X:", ""]
)
def test_only_headers_of_their_own_can_be_added(name: str) -> None:
    with pytest.raises(ValueError, match="can be added"):
        letter(headers={name: "x"})
