"""Why a letter may not be sent again or given up: the button, the message and the action ask the same."""

from datetime import datetime

from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.outbox.models import Letter
from marketplace.outbox.states import MOVES, LetterState


def why_not_send_again(letter: Letter, now: datetime) -> Refusal | None:
    """Why it cannot leave once more, with the same octets and Message-ID."""
    if letter.is_secret:
        return Refusal(N_("A letter that lets somebody in is never sent again. They can ask for a new one."))
    if not letter.text:
        return Refusal(N_("What stood in this letter was wiped."))
    if letter.not_after and now >= letter.not_after:
        return Refusal(N_("The moment for this letter has passed."))
    if LetterState.QUEUED not in MOVES[LetterState(letter.state)]:
        return Refusal(N_("This letter is still on its way."))
    return None


def why_not_give_up(letter: Letter) -> Refusal | None:
    """Why it cannot be kept from leaving."""
    if LetterState.DROPPED in MOVES[LetterState(letter.state)]:
        return None
    if letter.state == LetterState.SENDING:
        return Refusal(N_("This letter is being sent right now."))
    return Refusal(N_("This letter is not waiting any more."))
