"""What `sheets.typ` (safety sheets) and `poster.typ` (the poster for the gate) print, in the language in force."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

from marketplace.documents.facts import Sheet
from marketplace.kernel.site import site
from marketplace.kernel.texts import current_language, gettext

SHEETS = "sheets.typ"
POSTER = "poster.typ"


def sheets_data(sheets: Sequence[Sheet]) -> dict[str, Any]:
    """What `SHEETS` prints: each sheet starts a page. ValueError without a sheet."""
    if not sheets:
        raise ValueError("A document has at least one sheet.")
    title = gettext("Safety sheet: %(title)s", title=sheets[0].title)
    groups = groupby(sheets, key=lambda sheet: replace(sheet, participant=""))
    return _data(title, sheets) | {"sheets": [_group(same, those) for same, those in groups]}


def poster_data(sheet: Sheet) -> dict[str, Any]:
    """What `POSTER` prints: the signs of a sheet in large, for everybody who comes. It names no participant."""
    title = gettext("Poster for the gate: %(title)s", title=sheet.title)
    return _data(title, [sheet]) | {"sheet": asdict(sheet)}


def _group(same: Sheet, sheets: Iterable[Sheet]) -> dict[str, Any]:
    """Sheets that differ in nothing but their participant."""
    return asdict(same) | {"participants": [sheet.participant for sheet in sheets]}


def _data(title: str, sheets: Iterable[Sheet]) -> dict[str, Any]:
    return {
        "title": title,
        "author": site().name,
        "language": current_language(),
        "labels": _labels(),
        "codes": {sheet.link: gettext("QR code to %(address)s", address=sheet.link) for sheet in sheets},
    }


def _labels() -> dict[str, str]:
    return {
        "sheet": gettext("Safety sheet"),
        "participant": gettext("This sheet is for"),
        "scan": gettext("Scan for the latest version"),
        "continues": gettext("Read the next page too."),
        "address": gettext("Address"),
        "report_at": gettext("Report at"),
        "supervisor": gettext("Supervisor"),
        "phone": gettext("Phone"),
        "emergency": gettext("In an emergency"),
        "call": gettext("Danger to life: call 112."),
        "warn": gettext("Then warn"),
        "assembly_point": gettext("Assembly point"),
        "ask_assembly": gettext("Ask on arrival where the assembly point is."),
        "gate": gettext("Safety: this holds at the gate"),
        "bring": gettext("Bring yourself"),
        "provided": gettext("Provided there"),
        "at_no_cost": gettext("at no cost"),
        "from_school": gettext("From your school"),
        "mind": gettext("Mind"),
        "access": gettext("Access"),
        "wear": gettext("Wear this"),
        "recommended": gettext("Recommended"),
        "no_sign": gettext(
            "This is a reminder, not a safety sign: follow the signs and instructions on site."
        ),
        "as_of": gettext("As of"),
    }
