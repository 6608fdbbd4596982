"""From the outbox to the mail server: in order, once, and again when it fails."""

import smtplib
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update

from marketplace.calendars.facts import Method
from marketplace.calendars.invites import invite
from marketplace.kernel.database import session, transaction
from marketplace.kernel.texts import gettext, speaking
from marketplace.outbox import queries
from marketplace.outbox.actions import LEASE, TRIES, delivering, send_due
from marketplace.outbox.carrying import Unreachable
from marketplace.outbox.facts import Invite
from marketplace.outbox.models import Letter
from marketplace.outbox.states import LetterState
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
    send_due(now=NOW, deliver=wire.deliver, limit=1)
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


def test_a_letter_that_is_held_until_later_keeps_its_stream_from_nothing(wire: Wire) -> None:
    put("a", stream="claim", not_before=in_minutes(60))
    put("b", stream="claim")
    assert wire.round() == 1
    assert wire.subjects == ["b"]
    assert wire.round(in_minutes(59)) == 0
    assert wire.round(in_minutes(60)) == 1
    assert row("a").sent_at == in_minutes(60)


def test_a_letter_whose_time_to_leave_has_come_already_leaves_at_once(wire: Wire) -> None:
    put(not_before=in_minutes(-60))
    assert row().next_try_at == NOW
    assert wire.round() == 1


# --- Trying again -------------------------------------------------------------------------------------------

PASSING = [
    LATER,
    smtplib.SMTPRecipientsRefused({MARIEKE.address: (450, b"4.2.0 greylisted")}),
    smtplib.SMTPServerDisconnected("gone"),
    smtplib.SMTPSenderRefused(550, b"5.7.1 not you", "meeloop@meeloop.example"),
    ConnectionResetError(104, "reset"),
    TimeoutError("slow"),
]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_what_may_pass_is_tried_again_after_longer_and_longer_pauses(wire: Wire, error: Exception) -> None:
    put()
    wire.error = error
    pauses, now = [], NOW
    for _ in range(4):
        with suppress(OSError):
            wire.round(now)
        pauses.append((row().next_try_at - now).total_seconds())
        now = row().next_try_at
    assert all(
        0.75 * usual <= pause <= 1.25 * usual for pause, usual in zip(pauses, (30, 60, 120, 240), strict=True)
    )
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

    assert send_due(now=NOW, deliver=deliver) == 2
    assert others == [0, 0]
    assert wire.handed == []


def test_letters_that_failed_together_do_not_come_back_together(wire: Wire) -> None:
    keys = [str(number) for number in range(30)]
    for key in keys:
        put(key)
    wire.error = LATER
    wire.round()
    assert len({row(key).next_try_at for key in keys}) > 5


def test_another_worker_passes_over_what_is_taken_and_takes_the_rest(wire: Wire) -> None:
    for number in range(3):
        put(str(number))
    others: list[str] = []

    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        wire.round()  # a second worker runs a whole round while the first delivers
        others[:] = wire.subjects

    assert send_due(now=NOW, deliver=deliver, limit=2) == 2
    assert others == ["2"]
    assert {row(key).tries for key in "012"} == {1}


def test_a_worker_whose_lease_ended_writes_nothing_over_what_another_did(wire: Wire) -> None:
    put()

    def sleep_and_fail(sender: str, receiver: str, octets: bytes) -> None:
        assert wire.round(NOW + LEASE) == 1
        raise LATER

    assert send_due(now=NOW, deliver=sleep_and_fail) == 0
    assert (row().state, row().tries, row().sent_at) == (LetterState.SENT, 2, NOW + LEASE)


