"""The list: which offers a search finds, each by its next moment that fits, with what its card shows."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import and_, select

from marketplace.kernel.database import session
from marketplace.offers.facts import Card, Hit, OfferSearch, Page, Sort
from marketplace.offers.models import Listing, Offer, Slot
from marketplace.offers.queries.asking import Asked, titled
from marketplace.offers.states import OfferState
from marketplace.safety.facts import BriefFacts

PAGE = 25
FAR = 10**9
"""The rank of what lies nobody knows where."""

_FIRST = """
    SELECT {rank} AS rank, l.id AS id FROM {source}
    WHERE {fits} AND l.state = 'open' AND {is_first}
    ORDER BY {order} LIMIT :size
"""
"""Moments that fit, of each offer the first one."""
_NONE_BEFORE = "l.previous <= :first"
_NONE_FITS = (
    f"({_NONE_BEFORE} OR NOT EXISTS (SELECT 1 FROM listing e"
    " WHERE e.offer_id = l.offer_id AND e.id < l.id AND e.state = 'open' AND {e}))"
)
_IF_ROOM_IS_LEFT = "(SELECT 1 WHERE (SELECT count(*) FROM part0) < :size) AS room CROSS JOIN "
"""Before a source: it is not looked into where the first part fills the page already."""
_HITS = """
    WITH {parts}, hit AS ({all_parts} ORDER BY rank, id LIMIT :size),
    moment AS MATERIALIZED (
        SELECT hit.rank, hit.id, l.slot_id, l.stamp, s.capacity, s.seats_taken, s.close_at, s.open_at, l.offer_id,
            l.latitude, l.longitude, s.code AS slot, s.starts_at, s.ends_at, s.session_count, s.is_own_time, s.site_id,
            o.code, o.title, o.format, o.kind, o.organisation_id, COALESCE(s.brief_id, o.brief_id) AS brief_id
        FROM hit JOIN listing l ON l.id = hit.id JOIN slot s ON s.id = l.slot_id JOIN offer o ON o.id = s.offer_id
    )
    SELECT f.rank, f.id, f.slot_id, f.stamp, f.capacity, f.seats_taken, f.close_at <= :now, f.open_at > :now,
        (SELECT count(*) FROM listing m WHERE m.offer_id = f.offer_id AND m.state = 'open' AND {m}) - 1, {distance},
        f.code, f.title, f.format, f.kind, g.name, t.town, f.slot, f.starts_at, f.ends_at, f.session_count,
        f.is_own_time, f.open_at, f.close_at, CAST(b.content AS text), r.holiday_zone
    FROM moment f JOIN organisation g ON g.id = f.organisation_id JOIN region r ON r.id = g.region_id
        JOIN site t ON t.id = f.site_id JOIN brief b ON b.id = f.brief_id
    ORDER BY f.rank, f.id
"""
"""The columns of Hit, of which the last ones are what a card shows.

