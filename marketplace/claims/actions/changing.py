"""What a change of a slot, brief, offer or address means for those who claimed."""

from datetime import datetime

from marketplace.claims import entries, messages, queries
from marketplace.claims.actions.seats import give_back_seat, lock
from marketplace.claims.facts import REASON_LIMIT
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, step
from marketplace.kernel.database import in_turn, only_reading, transaction
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import N_
from marketplace.offers import actions as offers
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState


def cancel_slot(*, slot: Slot, reason: str, by: str, now: datetime) -> int:
    """The host cancels a moment: everybody who claimed hears why, at once, and their calendars are cleared.

    Returns how many were told. Raises Refused without a reason, and for a moment that is over.
    """
    if not 0 < len(reason.strip()) <= REASON_LIMIT:
        raise Refused(Refusal(N_("Write why it is cancelled. Participants read it in the mail.")))
    lock(slot)
    offers.close_slot(slot=slot, to=SlotState.CANCELLED, reason=reason.strip(), by=by, now=now)
    claims = queries.living_claims(slot.id)
    for claim in claims:
        _cancel(claim, reason.strip(), by, now)
    entries.write_for_host(slot, now=now)
    return len(claims)


def _cancel(claim: Claim, reason: str, by: str, now: datetime) -> None:
    step(claim, ClaimState.CANCELLED, by=by, now=now, reason=reason)
    claim.reason = reason
    claim.planned.clear()
    give_back_seat(claim.slot)
    messages.mail_cancelled(claim, entries.write_for_participant(claim, now=now), now=now)


def show_hosts(*, now: datetime) -> int:
    """Writes the hosts' calendar entries of moments that are new or changed. Returns how many."""
    with only_reading(), transaction():
        due = queries.hosts_behind(now=now)
    return in_turn(due, lambda slot_id: _show_host(queries.slot_with(slot_id), now))


def _show_host(slot: Slot, now: datetime) -> None:
    lock(slot)
    if slot.state != SlotState.CANCELLED:  # meanwhile: then its entries say so already, and stay as they are
        entries.write_for_host(slot, now=now)
