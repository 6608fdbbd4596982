"""The blueprint that the pages hang on, and what several of them show."""

from flask import Blueprint

from marketplace.claims.queries import claiming, counts
from marketplace.claims.rules import why_not_claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.clock import now
from marketplace.offers.facts import SlotFacts, slot_facts
from marketplace.offers.models import Slot
from marketplace.offers.queries import public_offer

blueprint = Blueprint("teacher", __name__)


def count_waiting(slot: Slot) -> int:
    """How many wait for a seat in this slot."""
    return counts([slot.id]).get(slot.id, {}).get(ClaimState.WAITLISTED, 0)


def other_moments(slot: Slot) -> list[SlotFacts]:
    """The other moments of the same offer that are open for claims: a way on."""
    at, offer = now(), public_offer(slot.offer.code)
    return [
        slot_facts(each)
        for each in offer.slots
        if each.id != slot.id and why_not_claim(claiming(each, None), at) is None
    ][:5]
