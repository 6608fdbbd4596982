"""What a hundred thousand open moments cost beside ten thousand: it fills a database twice, in a quarter of an hour.

Each figure is how often a new page (`bench.pages`) is answered, as part of the bare "hello" at the same moment; what
counts is that of the large database over that of the small one.
"""

from collections.abc import Callable
from statistics import median

from bench.pages import FAR, PART, ROUNDS, SEARCH, Served, address_after, seconds_of_statements, serving

SCALES = ("region", "national")


def measure(url: str) -> dict[str, float]:
    """For each page how much of its speed is left, and what the database takes for the filters."""
    few, many = (_rates(url, scale) for scale in SCALES)
    return {f"{what}: 100,000 / 10,000": many[what] / few[what] for what in few}


def _rates(url: str, scale: str) -> dict[str, float]:
    with serving(url, scale) as found:
        return rates(found)


def rates(found: Served) -> dict[str, float]:
    """Of each page the median of rounds in which it and hello take turns; of the filters the time, not the rate."""
    far = address_after(FAR - 1)
    asked: dict[str, Callable[[], float]] = {
        "front page (at least 0.83)": lambda: found.new("/"),
        "page 400, or the last whole one (at least 0.83)": lambda: found.new(far),
        "words and three filters (at least 0.7)": lambda: found.new(SEARCH),
        "words and three filters, kept": lambda: found.kept(SEARCH),
        "month": lambda: found.new("/offers/month"),
        "map": lambda: found.new("/offers/map"),
        "sorted by distance, a part": lambda: found.new("/offers?near=Meppel&sort=distance", *PART),
    }
    shares: dict[str, list[float]] = {what: [] for what in asked}
    for _ in range(ROUNDS):
        for what, ask in asked.items():
            shares[what].append(ask() / found.hello())
    counts = seconds_of_statements(found.app, "/offers/filters")
    return {what: median(some) for what, some in shares.items()} | {"filters, time of statements": counts}
