"""PDFs that go along with letters: asked for with the letter, made by the worker, once each, and let go of."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, exists, update

from marketplace.kernel.database import insert_row, only_reading, rows_changed, session, transaction
from marketplace.outbox import queries
from marketplace.outbox.facts import Enclosure
from marketplace.outbox.models import Document, Letter

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Documents made in a row: letters that need none wait for these."""


class Render(Protocol):
    """Makes a PDF of a template and its data, dated at a moment. May raise anything."""

    def __call__(self, template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes: ...


def ask_for(enclosure: Enclosure, *, now: datetime) -> None:
    """Notes that a PDF is wanted, in the transaction of the letter that it goes with; once for each digest."""
    again = update(Document).where(Document.digest == enclosure.digest).values(asked_at=now)
    if rows_changed(again.execution_options(synchronize_session=False)):
        return
    insert_row(
        Document,
        digest=enclosure.digest,
        template=enclosure.template,
        data=dict(enclosure.data),
        asked_at=now,
    )


def make_documents(*, now: datetime, render: Render, limit: int = AT_ONCE) -> int:
    """Makes PDFs that letters wait for, at most `limit` of them, outside of any transaction. Returns how many it tried.

    What cannot be made would not be made the next time either: it is logged, the mail log shows it, and its letters
    leave without it.
    """
    with only_reading(), transaction():
        wanted = queries.documents_to_make(now, limit)
    for digest, template, data, asked_at in wanted:
        made: dict[str, Any] = {}
        try:
            made["octets"] = render(template, data, made_at=asked_at)
        except Exception as error:  # whatever it is: no letter waits for ever
            log.exception("%s cannot be made of document %s", template, digest)
            made["error"] = str(error)[:500] or type(error).__name__
        with transaction():
            session.execute(update(Document).where(Document.digest == digest).values(made))
    return len(wanted)


def let_go() -> None:
    """Removes documents whose letters are gone, and the octets of those that no letter waits for any more."""
    mine = Letter.document_digest == Document.digest
    orphans, idle = ~exists().where(mine), ~exists().where(mine, Letter.octets.is_(None))
    session.execute(delete(Document).where(orphans).execution_options(synchronize_session=False))
    emptied = update(Document).where(Document.octets.is_not(None), idle).values(octets=None)
    session.execute(emptied.execution_options(synchronize_session=False))
