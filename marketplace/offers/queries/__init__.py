"""Questions about offers and slots: searching all, counting for filters, and finding one that somebody may see."""

from marketplace.offers.queries.counting import MOST, counts
from marketplace.offers.queries.finding import (
    count_based_on,
    holding,
    hosted_offers,
    how_many_to_check,
    offer_alone,
    offer_for_host,
    offer_for_regions,
    offer_made_with,
    offers_to_check,
    public_offer,
    slot_for,
    slot_for_host,
    slots_with,
)
from marketplace.offers.queries.following import Standing, public_entries, standing_of
from marketplace.offers.queries.searching import cards, key_of, search, unlisted

__all__ = [
    "MOST",
    "Standing",
    "cards",
    "count_based_on",
    "counts",
    "holding",
    "hosted_offers",
    "how_many_to_check",
    "key_of",
    "offer_alone",
    "offer_for_host",
    "offer_for_regions",
    "offer_made_with",
    "offers_to_check",
    "public_entries",
    "public_offer",
    "search",
    "slot_for",
    "slot_for_host",
    "slots_with",
    "standing_of",
    "unlisted",
]
