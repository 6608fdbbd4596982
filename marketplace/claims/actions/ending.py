"""Claims that end without a decision: somebody leaves, or the time for something is over."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.claims import entries, messages, queries, rules
from marketplace.claims.actions.seats import lock
from marketplace.claims.actions.waiting import free_seats
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Lapse, step
from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import SYSTEM
from marketplace.kernel.texts import N_
from marketplace.offers.models import Slot

NOT_OFFERED = Refusal(N_("This seat is no longer offered to you."))


def withdraw(*, claim: Claim, by: str, now: datetime, version: int | None = None) -> None:
    """A participant does not come after all: the seat goes to who waits for it, the calendar is cleared, the host told.

    `version` is that of the claim on the page. Raises Refused for a claim that changed since or has ended, and for a
    moment that is over: who leaves the waiting list does not give up a seat that they have by now.
    """
    lock(claim.slot)
    session.refresh(claim, ["state", "version"])
    if claim.is_living and version not in (None, claim.version):
        raise Refused(rules.CHANGED)
    _leave([claim], by, now)


def refuse(*, party: Sequence[Claim], by: str, now: datetime) -> None:
    """Says no to the seats that were offered to a party: all are free at once, so that who needs as many can have them.

    Raises Refused where they are not offered any more.
    """
    if not party:
        raise Refused(NOT_OFFERED)
    lock(party[0].slot)
    for claim in party:
        session.refresh(claim, ["state"])
        if claim.state != ClaimState.OFFERED:
            raise Refused(NOT_OFFERED)
    _leave(party, by, now)


def _leave(claims: Sequence[Claim], by: str, now: datetime) -> None:
    slot = claims[0].slot
    lock(slot)
    for claim in claims:
        session.refresh(claim, ["state", "version", "person", "planned"])
        if refusal := rules.why_not_withdraw(claim, now):
            raise Refused(refusal)
    old = [ClaimState(claim.state) for claim in claims]
    _end(slot, claims, ClaimState.WITHDRAWN, by, now)
    for claim, before in zip(claims, old, strict=True):
        messages.mail_withdrawn(claim, entries.write_for_participant(claim, now=now), before, now=now)
    slot.is_host_behind = True


def _end(
    slot: Slot, claims: Sequence[Claim], to: ClaimState, by: str, now: datetime, lapsed: Sequence[Lapse] = ()
) -> None:
    """Ends claims on a locked slot. Their seats are free at once, or their party is smaller now: who waits may fit."""
    held = sum(claim.holds_a_seat for claim in claims)
    for number, claim in enumerate(claims):
        step(claim, to, by=by, now=now, lapsed_as=lapsed[number] if lapsed else None)
        claim.planned.clear()
    free_seats(slot, held, now=now)


def lapse_due(*, now: datetime) -> int:
    """Lets lapse what was not decided, answered, or named in time, and waiting lists that can no longer move.

    Each moment in a transaction of its own: what lapses there at the same time is free at once. Returns for how many.
    """
    with only_reading(), transaction():
        slots = {claim.slot_id: claim.id for claim in queries.overdue(now=now) if why_lapsed(claim, now)}
    return in_turn(slots, lambda slot_id: _lapse(queries.slot_with(slot_id), now))


def _lapse(slot: Slot, now: datetime) -> None:
    lock(slot)
    found = [(claim, why_lapsed(claim, now)) for claim in queries.living_claims(slot.id)]
    over = [(claim, reason) for claim, reason in found if reason]
    claims = [claim for claim, _ in over]
    if not claims:
        return
    _end(slot, claims, ClaimState.LAPSED, SYSTEM, now, [reason for _, reason in over])
    for claim in claims:
        messages.mail_lapsed(claim, entries.write_for_participant(claim, now=now), now=now)
    slot.is_host_behind = True


def why_lapsed(claim: Claim, now: datetime) -> Lapse | None:
    """What was not done in time; None if its time is not over. What was decided, and takes effect soon, is in time."""
    starts_at = claim.slot.starts_at
    if claim.person is None and claim.is_living and rules.name_by(starts_at) <= now:
        return Lapse.UNNAMED
    if claim.state == ClaimState.WAITLISTED and not rules.can_wait(starts_at, now):
        return Lapse.QUEUE_CLOSED
    if claim.state == ClaimState.OFFERED and (not claim.answer_by or min(claim.answer_by, starts_at) <= now):
        return Lapse.UNANSWERED
    is_open = rules.takes_effect_at(claim) is None
    if claim.state == ClaimState.CONDITIONAL and is_open:
        return rules.why_condition_lapsed(claim, now)
    if claim.state == ClaimState.PENDING and is_open and rules.lapses_at(claim.state_at, starts_at) <= now:
        return Lapse.UNDECIDED
    return None
