"""Forgetting what should not be kept, and dropping what was overtaken."""

import logging
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, select, update

from marketplace.kernel.database import rows_changed, session
from marketplace.outbox.actions.enclosing import let_go
from marketplace.outbox.facts import RETENTION
from marketplace.outbox.models import Letter
from marketplace.outbox.states import WAITING, LetterState

log = logging.getLogger(__name__)


def wipe(key: str) -> None:
    """Forgets what stood in a letter that opened a door: it was used."""
    _wipe(Letter.key == key)


def wipe_due(*, now: datetime) -> None:
    """Forgets the secrets whose time is over, drops them if they never left, and removes letters of half a year ago.

    The PDFs that went with letters go too, once nothing needs them.
    """
    _wipe((Letter.is_secret) & (Letter.not_after <= now) & (Letter.text != ""))
    session.execute(delete(Letter).where(Letter.made_at < now - RETENTION, Letter.state.not_in(WAITING)))
    let_go()


def _wipe(which: ColumnElement[bool]) -> None:
    for letter in session.scalars(select(Letter).where(which)):
        letter.text = letter.html = ""
        letter.octets = None
        if letter.state in WAITING:
            letter.state = LetterState.DROPPED


def drop(key: str) -> bool:
    """Drops a letter that was never handed to the mail server, and those that follow it (keys that begin with its key).

    Says whether it was still there to be dropped. A worker builds the octets when it takes a letter: without them none
    ever had it, also where it was sent again since.
    """
    dropped = rows_changed(_dropping(Letter.key == key, Letter.octets.is_(None)))
    if dropped != 1:
        return False
    session.execute(_dropping(Letter.key.startswith(f"{key}:", autoescape=True)))
    log.info("letter %s was overtaken and dropped", key)
    return True


def _dropping(*which: ColumnElement[bool]) -> Update:
    statement = update(Letter).where(Letter.state == LetterState.QUEUED, *which)
    return statement.values(state=LetterState.DROPPED).execution_options(synchronize_session=False)
