"""Before and after a move: whom it clashes for, one session less, and seats that come free for who waits."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from marketplace import audit
from marketplace.claims import queries
from marketplace.kernel.database import db, transaction
from marketplace.offers.facts import Rhythm
from marketplace.offers.models import PublicEntry
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.steps import (
    add_slot,
    approved,
    claim_seat,
    claim_with,
    entries_of,
    host_entries,
    letters,
    offer_of,
    send_everything,
    slot_with,
    tell,
    the_letter,
)

ELSEWHERE: dict[str, Any] = {"sessions-0-day": "2027-02-16"}
"""A week later, where some already have something else."""


def edit(cast: Cast, slot: str = "") -> str:
    return f"/host/slots/{slot or cast.slot}/edit"


def clashing(cast: Cast, *who: str) -> str:
    """These people come to the cast's moment, and to another a week later. Returns the code of that one."""
    other = add_slot(cast, day=date(2027, 2, 16))
    for each in who:
        approved(cast, each)
        approved(cast, each, slot=other)
    return other


# --- A move that clashes --------------------------------------------------------------------------------------


def test_before_a_move_the_host_sees_for_how_many_it_clashes_and_nothing_is_saved(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        clashing(cast, "teacher", "colleague")
        before = everything()
    host = client_of("host")
    answer = post(host, edit(cast), supervisor="Henk Lange", **ELSEWHERE)
    assert answer.status_code == 422
    assert "For 2 participants this falls together with something else." in answer.text
    assert 'name="known_clashes" value="2"' in answer.text
    fields = form_of(answer.text)
    assert (fields["supervisor"], fields["sessions-0-day"]) == ("Henk Lange", "2027-02-16")
    main = answer.text[answer.text.index("<main") :]
    for name in ("Marieke", "Jeroen", "Reestcollege"):
        assert name not in main
    with app.app_context():
        assert everything() == before


def test_the_host_can_move_it_anyway(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        clashing(cast, "teacher")
    assert post(client_of("host"), edit(cast), known_clashes="1", **ELSEWHERE).status_code == 303
    with app.app_context():
        assert slot_with(cast.slot).starts_at.day == 16


def test_a_higher_number_than_the_host_saw_is_asked_again(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        clashing(cast, "teacher", "colleague")
        before = everything()
    for known in ("1", "0", "-3", "x", ""):
        answer = post(client_of("host"), edit(cast), known_clashes=known, **ELSEWHERE)
        assert answer.status_code == 422
        assert "For 2 participants" in answer.text
    with app.app_context():
        assert everything() == before


def test_what_does_not_move_asks_nothing(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        other = clashing(cast, "teacher")
        steps.change_slot(cast, sessions=steps.sessions_of(slot_with(other)))  # it clashes already
    assert post(client_of("host"), edit(cast), supervisor="Henk Lange").status_code == 303


def test_only_living_claims_count_each_person_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        other = clashing(cast, "teacher")
        gone = claim_seat(cast, "colleague")
        steps.withdraw(gone)
        claim_seat(cast, "colleague", slot=other)
        slot = slot_with(cast.slot)
        wanted = steps.sessions_of(slot_with(other))
        assert queries.count_clashes(slot.id, wanted) == 1
        assert queries.count_clashes(slot.id, [wanted[0], steps.moved(wanted[0], hours=1)]) == 1
        assert (
            queries.count_clashes(slot.id, [steps.moved(wanted[0], hours=8)]) == 0
        )  # ends as the other begins
        assert queries.count_clashes(slot.id, []) == 0


def test_the_clashes_of_many_sessions_are_one_statement(app: Flask, cast: Cast) -> None:
    with app.app_context():
        other = clashing(cast, "teacher")
        slot, (one,) = slot_with(cast.slot), steps.sessions_of(slot_with(other))
        many = [steps.moved(one, days=7 * week) for week in range(40)]
        with counted() as statements:
            assert queries.count_clashes(slot.id, many) == 1
        assert len(statements) == 1


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that were sent meanwhile."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_who_has_something_else_then_reads_it_and_so_do_the_coordinators(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        clashing(cast, "teacher")
        approved(cast, "colleague")
        send_everything()
        title = offer_of(cast).title
    post(client_of("host"), edit(cast), known_clashes="1", **ELSEWHERE)
    with app.app_context():
        tell(now=NOW + timedelta(minutes=3))
        told = {each.receiver_address: each.text for each in letters("claim_changed")}
        words = f"“{title}”"
        assert words in told[cast.emails["teacher"]].replace("\n", " ")
        assert words not in told[cast.emails["colleague"]]
        warned = letters("claim_clash")
        coordinators = {cast.emails["coordinator"], cast.emails["second coordinator"]}
        assert {each.receiver_address for each in warned} == coordinators
        assert all("Marieke Otten" in each.text for each in warned)
        assert audit.breaches(now=NOW + timedelta(minutes=3)) == []


def test_another_change_does_not_tell_of_a_clash_again(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        clashing(cast, "teacher")
    post(client_of("host"), edit(cast), known_clashes="1", **ELSEWHERE)
    with app.app_context():
        tell()
        steps.forget_letters()
        steps.change_slot(cast, supervisor="Henk Lange")
        tell()
        assert [each for each in steps.waiting_letters() if each == "claim_clash"] == []


# --- One session of several --------------------------------------------------------------------------------


def test_one_of_several_sessions_is_cancelled_down_to_every_calendar(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        ten = add_slot(cast, day=date(2027, 3, 4), sessions=4, rhythm=Rhythm.WEEKLY)
        code = approved(cast, slot=ten).code
        steps.show_hosts(now=NOW)
        send_everything()
        (before,) = [(each.uid, each.sequence) for each in entries_of(claim_with(code))]
        (hosts,) = [(each.uid, each.sequence) for each in host_entries(ten)]
    host = client_of("host")
    page = host.get(edit(cast, ten)).text
    assert page.count("Cancel this session") == 4
    off: dict[str, Any] = {"sessions-1-is_off": "y"}
    assert post(host, edit(cast, ten), **off).status_code == 303
    later = NOW + timedelta(minutes=3)
    with app.app_context():
        assert [each.starts_at.day for each in slot_with(ten).sessions] == [4, 18, 25]
        assert tell(now=later) == 1
        letter = the_letter("claim_changed")
        assert "11" in letter.text and "18" in letter.text
        assert steps.said(letter, "UID") == before[0]
        assert steps.said(letter, "SEQUENCE") == str(before[1] + 1)
        assert steps.said(letter, "EXDATE").endswith(":20270311T080000")
        assert steps.said(letter, "RRULE").startswith("FREQ=WEEKLY;COUNT=4")
        assert [each.name for each in letters() if each.name == "claim_entry"] == []
        steps.show_hosts(now=later)
        (mine,), (theirs,) = entries_of(claim_with(code)), host_entries(ten)
        for entry, (uid, sequence) in ((mine, before), (theirs, hosts)):
            assert (entry.uid, entry.status) == (uid, "CONFIRMED")
            assert entry.sequence > sequence
            assert re.search(r"EXDATE[^\r\n]*:20270311T080000", entry.text)
        public = [
            each.text for each in db.session.query(PublicEntry).filter_by(slot_id=slot_with(ten).id).all()
        ]
        assert public
        assert all("EXDATE" in each and "20270311T080000" in each for each in public)
        assert audit.breaches(now=later) == []


def test_the_only_session_is_cancelled_as_a_moment(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    assert "Cancel this session" not in host.get(edit(cast)).text
    with app.app_context():
        before = everything()
    off: dict[str, Any] = {"sessions-0-is_off": "y"}
    answer = post(host, edit(cast), **off)
    assert answer.status_code == 422
    assert "Keep a session that is still to come, or cancel this moment." in answer.text
    with app.app_context():
        assert everything() == before


def test_a_tick_stays_while_a_clash_is_asked_about(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        ten = add_slot(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
        approved(cast, slot=ten)
        approved(cast)
    moved: dict[str, Any] = {"sessions-0-day": "2027-02-09", "sessions-1-is_off": "y"}
    answer = post(client_of("host"), edit(cast, ten), **moved)
    assert answer.status_code == 422
    assert form_of(answer.text)["sessions-1-is_off"] == "y"
    assert post(client_of("host"), edit(cast, ten), known_clashes="1", **moved).status_code == 303


# --- Seats for who waits --------------------------------------------------------------------------------------


def full(cast: Cast) -> str:
    """The cast's moment is full, and a newcomer waits. Returns the code of that claim."""
    approved(cast, "teacher")
    approved(cast, "colleague")
    return steps.wait(cast, "newcomer").code


def test_a_seat_more_is_offered_at_once_to_who_waits(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = full(cast)
    assert post(client_of("host"), edit(cast), capacity="3").status_code == 303
    with app.app_context():
        assert claim_with(code).state == "offered"
        assert the_letter("seat_offered").receiver_address == cast.emails["newcomer"]
        assert audit.breaches(now=NOW) == []


@pytest.mark.parametrize("page", ["slot", "offer"])
def test_what_opens_again_is_offered_to_who_waited_first(
    app: Flask, cast: Cast, client_of: Visit, page: str
) -> None:
    with app.app_context():
        code = full(cast)
    url = f"/host/slots/{cast.slot}" if page == "slot" else f"/host/offers/{cast.offer}"
    host = client_of("host")
    assert post(host, url, "/close").status_code == 303
    with app.app_context():
        steps.withdraw(next(each for each in queries.roster(slot_with(cast.slot).id)))
        assert claim_with(code).state == "waitlisted"
    assert post(host, url, "/open" if page == "slot" else "/reopen").status_code == 303
    with app.app_context():
        assert claim_with(code).state == "offered"
        assert audit.breaches(now=NOW) == []


# --- The roster -----------------------------------------------------------------------------------------------


def test_the_roster_counts_seats_without_a_name_offered_ones_and_who_waits(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        steps.change_slot(cast, capacity=4)
        approved(cast, "teacher")
        for each in steps.claim_together(cast, None, None):
            steps.decide(each, cast, who="second coordinator")
        approved(cast, "colleague")
        steps.wait(cast, "newcomer")
    page = client_of("host").get(f"/host/slots/{cast.slot}").text
    assert "4 of 4" in page
    assert "Name to follow (2 ×)" in page
    assert "1 person is on the waiting list." in page
    assert "Sander" not in page
    with app.app_context():
        steps.withdraw(next(each for each in queries.roster(slot_with(cast.slot).id) if each.person))
    page = client_of("host").get(f"/host/slots/{cast.slot}").text
    assert "1 seat is offered to somebody who waited" in page
    assert "Sander" not in page


def test_the_roster_says_who_has_not_read_the_safety_notes_as_they_are_now(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        approved(cast)
    host, words = client_of("host"), "has not read the safety notes as they are now"
    assert words not in host.get(f"/host/slots/{cast.slot}").text
    post(host, f"/host/offers/{cast.offer}/safety", notes="Meld u bij de BHV.")
    assert f"1 participant {words}" in host.get(f"/host/slots/{cast.slot}").text


def test_the_page_of_a_moment_says_when_it_is_announced(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context(), transaction():
        slot_with(cast.slot).announce_at = NOW + timedelta(days=1)
    page = client_of("host").get(f"/host/slots/{cast.slot}").text
    assert "Tuesday 12 January 2027, 10:00" in page
    assert has_form(page, "/close")
