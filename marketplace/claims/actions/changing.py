"""What a change of a slot, brief, offer or address means for those who claimed."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.claims import entries, messages, queries
from marketplace.claims.actions.seats import give_back_seats, lock
from marketplace.claims.actions.waiting import move_up
from marketplace.claims.facts import REASON_LIMIT
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, step
from marketplace.kernel.database import in_turn, only_reading, transaction
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import N_
from marketplace.offers import actions as offers
from marketplace.offers.facts import SessionFacts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState

CLASHES = N_(
    "This falls together with something else for participants: %(count)s. Look again before you move it."
)


class Clashing(Refused):
    """The new times fall together with something else for more participants than the host was shown: `count`."""

    def __init__(self, count: int) -> None:
        super().__init__(Refusal(CLASHES, {"count": count}))
        self.count = count


def change_slot(
    *,
    slot: Slot,
    sessions: Sequence[SessionFacts],
    site: str,
    supervisor: str,
    capacity: int,
    by: str,
    now: datetime,
    known_clashes: int = 0,
) -> None:
    """Changes when and where a moment is, and with whom; seats that come free go to who waits for them.

    Raises Refused as `offers.change_slot` does, and Clashing where the times that are new fall together with a seat
    elsewhere for more people than `known_clashes`. The caller rolls back then.
    """
    lock(slot)
    before = {SessionFacts(each.starts_at, each.ends_at) for each in slot.sessions}
    offers.change_slot(
        slot=slot, sessions=sessions, site=site, supervisor=supervisor, capacity=capacity, by=by, now=now
    )
    clashes = queries.count_clashes(slot.id, [each for each in sessions if each not in before])
    if clashes > known_clashes:
        raise Clashing(clashes)
    move_up(slot, now=now)


def reopen_slot(*, slot: Slot, by: str, now: datetime) -> None:
    """Opens a closed moment for claims again; who waits comes first. Raises Refused as `offers.reopen_slot` does."""
    lock(slot)
    offers.reopen_slot(slot=slot, by=by, now=now)
    move_up(slot, now=now)


def reopen_offer(*, offer: Offer, by: str, now: datetime) -> None:
    """Puts a closed offer on the marketplace again; who waits comes first. Raises as `offers.reopen_offer` does."""
    coming = sorted((slot for slot in offer.slots if slot.starts_at > now), key=lambda slot: slot.id)
    for slot in coming:
        lock(slot)
    offers.reopen_offer(offer=offer, by=by, now=now)
    for slot in coming:
        move_up(slot, now=now)


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
    had_seat = claim.holds_a_seat
    step(claim, ClaimState.CANCELLED, by=by, now=now, reason=reason)
    claim.reason = reason
    claim.planned.clear()
    if had_seat:
        give_back_seats(claim.slot)
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
