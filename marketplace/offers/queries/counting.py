"""How many offers each choice of a filter would leave, given what is chosen in the other filters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from marketplace.offers.facts import OfferSearch
from marketplace.offers.listed import month_of
from marketplace.offers.models import ASKED
from marketplace.offers.queries.asking import OF_OFFERS, Asked
from marketplace.offers.words import Group, facet

MOST = 99
"""From here on it is "99+"."""

Choices = Mapping[str, Sequence[str]]
"""By filter, its values."""

_FACETS = "SELECT max(l.facets) FROM {source} WHERE {match} AND l.state = 'open' AND {conditions} GROUP BY l.offer_id"
_COUNT = (
    "(SELECT count(*) FROM"
    " (SELECT DISTINCT l.offer_id FROM {source} WHERE {match} AND l.state = 'open' AND {conditions} LIMIT :most) n)"
)
_FOUND = "WITH found AS (SELECT {columns} FROM {source} WHERE {match} AND l.state = 'open' AND {conditions}) SELECT "
_COUNT_FOUND = "(SELECT count(*) FROM (SELECT DISTINCT l.offer_id FROM found l WHERE {wanted} LIMIT :most) n)"


def counts(wishes: OfferSearch, choices: Choices, *, now: datetime) -> dict[tuple[str, str], int]:
    """For each filter and value how many offers there are, at most one more than MOST.

    Filters of offers in which nothing is chosen share a statement; each other filter has one of its own.
    """
    words = Asked(wishes, now=now).words
    shared = _tally(wishes, words, now)
    found: dict[tuple[str, str], int] = {}
    for name, values in choices.items():
        is_chosen = bool(getattr(wishes, name)) and name != "ease"  # of these all that are chosen hold
        others = replace(wishes, **{name: False if name == "free" else ()}) if is_chosen else wishes  # type: ignore[arg-type]
        if name in OF_OFFERS:
            tally = _tally(others, words, now) if is_chosen else shared
            counted: Sequence[int] = [min(tally[facet(name, value)], MOST + 1) for value in values]
        else:
            counted = _counted(others, words, name, values, now)
        found |= {(name, value): count for value, count in zip(values, counted, strict=True)}
    return found


def _tally(wishes: OfferSearch, words: Sequence[Group], now: datetime) -> Counter[str]:
    """For each term of a filter how many offers have it, of those that a search finds."""
    asked = Asked(wishes, now=now, words=words)
    rows = asked.ask(_filled(_FACETS, asked.rows(), asked.conditions("l")))
    return Counter(term for (facets,) in rows for term in facets.split())


def _counted(
    wishes: OfferSearch, words: Sequence[Group], name: str, values: Sequence[str], now: datetime
) -> Sequence[int]:
    asked = Asked(wishes, now=now, words=words)
    asked.params |= {"most": MOST + 1}
    if asked.groups:  # few are found, and looking into the index for each value would cost the most
        columns = ", ".join(f"l.{each}" for each in ("id", "offer_id", *ASKED))
        source, match, _ = asked.rows()
        sql = _FOUND.format(columns=columns, source=source, match=match, conditions=asked.conditions("l"))
        wanted = (asked.moment_with(name, [value]).format(m="l") for value in values)
        sql += ", ".join(_COUNT_FOUND.format(wanted=each) for each in wanted)
    else:
        sql = "SELECT " + ", ".join(_count(asked, name, value) for value in values)
    (row,) = asked.ask(sql)
    return tuple(row)


def _count(asked: Asked, name: str, value: str) -> str:
    if name == "month":
        return _in_month(asked, value, _filled(_COUNT, asked.rows(), asked.conditions("l")))
    return _filled(_COUNT, asked.rows(), asked.conditions("l", asked.moment_with(name, [value])))


def _in_month(asked: Asked, month: str, sql: str) -> str:
    """The same between the ends of a month: so the others are not even looked at."""
    first, end = month_of(month)
    first, end = max(first, asked.params["first"]), min(end, asked.params["end"])
    return sql.replace(":first", asked.bind(first)).replace(":end", asked.bind(end))


def _filled(sql: str, rows: tuple[str, str, str], conditions: str) -> str:
    source, match, _ = rows
    return sql.format(source=source, match=match, conditions=conditions)
