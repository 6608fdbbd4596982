"""What letters say of replies depends on whether anybody reads them."""

from dataclasses import replace

import pytest

from marketplace.kernel.site import configure, site
from tests.letters.examples import LETTERS
from tests.letters.reading import both_languages, written

every_letter = pytest.mark.parametrize("name", LETTERS)


@every_letter
def test_without_a_mailbox_no_letter_promises_that_an_answer_is_read(name: str) -> None:
    _, text, html = written(name, "en")
    assert "You can reply to this mail" not in text + html.words
    assert (
        ("Nobody reads replies" in text)
        == ("Nobody reads replies" in html.words)
        == (name != "answer_received")
    )


@every_letter
def test_with_a_mailbox_no_letter_says_that_nobody_reads(name: str) -> None:
    configure(replace(site(), reads_replies=True))
    _, text, html = written(name, "en")
    for said in (text, html.words):
        assert "Nobody reads replies" not in said
        assert "is not enough" not in said
        assert ("You can reply to this mail" in said) == (name != "answer_received")


@both_languages
def test_the_confirmation_says_how_to_withdraw(language: str) -> None:
    _, alone, _ = written("claim_approved", language)
    configure(replace(site(), reads_replies=True))
    _, reading, _ = written("claim_approved", language)
    assert alone != reading
    assert all("/withdraw" in each for each in (alone, reading))
