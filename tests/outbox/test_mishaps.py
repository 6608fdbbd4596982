"""What goes wrong between taking a letter and hearing from the mail server, and what is forgotten in the end."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel.database import session, transaction
from marketplace.outbox import actions
from marketplace.outbox.facts import RETENTION
from marketplace.outbox.mime import message
from marketplace.outbox.models import Letter
from marketplace.outbox.states import LetterState
from tests.conftest import NOW
from tests.outbox.posting import LATER, Wire, in_minutes, put, row

pytestmark = pytest.mark.usefixtures("app_context")


def test_a_letter_that_breaks_what_builds_it_holds_up_nobody(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a", "b"):
        put(key)
    broken = row("a").message_id

    def stumble(*, message_id: str, **parts: Any) -> bytes:
        if message_id == broken:
            raise LookupError("unknown encoding")
        return message(message_id=message_id, **parts)

    monkeypatch.setattr("marketplace.outbox.octets.message", stumble)
    assert wire.round() == 1
    assert (row("a").state, row("b").state) == (LetterState.FAILED, LetterState.SENT)
    assert row("a").last_error == "unknown encoding"


def test_a_secret_that_was_used_while_the_server_answered_is_not_sent_empty(wire: Wire) -> None:
    put(is_secret=True, not_after=in_minutes(30))

    def arrive_and_fail(sender: str, receiver: str, octets: bytes) -> None:
        with transaction():
            actions.wipe("a")  # the letter is there, and somebody signed in with it
        raise LATER

    assert actions.send_due(now=NOW, deliver=arrive_and_fail) == 0
    assert row().state == LetterState.DROPPED
    assert wire.round(in_minutes(5)) == 0
    assert wire.handed == []


def test_letters_are_chosen_a_few_at_a_time(wire: Wire) -> None:
    for key in "abc":
        put(key)
    assert actions.send_due(now=NOW, deliver=wire.deliver, limit=2) == 2
    assert wire.subjects == ["a", "b"]


def test_letters_are_removed_after_half_a_year(wire: Wire) -> None:
    put("sent")
    wire.round()
    put("waiting")
    forget(RETENTION)
    assert keys() == {"sent", "waiting"}
    forget(RETENTION + timedelta(seconds=1))
    assert keys() == {"waiting"}


def forget(after: timedelta) -> None:
    with transaction():
        actions.wipe_due(now=NOW + after)


def keys() -> set[str]:
    return {letter.key for letter in session.query(Letter)}


def test_a_mail_server_that_does_not_answer_is_not_asked_again_in_this_round(wire: Wire) -> None:
    for key in "abc":
        put(key)
    asked = []

    def wait_in_vain(sender: str, receiver: str, octets: bytes) -> None:
        asked.append(receiver)
        raise TimeoutError("timed out")

    with pytest.raises(TimeoutError):
        actions.send_due(now=NOW, deliver=wait_in_vain)
    assert len(asked) == 1
    assert [(row(key).state, row(key).tries) for key in "abc"] == [
        ("queued", 1),
        ("queued", 0),
        ("queued", 0),
    ]
    assert wire.round(in_minutes(5)) == 3
