"""The worker: what is due is done, round after round, and what fails holds up nothing else."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from marketplace import audit
from marketplace.app import create_app
from marketplace.claims import actions as claims
from marketplace.claims.states import ClaimState
from marketplace.kernel.clock import now
from marketplace.kernel.database import db, in_turn, session, transaction
from marketplace.outbox import queries
from marketplace.outbox.actions import write
from marketplace.outbox.actions.delivering import BATCH
from marketplace.outbox.carrying import handful
from marketplace.outbox.facts import Draft, Receiver, Silence
from marketplace.outbox.states import LetterState
from marketplace.people import actions as people
from marketplace.people.models import OneTimeSignIn
from marketplace.settings import Settings
from marketplace.worker import LINES, Postman, Task, Worker, do_chores, work_once
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW
from tests.rows import empty_database
from tests.servers import ROOT, Mailbox

DELAY = timedelta(minutes=10)
MARIEKE = Receiver("Marieke Otten", "m.otten@reestcollege.example", "nl")
INVITATION = {"role": "Participant", "place": "", "link": "https://meeloop.example/sign-in"}


@pytest.fixture
def mailing(app: Flask, cast: Cast, mailbox: Mailbox) -> Iterator[Flask]:
    """The application as it runs for real: it waits before deciding, and mails to a server."""
    known: Settings = app.config["SETTINGS"]
    mail = {**known.mail, "MAIL_SERVER": mailbox.host, "MAIL_PORT": mailbox.port}
    quiet = timedelta(minutes=2)
    real = create_app(replace(known, is_demo=False, mail=mail, decision_delay=DELAY, quiet_time=quiet))
    with real.app_context():
        yield real
        session.remove()
        db.engine.dispose()


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock that tasks pause by: one number, to be set."""
    hand = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: hand[0])
    return hand


def part(message: EmailMessage, kind: str) -> bytes:
    found = next(each for each in message.walk() if each.get_content_type() == kind)
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def test_from_claim_to_withdrawal_everybody_gets_their_mail_in_order(
    mailing: Flask, cast: Cast, mailbox: Mailbox, clock: time_machine.Traveller
) -> None:
    code = steps.claim_seat(cast).code
    work_once(mailing)
    assert [mail.recipients for mail in mailbox.wait_for(1)] == [(cast.emails["teacher"],)]
    mailbox.clear()
    steps.decide(steps.claim_with(code), cast, delay=DELAY)
    clock.shift(DELAY - timedelta(seconds=1))
    work_once(mailing)
    assert mailbox.messages == []
    clock.shift(timedelta(seconds=1))
    work_once(mailing)
    by_receiver = {mail.recipients[0]: mail.message for mail in mailbox.wait_for(2)}
    assert by_receiver.keys() == {cast.emails["teacher"], cast.emails["host"]}
    assert b"METHOD:REQUEST" in part(by_receiver[cast.emails["teacher"]], "text/calendar")
    mailbox.clear()
    steps.change_slot(cast, supervisor="Henk Lange", now=NOW + DELAY)
    clock.shift(timedelta(minutes=2))
    work_once(mailing)
    (changed,) = mailbox.wait_for(1)
    assert b"Henk Lange" in part(changed.message, "text/plain")
    mailbox.clear()
    steps.withdraw(steps.claim_with(code), now=NOW + timedelta(hours=1))
    clock.shift(timedelta(hours=1))
    work_once(mailing)
    mailbox.wait_for(2)
    withdrawn = next(mail for mail in mailbox.messages if b"text/calendar" in mail.octets)
    assert withdrawn.recipients == (cast.emails["teacher"],)
    assert b"METHOD:CANCEL" in part(withdrawn.message, "text/calendar")
    assert audit.breaches(now=NOW + timedelta(hours=1)) == []


def test_what_arrives_is_octet_for_octet_what_is_kept(mailing: Flask, cast: Cast, mailbox: Mailbox) -> None:
    steps.approved(cast)
    for _ in range(3):
        work_once(mailing)
    kept = sorted(letter.octets or b"" for letter in steps.letters())
    assert sorted(mail.octets for mail in mailbox.wait_for(len(kept))) == kept
    assert {letter.state for letter in steps.letters()} == {LetterState.SENT}


