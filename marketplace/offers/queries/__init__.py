"""Questions about offers and slots: searching all, counting for filters, and finding one that somebody may see."""

from marketplace.offers.queries.appearing import Fresh, appeared, found_among, last_appeared
from marketplace.offers.queries.charting import TOWNS, filled_days, next_day, places
from marketplace.offers.queries.counting import MOST, counts
from marketplace.offers.queries.finding import (
    count_based_on,
    entries_of_offer,
    entries_of_slot,
    has_published,
    holding,
    hosted_offers,
    how_many_to_check,
    offer_alone,
    offer_for_host,
    offer_for_regions,
    offer_made_with,
    offers_to_check,
    offers_with_moments,
    public_offer,
    slot_for,
    slot_for_host,
    slots_with,
)
from marketplace.offers.queries.following import Standing, public_entries, standing_of
from marketplace.offers.queries.searching import cards, key_of, search, unlisted

__all__ = [
    "MOST",
    "TOWNS",
    "Fresh",
    "Standing",
    "appeared",
    "cards",
    "count_based_on",
    "counts",
    "entries_of_offer",
    "entries_of_slot",
    "filled_days",
    "found_among",
    "has_published",
    "holding",
    "hosted_offers",
    "how_many_to_check",
    "key_of",
    "last_appeared",
    "next_day",
    "offer_alone",
    "offer_for_host",
    "offer_for_regions",
    "offer_made_with",
    "offers_to_check",
    "offers_with_moments",
    "places",
    "public_entries",
    "public_offer",
    "search",
    "slot_for",
    "slot_for_host",
    "slots_with",
    "standing_of",
    "unlisted",
]
