"""How many offers each choice of a filter would leave, given what is chosen in the other filters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from marketplace.offers.facts import OfferSearch
from marketplace.offers.listed import month_of
from marketplace.offers.queries.asking import OF_OFFERS, Question, offers_with

MOST = 99
"""From here on it is "99+": an exact count would cost a walk through all of them."""

Choices = Mapping[str, Sequence[str]]
"""By filter, its values."""

_COUNT = (
    "(SELECT count(*) FROM"
    " (SELECT DISTINCT l.offer_id FROM {source} WHERE {match} AND l.state = 'open' AND {conditions} LIMIT :most) n)"
)


def counts(wishes: OfferSearch, choices: Choices, *, now: datetime) -> dict[tuple[str, str], int]:
    """For each filter and value how many offers there are, at most one more than MOST; a statement for each filter."""
    found: dict[tuple[str, str], int] = {}
    words = Question(wishes, now=now).words
    for name, values in choices.items():
        others = replace(wishes, **{name: False if name == "free" else ()})  # type: ignore[arg-type]  # by name
        asked = Question(others, now=now, words=words)
        asked.params |= {"most": MOST + 1}
        (row,) = asked.ask("SELECT " + ", ".join(_count(asked, name, value) for value in values))
        found |= {(name, value): count for value, count in zip(values, row, strict=True)}
    return found


def _count(asked: Question, name: str, value: str) -> str:
    if name in OF_OFFERS:
        return _counted(asked.rows(also=offers_with(name, [value])), asked.conditions("l"))
    if name == "month":
        return _in_month(asked, value, _counted(asked.rows(), asked.conditions("l")))
    return _counted(asked.rows(), asked.conditions("l", asked.moment_with(name, [value])))


def _counted(rows: tuple[str, str, str], conditions: str) -> str:
    source, match, _ = rows
    return _COUNT.format(source=source, match=match, conditions=conditions)


def _in_month(asked: Question, month: str, sql: str) -> str:
    """The same between the ends of a month: so the others are not even looked at."""
    first, end = month_of(month)
    first, end = max(first, asked.params["first"]), min(end, asked.params["end"])
    return sql.replace(":first", asked.bind(first)).replace(":end", asked.bind(end))
