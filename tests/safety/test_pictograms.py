"""The signs: each entry of the catalogue has its drawing, and each drawing is plain, own and used."""

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.facts import Item

SHEET = Path(__file__).parents[2] / "static" / "drawings" / "pictograms.svg"
SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = ElementTree.parse(SHEET).findall(f"{SVG}symbol")
PARTS = {SVG + part for part in ("symbol", "g", "path", "circle", "rect")}
CODE = re.compile(r"M\d{3}|P\d{3}|W\d{3}|EX|X-[A-Z-]+")
INITIAL = {"mandatory": ("M", "X-"), "ppe": ("M", "X-"), "prohibition": ("P",), "warning": ("W", "EX")}
LONGEST_SHORT_NAME = 17

each_item = pytest.mark.parametrize("item", catalogue().values(), ids=lambda item: item.code)
each_drawing = pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.get("id"))


def test_items_and_drawings_are_the_same_set() -> None:
    named = [item.pictogram for item in catalogue().values()]
    assert sorted(named) == sorted(drawing.get("id", "") for drawing in DRAWINGS)


@each_item
def test_a_code_says_what_kind_of_sign_it_is(item: Item) -> None:
    assert CODE.fullmatch(item.code)
    assert item.code.startswith(INITIAL[item.kind])
    assert item.pictogram.startswith(item.code.lower().split("-")[0] + "-")


@each_item
def test_an_item_speaks_both_languages(item: Item) -> None:
    texts = [item.name, item.short] + ([] if item.is_equipment else [item.text])
    for text in texts:
        assert set(text) == {"nl", "en"}
        assert all(words and words == words.strip() for words in text.values())
    assert max(len(words) for words in item.short.values()) <= LONGEST_SHORT_NAME


@each_item
def test_only_equipment_comes_from_somebody_and_in_sizes(item: Item) -> None:
    if item.is_equipment:
        assert item.usually_from in {"host", "participant"}
        assert item.size == "none" or sizes(item.size)
    else:
        assert (item.usually_from, item.size, item.standard, item.classes) == ("", "none", "", ())


@each_drawing
def test_a_drawing_is_plain_small_and_asks_nothing_from_elsewhere(drawing: Element) -> None:
    assert drawing.get("viewBox") == "0 0 100 100"
    assert {part.tag for part in drawing.iter()} <= PARTS
    names = {name.lower() for part in drawing.iter() for name in part.attrib}
    assert not {name for name in names if name.startswith("on") or name.endswith("href") or name == "style"}
    source = ElementTree.tostring(drawing, encoding="unicode")
    assert "url(" not in source
    assert len(source) <= 900