def test_a_sign_in_letter_overtakes_all_others(mailing: Flask, cast: Cast, mailbox: Mailbox) -> None:
    steps.approved(cast)
    with transaction():
        people.ask_sign_in(email=cast.emails["colleague"], browser="b", next_page="", now=NOW)
    work_once(mailing)
    assert (cast.emails["colleague"],) in [mail.recipients for mail in mailbox.messages[:LINES]]


def test_a_sign_in_letter_that_comes_while_others_leave_overtakes_the_rest(
    app_context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    receivers: list[str] = []

    def deliver(_: Postman, sender: str, receiver: str, octets: bytes) -> None:
        receivers.append(receiver)
        if len(receivers) == 1:
            with app_context.app_context(), transaction():
                people.ask_sign_in(email=cast.emails["colleague"], browser="b", next_page="", now=NOW)

    monkeypatch.setattr(Postman, "deliver", deliver)
    for number in range(2 * BATCH):
        with transaction():
            write(Draft("invitation", MARIEKE, f"a{number}", f"a{number}", INVITATION), now=NOW)
    work_once(app_context)
    assert receivers.index(cast.emails["colleague"]) < BATCH + handful(LINES)
    assert len(receivers) == 2 * BATCH + 1


def test_one_address_that_is_refused_holds_up_nobody_else(
    mailing: Flask, cast: Cast, mailbox: Mailbox
) -> None:
    mailbox.refuse("550 5.1.1 unknown", recipient=cast.emails["teacher"])
    steps.claim_seat(cast)
    steps.claim_seat(cast, "colleague")
    work_once(mailing)
    assert [mail.recipients for mail in mailbox.wait_for(1)] == [(cast.emails["colleague"],)]
    assert sorted(letter.state for letter in steps.letters("claim_received")) == ["failed", "sent"]


def test_letters_wait_for_a_server_that_is_away(
    mailing: Flask, cast: Cast, mailbox: Mailbox, clock: time_machine.Traveller
) -> None:
    mailbox.refuse("421 4.3.2 closing")
    steps.claim_seat(cast)
    work_once(mailing)
    assert steps.waiting_letters() == ["claim_received"]
    mailbox.clear()
    clock.shift(timedelta(minutes=1))
    work_once(mailing)
    assert len(mailbox.wait_for(1)) == 1


def test_in_a_demonstration_nothing_leaves_the_house(
    app_context: Flask, cast: Cast, mailbox: Mailbox
) -> None:
    steps.claim_seat(cast)
    work_once(app_context)
    assert mailbox.messages == []
    assert {letter.state for letter in steps.letters()} == {LetterState.SENT}


def test_a_claim_that_nobody_can_tell_about_holds_up_no_other(
    app_context: Flask, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = steps.claim_seat(cast), steps.claim_seat(cast, "colleague")
    with transaction():
        broken.told = {"nonsense": True}
    steps.change_slot(cast, supervisor="Henk Lange")
    assert steps.tell() == 1
    assert steps.the_letter("claim_changed").receiver_address == whole.receiver.email
    assert "it is tried again" in caplog.text


def test_a_decision_that_fails_holds_up_no_other(app_context: Flask, cast: Cast) -> None:
    broken, whole = steps.claim_seat(cast), steps.claim_seat(cast, "colleague")
    for claim in (broken, whole):
        steps.decide(claim, cast, delay=DELAY)
    with transaction():
        session.execute(text("UPDATE entry SET series = '[[1, 2]]' WHERE claim_id = :id"), {"id": broken.id})
    assert claims.decide_due(now=NOW + DELAY) == 1
    session.expire_all()
    assert (broken.state, whole.state) == (ClaimState.PENDING, ClaimState.APPROVED)


class Stumbling:
    """A task that fails until it is told not to."""

    def __init__(self) -> None:
        self.tries = 0
        self.is_broken = True

    def __call__(self, *, now: datetime) -> None:
        """One try."""
        self.tries += 1
        if self.is_broken:
            raise LookupError("broken")


def test_a_task_that_fails_is_not_tried_at_every_round(
    app_context: Flask, seconds: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    stumbling = Stumbling()
    task = Task(stumbling)
    tries = []
    for moment in range(300):
        seconds[0] = moment
        task.attempt()
        tries.append(stumbling.tries)
    gaps = [moment for moment in range(1, 300) if tries[moment] > tries[moment - 1]]
    assert gaps == [2, 6, 14, 30, 62, 122, 182, 242]
    assert caplog.text.count("it is tried again") == 9
    stumbling.is_broken = False
    for moment in range(400, 410):
        seconds[0] = moment
        task.attempt()
    assert stumbling.tries == 19, "healed, it has every turn again"


def test_a_row_that_fails_rests_while_the_others_go_on(app_context: Flask, seconds: list[float]) -> None:
    done: list[int] = []

    def act(number: int) -> None:
        done.append(number)
        if number == 1:
            raise LookupError("broken")

    task = Task(lambda now: in_turn([1, 2], act))
    for moment in range(5):
        seconds[0] = moment
        task.attempt()
    assert (done.count(1), done.count(2)) == (2, 5)


def test_what_is_due_each_minute_is_not_done_each_round(app_context: Flask, seconds: list[float]) -> None:
    stumbling = Stumbling()
    stumbling.is_broken = False
    task = Task(stumbling, every=60)
    for moment in range(0, 300, 10):
        seconds[0] = moment
        task.attempt()
    assert stumbling.tries == 5


def test_a_worker_has_a_pulse(
    app_context: Flask, clock: time_machine.Traveller, seconds: list[float]
) -> None:
    worker = Worker(app_context)
    assert queries.pulse(NOW) == Silence(since=None)
    worker.round()
    assert queries.pulse(NOW) is None
    seconds[0] += 29
    clock.shift(29)
    worker.round()
    assert queries.pulse(NOW + timedelta(minutes=5, seconds=29)) == Silence(since=NOW)
    seconds[0] += 1
    clock.shift(1)
    worker.round()
    assert queries.pulse(NOW + timedelta(minutes=5, seconds=30)) is None


def test_a_mail_server_that_is_away_costs_no_letter_a_try(
    mailing: Flask, cast: Cast, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailing.extensions["mail"].port = 1
    steps.claim_seat(cast)
    for _ in range(3):
        work_once(mailing)
    assert {letter.tries for letter in steps.letters()} == {0}
    assert "cannot be reached" in caplog.text
    mailing.extensions["mail"].port = mailbox.port
    work_once(mailing)
    assert len(mailbox.wait_for(1)) == 1


def test_a_task_that_fails_is_logged_and_the_others_are_done(
    app_context: Flask, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    steps.claim_seat(cast)
    with transaction():
        session.execute(text("ALTER TABLE planned_decision RENAME TO gone"))
    try:
        with caplog.at_level(logging.ERROR):
            work_once(app_context)
    finally:
        with transaction():
            session.execute(text("ALTER TABLE gone RENAME TO planned_decision"))
    assert "a task of the worker failed" in caplog.text
    assert {letter.state for letter in steps.letters()} == {LetterState.SENT}
    assert len(steps.host_entries(cast.slot)) == 1


def test_chores_forget_what_is_needed_no_longer(
    app_context: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    code = steps.approved(cast).code
    with transaction():
        people.ask_sign_in(email=cast.emails["teacher"], browser="b", next_page="", now=NOW)
    clock.move_to(steps.claim_with(code).slot.ends_at + timedelta(days=14, seconds=1))
    do_chores()
    claim = steps.claim_with(code)
    assert (claim.sizes, claim.diet) == ({}, "")
    assert steps.the_letter("sign_in").text == ""
    assert session.query(OneTimeSignIn).count() == 0


def test_a_worker_process_delivers_and_stops_when_it_is_asked_to(sqlite_app: Flask, mailbox: Mailbox) -> None:
    known: Settings = sqlite_app.config["SETTINGS"]
    environment = os.environ | {
        "DEMO": "0",
        "DATABASE_URL": known.database_url,
        "SECRET_KEY": known.secret_key,
        "BASE_URL": "http://localhost",
        "MAIL_SERVER": mailbox.host,
        "MAIL_PORT": str(mailbox.port),
        "MAIL_DEFAULT_SENDER": known.site.sender,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as worker:
        try:
            with sqlite_app.app_context(), transaction():
                facts = {"role": "Participant", "place": "Reestcollege", "link": "http://localhost/sign-in"}
                write(Draft("invitation", MARIEKE, "a", "a", facts), now=now())
            assert mailbox.wait_for(1, seconds=30)[0].recipients == (MARIEKE.address,)
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=20) == 0
    with sqlite_app.app_context():
        assert steps.the_letter("invitation").state == LetterState.SENT
        empty_database()
