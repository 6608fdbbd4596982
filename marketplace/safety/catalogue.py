"""The catalogue of protective equipment and signs, from `catalogue.toml` (names after EN ISO 7010)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.kernel.texts import N_
from marketplace.safety.facts import Item

SIZE_NAMES = {
    "shoe": N_("Shoes"),
    "glove": N_("Gloves"),
    "clothing": N_("Clothing"),
    "glasses": N_("Glasses"),
}
"""Kinds of sizes."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text("utf-8"))


@cache
def catalogue() -> dict[str, Item]:
    """All items by code, in the order in which they are offered to a host."""
    items = (Item(**{**row, "classes": tuple(row.get("classes", ()))}) for row in _data()["item"])
    return {item.code: item for item in items}


@cache
def sizes(kind: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The sizes of a kind ("shoe", "glove", "clothing", "glasses"): each a value and its label in both languages."""
    values = _data()["sizes"].get(kind, [])
    return tuple(
        (value["code"], {"nl": value["nl"], "en": value["en"]})
        if isinstance(value, dict)
        else (value, {"nl": value, "en": value})
        for value in values
    )
