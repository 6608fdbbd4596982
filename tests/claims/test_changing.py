"""What changes after people claimed: they are told once, what was and what is now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace import audit
from marketplace.offers.facts import Rhythm
from tests import steps
from tests.cast import BRIEF, Cast
from tests.claims.changes import (
    add_glasses,
    change_brief,
    change_offer,
    minutes,
    move_house,
    sent_before,
    sessions,
)
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

QUIET = timedelta(minutes=2)


# --- Each change is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda cast: steps.change_slot(cast, supervisor="Henk Lange"),
            ["Gerda Nijboer", "Henk Lange"],
        ),
        (
            lambda cast: steps.change_slot(
                cast, sessions=[steps.moved(each, days=1) for each in sessions(cast)]
            ),
            ["Tuesday 9 February 2027", "Wednesday 10 February 2027"],
        ),
        (
            lambda cast: steps.change_slot(
                cast, sessions=[steps.moved(each, hours=1) for each in sessions(cast)]
            ),
            ["8:00–16:00", "9:00–17:00"],
        ),
        (lambda cast: change_offer(cast, report_at="Poort 3"), ["Receptie, hal 2", "Poort 3"]),
        (lambda cast: change_offer(cast, title="Lassen met de robot"), ["van plaat", "met de robot"]),
        (lambda cast: change_offer(cast, clothing="Overall"), ["Overall"]),
        (move_house, ["Smidsvonkweg 14", "Nijverheidsweg 2"]),
        (add_glasses, ["Safety glasses"]),
        (
            lambda cast: change_brief(cast, replace(BRIEF, notes="Meld u bij de BHV.")),
            ["looppad", "BHV"],
        ),
    ],
    ids=["supervisor", "day", "hours", "report at", "title", "clothing", "address", "equipment", "notes"],
)
def test_a_change_is_told_in_one_letter_with_what_was_and_what_is_now(
    cast: Cast, change: Callable[[Cast], None], words: list[str]
) -> None:
    """With a higher SEQUENCE and a later DTSTAMP: some calendars look at one of them only."""
    claim = sent_before(cast)
    (before,) = [(each.uid, each.sequence) for each in steps.entries_of(claim)]
    change(cast)
    assert [steps.tell() for _ in range(2)] == [1, 0]
    letter = steps.the_letter("claim_changed")
    assert [word for word in words if word not in letter.text] == []
    assert (letter.receiver_address, letter.calendar_method) == (cast.emails["teacher"], "REQUEST")
    assert steps.said(letter, "UID") == before[0]
    assert steps.said(letter, "SEQUENCE") == str(before[1] + 1)
    assert steps.said(letter, "DTSTAMP") > steps.said(steps.the_letter("claim_approved"), "DTSTAMP")
    assert steps.waiting_letters() == ["claim_changed"]
    assert audit.breaches(now=NOW) == []


@pytest.mark.parametrize("field", ["meal", "parking"])
def test_what_no_calendar_shows_is_told_without_an_invite(cast: Cast, field: str) -> None:
    claim = sent_before(cast)
    change_offer(cast, now=NOW, **{field: "Een broodje in de kantine"})
    assert steps.tell() == 1
    letter = steps.the_letter("claim_changed")
    assert "kantine" in letter.text
    assert letter.calendar is None
    assert steps.entries_of(claim)[0].sequence == 1


@pytest.mark.parametrize("field", ["summary", "activity", "learning"])
def test_what_concerns_no_participant_is_told_to_nobody(cast: Cast, field: str) -> None:
    sent_before(cast)
    change_offer(cast, now=NOW, **{field: "Iets anders."})
    assert steps.tell() == 0


def test_more_seats_are_told_to_nobody(cast: Cast) -> None:
    sent_before(cast)
    steps.change_slot(cast, capacity=8)
    assert steps.tell() == 0


def test_somebody_who_waits_is_told_without_an_invite(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.change_slot(cast, sessions=[steps.moved(each, days=1) for each in sessions(cast)])
    assert steps.tell() == 1
    letter = steps.the_letter("claim_changed")
    assert letter.calendar is None
    (entry,) = steps.entries_of(claim)
    assert (entry.status, entry.sequence, entry.is_invited) == ("TENTATIVE", 1, False)
    assert "20270210T080000" in entry.text


def test_everybody_who_holds_a_seat_is_told_and_nobody_else(cast: Cast) -> None:
    steps.withdraw(steps.claim_seat(cast, "outsider"))
    steps.approved(cast)
    steps.claim_seat(cast, "colleague")
    steps.change_slot(cast, supervisor="Henk Lange")
    assert steps.tell() == 2
    assert {each.receiver_address for each in steps.letters("claim_changed")} == {
        cast.emails["teacher"],
        cast.emails["colleague"],
    }


def test_nobody_is_told_about_a_visit_that_is_over(cast: Cast) -> None:
    claim = sent_before(cast)
    ends_at = claim.slot.ends_at
    change_offer(cast, report_at="Poort 3")
    assert steps.tell(now=ends_at) == 0


def test_who_claims_after_a_change_knows_it_already(cast: Cast) -> None:
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.claim_seat(cast)
    assert steps.tell() == 0


def test_a_claim_remembers_what_was_told_last(cast: Cast) -> None:
    sent_before(cast)
    for name in ("Henk Lange", "Ria Kort"):
        steps.change_slot(cast, supervisor=name)
        steps.tell()
    first, second = steps.letters("claim_changed")
    assert "Ria Kort" not in first.text
    assert "Henk Lange" in second.text
    assert "Gerda Nijboer" not in second.text


def test_of_a_series_on_its_way_a_moved_session_is_told_and_shown_to_the_host(cast: Cast) -> None:
    ten = steps.add_slot(cast, day=date(2027, 3, 4), sessions=10, rhythm=Rhythm.WEEKLY)
    sent_before(cast, slot=ten)
    days = sessions(cast, ten)
    at = days[1].starts_at
    moved = [*days[:2], steps.moved(days[2], days=1), *days[3:]]
    steps.change_slot(cast, slot=ten, sessions=moved, now=at)
    assert steps.tell(now=at) == 1
    assert "19" in steps.the_letter("claim_changed").text
    before = [each.sequence for each in steps.host_entries(ten)]
    assert steps.show_hosts(now=at + minutes(1)) == 1
    assert [each.sequence for each in steps.host_entries(ten)] > before
    assert audit.breaches(now=at + minutes(1)) == []


# --- When it is told ----------------------------------------------------------------------------------------


def test_three_quick_edits_make_one_letter(cast: Cast) -> None:
    claim = sent_before(cast)
    steps.change_slot(cast, supervisor="Henk Lange", now=NOW)
    move_house(cast)
    add_glasses(cast)
    assert steps.tell(now=NOW + QUIET, quiet_time=QUIET) == 1
    letter = steps.the_letter("claim_changed")
    assert all(word in letter.text for word in ("Henk Lange", "Nijverheidsweg 2", "Safety glasses"))
    assert steps.entries_of(claim)[0].sequence == 2


def test_changes_that_cancel_out_are_told_to_nobody(cast: Cast) -> None:
    claim = sent_before(cast)
    original = sessions(cast)
    steps.change_slot(
        cast, supervisor="Henk Lange", sessions=[steps.moved(each, days=1) for each in original]
    )
    steps.change_slot(cast, supervisor="Gerda Nijboer", sessions=original)
    assert [steps.tell() for _ in range(2)] == [1, 0]
    assert not steps.letters("claim_changed")
    assert steps.entries_of(claim)[0].sequence == 1
    assert audit.breaches(now=NOW + timedelta(hours=1)) == []


def test_writing_the_same_again_is_no_change(cast: Cast) -> None:
    sent_before(cast)
    version = steps.slot_with(cast.slot).version
    steps.change_slot(cast)
    change_brief(cast, BRIEF)
    change_offer(cast)
    assert steps.slot_with(cast.slot).version == version
    assert steps.tell() == 0


def test_nobody_is_told_before_it_has_been_quiet_for_a_while(cast: Cast) -> None:
    sent_before(cast)
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.change_slot(cast, supervisor="Ria Kort", now=NOW + minutes(1))
    assert steps.tell(now=NOW + minutes(2.9), quiet_time=QUIET) == 0
    assert steps.tell(now=NOW + minutes(3), quiet_time=QUIET) == 1


def edit_every_minute(cast: Cast, until: int) -> list[int]:
    """A host who edits every minute, and a worker that runs after each edit. Returns when people were told."""
    told = []
    for minute in range(until + 1):
        steps.change_slot(cast, supervisor=f"Begeleider {minute}", now=NOW + minutes(minute))
        if steps.tell(now=NOW + minutes(minute), quiet_time=QUIET):
            told.append(minute)
    return told


def test_a_host_who_keeps_editing_postpones_it_for_ten_minutes_at_most(cast: Cast) -> None:
    sent_before(cast)
    assert edit_every_minute(cast, 10) == [10]


def test_a_host_who_edits_for_half_an_hour_makes_a_letter_every_ten_minutes(cast: Cast) -> None:
    sent_before(cast)
    assert len(edit_every_minute(cast, 30)) == 3


def test_a_claim_left_untold_is_a_breach_after_fifteen_minutes(cast: Cast) -> None:
    claim = sent_before(cast)
    steps.change_slot(cast, supervisor="Henk Lange")
    assert audit.breaches(now=NOW + minutes(14)) == []
    (breach,) = audit.breaches(now=NOW + minutes(15))
    assert claim.code in breach
