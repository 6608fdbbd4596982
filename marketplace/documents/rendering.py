"""From data to PDF: Typst over `templates/documents`. The same template, data and moment give the same octets."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.etree import ElementTree

import segno
import typst

from marketplace.kernel.times import wall_date

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
FOLDER = ROOT / "templates" / "documents"
FONTS = STATIC / "vendor" / "fonts"
FAMILIES = {"Figtree", "Noto Sans", "DejaVu Sans"}
STANDARDS: "list[typst.PDFStandard]" = ["ua-1", "a-2a"]

# No text: control characters other than the line end, those that turn the direction of what follows, halves of
# characters, private use and what Unicode keeps free. PDF/A and PDF/UA forbid some, and no font has the others.
_NO_TEXT = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_SVG = "http://www.w3.org/2000/svg"
_NO_GLYPH = re.compile(r'the text `"(.+)"` could not be displayed')

_log = logging.getLogger(__name__)


def render(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """A PDF of `template` (a file in `templates/documents`) filled with `data`, which must be JSON, made at `made_at`.

    `data["codes"]`: the addresses that stand in it as QR codes, each with what that is for who cannot see it.
    It is tagged and passes Typst's checks of PDF/UA-1 and PDF/A-2a. Where no font of ours has a character, the
    fonts of the machine are tried too and the checks left out; that is logged. Text in `data` is only ever
    printed. typst.TypstError when the template itself is wrong, ValueError for a naive `made_at`,
    FileNotFoundError when `make assets` has not fetched the fonts.
    """
    if made_at.tzinfo is None:
        raise ValueError("made_at must have a time zone")
    inputs = {
        "data": _json(data),
        "drawings": json.dumps(drawings()),
        "codes": json.dumps(codes(data)),
        "made_on": _day(made_at),
    }
    try:
        return _compile(template, inputs, made_at, _fonts(), STANDARDS)
    except typst.TypstError as error:
        if not (missing := _NO_GLYPH.findall(error.diagnostic)):
            raise
    _log.warning(
        "No font of ours has %s: %s is made without the checks", " ".join(sorted(set(missing))), template
    )
    return _compile(template, inputs, made_at, typst.Fonts(font_paths=[FONTS]), [])


def digest(template: str, data: Mapping[str, Any]) -> str:
    """A hash of all that a document depends on but the moment it is made at: who has it need not make it again."""
    return sha256("\0".join((template, _json(data), _made_with())).encode()).hexdigest()


def codes(data: Mapping[str, Any]) -> dict[str, str]:
    """The QR codes of a document as drawings, by address. Level M still reads with a smudge on it."""
    return {
        link: segno.make(link, error="m", micro=False).svg_inline(border=0) for link in data.get("codes", ())
    }


def _compile(
    template: str,
    inputs: dict[str, str],
    made_at: datetime,
    fonts: typst.Fonts,
    standards: "list[typst.PDFStandard]",
) -> bytes:
    return typst.compile(
        FOLDER / template,
        root=FOLDER,
        font_paths=fonts,
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=made_at.astimezone(UTC),
    )


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(_printable(data), sort_keys=True)


def _printable(value: Any) -> Any:
    """The same without what is no text, accents joined to their letters (NFC): fonts draw those best."""
    match value:
        case str():
            return normalize("NFC", _NO_TEXT.sub("", value.replace("\t", " ")))
        case Mapping():
            return {key: _printable(each) for key, each in value.items()}
        case list() | tuple():
            return [_printable(each) for each in value]
    return value


def _day(made_at: datetime) -> str:
    day = wall_date(made_at)
    return json.dumps({"year": day.year, "month": day.month, "day": day.day})


@cache
def drawings() -> dict[str, str]:
    """The mark and each pictogram as an SVG document, by name. Templates read no files but each other."""
    sheet = ElementTree.parse(STATIC / "drawings" / "pictograms.svg")
    pictograms = {each.attrib.pop("id"): _document(each) for each in sheet.iter(f"{{{_SVG}}}symbol")}
    return {"mark": (STATIC / "favicon.svg").read_text("utf-8"), **pictograms}


def _document(symbol: ElementTree.Element) -> str:
    symbol.tag = f"{{{_SVG}}}svg"
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(symbol, encoding="unicode")


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    if missing := FAMILIES.difference(fonts.families()):
        raise FileNotFoundError(f"No {', '.join(sorted(missing))} in {FONTS}: run make assets")
    return fonts


@cache
def _made_with() -> str:
    """A hash of the templates, the drawings and the versions of what draws."""
    sources = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.typ")}
    made_with = [sources, drawings(), version("typst"), version("segno")]
    return sha256(json.dumps(made_with, sort_keys=True).encode()).hexdigest()
