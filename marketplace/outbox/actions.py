"""Writing letters down, delivering them, and forgetting what should not be kept."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import make_msgid
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from sqlalchemy import ColumnElement, Update, delete, select, update
from sqlalchemy.orm import undefer

from marketplace.kernel.database import only_reading, rows_changed, session, transaction
from marketplace.kernel.party import Party
from marketplace.kernel.site import site
from marketplace.kernel.texts import speaking
from marketplace.outbox import queries
from marketplace.outbox.facts import RETENTION, Draft, LetterState
from marketplace.outbox.mime import message
from marketplace.outbox.models import Letter
from marketplace.outbox.rendering import render

log = logging.getLogger(__name__)

Deliver = Callable[[str, str, bytes], None]
"""Hands octets to the mail server, from an address to an address; raises SMTPException or OSError."""

LEASE = timedelta(minutes=5)
TRIES = 105
"""Four days of them: a weekend without a mail server loses no letter (RFC 5321 4.5.4.1)."""


def write(draft: Draft, *, now: datetime) -> None:
    """Renders a letter in its receiver's language and puts it in the outbox, in the transaction of its cause.

    A letter with the same key is already there: then nothing happens.
    """
    if session.scalar(select(Letter.id).where(Letter.key == draft.key)) is not None:
        return
    subject, text, html = rehearse(draft)
    letter = Letter(
        key=draft.key,
        name=draft.name,
        stream=draft.stream,
        priority=draft.priority,
        about=dict(draft.about),
        receiver_name=draft.receiver.name,
        receiver_address=draft.receiver.address,
        language=draft.receiver.language,
        subject=subject,
        text=text,
        html=html,
        calendar=draft.invite.octets if draft.invite else None,
        calendar_method=draft.invite.method if draft.invite else "",
        message_id=make_msgid(domain=site().domain),
        is_secret=draft.is_secret,
        state=LetterState.QUEUED,
        made_at=now,
        next_try_at=now,
        not_after=draft.not_after,
    )
    session.add(letter)
    session.flush()


def rehearse(draft: Draft) -> tuple[str, str, str]:
    """Renders a letter (subject, text, HTML) in its receiver's language and keeps nothing."""
    with speaking(draft.receiver.language):
        return render(draft.name, {"receiver": draft.receiver, **draft.facts})


def send_due(*, now: datetime, deliver: Deliver, limit: int = 50) -> int:
    """Sends what is due, each letter in transactions of its own, the delivery between them. Returns how many left.

    At most `limit`, chosen at once: a more urgent one that comes meanwhile waits for all of them. Stops where the mail
    server cannot be reached.
    """
    with only_reading(), transaction():
        waiting = queries.due(now, limit)
    sent = 0
    for letter in waiting:
        try:
            sent += _send(letter, now, deliver)
        except OSError:  # nobody answers: the next letter would only wait for the same silence
            break
    return sent


def take_as_sent(*, now: datetime) -> None:
    """Takes what is due as sent at `now`, in the caller's transaction: for a past that is made up."""
    waiting = select(Letter).where(Letter.state == LetterState.QUEUED, Letter.next_try_at <= now)
    for letter in session.scalars(waiting.order_by(Letter.id)):
        letter.octets, letter.state, letter.tries, letter.sent_at = _octets(letter), LetterState.SENT, 1, now


def _send(letter_id: int, now: datetime, deliver: Deliver) -> bool:
    with transaction():
        letter = _take(letter_id, now)
        if letter is None:
            return False
        receiver, octets = letter.receiver_address, letter.octets
    try:
        deliver(site().sender, receiver, octets or b"")
    except (SMTPException, OSError) as error:
        with transaction():
            _put_back(letter_id, now, error)
        if not isinstance(error, SMTPException):
            raise
        return False
    with transaction():
        _change(letter_id, state=LetterState.SENT, sent_at=now, last_error="")
    return True


def _take(letter_id: int, now: datetime) -> Letter | None:
    """Takes a letter for sending and builds its octets; None if another worker was first or it is too late."""
    taken = rows_changed(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state.in_(queries.WAITING), Letter.next_try_at <= now)
        .values(state=LetterState.SENDING, tries=Letter.tries + 1, next_try_at=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if taken != 1:
        return None
    parts = [undefer(Letter.calendar), undefer(Letter.octets)]
    letter = session.get_one(Letter, letter_id, options=parts, populate_existing=True)
    if letter.not_after and now >= letter.not_after:
        log.warning("letter %s (%s) missed its moment and was dropped", letter.id, letter.name)
        letter.state = LetterState.DROPPED
        return None
    try:
        letter.octets = letter.octets or _octets(letter)
    except Exception as error:  # whatever it is: no mail can be made of it, and those behind it go on
        _give_up(letter, error)
        return None
    return letter


def _octets(letter: Letter) -> bytes:
    return message(
        sender=Party(site().name, site().sender),
        receiver=Party(letter.receiver_name, letter.receiver_address),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=letter.message_id,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"},
        date=letter.made_at,
        calendar=letter.calendar,
        method=letter.calendar_method,
    )


def _put_back(letter_id: int, now: datetime, error: Exception) -> None:
    letter = session.get_one(Letter, letter_id, with_for_update=True)
    if letter.state != LetterState.SENDING:
        return  # a secret that was used meanwhile, and wiped: the server had taken it after all
    if _is_permanent(error) or letter.tries >= TRIES:
        _give_up(letter, error)
    else:
        letter.last_error = str(error)[:500]
        letter.state = LetterState.QUEUED
        letter.next_try_at = now + timedelta(seconds=min(15 * 2**letter.tries, 3600))


def _give_up(letter: Letter, error: Exception) -> None:
    log.error("letter %s (%s) cannot be delivered: %s", letter.id, letter.name, error)
    letter.state, letter.last_error = LetterState.FAILED, str(error)[:500]


def _is_permanent(error: Exception) -> bool:
    """A 5xx answer to the receiver or the letter is final; anything else may pass (RFC 5321 4.2.1).

    One to our own sign-in or address is about us: after a change of password no letter may be lost.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _change(letter_id: int, **values: object) -> None:
    session.execute(update(Letter).where(Letter.id == letter_id).values(**values))


def wipe(key: str) -> None:
    """Forgets what stood in a letter that opened a door: it was used."""
    _wipe(Letter.key == key)


def wipe_due(*, now: datetime) -> None:
    """Forgets the secrets whose time is over, drops them if they never left, and removes letters of half a year ago."""
    _wipe((Letter.is_secret) & (Letter.not_after <= now) & (Letter.text != ""))
    session.execute(
        delete(Letter).where(Letter.made_at < now - RETENTION, Letter.state.not_in(queries.WAITING))
    )


def _wipe(which: ColumnElement[bool]) -> None:
    for letter in session.scalars(select(Letter).where(which)):
        letter.text = letter.html = ""
        letter.octets = None
        if letter.state in queries.WAITING:
            letter.state = LetterState.DROPPED


def drop(key: str) -> bool:
    """Drops a letter that was never handed to the mail server, and those that follow it (keys that begin with its key).

    Says whether it was still there to be dropped.
    """
    dropped = rows_changed(_dropping(Letter.key == key, Letter.tries == 0))
    if dropped != 1:
        return False
    session.execute(_dropping(Letter.key.startswith(f"{key}:", autoescape=True)))
    log.info("letter %s was overtaken and dropped", key)
    return True


def _dropping(*which: ColumnElement[bool]) -> Update:
    statement = update(Letter).where(Letter.state == LetterState.QUEUED, *which)
    return statement.values(state=LetterState.DROPPED).execution_options(synchronize_session=False)
