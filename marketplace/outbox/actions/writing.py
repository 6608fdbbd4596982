"""Writing letters down, in the transaction of their cause."""

import logging
from datetime import datetime

from sqlalchemy import select

from marketplace.kernel.codes import new_message_id
from marketplace.kernel.database import insert_unless_there, session
from marketplace.kernel.site import site
from marketplace.kernel.texts import speaking
from marketplace.outbox.actions.enclosing import ask_for
from marketplace.outbox.facts import Draft
from marketplace.outbox.models import Letter
from marketplace.outbox.octets import octets_of
from marketplace.outbox.rendering import render
from marketplace.outbox.states import LetterState

log = logging.getLogger(__name__)


def write(draft: Draft, *, now: datetime) -> None:
    """Renders a letter in its receiver's language and puts it in the outbox, in the transaction of its cause.

    A letter with the same key is already there: then nothing happens. One whose moment has passed is dropped at once,
    so that its key is taken and it is not tried again.
    """
    subject, text, html = rehearse(draft)
    is_late = draft.not_after is not None and now >= draft.not_after
    if draft.enclosure:
        ask_for(draft.enclosure, now=now)
    is_new = insert_unless_there(
        Letter,
        Letter.key,
        key=draft.key,
        name=draft.name,
        stream=draft.stream,
        priority=draft.priority,
        region=draft.region,
        about=dict(draft.about),
        receiver_name=draft.receiver.name,
        receiver_address=draft.receiver.address,
        language=draft.receiver.language,
        subject=subject,
        text=text,
        html=html,
        calendar=draft.invite.octets if draft.invite else None,
        calendar_method=draft.invite.method if draft.invite else "",
        document_digest=draft.enclosure.digest if draft.enclosure else None,
        document_name=draft.enclosure.name if draft.enclosure else "",
        unsubscribe=draft.unsubscribe,
        message_id=new_message_id(site().domain),
        is_secret=draft.is_secret,
        state=LetterState.DROPPED if is_late else LetterState.QUEUED,
        made_at=now,
        next_try_at=max(now, draft.not_before or now),
        not_after=draft.not_after,
    )
    if is_new and is_late:
        log.warning("letter %s (%s) missed its moment and was dropped", draft.key, draft.name)


def rehearse(draft: Draft) -> tuple[str, str, str]:
    """Renders a letter (subject, text, HTML) in its receiver's language and keeps nothing."""
    with speaking(draft.receiver.language):
        known = {"receiver": draft.receiver, "unsubscribe": draft.unsubscribe}
        return render(draft.name, {**known, **draft.facts})


def take_as_sent(*, now: datetime) -> None:
    """Takes what is due as sent at `now`, in the caller's transaction: for a past that is made up."""
    waiting = select(Letter).where(Letter.state == LetterState.QUEUED, Letter.next_try_at <= now)
    for letter in session.scalars(waiting.order_by(Letter.id)):
        letter.octets, letter.state, letter.tries, letter.sent_at = (
            octets_of(letter),
            LetterState.SENT,
            1,
            now,
        )
