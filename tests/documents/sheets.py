"""A sheet to vary, and how a document reads that was made of one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from marketplace.documents.facts import Sheet, SheetLine
from marketplace.documents.rendering import render
from marketplace.documents.sheets import POSTER, SHEETS, poster_data, sheets_data

MADE_AT = datetime(2027, 1, 12, 10, 30, tzinfo=UTC)
LINK = "https://meeloop.example/offers/7H2K9M"

SHOES = SheetLine("M008", "Veiligheidsschoenen", "Geen eigen paar? Bel ons vooraf.", "m008-safety-shoes")
GLASSES = SheetLine("M004", "Veiligheidsbril", "Ook als u toekijkt.", "m004-eye-protection")
EARS = SheetLine("M003", "Gehoorbescherming", "Aanbevolen.", "m003-ear-protection", is_required=False)
GLOVES = SheetLine("M009", "Beschermende handschoenen", "", "m009-gloves")
RINGS = SheetLine("P008", "Geen horloge, ringen of sieraden", "", "p008-no-jewellery")


def sheet(**changes: Any) -> Sheet:
    """A sheet for Marieke with something in each of its places."""
    facts: dict[str, Any] = {
        "title": "Lassen en zetten",
        "host": "Reestdal Metaalwerken",
        "days": "dinsdag 9 februari 2027",
        "hours": "8.00–16.00 uur",
        "access": "Geen VCA nodig.",
        "link": LINK,
        "address": "Smidsvonkweg 14, 7944 XY Meppel",
        "report_at": "Receptie, ingang B",
        "supervisor": "Harm Dekker",
        "phone": "(0522) 00 01 01",
        "emergency": "de bhv'er, toestel 8",
        "assembly_point": "het grasveld naast de fietsenstalling",
        "participant": "Marieke Otten",
        "bring": (SHOES,),
        "provided": (GLASSES, EARS),
        "from_school": (GLOVES,),
        "mind": (RINGS,),
        "notes": "De vloer kan nat zijn.",
        "health": "Draagt u een pacemaker? Neem dan vooraf contact op.",
    }
    return Sheet(**(facts | changes))


def sheets_pdf(*sheets: Sheet) -> bytes:
    return render(SHEETS, sheets_data(sheets), made_at=MADE_AT)


def poster_pdf(one: Sheet) -> bytes:
    return render(POSTER, poster_data(one), made_at=MADE_AT)


def pages(pdf: bytes) -> list[str]:
    """The text of each page on one line, without the places where a long word may break."""
    return [plain(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def squeezed(text: str) -> str:
    """The text without any white space: where lines break inside of a long word says nothing."""
    return re.sub(r"[\s\u200b]+", "", text)


def alternatives(pdf: bytes) -> list[str]:
    """What a screen reader says for each picture, in reading order."""
    return [str(element["/Alt"]) for element in _elements(pdf) if "/Alt" in element]


def headings(pdf: bytes) -> list[str]:
    """The levels of the headings, such as H1, in reading order."""
    tags = [str(element.get("/S", ""))[1:] for element in _elements(pdf)]
    return [tag for tag in tags if re.fullmatch(r"H\d", tag)]


def root_of(pdf: bytes) -> Any:
    """The dictionary of the document as a whole."""
    return PdfReader(BytesIO(pdf)).root_object


def _elements(pdf: bytes) -> Iterator[Any]:
    """The tree of tags, depth first."""
    return _below(root_of(pdf)["/StructTreeRoot"])


def _below(node: Any) -> Iterator[Any]:
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        element = child.get_object()
        if hasattr(element, "keys"):
            yield element
            yield from _below(element)


def assert_in_order(text: str, *words: str) -> None:
    at = 0
    for each in words:
        found = text.find(each, at)
        assert found >= 0, f"{each!r} does not follow in: {text}"
        at = found + len(each)
