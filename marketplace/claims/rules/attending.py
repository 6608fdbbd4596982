"""When, and of whom, a host notes who came."""

from datetime import datetime, timedelta

from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_

GATE_OPENS_BEFORE = timedelta(hours=2)
"""How long before a session people are checked in: they come early, for the walk-in and the gate instruction."""
NOTED_WITHIN = timedelta(days=7)
"""How long after a moment the host may still note, and correct, who came."""


def why_not_note(claim: Claim, starts_at: datetime, now: datetime) -> Refusal | None:
    """Why it cannot be noted now whether a participant came to the session that starts then."""
    if claim.state != ClaimState.APPROVED or claim.person is None:
        return Refusal(N_("This person has no place at this moment any more."))
    return why_not_attend(starts_at, claim.slot.ends_at, now)


def why_not_attend(starts_at: datetime, ends_at: datetime, now: datetime) -> Refusal | None:
    """Why nobody's attendance can be noted now, of a session that starts then; `ends_at` is the end of the last one."""
    if starts_at - GATE_OPENS_BEFORE > now:
        return Refusal(N_("This has not begun yet. You can note who came from two hours before the start."))
    if ends_at + NOTED_WITHIN <= now:
        return Refusal(N_("This was over more than a week ago. Who came can no longer be changed."))
    return None
