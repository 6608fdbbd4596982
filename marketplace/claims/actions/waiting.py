"""The waiting list: who is next gets the seat that came free."""

from datetime import datetime

from marketplace.claims import entries, messages, queries
from marketplace.claims.actions.seats import give_back_seats, lock, take_seats
from marketplace.claims.actions.telling import catch_up
from marketplace.claims.models import Claim
from marketplace.claims.rules import answer_by
from marketplace.claims.states import ClaimState, step
from marketplace.kernel.database import in_turn, only_reading, transaction
from marketplace.kernel.journal import SYSTEM
from marketplace.offers.models import Slot
from marketplace.offers.states import OfferState, SlotState


def free_seats(slot: Slot, count: int = 1, *, now: datetime) -> None:
    """Gives seats of a locked slot back, at once, to who waits for them. Nobody who just comes by can be quicker."""
    if count:
        give_back_seats(slot, count)
    move_up(slot, now=now)


def move_up(slot: Slot, *, now: datetime) -> None:
    """Offers what is free in a locked slot to the first parties that fit, first come first served.

    A party that needs more keeps its place. What nobody on the list fits in is for everybody.
    """
    until = answer_by(slot.starts_at, now)
    is_open = slot.state == SlotState.OPEN and slot.offer.state == OfferState.PUBLISHED
    if until is None or not is_open or slot.is_full or not queries.is_waited_for(slot.id):
        return
    for party in queries.parties_waiting(slot.id):
        if len(party) <= slot.seats_left:
            _offer(party, until, now)


def _offer(party: list[Claim], until: datetime, now: datetime) -> None:
    take_seats(party[0].slot, len(party))
    for claim in party:
        catch_up(claim=claim, now=now)
        step(claim, ClaimState.OFFERED, by=SYSTEM, now=now, answer_by=until)
        entries.write_for_participant(claim, now=now)
    messages.mail_offered(party, now=now)


def offer_free_seats(*, now: datetime) -> int:
    """Offers what is free and waited for all the same: a net below the actions, which offer it at once.

    Each moment in a transaction of its own. Returns how many were looked at.
    """
    with only_reading(), transaction():
        due = queries.waited_for(now=now)
    return in_turn(due, lambda slot_id: _offer_free_seats(queries.slot_with(slot_id), now))


def _offer_free_seats(slot: Slot, now: datetime) -> None:
    lock(slot)
    move_up(slot, now=now)