In two steps, since PostgreSQL plans two short joins in half the time of a long one.
"""
_TELLING = len(Hit._fields) - 1


def search(wishes: OfferSearch, *, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """A page of offers, each by its next moment that fits. `after` is the key of the page before."""
    asked = Asked(wishes, now=now)
    asked.params |= {"size": size + 1}
    parts = dict(enumerate(_parts(asked, wishes.sort, key_of(after))))
    found = _HITS.format(
        parts=", ".join(f"part{number} AS MATERIALIZED ({part})" for number, part in parts.items()),
        all_parts=" UNION ALL ".join(f"SELECT * FROM part{number}" for number in parts),
        distance=asked.distance("f") if wishes.near else "NULL",
        m=asked.conditions("m"),
    )
    rows = asked.ask(found)
    hits = tuple(Hit._make([*row[:_TELLING], row[_TELLING:]]) for row in rows[:size])
    return Page(hits, f"{hits[-1].rank}-{hits[-1].place}" if len(rows) > size else "")


def key_of(after: str) -> tuple[int, int] | None:
    """The rank and place that a "more" link names; nonsense means the beginning."""
    found = re.fullmatch(r"(-?[0-9]{1,10})-([0-9]{1,18})", after)
    return (int(found[1]), int(found[2])) if found else None


def _parts(asked: Asked, sort: Sort, after: tuple[int, int] | None) -> Iterable[str]:
    """By date, with words: first what has one of them in its title, then the rest; in one part otherwise."""
    rank, place = after or (0, 0)
    if sort == Sort.NEWEST:
        yield _ranked(asked, "l.newness", after)
    elif sort == Sort.DISTANCE:
        yield _ranked(asked, f"COALESCE({asked.distance('l')}, {FAR})", after)
    elif not asked.words:
        yield _dated(asked, 0, asked.rows(), place)
    else:
        titles = titled(asked.words)
        if rank == 0:
            yield _dated(asked, 0, asked.rows(also=titles), place)
            yield _dated(asked, 1, asked.rows(but_not=titles), 0, _IF_ROOM_IS_LEFT)
        else:
            yield _dated(asked, 1, asked.rows(but_not=titles), place)


def _dated(asked: Asked, rank: int, rows: tuple[str, str, str], place: int, before: str = "") -> str:
    """In order of date, from after a place. `before` stands before where they come from."""
    source, match, order = rows
    fits = f"{match} AND {asked.conditions('l')}"
    if place > asked.params["first"]:  # instead of the other beginning: the database would walk from that one
        fits = fits.replace(":first", asked.bind(place))
    return _FIRST.format(rank=rank, source=before + source, fits=fits, order=order, is_first=_first(asked))


def _ranked(asked: Asked, rank: str, after: tuple[int, int] | None) -> str:
    """In order of a rank, then of date."""
    source, match, _ = asked.rows()
    fits = f"{match} AND {asked.conditions('l')}"
    if after:
        fits += f" AND ({rank}, l.id) > ({asked.bind(after[0])}, {asked.bind(after[1])})"
    return _FIRST.format(rank=rank, source=source, fits=fits, order=f"{rank}, l.id", is_first=_first(asked))


def _first(asked: Asked) -> str:
    """That no earlier moment of the offer fits."""
    return _NONE_FITS.format(e=asked.conditions("e")) if len(asked.moments) > 1 else _NONE_BEFORE


def card_of(hit: Hit) -> Card:
    """What is shown of what was found."""
    offer, title, format_, kind, organisation, town, slot, *times, content, zone = hit.shown
    starts_at, ends_at, session_count, is_own_time, open_at, close_at = times
    return Card(
        offer=offer,
        title=title,
        format=format_,
        kind=kind,
        organisation=organisation,
        town=town,
        slot=slot,
        slot_id=hit.slot_id,
        starts_at=_instant(starts_at),
        ends_at=_instant(ends_at),
        session_count=session_count,
        is_own_time=bool(is_own_time),
        open_at=_instant(open_at) if open_at else None,
        close_at=_instant(close_at),
        capacity=hit.capacity,
        seats_taken=hit.seats_taken,
        more_moments=hit.more_moments,
        brief=BriefFacts.from_data(json.loads(content)),
        holiday_zone=zone,
        distance=hit.distance,
    )


def _instant(value: str | datetime) -> datetime:
    """SQLite keeps instants as text, in UTC."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def unlisted(now: datetime) -> list[int]:
    """Offers that everybody may see, with a moment to come that is not in the list as it is."""
    statement = (
        select(Offer.id)
        .join(Slot, Slot.offer_id == Offer.id)
        .outerjoin(Listing, and_(Listing.slot_id == Slot.id, Listing.state == Slot.state))
        .where(Offer.state == OfferState.PUBLISHED, Slot.ends_at > now, Listing.id.is_(None))
    )
    return list(session.scalars(statement.distinct().order_by(Offer.id)))
