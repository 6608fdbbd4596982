"""Letters that came back."""

from datetime import datetime

from sqlalchemy import select, update

from marketplace.kernel.database import rows_changed, session
from marketplace.kernel.journal import SYSTEM, record
from marketplace.outbox.models import Letter
from marketplace.outbox.states import LetterState


def note_bounce(*, code: str, reason: str, now: datetime) -> str:
    """A letter that seemed to arrive came back: it failed after all, so that people see it in the mail log.

    Returns the address that it went to; empty if there is no such letter.
    """
    address = session.scalar(select(Letter.receiver_address).where(Letter.code == code))
    came_back = update(Letter).where(Letter.code == code, Letter.state == LetterState.SENT)
    values = {"state": LetterState.FAILED, "last_error": reason[:500]}
    if rows_changed(came_back.values(values).execution_options(synchronize_session=False)):
        record(kind="letter", subject=code, event="bounced", by=SYSTEM, at=now)
    return address or ""
