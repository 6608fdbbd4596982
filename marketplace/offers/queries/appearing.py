"""What is new: moments that everybody can see since an instant, and which of them a search finds.

A moment appears with its first public calendar entry, at position 0, which is made when the moment is first listed:
with its offer, or when that is opened again if it was closed meanwhile. It is written again, but made once.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from marketplace.kernel.database import session
from marketplace.kernel.texts import DEFAULT
from marketplace.offers.facts import OfferSearch
from marketplace.offers.models import Listing, Offer, PublicEntry, Slot
from marketplace.offers.queries.asking import Asked, is_sqlite
from marketplace.offers.states import SlotState
from marketplace.offers.words import Group

_FOUND = "SELECT l.id FROM listing l WHERE {conditions} AND l.id {among}"
_AMONG_SQLITE = "IN (SELECT value FROM json_each(:places))"
_AMONG_POSTGRES = "= ANY(CAST(:places AS bigint[]))"


class Fresh(NamedTuple):
    """A moment that appeared lately, with the terms by which it is found."""

    place: int
    slot_id: int
    offer_id: int
    appeared_at: datetime
    terms: frozenset[str]


def last_appeared(until: datetime) -> ScalarSelect[datetime]:
    """The question when the last moment appeared, by an instant."""
    latest = func.max(PublicEntry.made_at)
    return select(latest).where(*_is_first(), PublicEntry.made_at <= until).scalar_subquery()


def appeared(since: datetime, until: datetime, *, now: datetime, most: int) -> list[Fresh]:
    """The moments that appeared after `since` and by `until` and can be claimed now, soonest first; `most` of them."""
    statement = (
        select(Listing.id, Listing.slot_id, Listing.offer_id, PublicEntry.made_at, Offer.search_text)
        .select_from(PublicEntry)
        .join(Slot, Slot.id == PublicEntry.slot_id)
        .join(Listing, Listing.slot_id == Slot.id)
        .join(Offer, Offer.id == Listing.offer_id)
        .where(
            *_is_first(),
            PublicEntry.made_at > since,
            PublicEntry.made_at <= until,
            Listing.state == SlotState.OPEN,
            Slot.starts_at > now,
            Slot.close_at > now,
            Slot.seats_taken < Slot.capacity,
        )
    )
    rows = session.execute(statement.order_by(Listing.id).limit(most))
    return [
        Fresh(place, slot_id, offer_id, appeared_at, frozenset(terms.split()))
        for place, slot_id, offer_id, appeared_at, terms in rows
    ]


def _is_first() -> tuple[ColumnElement[bool], ...]:
    return (PublicEntry.position == 0, PublicEntry.language == DEFAULT)


def found_among(wishes: OfferSearch, fresh: Iterable[Fresh], *, now: datetime) -> set[int]:
    """The places of those of these moments that a search finds.

    Their own terms are compared with those that are asked for: the index would be asked anew for each of them.
    """
    asked = Asked(wishes, now=now)
    places = [each.place for each in fresh if all(_has(each.terms, group) for group in asked.groups)]
    if not places:
        return set()
    asked.params["places"] = json.dumps(places) if is_sqlite() else places
    among = _AMONG_SQLITE if is_sqlite() else _AMONG_POSTGRES
    return {row.id for row in asked.ask(_FOUND.format(conditions=asked.conditions("l"), among=among))}


def _has(terms: frozenset[str], group: Group) -> bool:
    """Whether one of a group is among the terms."""
    return any(
        any(each.startswith(term[:-1]) for each in terms) if term.endswith("*") else term in terms
        for term in group
    )
