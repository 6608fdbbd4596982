"""Letters in the outbox: written with their cause, dropped when overtaken, and no secret kept too long."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.kernel.database import session, transaction
from marketplace.outbox import queries
from marketplace.outbox.actions import drop, send_due, wipe, wipe_due, write
from marketplace.outbox.facts import Draft
from marketplace.outbox.models import Letter
from marketplace.outbox.states import LetterState
from tests.conftest import NOW
from tests.outbox.posting import LATER, MARIEKE, NEVER, Wire, in_minutes, put, row

pytestmark = pytest.mark.usefixtures("app_context")


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


# --- Too late, and secrets ----------------------------------------------------------------------------------


def test_what_is_too_late_is_dropped(wire: Wire) -> None:
    put(not_after=in_minutes(30))
    assert wire.round(in_minutes(30)) == 0
    assert (row().state, wire.handed) == (LetterState.DROPPED, [])


def test_what_is_just_in_time_leaves(wire: Wire) -> None:
    put(not_after=in_minutes(30))
    assert wire.round(in_minutes(30) - timedelta(seconds=1)) == 1


def test_what_is_too_late_when_it_is_written_is_dropped_at_once_and_never_tried_again(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    put(not_after=NOW)
    assert (row().state, row().subject) == (LetterState.DROPPED, "a")
    assert "missed its moment" in caplog.text
    put(not_after=in_minutes(60))
    assert row().not_after == NOW, "the key was taken"
    assert wire.round() == 0


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


# --- Finding them --------------------------------------------------------------------------------------------------


def test_letters_are_found_by_their_receiver() -> None:
    put("a")
    put("b")
    assert [each.key for each in queries.letters_to(MARIEKE.address)] == ["b", "a"]
    assert queries.letters_to("somebody@else.example") == []
    assert [each.key for each in queries.letters_to(limit=1)] == ["b"]
