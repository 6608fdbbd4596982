"""Words as they are searched: what counts as the same one."""

import pytest

from marketplace.offers.words import PREFIX, forms, group, terms, wanted, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("warmtepomp", "warmtepompen"),
        ("lassen", "gelast"),
        ("dag", "dagen"),
        ("huis", "huizen"),
        ("robot", "robots"),
        ("weld", "welding"),
        ("machine", "machines"),
        ("bedrijf", "bedrijven"),
    ],
)
def test_endings_do_not_matter_in_either_language(one: str, other: str) -> None:
    assert set(forms(one)) & set(forms(other))


@pytest.mark.parametrize(
    ("one", "other"), [("laser", "lassen"), ("hout", "houten vloer"), ("zorg", "zetten")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert not set(forms(one)) & set(terms([other.split()[-1]]))


def test_case_accents_and_signs_are_folded_away() -> None:
    assert words("Één CAFÉ, m² & foto's – één!") == ["een", "cafe", "m2", "foto", "s"]
    assert words("😀 ' OR 1=1 --") == ["or", "1"]


def test_what_says_nothing_does_not_count_unless_it_is_all_there_is() -> None:
    assert wanted("lassen in de buurt van Meppel") == ["lassen", "buurt", "meppel"]
    assert wanted("in het") == ["in", "het"]


def test_only_so_much_of_a_search_counts() -> None:
    assert len(wanted(" ".join(f"woord{number}" for number in range(100)))) == 10
    assert len(words("a" * 10_000)[0]) == 40


def test_the_beginning_of_a_word_will_do_where_nothing_else_is_found() -> None:
    assert "warmtep*" in group("warmtep", is_known=False)
    assert "warmtep*" not in group("warmtep", is_known=True)
    assert not any(term.endswith("*") for term in group("w" * (PREFIX - 1), is_known=False))
