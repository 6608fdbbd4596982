"""Reads the playbooks: one TOML file for each form of exchange."""

import tomllib
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.formats.facts import Defaults, Format, FormatKind, Step

FOLDER = Path(__file__).parent / "playbooks"


@cache
def formats() -> dict[str, Format]:
    """All forms of exchange by slug, in the order of the picker."""
    found = [_format(tomllib.loads(path.read_text("utf-8"))) for path in FOLDER.glob("*.toml")]
    return {each.slug: each for each in sorted(found, key=lambda each: each.order)}


def format_of(slug: str) -> Format:
    """The form with this slug; KeyError if there is none."""
    return formats()[slug]


def _format(data: dict[str, Any]) -> Format:
    return Format(
        slug=data["slug"],
        order=data["order"],
        look=data["look"],
        names=data["name"],
        explanations=data["explanation"],
        hosts=tuple(data["hosts"]),
        defaults=Defaults(**_values(data["defaults"])),
        kinds=tuple(_kind(kind) for kind in data.get("kind", [])),
        steps=tuple(Step(**step) for step in data.get("step", [])),
        hints=data.get("hints", {}),
        samples=data.get("samples", {}),
    )


def _kind(data: dict[str, Any]) -> FormatKind:
    own = {key: value for key, value in data.items() if key not in {"slug", "name", "explanation"}}
    return FormatKind(data["slug"], data["name"], data["explanation"], _values(own))


def _values(data: dict[str, Any]) -> dict[str, Any]:
    """Times of day are written "17:00"."""
    return {
        key: time.fromisoformat(value) if key in {"starts", "ends"} else value for key, value in data.items()
    }
