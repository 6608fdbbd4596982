"""From the outbox to the mail server: in order, once, and again when it fails."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update

from marketplace.calendars.facts import Method
from marketplace.calendars.invites import invite
from marketplace.kernel.database import session, transaction
from marketplace.outbox.actions import LEASE, TRIES, send_due
from marketplace.outbox.facts import Invite, LetterState
from marketplace.outbox.models import Letter
from tests.calendars.examples import PLATFORM, TEACHER, entry
from tests.conftest import NOW
from tests.outbox.posting import LATER, MARIEKE, NEVER, Wire, in_minutes, put, row
from tests.servers import Mailbox
from tests.steps import the_letter

pytestmark = pytest.mark.usefixtures("app_context")

INVITE = invite(entry(), method=Method.REQUEST, organizer=PLATFORM, attendee=TEACHER)


# --- Order --------------------------------------------------------------------------------------------------


def test_letters_of_one_stream_leave_in_order_though_the_first_fails_for_a_while(wire: Wire) -> None:
    for key in "abc":
        put(key, stream="claim")
    wire.error = LATER
    assert wire.round() == 0
    assert wire.subjects == ["a"]
    wire.error = None
    assert wire.round(times=3) == 0, "b and c overtook a, which waits for its next try"
    assert wire.round(in_minutes(1), times=3) == 3
    assert wire.subjects == ["a", "a", "b", "c"]


def test_a_stream_that_is_held_up_holds_up_no_other(wire: Wire) -> None:
    put("a", stream="claim")
    wire.error = LATER
    wire.round()
    wire.error = None
    put("b", stream="claim")
    put("c", stream="another")
    assert wire.round() == 1
    assert wire.subjects == ["a", "c"]


def test_a_letter_that_failed_for_good_no_longer_holds_up_its_stream(wire: Wire) -> None:
    put("a", stream="claim")
    put("b", stream="claim")
    wire.error = NEVER
    wire.round()
    wire.error = None
    assert wire.round() == 1
    assert wire.subjects == ["a", "b"]


def test_the_most_urgent_letters_leave_first(wire: Wire) -> None:
    for key in "ab":
        put(key)
    put("sign-in", priority=100)
    assert wire.round() == 3
    assert wire.subjects == ["sign-in", "a", "b"]


def test_a_letter_of_which_no_mail_can_be_made_holds_up_nobody(wire: Wire) -> None:
    for key in ("a", "b"):
        put(key)
    with transaction():
        session.execute(update(Letter).where(Letter.key == "a").values(subject="bel\x07"))
    assert wire.round() == 1
    assert (row("a").state, row("b").state) == (LetterState.FAILED, LetterState.SENT)
    assert "control character" in row("a").last_error


# --- Trying again -------------------------------------------------------------------------------------------

PASSING = [
    LATER,
    smtplib.SMTPRecipientsRefused({MARIEKE.address: (450, b"4.2.0 greylisted")}),
    smtplib.SMTPServerDisconnected("gone"),
    smtplib.SMTPConnectError(554, b"5.7.1 no service today"),
    smtplib.SMTPAuthenticationError(535, b"5.7.8 the password changed"),
    smtplib.SMTPSenderRefused(550, b"5.7.1 not you", "meeloop@meeloop.example"),
    ConnectionRefusedError(111, "refused"),
    TimeoutError("slow"),
]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_what_may_pass_is_tried_again_after_longer_and_longer_pauses(wire: Wire, error: Exception) -> None:
    put()
    wire.error = error
    pauses, now = [], NOW
    for _ in range(4):
        wire.round(now)
        pauses.append((row().next_try_at - now).total_seconds())
        now = row().next_try_at
    assert pauses == [30, 60, 120, 240]
    assert (row().state, row().tries) == (LetterState.QUEUED, 4)
    assert str(error)[:20] in row().last_error


@pytest.mark.parametrize("error", [NEVER, smtplib.SMTPDataError(552, b"5.3.4 too big")])
def test_what_the_server_will_never_take_is_not_tried_again(wire: Wire, error: Exception) -> None:
    put()
    wire.error = error
    wire.round()
    assert row().state == LetterState.FAILED
    assert "5." in row().last_error
    assert wire.round(in_minutes(600)) == 0
    assert len(wire.handed) == 1


def test_after_a_long_weekend_of_tries_it_is_given_up(wire: Wire) -> None:
    put()
    wire.error = LATER
    now = NOW
    while row().state == LetterState.QUEUED:
        now = row().next_try_at
        wire.round(now)
    assert (row().state, row().tries) == (LetterState.FAILED, TRIES)
    assert timedelta(days=4) < now - NOW < timedelta(days=5)


def test_a_worker_that_died_is_followed_by_another_after_the_lease(wire: Wire) -> None:
    put()

    def die(sender: str, receiver: str, octets: bytes) -> None:
        wire.handed.append(octets)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(now=NOW, deliver=die)
    assert row().state == LetterState.SENDING
    assert wire.round(NOW + LEASE - timedelta(seconds=1)) == 0
    assert wire.round(NOW + LEASE) == 1
    assert wire.handed[0] == wire.handed[1]
    assert (row().state, row().tries) == (LetterState.SENT, 2)


def test_another_worker_takes_nothing_that_is_being_sent(wire: Wire) -> None:
    put("a", stream="claim")
    put("b", stream="claim")
    others: list[int] = []

    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        others.append(wire.round())

    assert send_due(now=NOW, deliver=deliver) == 1
    assert others == [0]
    assert wire.handed == []


def test_two_workers_that_chose_the_same_letter_send_it_once(wire: Wire) -> None:
    put("a")
    put("b")
    sent: list[bytes] = []

    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        sent.append(octets)
        wire.round()  # a second worker runs a whole round while the first, which chose both, sends one

    assert send_due(now=NOW, deliver=deliver) == 1
    assert len(sent) + len(wire.handed) == 2
    assert {row("a").tries, row("b").tries} == {1}


# --- The same octets ----------------------------------------------------------------------------------------


def test_every_try_hands_over_the_same_octets_with_the_same_message_id(wire: Wire) -> None:
    put(attached=Invite(INVITE, "REQUEST"))
    wire.error = LATER
    wire.round()
    with transaction():
        session.execute(update(Letter).values(text="Something else", subject="Something else"))
    wire.error = None
    wire.round(in_minutes(5))
    first, second = wire.handed
    assert first == second == row().octets
    assert message_from_bytes(first)["Message-ID"] == row().message_id


def test_no_two_letters_share_a_message_id() -> None:
    for number in range(20):
        put(str(number))
    assert len(set(session.scalars(select(Letter.message_id)))) == 20


def test_a_letter_says_that_a_machine_wrote_it(wire: Wire) -> None:
    put()
    wire.round()
    mail = message_from_bytes(wire.handed[0], policy=policy.default)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "OOF" in mail["X-Auto-Response-Suppress"]


# --- A real mail server -------------------------------------------------------------------------------------


def by_smtp(mailbox: Mailbox) -> Callable[[str, str, bytes], None]:
    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        with smtplib.SMTP(mailbox.host, mailbox.port, timeout=10) as wire:
            wire.sendmail(sender, [receiver], octets)

    return deliver


def test_the_octets_that_arrive_are_those_that_are_kept(mailbox: Mailbox) -> None:
    put(attached=Invite(INVITE, "REQUEST"))
    assert send_due(now=NOW, deliver=by_smtp(mailbox)) == 1
    (mail,) = mailbox.wait_for(1)
    assert mail.octets == row().octets
    assert (mail.sender, mail.recipients) == ("meeloop@meeloop.example", (MARIEKE.address,))
    calendar = next(part for part in mail.message.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_payload(decode=True) == INVITE
    assert (row().state, row().sent_at) == (LetterState.SENT, NOW)


def test_a_server_that_says_later_gets_it_later(mailbox: Mailbox) -> None:
    put()
    mailbox.refuse("451 4.3.0 later")
    assert send_due(now=NOW, deliver=by_smtp(mailbox)) == 0
    assert (row().state, mailbox.messages) == (LetterState.QUEUED, [])
    mailbox.clear()
    assert send_due(now=in_minutes(1), deliver=by_smtp(mailbox)) == 1
    assert mailbox.wait_for(1)[0].octets == row().octets


@pytest.mark.parametrize("recipient", ["", MARIEKE.address], ids=["letter", "receiver"])
def test_a_server_that_says_never_is_believed(mailbox: Mailbox, recipient: str) -> None:
    put()
    mailbox.refuse("550 5.1.1 never", recipient=recipient)
    assert send_due(now=NOW, deliver=by_smtp(mailbox)) == 0
    assert row().state == LetterState.FAILED
    assert "5.1.1 never" in the_letter("invitation").last_error


def test_a_server_that_is_not_there_is_tried_again() -> None:
    put()

    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        smtplib.SMTP("127.0.0.1", 1, timeout=5)

    assert send_due(now=NOW, deliver=deliver) == 0
    assert (row().state, row().tries) == (LetterState.QUEUED, 1)
