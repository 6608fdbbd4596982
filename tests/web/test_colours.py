"""The colours of the pages: text, controls and the marks of formats stand out from what they lie on, light and dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
TEXT, CONTROL = 4.5, 3.0
"""Contrast that WCAG 2.2 asks of text (1.4.3) and of edges, rings and marks (1.4.11)."""

PLACES = ("ground", "surface", "sunk")
PAIRS = [
    *((TEXT, text, place) for text in ("ink", "ink-soft", "link", "menie") for place in PLACES),
    *((TEXT, text, "tint") for text in ("ink", "link")),
    *((TEXT, text, f"{text}-tint") for text in ("menie", "ok", "warn", "bad")),
    *((TEXT, "ink", f"{tint}-tint") for tint in ("menie", "ok", "warn", "bad")),
    *((TEXT, "on-act", act) for act in ("act", "act-hover")),
    *((CONTROL, mark, place) for mark in ("act", "menie", "ok") for place in PLACES),  # the formats
    *((CONTROL, edge, place) for edge in ("edge", "focus", "bad") for place in PLACES),
]


def colours(block: str) -> dict[str, str]:
    """The colours in a block of the style sheet, by name."""
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(CSS.partition("@media")[0])
SCHEMES = {"light": LIGHT, "dark": LIGHT | colours(CSS.partition("@media")[2])}


def luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_read_or_pressed_stands_out(scheme: str) -> None:
    known = SCHEMES[scheme]
    weak = [
        f"{front} on {back}: {found:.2f}"
        for least, front, back in PAIRS
        if (found := contrast(known[front], known[back])) < least
    ]
    assert weak == []


def test_dark_has_colours_of_its_own() -> None:
    assert SCHEMES["dark"] != LIGHT
