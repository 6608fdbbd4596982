"""From octets to a mail: what people wrote, without what they quote, and nothing that a stranger can upset."""

import gzip
import io
import time
import zipfile
from base64 import encodebytes

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from marketplace.replies.mails import TEXT_LIMIT, read
from tests.calendars.answers import Given
from tests.replies.posts import PROGRAMS, bounce, from_google, words

SENDER = "m.otten@reestcollege.example"
HEAD = b"From: a@b.example\r\nSubject: x\r\n"


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_every_program_brings_one_calendar(program) -> None:
    mail = read(program(Given(), SENDER))
    assert mail.is_readable
    assert len(mail.calendars) == 1
    assert "METHOD:REPLY" in mail.calendars[0]
    assert (mail.sender, mail.sender_name, mail.is_auto_reply) == (SENDER, "Marieke Otten", False)


def test_the_same_octets_are_the_same_mail() -> None:
    octets = from_google(Given(), SENDER)
    assert read(octets).key == read(octets).key != read(octets + b"\r\n").key


@pytest.mark.parametrize(
    "quoted",
    [
        "> Uw plek is bevestigd",
        "Op ma 11 jan. 2027 om 10:00 schreef Meeloop <m@x.example>:\n> Uw plek",
        "Op ma 11 jan. 2027 om 10:00 schreef Meeloop\n<meeloop@meeloop.example>:\n\nUw plek",
        "On Mon, Jan 11, 2027 at 10:00 AM Meeloop <m@x.example> wrote:\n> Uw plek",
        "-----Oorspronkelijk bericht-----\nVan: Meeloop\nUw plek",
        "________________________________\nVan: Meeloop <m@x.example>\nUw plek",
        "Van: Meeloop <m@x.example>\nVerzonden: maandag 11 januari 2027 10:00\nAan: Marieke\nUw plek",
        "From: Meeloop <m@x.example>\nSent: Monday\nUw plek",
    ],
)
def test_what_is_answered_is_not_repeated(quoted: str) -> None:
    assert read(words(f"Ik kom met de trein.\n\n{quoted}", SENDER)).text == "Ik kom met de trein."


def test_words_between_what_is_quoted_are_kept_rather_than_lost() -> None:
    assert read(words("> Komt u?\nJa!", SENDER)).text == "> Komt u?\nJa!"


def test_a_page_is_read_for_its_words() -> None:
    page = "<style>p{}</style><p>Ik kom&nbsp;<b>niet</b>.</p><script>alert(1)</script><div>Groet<br>M &lt; 3</div>"
    text = read(words(page, SENDER, kind="html")).text
    assert [line.replace("\xa0", " ") for line in text.splitlines() if line] == [
        "Ik kom niet.",
        "Groet",
        "M < 3",
    ]


def test_a_long_text_is_cut() -> None:
    assert len(read(words("ja " * 50_000, SENDER)).text) == TEXT_LIMIT


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "nonsense", "zlib", "idna", ""])
def test_a_wrong_charset_loses_no_mail(charset: str) -> None:
    octets = words("Eén café", SENDER).replace(b'charset="utf-8"', f'charset="{charset}"'.encode())
    assert "caf" in read(octets).text


def test_names_are_decoded_and_stay_on_one_line() -> None:
    octets = b"From: =?utf-8?q?Mehmet_Y=C4=B1ld=C4=B1z=0D=0ABcc=3A_x?= <M@School.Example>\r\n\r\nhoi"
    mail = read(octets)
    assert (mail.sender_name, mail.sender) == ("Mehmet Yıldız Bcc: x", "m@school.example")


def test_a_report_says_why_a_letter_came_back() -> None:
    mail = read(bounce("meeloop+ABC@meeloop.example"))
    assert mail.failure == "smtp; 550 5.1.1 User unknown"
    assert "meeloop+abc@meeloop.example" in mail.recipients
    assert read(bounce("x@y.example", action="delayed")).failure == ""


def test_what_lies_in_a_mail_within_the_mail_does_not_speak_for_it() -> None:
    inner = from_google(Given(), SENDER)
    octets = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + inner
    assert (read(octets).calendars, read(octets).text) == ((), "")


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("reply.ics", b"\0" * 50_000_000)
    return packed.getvalue()


@pytest.mark.parametrize("name", ["invoice.zip", "reply.ics", "reply.ics.gz"])
def test_what_is_packed_is_not_unpacked(name: str) -> None:
    content = gzip.compress(b"\0" * 50_000_000) if name.endswith("gz") else zip_bomb()
    part = (
        f'--0a\r\nContent-Type: application/octet-stream; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    ).encode() + encodebytes(content)
    octets = from_google(Given(), SENDER).replace(b"--0a\r\n", part + b"\r\n--0a\r\n", 1)
    begun = time.monotonic()
    mail = read(octets)
    assert any("METHOD:REPLY" in each for each in mail.calendars)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "bomb",
    [
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 400_000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(1500)
        ),
        b"Content-Type: message/rfc822\r\n\r\n" * 50_000,
        b"Content-Type: text/html\r\n\r\n" + b"<div " * 900_000,
        b"Content-Type: text/html\r\n\r\n" + b"<style>" * 600_000,
        b"Content-Type: text/plain; " + b"a*0=x; " * 300_000 + b"\r\n\r\nhi",
        b'To: "a(b' + b'"a(b' * 500_000 + b"\r\n\r\nhi",
        b"\r\n" + b"Op " * 1_500_000,
        b"\r\n" + b"Van: x\r\n" * 500_000,
    ],
    ids=["parts", "nested", "mails", "tags", "styles", "parameters", "addresses", "quotes", "heads"],
)
def test_a_mail_that_is_made_to_keep_us_busy_does_not(bomb: bytes) -> None:
    begun = time.monotonic()
    read(HEAD + bomb)
    assert time.monotonic() - begun < 5


@any_of(st.binary(max_size=2000), st.sampled_from(sorted(PROGRAMS)), st.integers(0, 3000))
def test_any_octets_are_some_mail(noise: bytes, program: str, place: int) -> None:
    octets = PROGRAMS[program](Given(), SENDER)
    for each in (noise, octets[:place] + noise + octets[place:], HEAD + noise):
        assert len(read(each).key) == 64
