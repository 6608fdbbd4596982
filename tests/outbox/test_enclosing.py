"""PDFs that go along with letters: made once, before the octets are built, and never in the way of a letter."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import undefer

from marketplace.documents.rendering import digest, render
from marketplace.documents.sheets import SHEETS, sheets_data
from marketplace.kernel.database import session, transaction
from marketplace.outbox import queries
from marketplace.outbox.actions import wipe_due
from marketplace.outbox.actions.enclosing import AT_ONCE
from marketplace.outbox.facts import RETENTION, Enclosure
from marketplace.outbox.models import Document, Letter
from marketplace.outbox.states import LetterState
from tests.conftest import NOW
from tests.documents.sheets import pages, sheet
from tests.outbox.posting import LATER, Wire, in_minutes, put, row

pytestmark = pytest.mark.usefixtures("app_context")

DATA = sheets_data([sheet()])
SHEET = Enclosure("veiligheidsblad.pdf", SHEETS, DATA, digest(SHEETS, DATA))


@dataclass
class Press:
    """Renders as the worker does, and notes for which moments; jams if it is told to."""

    is_jammed: bool = False
    dates: list[datetime] = field(default_factory=list)

    def __call__(self, template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
        self.dates.append(made_at)
        if self.is_jammed:
            raise ValueError("a comma is missing in sheets.typ")
        return render(template, data, made_at=made_at)


def files(octets: bytes) -> dict[str, bytes]:
    """The files of a mail by name."""
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return {str(part.get_filename()): part.get_content() for part in mail.iter_attachments()}


def document() -> Document:
    session.expire_all()
    return session.scalars(select(Document).options(undefer(Document.octets))).one()


def count(what: type[Document] | type[Letter]) -> int:
    return session.scalar(select(func.count()).select_from(what)) or 0


def test_a_pdf_goes_along_as_a_file(wire: Wire) -> None:
    put(enclosure=SHEET)
    assert wire.round(render=render) == 1
    found = files(wire.handed[0])
    assert list(found) == ["veiligheidsblad.pdf"]
    assert "Marieke Otten" in pages(found["veiligheidsblad.pdf"])[0]
    assert wire.handed[0] == row().octets


def test_the_same_pdf_is_made_once_for_all_its_letters(wire: Wire) -> None:
    press = Press()
    put("a", enclosure=SHEET)
    put("b", enclosure=SHEET)
    assert wire.round(render=press) == 2
    assert press.dates == [NOW]
    one, other = (files(each) for each in wire.handed)
    assert one == other


def test_another_try_sends_the_same_octets_and_makes_nothing_anew(wire: Wire) -> None:
    press = Press()
    put(enclosure=SHEET)
    wire.error = LATER
    wire.round(render=press)
    with transaction():
        wipe_due(now=NOW)
    wire.error = None
    assert wire.round(in_minutes(5), render=press) == 1
    assert wire.handed[0] == wire.handed[1]
    assert len(press.dates) == 1


def test_a_letter_waits_until_its_pdf_is_made_and_those_behind_it_wait_too(wire: Wire) -> None:
    for number in range(AT_ONCE):  # asked for before
        put(f"early {number}", enclosure=replace(SHEET, digest=str(number)))
    put("a", stream="claim", enclosure=SHEET)
    put("b", stream="claim")
    put("other")
    press = Press()
    assert wire.round(render=press) == AT_ONCE + 1
    assert {row("a").state, row("b").state} == {LetterState.QUEUED}
    assert row("other").state == LetterState.SENT
    assert wire.round(render=press, times=2) == 2
    assert wire.subjects[-2:] == ["a", "b"]
    assert list(files(wire.handed[-2])) == ["veiligheidsblad.pdf"]


def test_a_letter_leaves_without_a_pdf_that_cannot_be_made(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    press = Press(is_jammed=True)
    put(enclosure=SHEET)
    with caplog.at_level(logging.ERROR):
        assert wire.round(render=press) == 1
    assert "sheets.typ cannot be made" in caplog.text
    assert files(wire.handed[0]) == {}
    assert document().error == "a comma is missing in sheets.typ"
    assert (row().state, row().document_name) == (LetterState.SENT, "veiligheidsblad.pdf")
    put("b", enclosure=SHEET)
    assert wire.round(render=press) == 1
    assert len(press.dates) == 1


def test_what_failed_once_is_tried_again_for_a_letter_of_later(wire: Wire) -> None:
    put(enclosure=SHEET)
    wire.round(render=Press(is_jammed=True))
    with transaction():
        session.execute(update(Letter).values(made_at=NOW - RETENTION - (in_minutes(1) - NOW)))
        wipe_due(now=NOW)
    put("b", enclosure=SHEET)
    wire.round(render=render)
    assert list(files(wire.handed[1])) == ["veiligheidsblad.pdf"]


def test_nothing_is_made_for_a_letter_that_is_held_or_was_dropped(wire: Wire) -> None:
    press = Press()
    put("a", enclosure=SHEET, not_before=in_minutes(60))
    put("b", enclosure=SHEET, not_after=NOW)
    assert wire.round(render=press) == 0
    assert press.dates == []
    assert wire.round(in_minutes(60), render=press) == 1


def test_octets_are_let_go_of_when_no_letter_waits_for_them_and_can_be_made_again(wire: Wire) -> None:
    put("a", enclosure=SHEET)
    put("b", enclosure=SHEET, not_before=in_minutes(60))
    wire.round(render=render)
    with transaction():
        wipe_due(now=NOW)
    made = document().octets
    assert made
    wire.round(in_minutes(60), render=render)
    with transaction():
        wipe_due(now=in_minutes(60))
    assert document().octets is None
    again = queries.document_of(row())
    assert again
    assert render(again.template, again.data, made_at=again.asked_at) == made


def test_a_document_goes_with_its_last_letter(wire: Wire) -> None:
    put(enclosure=SHEET)
    wire.round(render=render)
    with transaction():
        wipe_due(now=NOW + RETENTION)
    assert (count(Letter), count(Document)) == (1, 1)
    with transaction():
        wipe_due(now=NOW + RETENTION + (in_minutes(1) - NOW))
    assert (count(Letter), count(Document)) == (0, 0)
