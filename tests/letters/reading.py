"""How letters are read in tests: as a mail program would, in both languages, with plain words and with hostile ones."""

from html.parser import HTMLParser
from typing import Any

import pytest

from marketplace.kernel.texts import LANGUAGES, speaking
from marketplace.outbox.rendering import render
from tests.letters.examples import HOSTILE, LONG, PLAIN, Words, facts

both_languages = pytest.mark.parametrize("language", LANGUAGES)
all_words = pytest.mark.parametrize("words", [PLAIN, LONG, HOSTILE], ids=["plain", "long", "hostile"])


class Read(HTMLParser):
    """What a mail program sees: tags in balance, attributes, links and words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.language = ""
        self.feed(html)
        self.close()
        assert self.open == [], "not every tag is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "html":
            self.language = dict(attrs)["lang"] or ""
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += "" if self.open[-1:] == ["style"] else data

    def says(self, text: str) -> bool:
        """Whether this can be read in it, whatever the line ends."""
        return "".join(text.split()) in "".join(self.words.split())


def written(name: str, language: str, words: Words = PLAIN, **changes: Any) -> tuple[str, str, Read]:
    with speaking(language):
        subject, text, html = render(name, facts(name, words, language) | changes)
    return subject, text, Read(html)
