"""From the outbox to the mail server: in order, once, again when it fails, and never a secret too long."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from marketplace.calendars.facts import Method
from marketplace.calendars.invites import invite
from marketplace.kernel.database import session, transaction
from marketplace.outbox import queries
from marketplace.outbox.actions import LEASE, TRIES, drop, send_due, wipe, wipe_due, write
from marketplace.outbox.facts import Draft, Invite, LetterState, Receiver
from marketplace.outbox.models import Letter
from tests.calendars.examples import PLATFORM, TEACHER, entry
from tests.conftest import NOW
from tests.servers import Mailbox
from tests.steps import the_letter

pytestmark = pytest.mark.usefixtures("app_context")

INVITE = invite(entry(), method=Method.REQUEST, organizer=PLATFORM, attendee=TEACHER)
MARIEKE = Receiver("Marieke Otten", "m.otten@reestcollege.example", "nl")
LATER = smtplib.SMTPDataError(451, b"4.3.0 later")
NEVER = smtplib.SMTPRecipientsRefused({MARIEKE.address: (550, b"5.1.1 unknown")})


class Wire:
    """A mail server that fails with `error` as long as there is one, and notes what it is handed."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.handed: list[bytes] = []

    def deliver(self, sender: str, receiver: str, octets: bytes) -> None:
        self.handed.append(octets)
        if self.error:
            raise self.error

    @property
    def subjects(self) -> list[str]:
        return [message_from_bytes(octets, policy=policy.default)["Subject"] for octets in self.handed]

    def round(self, now: datetime = NOW, times: int = 1) -> int:
        return sum(send_due(now=now, deliver=self.deliver) for _ in range(times))


@pytest.fixture
def wire() -> Wire:
    return Wire()


def put(
    key: str = "a",
    *,
    stream: str = "",
    priority: int = 0,
    is_secret: bool = False,
    not_after: datetime | None = None,
    attached: Invite | None = None,
) -> None:
    """Writes an invitation letter whose subject ends in `key`."""
    facts = {"role": "Participant", "place": key, "link": "https://meeloop.example/sign-in"}
    draft = Draft(
        "invitation",
        MARIEKE,
        key,
        stream or key,
        facts,
        {},
        attached,
        priority=priority,
        is_secret=is_secret,
        not_after=not_after,
    )
    with transaction():
        write(draft, now=NOW)
        session.execute(update(Letter).where(Letter.key == key).values(subject=key))


def row(key: str = "a") -> Letter:
    session.expire_all()
    statement = select(Letter).where(Letter.key == key).options(undefer(Letter.octets))
    return session.scalars(statement).one()


def in_minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


# --- Writing ------------------------------------------------------------------------------------------------


def test_a_letter_is_whole_when_it_is_written(wire: Wire) -> None:
    put()
    letter = row()
    assert (letter.state, letter.tries, letter.next_try_at) == (LetterState.QUEUED, 0, NOW)
    assert letter.message_id.endswith("@meeloop.example>")
    assert letter.text and letter.html
    assert letter.octets is None


def test_the_same_cause_writes_one_letter(wire: Wire) -> None:
    put()
    first = row().message_id
    put()
    assert row().message_id == first


def test_a_letter_goes_with_its_cause_or_not_at_all() -> None:
    with pytest.raises(RuntimeError), transaction():
        write(
            Draft("invitation", MARIEKE, "a", "a", {"role": "Participant", "place": "", "link": ""}), now=NOW
        )
        raise RuntimeError("the cause failed")
    assert session.scalars(select(Letter)).all() == []


def test_a_template_that_misses_a_fact_fails_at_once() -> None:
    with pytest.raises(Exception, match="undefined"), transaction():
        write(Draft("invitation", MARIEKE, "a", "a", {}), now=NOW)


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


def test_after_twelve_tries_within_a_day_it_is_given_up(wire: Wire) -> None:
    put()
    wire.error = LATER
    now = NOW
    while row().state == LetterState.QUEUED:
        now = row().next_try_at
        wire.round(now)
    assert (row().state, row().tries) == (LetterState.FAILED, TRIES)
    assert timedelta(hours=3) < now - NOW < timedelta(days=1)


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


# --- Too late, and secrets ----------------------------------------------------------------------------------


def test_what_is_too_late_is_dropped(wire: Wire) -> None:
    put(not_after=in_minutes(30))
    assert wire.round(in_minutes(30)) == 0
    assert (row().state, wire.handed) == (LetterState.DROPPED, [])


def test_what_is_just_in_time_leaves(wire: Wire) -> None:
    put(not_after=in_minutes(30))
    assert wire.round(in_minutes(30) - timedelta(seconds=1)) == 1


def forgotten() -> bool:
    letter = row()
    return (letter.text, letter.html, letter.octets) == ("", "", None)


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_secret_is_wiped_when_its_time_is_over(wire: Wire, is_sent: bool) -> None:
    put(is_secret=True, not_after=in_minutes(30))
    if is_sent:
        wire.round()
    with transaction():
        wipe_due(now=in_minutes(29))
    assert not forgotten()
    with transaction():
        wipe_due(now=in_minutes(30))
    assert forgotten()
    assert row().state == (LetterState.SENT if is_sent else LetterState.DROPPED)
    assert wire.round(in_minutes(31)) == 0


def test_a_secret_that_missed_its_moment_is_wiped_though_it_never_left(wire: Wire) -> None:
    put(is_secret=True, not_after=in_minutes(30))
    wire.round(in_minutes(31))
    with transaction():
        wipe_due(now=in_minutes(31))
    assert (row().state, forgotten()) == (LetterState.DROPPED, True)


def test_a_secret_is_wiped_when_it_was_used(wire: Wire) -> None:
    put(is_secret=True, not_after=in_minutes(30))
    wire.round()
    with transaction():
        wipe("a")
    assert (row().state, forgotten()) == (LetterState.SENT, True)


def test_what_holds_no_secret_is_kept(wire: Wire) -> None:
    put(not_after=in_minutes(30))
    wire.round()
    with transaction():
        wipe_due(now=in_minutes(60))
    assert not forgotten()


# --- Dropping what was overtaken ----------------------------------------------------------------------------


def dropping(key: str) -> bool:
    with transaction():
        return drop(key)


def test_a_letter_that_never_left_is_dropped_with_those_that_follow_it(wire: Wire) -> None:
    for key in ("invite:u1", "invite:u1:2", "invite:u12", "invite:u1%"):
        put(key)
    assert dropping("invite:u1")
    assert wire.round(times=3) == 2
    assert wire.subjects == ["invite:u12", "invite:u1%"]


@pytest.mark.parametrize("error", [None, LATER, NEVER], ids=["sent", "tried", "failed"])
def test_what_was_handed_over_once_is_never_dropped(wire: Wire, error: Exception | None) -> None:
    put("a")
    put("a:2")
    wire.error = error
    send_due(now=NOW, deliver=wire.deliver)
    before = row("a").state
    assert not dropping("a")
    assert row("a").state == before


def test_what_is_not_there_is_not_dropped() -> None:
    assert not dropping("a")


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


def test_letters_are_found_by_their_receiver() -> None:
    put("a")
    put("b")
    assert [each.key for each in queries.letters_to(MARIEKE.address)] == ["b", "a"]
    assert queries.letters_to("somebody@else.example") == []
    assert [each.key for each in queries.letters_to(limit=1)] == ["b"]
