"""Dutch is complete, not stale, and keeps the placeholders of the source."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What stands in the source now."""
    pot = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "babel.cfg",
        "-k",
        "N_",
    ]
    subprocess.run([*command, "-o", str(pot), "."], cwd=ROOT, check=True, capture_output=True)
    with pot.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def dutch() -> Catalog:
    with (ROOT / "translations/nl/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="nl")


def forms(text: str | Iterable[str] | None) -> list[str]:
    """A text, or its singular and plural, as a list."""
    return [text] if isinstance(text, str) else list(text or ())


def test_every_text_has_its_dutch(source: Catalog, dutch: Catalog) -> None:
    missing = []
    for message in source:
        found = dutch.get(message.id) if message.id else message
        if message.id and (not found or found.fuzzy or not all(forms(found.string) or [""])):
            missing.append(message.id)
    assert missing == [], "run `make messages` and translate"


def test_nothing_is_translated_that_is_no_longer_said(source: Catalog, dutch: Catalog) -> None:
    assert [message.id for message in dutch if message.id and message.id not in source] == []


def test_dutch_fills_in_what_the_source_fills_in(dutch: Catalog) -> None:
    for message in dutch:
        sources = forms(message.id)
        strings = forms(message.string)
        for english, said in zip(sources, strings, strict=False):
            assert set(PLACEHOLDER.findall(said)) <= set(PLACEHOLDER.findall(" ".join(sources))), english
            assert set(PLACEHOLDER.findall(english)) - {"num"} <= set(PLACEHOLDER.findall(said)), english


def test_dutch_says_u_and_never_je(dutch: Catalog) -> None:
    informal = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
    texts = [text for message in dutch for text in forms(message.string)]
    assert [text for text in texts if informal.search(text)] == []
