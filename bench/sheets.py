"""How long the sheets of 100 participants take, against Typst alone on a document that is equal page for page.

The plain document has the same pages, but its texts stand in its source, its drawings are files and its type has the
right size at once: what is measured is the way of the data and the fitting on a page. Run `python -m bench.sheets`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import typst
from pypdf import PdfReader

from marketplace.documents.facts import Sheet, SheetLine
from marketplace.documents.rendering import FOLDER, FONTS, STANDARDS, codes, drawings, render
from marketplace.documents.sheets import SHEETS, sheets_data

COUNT = 100
ROUNDS = 7
LEVEL = 1
"""The size in `sheets.typ` at which the sheets below fill their pages."""
MADE_AT = datetime(2027, 1, 12, 10, 30, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Medians of seconds, ours and plain taken in turn, and their ratio. AssertionError when the pages differ."""
    seconds: dict[str, list[float]] = {"ours": [], "plain": []}
    with TemporaryDirectory() as folder:
        for turn in range(ROUNDS):
            data = sheets_data([_sheet(f"Participant {number}", turn) for number in range(COUNT)])
            plain = plain_document(Path(folder), data, LEVEL)
            ours, taken = timed(partial(render, SHEETS, data, made_at=MADE_AT))
            seconds["ours"].append(taken)
            equal, taken = timed(plain)
            seconds["plain"].append(taken)
            assert pages(ours) == pages(equal)
    medians = {name: median(each) for name, each in seconds.items()}
    return medians | {"ratio": medians["ours"] / medians["plain"]}


def timed(make: Callable[[], bytes]) -> tuple[bytes, float]:
    """What it makes, and the seconds that this takes."""
    start = perf_counter()
    made = make()
    return made, perf_counter() - start


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def _sheet(participant: str, turn: int) -> Sheet:
    """A usual sheet. Its words differ each turn, since Typst remembers what it has laid out before."""
    return Sheet(
        title=f"Welding and bending, part {turn}",
        host="Reestdal Metaalwerken",
        days="Tuesday 9 February 2027",
        hours="8:00–16:00",
        access=f"No VCA needed in hall {turn}. You get a gate instruction on arrival.",
        link="https://meeloop.example/offers/7H2K9M",
        address="Smidsvonkweg 14, 7944 XY Meppel",
        report_at=f"Reception, entrance {turn}",
        supervisor="Harm Dekker",
        phone="(0522) 00 01 01",
        participant=participant,
        bring=(_line("M008", f"Safety shoes {turn}", "m008-safety-shoes.svg"),),
        provided=(
            _line("M004", f"Safety glasses {turn}", "m004-eye-protection.svg"),
            _line("M003", f"Ear protection {turn}", "m003-ear-protection.svg"),
            _line("M019", f"Welding mask {turn}", "m019-welding-mask.svg"),
            _line("M009", f"Gloves {turn}", "m009-gloves.svg"),
        ),
        mind=(
            _line("W027", f"Welding arc {turn}", "w027-optical-radiation.svg"),
            _line("P008", f"No watch, rings or jewellery {turn}", "p008-no-jewellery.svg"),
        ),
        notes=f"The floor of hall {turn} may be wet. Stay on the green walkway and with your supervisor. "
        * 4,
        emergency=f"extension {turn}",
        health=f"Hall {turn}: do you have a pacemaker or are you pregnant? Then contact the supervisor beforehand.",
    )


def _line(code: str, name: str, pictogram: str) -> SheetLine:
    return SheetLine(code, name, "In the whole hall, also when you only watch others work.", pictogram)


def plain_document(folder: Path, data: dict[str, Any], level: int) -> Callable[[], bytes]:
    """Our templates with the data written into the source, at the size that fits: a level of `sheets.typ`."""
    for name, drawing in drawings().items():
        (folder / f"{name}.svg").write_text(drawing, "utf-8")
    (folder / SHEETS).write_bytes((FOLDER / SHEETS).read_bytes())
    parts = (FOLDER / "parts.typ").read_text("utf-8")
    parts = parts.replace("json(bytes(sys.inputs.data))", _literal(data))
    parts = parts.replace("json(bytes(sys.inputs.drawings))", "none")
    parts = parts.replace("json(bytes(sys.inputs.codes))", _literal(codes(data)))
    parts = parts.replace("json(bytes(sys.inputs.made_on))", "(year: 2027, month: 1, day: 12)")
    parts = parts.replace("drawing(drawings.at(line.pictogram),", "drawing-file(line.pictogram,")
    parts = parts.replace('drawing(drawings.at("mark"),', 'drawing-file("mark",')
    parts = '#let drawing-file(name, width, alt) = image(name + ".svg", width: width, alt: alt)\n' + parts
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])

    def made() -> bytes:
        return typst.compile(
            folder / SHEETS,
            root=folder,
            font_paths=fonts,
            pdf_standards=STANDARDS,
            timestamp=MADE_AT,
        )

    fixed = f"\n#let fit(levels, beyond, parts) = levels.at({level}) + (continues: false)"
    (folder / "parts.typ").write_text(parts + fixed, "utf-8")
    return made


def _literal(value: Any) -> str:
    """The value as Typst source."""
    match value:
        case dict():
            return (
                "(" + ", ".join(f"{json.dumps(key)}: {_literal(each)}" for key, each in value.items()) + ")"
            )
        case list() | tuple():
            return "(" + "".join(f"{_literal(each)}, " for each in value) + ")"
        case _:
            return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    result = measure()
    print(
        f"{COUNT} sheets: {result['ours']:.2f} s, Typst alone {result['plain']:.2f} s: {result['ratio']:.2f} times"
    )
