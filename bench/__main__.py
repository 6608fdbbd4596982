"""Prints every figure: `python -m bench` for all, or with the names of some ("claims", "feeds", …).

Times differ from machine to machine; what counts is the ratios, each measured against its yardstick in this run.
"""

import sys
from collections.abc import Callable, Mapping

from bench import claims, feeds, fight, letters, pages, scale, sheets, worker
from bench.databases import databases

Figures = Mapping[str, float]

ON_EACH_DATABASE: dict[str, tuple[Callable[[str], Figures], ...]] = {
    "claims": (claims.measure_claiming, claims.measure_approving),
    "fight": (fight.measure,),
    "worker": (worker.measure,),
    "feeds": (feeds.measure, feeds.measure_statements),
    "pages": (pages.measure,),
    "scale": (scale.measure,),
}
ONLY_WHEN_NAMED = {"scale"}
"""It takes as long as all others together."""
WITHOUT_DATABASE: dict[str, Callable[[], Figures]] = {
    "letters": letters.measure,
    "sheets": sheets.measure,
}


def main(wanted: set[str]) -> None:
    """Measures what is wanted, everything if nothing is named, and prints a line for each figure."""
    wanted = wanted or {*ON_EACH_DATABASE, *WITHOUT_DATABASE} - ONLY_WHEN_NAMED
    with databases() as urls:
        for name in ON_EACH_DATABASE.keys() & wanted:
            for measure in ON_EACH_DATABASE[name]:
                for database, url in urls.items():
                    show(f"{name} on {database}", measure(url))
    for name in WITHOUT_DATABASE.keys() & wanted:
        show(name, WITHOUT_DATABASE[name]())


def show(where: str, figures: Figures) -> None:
    """One line for each figure."""
    for what, value in figures.items():
        print(f"{where:22} {what:48} {value:10.3f}", flush=True)


main(set(sys.argv[1:]))
