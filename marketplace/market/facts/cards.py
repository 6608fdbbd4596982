"""Cards of offers as they were rendered, kept until something in them changes: they are read most."""

from collections.abc import Iterable
from datetime import datetime

from flask import get_template_attribute
from markupsafe import Markup

from marketplace.claims.rules import can_wait
from marketplace.kernel.texts import current_language
from marketplace.market.facts.holidays import holiday_on
from marketplace.offers.facts import Card, Hit
from marketplace.offers.listed import starts_of
from marketplace.offers.queries import card_of

MOST = 1500
"""Cards that a process keeps: some five megabytes."""

Key = tuple[object, ...]
_kept: dict[Key, Markup] = {}


def shown(hits: Iterable[Hit], now: datetime) -> list[tuple[Hit, Markup]]:
    """What was found with its cards, in the language in force."""
    return [(hit, _shown(hit, now)) for hit in hits]


def _shown(hit: Hit, now: datetime) -> Markup:
    key = _key(hit, now)
    if kept := _kept.get(key):
        return kept
    if len(_kept) >= MOST:
        _kept.clear()
    card = _kept[key] = _rendered(card_of(hit), now)
    return card


def _key(hit: Hit, now: datetime) -> Key:
    """All that a card depends on: its stamp is another one whenever the offer or the moment changes."""
    return (
        hit.stamp,
        hit.capacity,
        hit.seats_taken,
        hit.is_closed,
        hit.is_early,
        hit.more_moments,
        hit.distance,
        can_wait(starts_of(hit.place), now),
        current_language(),
    )


def _rendered(card: Card, now: datetime) -> Markup:
    macro = get_template_attribute("components/card.html", "card")
    holiday = holiday_on(card.holiday_zone, card.starts_at, card.ends_at)
    return Markup(macro(card, now, holiday=holiday, can_wait=can_wait(card.starts_at, now)))
