"""Menu cards: ready-made offers that a company begins with and adapts. One TOML file, in both languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.formats.facts import Names
from marketplace.formats.playbooks import format_of
from marketplace.kernel.texts import in_language

FILE = Path(__file__).parent / "menu.toml"


@dataclass(frozen=True, slots=True)
class MenuCard:
    """An offer as an example: its texts, for whom, and what usually holds for safety."""

    slug: str
    format: str
    kind: str
    texts: Mapping[str, Names]
    """By field of an offer, the text in both languages."""
    capacity: int
    durations: Names
    profiles: tuple[str, ...]
    audiences: tuple[str, ...]
    safety: tuple[tuple[str, str], ...]
    """Codes of the safety catalogue, each with who provides it, or empty for a sign."""
    access: str
    hosts: tuple[str, ...]
    """Kinds of organisations that it is for."""

    @property
    def title(self) -> str:
        """In the language in force, as the others."""
        return self.text("title")

    @property
    def summary(self) -> str:
        """What it is, in two sentences."""
        return self.text("summary")

    @property
    def duration(self) -> str:
        """How long it takes."""
        return in_language(self.durations)

    def text(self, field: str) -> str:
        """What it says in a field of an offer; empty if nothing."""
        return in_language(self.texts[field]) if field in self.texts else ""


TEXTS = ("title", "summary", "activity", "learning", "clothing")


@cache
def menu() -> dict[str, MenuCard]:
    """All cards by slug, in the order in which they are shown."""
    found = tomllib.loads(FILE.read_text("utf-8"))["card"]
    return {each["slug"]: _card(each) for each in found}


def _card(data: dict[str, Any]) -> MenuCard:
    return MenuCard(
        slug=data["slug"],
        format=data["format"],
        kind=data["kind"],
        texts={field: data[field] for field in TEXTS if field in data},
        capacity=data["capacity"],
        durations=data["duration"],
        profiles=tuple(data["profiles"]),
        audiences=tuple(data["audiences"]),
        safety=tuple((line["code"], line.get("by", "")) for line in data.get("safety", ())),
        access=data.get("access", "none"),
        hosts=tuple(data.get("hosts", format_of(data["format"]).hosts)),
    )
