"""The clock of claims: until when one may wait, answer, name and decide."""

from datetime import datetime, timedelta

from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall, wall
from marketplace.offers.models import Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.regions.rules import working_days_later

ANSWER_WITHIN = timedelta(hours=48)
ANSWERED_BEFORE = timedelta(hours=72)
ANSWER_AT_LEAST = timedelta(hours=12)
QUEUE_CLOSES_BEFORE = ANSWERED_BEFORE + ANSWER_AT_LEAST
"""How long before the start the last seat is offered to those who wait."""
NAMED_BEFORE = timedelta(days=7)
DECIDED_BEFORE = timedelta(hours=48)
DECIDED_WITHIN = 10
"""Working days."""
UNDER_TEN_WORKING_DAYS = timedelta(days=11)
"""They take longer than this, also from a Sunday to a Friday and past a night that the clock jumps."""
DECIDED_AT_LEAST = timedelta(hours=24)
WIPE_AFTER = timedelta(days=14)
"""How long after a slot sizes and diet are kept: they are nobody's business any more."""


def answer_by(starts_at: datetime, now: datetime) -> datetime | None:
    """Until when a seat that is offered now can be accepted; None where too little time is left to offer it.

    That is 48 hours, but not beyond 72 hours before the start, and not under 12 hours.
    """
    until = min(now + ANSWER_WITHIN, starts_at - ANSWERED_BEFORE)
    return until if until - now >= ANSWER_AT_LEAST else None


def queue_closes_at(starts_at: datetime) -> datetime:
    """Until when freed seats are offered to those who wait."""
    return starts_at - QUEUE_CLOSES_BEFORE


def can_wait(starts_at: datetime, now: datetime) -> bool:
    """Whether waiting makes sense: seats that come free can still be offered."""
    return answer_by(starts_at, now) is not None


def why_waiting(slot: Slot, seats: int, now: datetime) -> Refusal:
    """Why a party that needs so many seats has none yet, and what has to happen first."""
    if slot.state != SlotState.OPEN or slot.offer.state != OfferState.PUBLISHED:
        return Refusal(N_("The host has closed sign-up. As long as it is closed, nobody moves up."))
    if not can_wait(slot.starts_at, now):
        return Refusal(N_("The list is closed: too little time is left to offer anybody a place."))
    if slot.seats_left >= seats:
        return Refusal(N_("A place has just come free. Who is first on the list hears of it in a moment."))
    if slot.seats_left > 0:
        return Refusal(
            N_("Free places: %(free)s, but you need %(seats)s together. You keep your place on the list."),
            {"free": slot.seats_left, "seats": seats},
        )
    return Refusal(
        N_("All places are taken now. When somebody leaves, the first on the list is offered the place.")
    )


def name_by(starts_at: datetime) -> datetime:
    """Until when a seat may be without a name."""
    return starts_at - NAMED_BEFORE


def lapses_at(pending_since: datetime, starts_at: datetime) -> datetime:
    """When a claim lapses about which nobody decides.

    48 hours before the start or after ten working days, whichever is first; never within 24 hours of being made, but
    at the latest at the start.
    """
    local = wall(pending_since)
    tenth = at_wall(working_days_later(local.date(), DECIDED_WITHIN), local.time())
    wanted = min(starts_at - DECIDED_BEFORE, tenth)
    return min(max(wanted, pending_since + DECIDED_AT_LEAST), starts_at)
