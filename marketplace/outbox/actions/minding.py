"""What people do about letters that went wrong, and the pulse from which they know that the worker lives."""

from datetime import datetime

from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.outbox.models import Letter, Pulse
from marketplace.outbox.queries import WORKER
from marketplace.outbox.rules import why_not_give_up, why_not_send_again
from marketplace.outbox.states import LetterState, step


def send_again(*, letter: Letter, by: str, now: datetime) -> None:
    """Queues a letter anew, with the octets and the Message-ID that it has. Raises Refused."""
    if refusal := why_not_send_again(letter, now):
        raise Refused(refusal)
    anew = {"tries": 0, "next_try_at": now, "sent_at": None, "last_error": ""}
    step(letter, LetterState.QUEUED, by=by, now=now, **anew)


def give_up(*, letter: Letter, by: str, now: datetime) -> None:
    """Drops a letter that waits or has failed: it will not leave by itself any more. Raises Refused."""
    if refusal := why_not_give_up(letter):
        raise Refused(refusal)
    step(letter, LetterState.DROPPED, by=by, now=now)


def beat(*, now: datetime) -> None:
    """Says that the worker lives."""
    session.merge(Pulse(name=WORKER, at=now))
