"""The mail log: who sees which letters, and what people may do about those that went wrong."""

import pytest
from flask import Flask

from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.journal import history
from marketplace.outbox import queries
from marketplace.outbox.actions import beat, give_up, send_again, send_due, wipe
from marketplace.outbox.facts import Silence
from marketplace.outbox.rules import why_not_give_up, why_not_send_again
from marketplace.outbox.states import LetterState
from tests.conftest import NOW
from tests.outbox.posting import LATER, MARIEKE, NEVER, Wire, in_minutes, put, row

pytestmark = pytest.mark.usefixtures("app_context")

NORTH, SOUTH = "NORTH", "SOUTH"


# --- Who sees what ------------------------------------------------------------------------------------------


@pytest.fixture
def some_letters(app_context: Flask) -> None:
    """Two letters in the north, one in the south, one that belongs nowhere."""
    put("a", region=NORTH)
    put("b", region=SOUTH)
    put("100%", region=NORTH)
    put("d")


def found(*regions: str, **wishes: object) -> list[str]:
    letters = queries.letters_in(regions or None, **wishes)  # type: ignore[arg-type]
    return [letter.key for letter in letters]


@pytest.mark.usefixtures("some_letters")
def test_a_coordinator_sees_the_letters_of_their_regions_newest_first() -> None:
    assert found(NORTH) == ["100%", "a"]
    assert found(NORTH, SOUTH) == ["100%", "b", "a"]
    assert queries.letters_in([]) == []


@pytest.mark.usefixtures("some_letters")
def test_an_administrator_sees_them_all() -> None:
    assert found() == ["d", "100%", "b", "a"]


@pytest.mark.usefixtures("some_letters")
def test_letters_are_found_by_receiver_address_subject_and_name() -> None:
    everywhere = ["d", "100%", "b", "a"]
    assert (
        found(search="OTTEN") == found(search="marieke otten") == found(search=MARIEKE.address) == everywhere
    )
    assert found(search="invit") == everywhere
    assert found(search="marieke 100%") == found(search="0%") == ["100%"]
    assert found(search="somebody else") == found(search="_ten") == []


@pytest.mark.usefixtures("some_letters")
def test_a_long_log_comes_in_pages() -> None:
    assert found(limit=2) == ["d", "100%"]
    assert found(limit=2, before_id=row("100%").id) == ["b", "a"]


@pytest.mark.usefixtures("some_letters")
def test_letters_are_found_by_their_state(wire: Wire) -> None:
    put("late", not_after=NOW)
    assert found(states=[LetterState.DROPPED]) == ["late"]
    assert found(states=[LetterState.QUEUED, LetterState.DROPPED])[0] == "late"


@pytest.mark.usefixtures("some_letters")
def test_one_letter_is_found_by_its_code_in_its_region_only() -> None:
    code = row("a").code
    assert queries.letter_in([NORTH], code).key == queries.letter_in(None, code).key == "a"
    for regions in ([SOUTH], []):
        with pytest.raises(NotFound):
            queries.letter_in(regions, code)
    with pytest.raises(NotFound):
        queries.letter_in([NORTH], row("d").code)


def test_failed_letters_are_counted_until_something_is_done_about_them(wire: Wire) -> None:
    for key, region in (("a", NORTH), ("b", NORTH), ("c", SOUTH)):
        put(key, region=region)
    assert queries.failing(None) == 0
    wire.error = NEVER
    wire.round()
    assert (queries.failing([NORTH]), queries.failing([SOUTH]), queries.failing(None)) == (2, 1, 3)
    again("a")
    drop("b")
    assert (queries.failing([NORTH]), queries.failing(None)) == (0, 1)


# --- What may be done ---------------------------------------------------------------------------------------


def again(key: str = "a", minutes: float = 1) -> None:
    with transaction():
        send_again(letter=row(key), by="coordinator", now=in_minutes(minutes))


def drop(key: str = "a") -> None:
    with transaction():
        give_up(letter=row(key), by="coordinator", now=in_minutes(1))


@pytest.mark.parametrize("error", [None, NEVER], ids=["sent", "failed"])
def test_a_letter_is_sent_again_with_the_same_octets(wire: Wire, error: Exception | None) -> None:
    put()
    wire.error = error
    wire.round()
    again()
    assert (row().state, row().tries, row().last_error, row().sent_at) == ("queued", 0, "", None)
    wire.error = None
    assert wire.round(in_minutes(1)) == 1
    first, second = wire.handed
    assert first == second
    assert [(each.event, each.actor) for each in history("letter", row().code)] == [("queued", "coordinator")]


def test_a_letter_that_was_given_up_can_still_be_sent(wire: Wire) -> None:
    put()
    wire.error = LATER
    wire.round()
    drop()
    assert (row().state, wire.round(in_minutes(60))) == (LetterState.DROPPED, 0)
    again(minutes=60)
    wire.error = None
    assert wire.round(in_minutes(60)) == 1
    assert [each.event for each in history("letter", row().code)] == ["dropped", "queued"]


def test_what_waits_is_not_sent_again() -> None:
    put()
    with pytest.raises(Refused, match="still on its way"):
        again()


def test_what_is_being_sent_is_neither_sent_again_nor_given_up() -> None:
    put()
    refusals: list[str] = []

    def deliver(sender: str, receiver: str, octets: bytes) -> None:
        for refusal in (why_not_send_again(row(), NOW), why_not_give_up(row())):
            refusals.append(refusal.message if refusal else "")
        session.rollback()

    assert send_due(now=NOW, deliver=deliver) == 1
    assert refusals == ["This letter is still on its way.", "This letter is being sent right now."]


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_was_sent_or_dropped_is_not_given_up(wire: Wire, is_sent: bool) -> None:
    put(not_after=in_minutes(5))
    wire.round(NOW if is_sent else in_minutes(5))
    with pytest.raises(Refused, match="not waiting"):
        drop()
    assert row().state == (LetterState.SENT if is_sent else LetterState.DROPPED)


def test_a_secret_is_never_sent_again(wire: Wire) -> None:
    put(is_secret=True, not_after=in_minutes(30))
    wire.round()
    with pytest.raises(Refused, match="lets somebody in"):
        again()
    with transaction():
        wipe("a")
    with pytest.raises(Refused, match="lets somebody in"):
        again()
    assert wire.round(in_minutes(5)) == 0


def test_a_letter_whose_moment_has_passed_is_not_sent_again(wire: Wire) -> None:
    put(not_after=in_minutes(30))
    wire.round()
    assert why_not_send_again(row(), in_minutes(29)) is None
    with pytest.raises(Refused, match="moment for this letter has passed"):
        again(minutes=30)


def test_who_comes_second_is_told_so(wire: Wire) -> None:
    put()
    wire.error = NEVER
    wire.round()
    seen = row()
    session.expunge(seen)
    again()
    with pytest.raises(Refused, match="moved on"), transaction():
        give_up(letter=session.merge(seen, load=False), by="colleague", now=in_minutes(1))
    assert row().state == LetterState.QUEUED
    assert len(history("letter", row().code)) == 1


# --- The pulse ----------------------------------------------------------------------------------------------


def test_a_worker_that_was_never_heard_is_silent() -> None:
    assert queries.pulse(NOW) == Silence(since=None)


def test_a_worker_is_silent_after_five_minutes_without_a_beat() -> None:
    for minutes in (-10, 0):
        with transaction():
            beat(now=in_minutes(minutes))
    assert queries.pulse(in_minutes(5)) is None
    assert queries.pulse(in_minutes(5.1)) == Silence(since=NOW)
