"""The signs: each entry of the catalogue has its drawing, and each drawing is plain, own and used."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.facts import Item

FOLDER = Path(__file__).parents[2] / "static" / "pictograms"
DRAWINGS = sorted(FOLDER.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
PARTS = {SVG + part for part in ("svg", "title", "g", "path", "circle", "rect")}
CODE = re.compile(r"M\d{3}|P\d{3}|W\d{3}|EX|X-[A-Z-]+")
INITIAL = {"mandatory": ("M", "X-"), "ppe": ("M", "X-"), "prohibition": ("P",), "warning": ("W", "EX")}
LONGEST_SHORT_NAME = 17

each_item = pytest.mark.parametrize("item", catalogue().values(), ids=lambda item: item.code)
each_drawing = pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.stem)


def test_items_and_drawings_are_the_same_set() -> None:
    named = [item.pictogram for item in catalogue().values()]
    assert sorted(named) == [drawing.name for drawing in DRAWINGS]


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
def test_a_drawing_is_plain_and_asks_nothing_from_elsewhere(drawing: Path) -> None:
    root = ElementTree.fromstring(drawing.read_text("utf-8"))
    assert root.get("viewBox") == "0 0 100 100"
    assert {part.tag for part in root.iter()} <= PARTS
    names = {name.lower() for part in root.iter() for name in part.attrib}
    assert not {name for name in names if name.startswith("on") or name.endswith("href") or name == "style"}
    assert "url(" not in drawing.read_text("utf-8")


@each_drawing
def test_a_drawing_has_a_title_and_stays_small(drawing: Path) -> None:
    title = ElementTree.fromstring(drawing.read_text("utf-8")).findtext(SVG + "title")
    assert title and title.strip()
    assert drawing.stat().st_size <= 900
