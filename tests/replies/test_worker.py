"""The worker reads the mailbox, and goes on where it cannot."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from marketplace.app import create_app
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import db, session
from marketplace.kernel.site import Site
from marketplace.replies.facts import Account
from marketplace.settings import Settings
from marketplace.worker import Worker, work_once
from tests import steps
from tests.cast import Cast
from tests.imap_server import HOST, PASSWORD, USER, ImapServer
from tests.replies.answering import given, planned
from tests.replies.posts import from_outlook
from tests.servers import Mailbox


@pytest.fixture
def reading(
    app: Flask, cast: Cast, mailbox: Mailbox, imap: ImapServer, reading_site: Site
) -> Iterator[Flask]:
    """The application as it runs for real, with a mailbox for replies."""
    known: Settings = app.config["SETTINGS"]
    real = replace(
        known,
        is_demo=False,
        site=reading_site,
        mail={**known.mail, "MAIL_SERVER": mailbox.host, "MAIL_PORT": mailbox.port},
        replies=Account(HOST, imap.port, USER, PASSWORD, is_ssl=False, folder="INBOX"),
    )
    running = create_app(real)
    with running.app_context():
        yield running
        session.remove()
        db.engine.dispose()


def test_a_no_by_mail_ends_in_a_withdrawal_a_day_later(
    reading: Flask, cast: Cast, mailbox: Mailbox, imap: ImapServer, clock: time_machine.Traveller
) -> None:
    claim = steps.approved(cast).code
    work_once(reading)
    letter = steps.the_letter("claim_approved")
    assert f"meeloop+{letter.code}@meeloop.example" in {each.sender for each in mailbox.messages}
    assert "You can reply to this mail" in letter.text
    assert "You can also decline the calendar invitation." in letter.text
    row = steps.claim_with(claim)
    imap.deliver(from_outlook(given(row, "DECLINED"), row.receiver.email))
    work_once(reading)
    assert planned(steps.claim_with(claim)) is not None
    assert any("Is that right?" in each.message["Subject"] for each in mailbox.messages)
    clock.shift(24 * 3600)
    work_once(reading)
    assert steps.claim_with(claim).state == ClaimState.WITHDRAWN
    assert any(b"METHOD:CANCEL" in _calendar(each) for each in mailbox.messages)


def _calendar(mail) -> bytes:
    parts = [each for each in mail.message.walk() if each.get_content_type() == "text/calendar"]
    return b"".join(each.get_payload(decode=True) for each in parts)


def test_letters_leave_while_the_mailbox_is_silent(
    reading: Flask, cast: Cast, mailbox: Mailbox, imap: ImapServer, caplog: pytest.LogCaptureFixture
) -> None:
    imap.cut(b"LOGIN")
    steps.approved(cast)
    with caplog.at_level(logging.WARNING):
        Worker(reading).round()
    assert "the mailbox of replies cannot be read" in caplog.text
    assert PASSWORD not in caplog.text
    assert any(cast.emails["teacher"] in each.recipients for each in mailbox.messages)
