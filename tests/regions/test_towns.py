"""Towns as people write them."""

import pytest

from marketplace.regions.towns import Town, kilometres, town_named


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Meppel", "Meppel"),
        ("  meppel ", "Meppel"),
        ("DE WIJK", "De Wijk"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("s hertogenbosch", "'s-Hertogenbosch"),
        ("den bosch", "'s-Hertogenbosch"),
        ("Den Haag", "Den Haag"),
        ("Hengelo", "Hengelo (Overijssel)"),
        ("Hengelo (Gelderland)", "Hengelo (Gelderland)"),
        ("Zuidwolde", "Zuidwolde (Drenthe)"),
        ("Zwolle, Overijssel", "Zwolle"),
    ],
)
def test_a_town_is_known_however_it_is_written(written: str, name: str) -> None:
    town = town_named(written)
    assert town
    assert town.name == name
    assert town_named(town.name) == town, "its own name leads back to it"


@pytest.mark.parametrize("written", ["Atlantis", "", "😀", "Meppel Zwolle", "' OR 1=1 --", "x" * 10_000])
def test_what_is_no_town_is_none(written: str) -> None:
    assert town_named(written) is None


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("Meppel", "Steenwijk", 11), ("Meppel", "Zwolle", 22), ("Groningen", "Maastricht", 263)],
)
def test_towns_lie_where_they_do(one: str, other: str, distance: int) -> None:
    assert abs(kilometres(known(one), known(other)) - distance) < distance / 10
    assert kilometres(known(one), known(one)) == 0


def known(name: str) -> Town:
    town = town_named(name)
    assert town
    return town
