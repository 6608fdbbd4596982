"""What a calendar and a map show of a search: the moments of each day, and how many offers each town has."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.kernel.times import start_of_day, wall, wall_date
from marketplace.offers.facts import DayFacts, MomentFacts, OfferSearch, PlaceFacts
from marketplace.offers.listed import last_before, starts_of
from marketplace.offers.models import Offer, Slot
from marketplace.offers.queries.asking import Asked
from marketplace.organisations.models import Organisation, Site

TOWNS = 200
"""Towns on a map: more than that nobody can tell apart."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_FIRST_DAY = date(1970, 1, 1)

_DAYS = """
    WITH found AS (
        SELECT l.id AS id, l.slot_id AS slot_id,
            (l.id / 4294967296 + CASE WHEN l.id < :change THEN :before ELSE :since END) / 1440 AS day
        FROM {source} WHERE {match} AND l.state = 'open' AND {conditions}
    ), counted AS (
        SELECT id, slot_id, day, row_number() OVER (PARTITION BY day ORDER BY id) AS number,
            count(*) OVER (PARTITION BY day) AS many
        FROM found
    )
    SELECT day, many, slot_id FROM counted WHERE number <= :most ORDER BY id
"""
"""A place begins with its minute in UTC; the clock on the wall is that many minutes ahead, and changes at most once."""
_TOWNS = """
    SELECT l.latitude, l.longitude, count(DISTINCT l.offer_id) AS many FROM {source}
    WHERE {match} AND l.state = 'open' AND {conditions}
    GROUP BY l.latitude, l.longitude ORDER BY many DESC, l.latitude, l.longitude LIMIT :most
"""


def filled_days(wishes: OfferSearch, first: date, last: date, *, now: datetime, most: int) -> list[DayFacts]:
    """The days from `first` to `last` on which moments that fit start: of each day the first `most`, and how many.

    Two statements. Between the two days the clock is changed at most once: a month, or less.
    """
    asked = Asked(_between(wishes, first, last), now=now)
    asked.params |= {"most": most, **_clock(first, last)}
    source, match, _ = asked.rows()
    rows = asked.ask(_DAYS.format(source=source, match=match, conditions=asked.conditions("l")))
    moments = _moments(row.slot_id for row in rows) if rows else {}
    return [
        DayFacts(
            _FIRST_DAY + day * _DAY,
            count,
            tuple(moments[row.slot_id] for row in found if row.slot_id in moments),
        )
        for (day, count), found in groupby(rows, lambda row: (row.day, row.many))
    ]


def _between(wishes: OfferSearch, first: date, last: date) -> OfferSearch:
    """The same search on these days alone."""
    return replace(
        wishes,
        from_day=max(first, wishes.from_day or first),
        until_day=min(last, wishes.until_day or last),
    )


def _clock(first: date, last: date) -> dict[str, int]:
    """How many minutes the clock is ahead of UTC before and since it is changed, and the place of that change."""
    starts, ends = start_of_day(first), start_of_day(last + _DAY)
    before, since = _ahead(starts), _ahead(ends)
    hours = bisect_left(
        range((ends - starts) // _HOUR), True, key=lambda hour: _ahead(starts + hour * _HOUR) != before
    )
    return {"before": before, "since": since, "change": last_before(starts + hours * _HOUR)}


def _ahead(instant: datetime) -> int:
    return int((wall(instant).utcoffset() or timedelta()).total_seconds()) // 60


def _moments(slot_ids: Iterable[int]) -> dict[int, MomentFacts]:
    statement = (
        select(
            Slot.id,
            Offer.code,
            Offer.title,
            Offer.format,
            Organisation.name,
            Site.town,
            Slot.starts_at,
            Slot.ends_at,
            Slot.session_count,
            Slot.capacity,
            Slot.seats_taken,
            Slot.close_at,
        )
        .join(Offer, Offer.id == Slot.offer_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .join(Site, Site.id == Slot.site_id)
        .where(Slot.id.in_(list(slot_ids)))
    )
    return {slot_id: MomentFacts(*facts) for slot_id, *facts in session.execute(statement)}


def places(wishes: OfferSearch, *, now: datetime) -> list[PlaceFacts]:
    """Where the moments that fit are, with how many offers each place has: most first, at most TOWNS."""
    asked = Asked(wishes, now=now)
    asked.params["most"] = TOWNS
    source, match, _ = asked.rows()
    rows = asked.ask(_TOWNS.format(source=source, match=match, conditions=asked.conditions("l")))
    return [PlaceFacts(row.latitude, row.longitude, row.many) for row in rows]


def next_day(wishes: OfferSearch, day: date, *, now: datetime) -> date | None:
    """The first day from `day` on, on which a moment that fits starts; None if there is none."""
    asked = Asked(replace(wishes, from_day=max(day, wishes.from_day or day)), now=now)
    source, match, order = asked.rows()
    rows = asked.ask(
        f"SELECT l.id FROM {source} WHERE {match} AND l.state = 'open' AND {asked.conditions('l')}"
        f" ORDER BY {order} LIMIT 1"
    )
    return wall_date(starts_of(rows[0].id)) if rows else None
