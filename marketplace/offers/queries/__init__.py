"""Questions about offers and slots: searching all, counting for filters, and finding one that somebody may see."""

from marketplace.offers.queries.counting import MOST, counts
from marketplace.offers.queries.finding import (
    count_to_check,
    hosted_offers,
    offer_for_host,
    offer_for_regions,
    offer_made_with,
    offers_to_check,
    public_offer,
    slot_for,
    slot_for_host,
    slots_with,
)
from marketplace.offers.queries.searching import cards, key_of, public_entries, search, unlisted

__all__ = [
    "MOST",
    "cards",
    "count_to_check",
    "counts",
    "hosted_offers",
    "key_of",
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
    "unlisted",
]
