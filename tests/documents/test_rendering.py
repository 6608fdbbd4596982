"""From data to PDF: the same octets for the same facts, standards kept, and text that stays text.

EXAMPLES=300 makes it a long run.
"""

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from marketplace.documents.facts import Sheet
from marketplace.documents.rendering import digest, render
from marketplace.documents.sheets import POSTER, SHEETS, poster_data, sheets_data
from marketplace.kernel.texts import speaking
from tests.documents.sheets import (
    MADE_AT,
    alternatives,
    pages,
    poster_pdf,
    root_of,
    sheet,
    sheets_pdf,
    squeezed,
)

EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
Maker = Callable[[Sheet], bytes]
CODE = r'#panic() *b* $x$ #read("/etc/passwd") \u{41} \n // c /* d */ #import "@preview/cetz:0.1.0" = H'
NAMES = [
    "Zoë Ünlü-Œuvrard",
    "Łukasz Źdźbło",
    "Gülşah Ağaoğlu",
    "Nguyễn Ánh Tuyết",  # no ị, whose two glyphs pypdf reads twice
    "Țîrlea Ștefan",
    "Αναστασία Παπαδοπούλου",
    "Олексій Ґалаґан",
    "Ἀριστοτέλης",
]


@pytest.mark.parametrize("made", [sheets_pdf, poster_pdf])
def test_the_same_facts_give_the_same_octets(made: Maker) -> None:
    assert made(sheet()) == made(sheet())


def test_the_hash_follows_all_that_is_printed_and_nothing_else() -> None:
    data = sheets_data([sheet()])
    assert digest(SHEETS, data) == digest(SHEETS, dict(reversed(data.items())))
    with speaking("en"):
        english = sheets_data([sheet()])
    others = [
        digest(SHEETS, sheets_data([sheet(notes="De vloer is droog.")])),
        digest(SHEETS, english),
        digest(POSTER, poster_data(sheet())),
    ]
    assert len({digest(SHEETS, data), *others}) == 4


@pytest.mark.parametrize("made", [sheets_pdf, poster_pdf])
def test_a_document_says_that_it_keeps_both_standards(made: Maker) -> None:
    metadata = root_of(made(sheet()))["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_document_says_its_language_title_and_moment(language: str) -> None:
    with speaking(language):
        pdf = sheets_pdf(sheet())
    assert root_of(pdf)["/Lang"] == language
    metadata = PdfReader(BytesIO(pdf)).metadata
    assert metadata is not None
    assert str(metadata.title).endswith("Lassen en zetten")
    assert metadata.creation_date == MADE_AT


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        render(SHEETS, sheets_data([sheet()]), made_at=datetime(2027, 1, 12, 10, 30))  # noqa: DTZ001


def test_the_date_is_that_of_the_wall_clock() -> None:
    late = datetime(2027, 1, 12, 23, 30, tzinfo=UTC)
    with speaking("nl"):
        assert "13-01-2027" in pages(render(SHEETS, sheets_data([sheet()]), made_at=late))[0]
    with speaking("en"):
        assert "13/01/2027" in pages(render(SHEETS, sheets_data([sheet()]), made_at=late))[0]


@pytest.mark.parametrize("name", NAMES)
def test_names_print_with_all_their_letters(name: str, caplog: pytest.LogCaptureFixture) -> None:
    assert name in pages(sheets_pdf(sheet(participant=name)))[0]
    assert not caplog.records


def test_arabic_names_print(caplog: pytest.LogCaptureFixture) -> None:
    text = pages(sheets_pdf(sheet(participant="محمد شريف")))[0]
    # The words stand from right to left; how a reader orders them is the reader's.
    assert "محمد" in text
    assert "شريف" in text
    assert not caplog.records


def test_loose_accents_are_joined_to_their_letters() -> None:
    assert "Zoë Nguyễn" in pages(sheets_pdf(sheet(participant="Zoe\u0308 Nguye\u0302\u0303n")))[0]


@pytest.mark.parametrize("made", [sheets_pdf, poster_pdf])
def test_a_character_that_no_font_has_is_logged_and_the_document_made(
    made: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        (page,) = pages(made(sheet(host="李小龍 🙂 BV", report_at="Receptie")))
    assert "BV" in page
    assert "Receptie" in page
    (record,) = caplog.records
    assert "李" in record.getMessage()
    assert "🙂" in record.getMessage()


def test_what_looks_like_code_prints_as_text(caplog: pytest.LogCaptureFixture) -> None:
    (page,) = pages(sheets_pdf(sheet(participant=CODE, title=CODE, notes=CODE, emergency=CODE)))
    assert squeezed(page).count(squeezed(CODE)) == 5  # once more at the foot
    assert "root:" not in page
    assert not caplog.records


def test_what_turns_or_hides_text_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    hidden = "Harm\u202e\u2066 Dek\x00\x07\ufeff\ue000ker\ttab"
    assert "Harm Dekker tab" in pages(sheets_pdf(sheet(supervisor=hidden)))[0]
    assert not caplog.records


def test_a_word_of_ten_thousand_letters_is_printed_whole() -> None:
    text = squeezed("".join(pages(sheets_pdf(sheet(notes="x" * 10_000, participant="y" * 500)))))
    assert text.count("x") >= 10_000
    assert text.count("y") >= 500


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("\\\"'#$*_`<>@[]{}()=-/\r\n\t\u202e\u2028")), max_size=200
    )
)
def test_any_text_gives_a_document(text: str) -> None:
    shown = sheet(title=f"Lassen {text}", participant=text, notes=text, assembly_point=text, days=text)
    assert len(pages(sheets_pdf(shown))) == 1
    assert len(pages(poster_pdf(shown))) == 1


def test_pictures_are_named_for_who_cannot_see_them() -> None:
    with speaking("en"):
        names = alternatives(sheets_pdf(sheet()))
    assert names == [
        "Meeloop",
        "QR code to https://meeloop.example/offers/7H2K9M",
        "Veiligheidsschoenen",
        "Veiligheidsbril",
        "Gehoorbescherming",
        "Beschermende handschoenen",
        "Geen horloge, ringen of sieraden",
    ]
