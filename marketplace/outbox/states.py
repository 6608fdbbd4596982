"""States of letters. The worker moves them by itself; `step` makes the moves that people ask for."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.kernel.database import swap
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_


class LetterState(StrEnum):
    """Where a letter is: queued until a worker takes it, sending while it has it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


WAITING = (LetterState.QUEUED, LetterState.SENDING)
"""The states from which it may still leave by itself."""

STATE_NAMES = {
    LetterState.QUEUED: N_("Queued"),
    LetterState.SENDING: N_("Sending"),
    LetterState.SENT: N_("Sent"),
    LetterState.FAILED: N_("Failed"),
    LetterState.DROPPED: N_("Dropped"),
}

MOVES: dict[LetterState, frozenset[LetterState]] = {
    LetterState.QUEUED: frozenset({LetterState.DROPPED}),
    LetterState.SENDING: frozenset(),
    LetterState.SENT: frozenset({LetterState.QUEUED}),
    LetterState.FAILED: frozenset({LetterState.QUEUED, LetterState.DROPPED}),
    LetterState.DROPPED: frozenset({LetterState.QUEUED}),
}
"""What people may do: send again what is not waiting, give up what is not on its way."""


def step(letter: Any, to: LetterState, *, by: str, now: datetime, **values: Any) -> None:
    """Moves a letter for somebody, writes the other values with it and journals it.

    Raises Refused where that move does not exist or somebody, or a worker, was first.
    """
    old = LetterState(letter.state)
    try:
        if to not in MOVES[old]:
            raise Overtaken
        swap(letter, "state", old, state=to, **values)
    except Overtaken:
        raise Refused(
            Refusal(N_("This letter has moved on in the meantime. Look at how it stands now."))
        ) from None
    record(kind="letter", subject=letter.code, event=str(to), by=by, at=now)
