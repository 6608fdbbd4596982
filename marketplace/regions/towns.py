"""Towns of the Netherlands with where they lie: `towns.csv`, made from GeoNames by setup/towns.py."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, radians
from pathlib import Path

from marketplace.kernel.wording import fold

TABLE = Path(__file__).parent / "towns.csv"
KM_A_DEGREE = 111.195
"""Kilometres to a degree of latitude, on a sphere of 6371 km; as the crow flies the error here is below a hundredth."""
DISTANCES = (10, 25, 50, 100)
"""Kilometres to choose from."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town as people here write it, with its province where two share the name; in degrees (WGS 84)."""

    name: str
    latitude: float
    longitude: float


def town_named(text: str) -> Town | None:
    """The town that is meant: "meppel", "Den Bosch", "Hengelo (Gelderland)"; None for a name that is none.

    Of towns that share a name the largest is meant, unless the province is named too.
    """
    return _towns().get(_key(text))


def town_at(latitude: float, longitude: float) -> Town | None:
    """The town that lies exactly there; None where none does."""
    return _places().get((latitude, longitude))


def towns() -> Iterable[Town]:
    """All towns, each once."""
    return _places().values()


def kilometres(one: Town, other: Town) -> float:
    """How far two towns lie apart, as the crow flies: within the country, off by less than a hundredth."""
    northward = one.latitude - other.latitude
    eastward = (one.longitude - other.longitude) * cos(radians(one.latitude))
    return KM_A_DEGREE * hypot(northward, eastward)


@cache
def _places() -> dict[tuple[float, float], Town]:
    return {(town.latitude, town.longitude): town for town in _towns().values()}


def _key(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


@cache
def _towns() -> dict[str, Town]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    count = Counter(row["name"] for row in rows)
    found: dict[str, Town] = {}
    for row in rows:  # of towns that share a name the largest stands first
        name = row["name"] if count[row["name"]] == 1 else f"{row['name']} ({row['province']})"
        town = Town(name, float(row["latitude"]), float(row["longitude"]))
        for key in _keys(row):
            found.setdefault(key, town)
    return found


def _keys(row: dict[str, str]) -> Iterator[str]:
    for name in filter(None, (row["name"], row["other_name"])):
        yield _key(name)
        yield _key(f"{name} {row['province']}")