def test_nothing_is_begun_when_the_lease_is_nearly_over(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    put()
    monkeypatch.setattr(delivering, "LONGEST", LEASE)
    assert wire.round() == 0
    assert (row().state, row().tries, wire.handed) == (LetterState.QUEUED, 0, [])


def test_what_was_taken_and_not_begun_in_time_is_left_as_it_was(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "abc":
        put(key)
    monkeypatch.setattr(delivering, "PATIENCE", timedelta(0))
    assert wire.round() == 1
    assert [(row(key).state, row(key).tries) for key in "abc"] == [("sent", 1), ("queued", 0), ("queued", 0)]
    assert wire.round(times=2) == 2


def test_a_server_that_cannot_be_reached_is_no_letters_fault(wire: Wire) -> None:
    for key in "ab":
        put(key)
    wire.error = Unreachable("the mail server cannot be reached: refused")
    for _ in range(3):
        with pytest.raises(Unreachable):
            wire.round()
    assert [(row(key).state, row(key).tries, row(key).next_try_at) for key in "ab"] == [
        ("queued", 0, NOW)
    ] * 2
    assert "refused" in row("a").last_error
    wire.error = None
    assert wire.round() == 2
    assert row("a").last_error == ""


# --- Several lines ------------------------------------------------------------------------------------------


class Crowd(Wire):
    """A mail server that answers only when letters have come over all lines."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.meeting = threading.Barrier(lines, timeout=10)

    def deliver(self, sender: str, receiver: str, octets: bytes) -> None:
        self.meeting.wait()
        super().deliver(sender, receiver, octets)


def test_letters_leave_over_several_lines_at_once_each_once() -> None:
    for number in range(12):
        put(str(number))
    crowd = Crowd(3)
    assert send_due(now=NOW, deliver=crowd.deliver, lines=3) == 12
    assert sorted(crowd.subjects, key=int) == [str(number) for number in range(12)]
    assert {(row(str(number)).state, row(str(number)).tries) for number in range(12)} == {("sent", 1)}


def test_letters_of_one_stream_leave_in_order_over_several_lines(wire: Wire) -> None:
    for number in range(12):
        put(str(number), stream=f"stream {number % 2}")
    while send_due(now=NOW, deliver=wire.deliver, lines=3):
        pass
    for parity in (0, 1):
        mine = [int(subject) for subject in wire.subjects if int(subject) % 2 == parity]
        assert mine == sorted(mine) and len(mine) == 6


def test_what_arrived_over_one_line_is_written_down_though_another_fell_silent() -> None:
    keys = "abcdefgh"
    for key in keys:
        put(key)
    both_are_on_their_way = threading.Barrier(2, timeout=10)

    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        both_are_on_their_way.wait()
        if b"Subject: a" in octets:
            raise TimeoutError("silent")

    with pytest.raises(TimeoutError):
        send_due(now=NOW, deliver=deliver, lines=2)
    states = [(row(key).state, row(key).tries) for key in keys]
    assert states == [("queued", 1), *[("sent", 1)] * 5, *[("queued", 0)] * 2], "of one handful, and the rest"


def test_what_arrived_is_written_down_though_no_more_can_be_taken(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "abcd":
        put(key)
    tries, due = [], queries.due

    def fail_once(now: datetime, limit: int, *, are_whole: bool) -> list[Letter]:
        tries.append(now)
        if len(tries) == 2:
            raise LookupError("the database is gone")
        return due(now, limit, are_whole=are_whole)

    monkeypatch.setattr(delivering, "BATCH", 2)
    monkeypatch.setattr(queries, "due", fail_once)
    with pytest.raises(LookupError):
        send_due(now=NOW, deliver=wire.deliver, lines=2)
    assert [row(key).state for key in "abcd"] == ["sent", "sent", "queued", "queued"]
    assert wire.round() == 2


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


def test_a_letter_that_can_be_stopped_says_where(wire: Wire) -> None:
    link = f"https://meeloop.example/letters/stop/{'7h2k' * 20}"
    put(unsubscribe=link)
    wire.round()
    mail = message_from_bytes(wire.handed[0], policy=policy.default)
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in row().text.splitlines()
    assert f'<a href="{link}"' in row().html


def test_a_letter_that_cannot_be_stopped_does_not_offer_it(wire: Wire) -> None:
    put()
    wire.round()
    assert b"List-Unsubscribe" not in wire.handed[0]
    with speaking("nl"):
        assert gettext("Stop these mails") not in row().text + row().html


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
def test_no_link_to_stop_mails_can_start_a_header_of_its_own(wire: Wire, end: str) -> None:
    put(unsubscribe=f"https://meeloop.example/stop{end}Bcc: everybody@meeloop.example")
    assert wire.round() == 0
    assert (row().state, wire.handed) == (LetterState.FAILED, [])


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

    with pytest.raises(OSError, match="refused"):
        send_due(now=NOW, deliver=deliver)
    assert (row().state, row().tries) == (LetterState.QUEUED, 1)
