"""The poster for a staff room: one page, whatever there is to say."""

from typing import Any

import pytest

from marketplace.documents.facts import Notice, NoticeMoment
from marketplace.documents.notices import NOTICE, notice_data
from marketplace.documents.rendering import digest, render
from marketplace.kernel.texts import speaking
from tests.documents.sheets import MADE_AT, alternatives, assert_in_order, headings, pages

LINK = "https://meeloop.example/offers/7H2K9M3PQX"
MOMENT = NoticeMoment("di", "9", "feb", "dinsdag 9 februari 2027", "8.00–16.00 uur", "Meppel")


def notice(**changes: Any) -> Notice:
    """A poster with something in each of its places."""
    facts: dict[str, Any] = {
        "title": "Lassen en zetten: van plaat tot product",
        "form": "Docentstage",
        "host": "Reestdal Metaalwerken",
        "town": "Meppel",
        "summary": "U loopt een dag mee in onze constructiehal.",
        "activity": "U snijdt de uitslag op de laser.\nU hecht de hoeken.",
        "learning": "Welke lasprocessen wij gebruiken.",
        "link": LINK,
        "moments": (MOMENT,),
        "good_to_know": ("Voor PIE", "Geen VCA nodig."),
    }
    return Notice(**(facts | changes))


def made(one: Notice, language: str = "nl") -> bytes:
    with speaking(language):
        return render(NOTICE, notice_data(one), made_at=MADE_AT)


def test_it_reads_from_what_to_when_to_where() -> None:
    (text,) = pages(made(notice(), "en"))
    assert_in_order(
        text,
        "Docentstage",
        "Lassen en zetten",
        "What you will do yourself",
        "dinsdag 9 februari",
        "Scan and sign up",
    )
    assert "meeloop.example/offers/7H2K9M3PQX" in text


def test_headings_and_the_code_are_named_for_who_cannot_see_them() -> None:
    pdf = made(notice(), "en")
    assert headings(pdf) == ["H1", "H2", "H2", "H2", "H2"]
    assert any(LINK in each for each in alternatives(pdf))


@pytest.mark.parametrize("moments", [0, 1, 4, 40])
@pytest.mark.parametrize("letters", [0, 300, 4000])
def test_it_is_one_page_however_much_there_is(moments: int, letters: int) -> None:
    words = ("Frezen en draaien. " * 300)[:letters]
    one = notice(
        moments=(MOMENT,) * moments, activity=words, learning=words, summary=words[:300], title="Een " * 30
    )
    (text,) = pages(made(one, "en"))
    assert "Scan and sign up" in text
    if moments != 4:  # four fit where there is little else
        assert ("More moments are on the page." in text) == (moments > 4)


def test_the_same_facts_give_the_same_hash() -> None:
    first, second = (digest(NOTICE, notice_data(notice(town=town))) for town in ("Meppel", "Zwolle"))
    assert first != second and first == digest(NOTICE, notice_data(notice()))


def test_it_names_no_moment_where_there_is_none() -> None:
    assert "New moments appear on the page." in pages(made(notice(moments=()), "en"))[0]
