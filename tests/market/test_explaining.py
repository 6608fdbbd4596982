"""The pages that explain how it works to each kind of reader, with pictures of our own pages."""

import re
from pathlib import Path

import pytest
from flask import Flask

from docs.screenshots import HEIGHT, LANGUAGES, LARGEST, SCHEMES, SHOTS, WIDTH
from marketplace.market.views.explaining import READERS
from marketplace.settings import ROOT
from tests.conftest import Visit

pytestmark = pytest.mark.one_database
PICTURE = re.compile(
    r'<source media="\(prefers-color-scheme: dark\)" srcset="/static/(.+?)"><img src="/static/(.+?)"'
)


def pictures(html: str) -> list[Path]:
    """The files of the pictures on a page."""
    return [ROOT / "static" / path for pair in PICTURE.findall(html) for path in pair]


@pytest.mark.parametrize("readers", READERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_there_for_everybody_with_pictures_that_exist(
    client_of: Visit, readers: str, language: str
) -> None:
    client = client_of("nobody")
    with client.session_transaction() as cookie:
        cookie["language"] = language
    page = client.get(f"/how-it-works/{readers}")
    assert page.status_code == 200
    found = pictures(page.text)
    assert len(found) == 2 * page.text.count("<img") >= 4
    assert all(f"-{language}-" in path.name and path.is_file() for path in found), found


@pytest.mark.parametrize("readers", READERS)
def test_the_page_for_all_leads_to_each(app: Flask, readers: str) -> None:
    assert f'href="/how-it-works/{readers}"' in app.test_client().get("/how-it-works").text


def test_nobody_else_has_such_a_page(app: Flask) -> None:
    assert app.test_client().get("/how-it-works/parents").status_code == 404


@pytest.mark.parametrize("readers", READERS)
def test_a_picture_says_what_it_shows_and_how_large_it_is(client_of: Visit, readers: str) -> None:
    images = re.findall(r"<img [^>]+>", client_of("nobody").get(f"/how-it-works/{readers}").text)
    for image in images:
        assert re.search(r'alt="[^"]{15,}"', image), image
        assert f'width="{WIDTH}" height="{HEIGHT}" loading="lazy"' in image


def test_every_picture_is_small_and_is_shown_somewhere(client_of: Visit) -> None:
    shown = {
        re.sub(r"-(nl|en)-(light|dark)$", "", path.stem)
        for readers in READERS
        for path in pictures(client_of("nobody").get(f"/how-it-works/{readers}").text)
    }
    assert shown == {shot.name for shot in SHOTS}
    there = {path.name: path.stat().st_size for path in (ROOT / "static" / "help").iterdir()}
    made = {
        f"{shot.name}-{language}-{scheme}.webp"
        for shot in SHOTS
        for language in LANGUAGES
        for scheme in SCHEMES
    }
    assert there.keys() == made
    assert max(there.values()) <= LARGEST
