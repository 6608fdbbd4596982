"""A search that calendars subscribe to: one statement says whether anything changed, one more gives the entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import TextualSelect, text

from marketplace.kernel.changes import EVERYBODY
from marketplace.kernel.database import UtcDateTime, session
from marketplace.kernel.texts import current_language
from marketplace.offers.facts import OfferSearch
from marketplace.offers.listed import A_MINUTE, last_before
from marketplace.offers.queries.asking import Asked, as_known, known_words
from marketplace.offers.words import Group, wanted

MOST = 1000
"""Entries in a feed: more than that calendars do not show."""
CANCELLED_KEPT = timedelta(days=30)
"""How long after its date a cancelled entry stays in feeds (calendars would otherwise keep showing it)."""
_STANDING = """
    SELECT n.number, n.changed_at, r.code, r.name, {known} FROM (SELECT 1 AS one) o
    LEFT JOIN change_number n ON n.reader = :reader
    LEFT JOIN region r ON r.code IN ({regions})
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a search stands: the changes so far that everybody sees, names of the regions asked for, its words."""

    number: int
    changed_at: datetime | None
    region_names: dict[str, str]
    words: Sequence[Group]


def standing_of(wishes: OfferSearch) -> Standing:
    """What is to be known of a search before its entries."""
    words = wanted(wishes.q)
    known, params = known_words(words) if words else ("1", {})
    regions = {f"region{number}": code for number, code in enumerate(wishes.region)}
    asked = ", ".join(f":{name}" for name in regions) or "NULL"
    rows = session.execute(_statement(known, asked), {"reader": EVERYBODY, **regions, **params}).all()
    number, changed_at, _, _, *are_known = rows[0]
    return Standing(
        number or 0,
        changed_at,
        {row.code: row.name for row in rows if row.code},
        as_known(words, are_known) if words else [],
    )


@lru_cache(500)
def _statement(known: str, regions: str) -> TextualSelect:
    return text(_STANDING.format(known=known, regions=regions)).columns(changed_at=UtcDateTime())


def public_entries(
    wishes: OfferSearch, *, now: datetime, words: Sequence[Group] | None = None, limit: int = MOST
) -> list[str]:
    """Stored entries of the moments that match a search, and of cancelled ones until 30 days after their date.

    `words` are those of its standing, if that was asked for.
    """
    asked = Asked(wishes, now=now - CANCELLED_KEPT, words=words)
    more: dict[str, Any] = {"now": now, "today": last_before(now + A_MINUTE)}
    asked.params |= more | {"language": current_language(), "limit": limit}
    source, match, order = asked.rows()
    return [
        row.text
        for row in asked.ask(
            f"SELECT p.text FROM {source} JOIN public_entry p ON p.slot_id = l.slot_id"
            f" WHERE {match} AND {asked.conditions('l')} AND p.language = :language"
            " AND (l.state = 'cancelled' OR l.id > :today)"
            f" ORDER BY {order}, p.position LIMIT :limit"
        )
    ]
