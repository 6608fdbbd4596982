"""Questions about letters."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased, undefer

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.outbox.facts import LetterState
from marketplace.outbox.models import Letter

WAITING = (LetterState.QUEUED, LetterState.SENDING)


def due(now: datetime, limit: int = 50) -> list[int]:
    """Ids of the letters to send now, most urgent first: none that has an earlier one of its stream still waiting."""
    earlier = aliased(Letter)
    is_blocked = exists().where(
        and_(earlier.stream == Letter.stream, earlier.id < Letter.id, earlier.state.in_(WAITING))
    )
    statement = select(Letter.id).where(_is_due(now), ~is_blocked)
    return list(session.scalars(statement.order_by(Letter.priority.desc(), Letter.id).limit(limit)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Queued, or taken by a worker that did not come back in time."""
    return and_(Letter.state.in_(WAITING), Letter.next_try_at <= now)


def letters_to(address: str | None = None, limit: int = 100) -> list[Letter]:
    """The latest letters, newest first, to one address or to all; none that was wiped."""
    statement = select(Letter).where(Letter.text != "").order_by(Letter.id.desc()).limit(limit)
    return list(
        session.scalars(statement.where(Letter.receiver_address == address) if address else statement)
    )


def letter_with(number: int) -> Letter:
    """A whole letter, with invite and octets; NotFound if there is none, or if it was wiped."""
    statement = select(Letter).where(Letter.id == number, Letter.text != "")
    found = session.scalar(statement.options(undefer(Letter.calendar), undefer(Letter.octets)))
    if found is None:
        raise NotFound
    return found


def receivers() -> list[str]:
    """The addresses that letters went to."""
    statement = select(Letter.receiver_address).where(Letter.text != "").distinct()
    return list(session.scalars(statement.order_by(Letter.receiver_address)))
