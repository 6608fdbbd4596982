"""A search as a question to either database: what finds the offers, and what their moments must satisfy.

Offers are found by terms (offers/words.py), which SQLite's FTS5 and PostgreSQL's tsvector compare letter by letter:
both find the same. What differs between the moments of an offer, or by the clock, are conditions on rows of `listing`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import Row, TextClause, bindparam, text

from marketplace.kernel.database import UtcDateTime, session
from marketplace.kernel.times import start_of_day
from marketplace.offers.facts import OfferSearch
from marketplace.offers.listed import A_MINUTE, EASE_BITS, ZONES, last_before, month_of
from marketplace.offers.words import Group, facet, group, wanted
from marketplace.regions.towns import KM_A_DEGREE, Town
from marketplace.safety.facts import Ease

OF_OFFERS = ("format", "sector", "profile", "audience", "region", "access")
"""The filters that ask something of an offer; the others ask it of each moment."""
_TIMES = {
    "school_time": "NOT {m}.is_own_time",
    "after_school": "{m}.is_after_school",
    "own_time": "{m}.is_own_time",
    **{name: f"({{m}}.holidays & {bit}) > 0" for name, (_, bit) in ZONES.items()},
}
_FREE = (
    "EXISTS (SELECT 1 FROM slot f WHERE f.id = {m}.slot_id"
    " AND f.seats_taken < f.capacity AND f.close_at > :now)"
)
_DISTANCE = (
    "(({m}.latitude - :latitude) * ({m}.latitude - :latitude) * :northward"
    " + ({m}.longitude - :longitude) * ({m}.longitude - :longitude) * :eastward)"
)
_DATES = "{m}.id > :first AND {m}.id < :end"
_END = 1 << 62


class Asked:
    """What a search asks, as pieces of SQL with the values to bind.

    `words` are those of another question with the same words, if there was one: each costs a look into the index.
    """

    def __init__(self, search: OfferSearch, *, now: datetime, words: Sequence[Group] | None = None) -> None:
        self.params: dict[str, Any] = {"now": now, **_span(search, now)}
        self.words = _words(search.q) if words is None else words
        self.groups = [*self.words, *_facets(search)]
        self.moments = [_DATES, *(["1 = 0"] if search.q and not self.words else [])]
        for name in ("time_basis", "duration", "month"):
            if values := getattr(search, name):
                self.moments.append(self.moment_with(name, values))
        self.moments += [self._moment_with("ease", ease) for ease in search.ease]
        if search.free:
            self.moments.append(_FREE)
        if search.near:
            self._measure_from(search.near, search.within)

    def bind(self, value: Any) -> str:
        """The placeholder for a value."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def moment_with(self, name: str, values: Iterable[str]) -> str:
        """What a moment must satisfy to have one of these values of a filter."""
        return "(" + " OR ".join(self._moment_with(name, value) for value in values) + ")"

    def _moment_with(self, name: str, value: str) -> str:
        if name == "time_basis":
            return _TIMES[value]
        if name == "duration":
            return f"{{m}}.duration = {self.bind(value)}"
        if name == "free":
            return _FREE
        if name == "ease":
            return f"({{m}}.eases & {EASE_BITS[Ease(value)]}) > 0"
        first, end = month_of(value)
        return f"({{m}}.id > {self.bind(first)} AND {{m}}.id < {self.bind(end)})"

    def _measure_from(self, town: Town, within: int) -> None:
        self.params |= {
            "latitude": town.latitude,
            "longitude": town.longitude,
            "northward": KM_A_DEGREE**2,
            "eastward": (KM_A_DEGREE * cos(radians(town.latitude))) ** 2,
        }
        if within:
            self.moments.append(f"{_DISTANCE} <= {self.bind(within**2)}")

    def distance(self, alias: str) -> str:
        """The square of how far away a moment is, in whole kilometres; NULL where that is not known."""
        return f"CAST(ROUND({_DISTANCE.format(m=alias)}) AS BIGINT)"

    def conditions(self, alias: str, also: str = "1 = 1") -> str:
        """What a row of `listing` must satisfy, with one more condition."""
        return " AND ".join(each.format(m=alias) for each in (*self.moments, also))

    def rows(self, also: Group = (), but_not: Group = ()) -> tuple[str, str, str]:
        """Where rows `l` of `listing` with the terms come from, on which condition, and by which column in order.

        They have one of the terms `also`, and none of `but_not`.
        """
        groups = [*self.groups, *([also] if also else [])]
        if not groups:
            return "listing l", "1 = 1", "l.id"
        if is_sqlite():
            asked = self.bind(_fts5(groups, but_not))
            source = "listing_terms CROSS JOIN listing l ON l.id = listing_terms.rowid"
            limits = "listing_terms.rowid > :first AND listing_terms.rowid < :end"
            return source, f"listing_terms MATCH {asked} AND {limits}", "listing_terms.rowid"
        return "listing l", f"l.terms @@ CAST({self.bind(_tsquery(groups, but_not))} AS tsquery)", "l.id"

    def ask(self, sql: str) -> Sequence[Row[Any]]:
        """The rows that a statement finds, with the values that were bound."""
        return session.execute(_statement(sql), self.params).all()


@lru_cache(maxsize=500)
def _statement(sql: str) -> TextClause:
    return text(sql).bindparams(bindparam("now", type_=UtcDateTime())) if ":now" in sql else text(sql)


def is_sqlite() -> bool:
    """Whether it is SQLite that is asked, and not PostgreSQL."""
    return session.get_bind().dialect.name == "sqlite"


def _facets(search: OfferSearch) -> Iterator[Group]:
    for name in OF_OFFERS:
        if values := getattr(search, name):
            yield tuple(facet(name, value) for value in values)


def _span(search: OfferSearch, now: datetime) -> dict[str, int]:
    """From after which place to before which: moments to come (those of this minute have begun), on the days asked."""
    firsts, ends = [last_before(now + A_MINUTE)], [_END]
    if search.from_day:
        firsts.append(last_before(start_of_day(search.from_day)))
    if search.until_day:
        ends.append(last_before(start_of_day(search.until_day + timedelta(days=1))) + 1)
    if search.month:
        months = [month_of(month) for month in search.month]
        firsts.append(min(first for first, _ in months))
        ends.append(max(end for _, end in months))
    return {"first": max(firsts), "end": min(ends)}


def titled(groups: Iterable[Group]) -> Group:
    """The same terms, where they stand in a title."""
    return tuple(facet("title", term) for terms in groups for term in terms)


def _words(q: str) -> list[Group]:
    found = wanted(q)
    if not found:
        return []
    asked, params = known_words(found)
    return as_known(found, session.execute(_statement(f"SELECT {asked}"), params).one())


def as_known(words: Sequence[str], known: Iterable[bool]) -> list[Group]:
    """The terms of each word, of which is known whether it stands anywhere."""
    return [group(word, is_known=is_known) for word, is_known in zip(words, known, strict=True)]


def known_words(words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A column for each word, whether one of its terms stands anywhere at all, with the values to bind."""
    groups = [group(word, is_known=True) for word in words]
    if is_sqlite():
        asked = "EXISTS (SELECT 1 FROM listing_terms WHERE listing_terms MATCH :p{})"
        params = {f"p{number}": _fts5([each]) for number, each in enumerate(groups)}
    else:
        asked = "EXISTS (SELECT 1 FROM listing WHERE terms @@ CAST(:p{} AS tsquery))"
        params = {f"p{number}": _tsquery([each]) for number, each in enumerate(groups)}
    return ", ".join(asked.format(number) for number in range(len(groups))), params


def _fts5(groups: Iterable[Group], but_not: Group = ()) -> str:
    """In the words of FTS5. No term has a quote in it."""
    asked = " AND ".join(_any(each, " OR ", '"', '"*') for each in groups)
    unwanted = _any(but_not, " OR ", '"', '"*')
    return f"({asked}) NOT {unwanted}" if but_not else asked


def _tsquery(groups: Iterable[Group], but_not: Group = ()) -> str:
    """In the words of PostgreSQL."""
    asked = " & ".join(_any(each, " | ", "'", "':*") for each in groups)
    unwanted = _any(but_not, " | ", "'", "':*")
    return f"{asked} & !{unwanted}" if but_not else asked


def _any(terms: Group, either: str, quote: str, beginning: str) -> str:
    said = (
        f"{quote}{term[:-1]}{beginning}" if term.endswith("*") else f"{quote}{term}{quote}" for term in terms
    )
    return f"({either.join(said)})"
