"""The audit: silent after everything that may happen, and it names whatever should not be."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.claims.states import Verdict
from marketplace.kernel.database import session, transaction
from marketplace.offers import actions as offers
from marketplace.offers.models import Slot
from marketplace.offers.states import OfferState
from marketplace.outbox.facts import RETENTION
from marketplace.outbox.models import Letter
from marketplace.people import actions as people
from marketplace.replies.models import PlannedWithdrawal
from marketplace.safety.facts import Access, BriefFacts
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW
from tests.questions.asking import answer, ask

pytestmark = pytest.mark.usefixtures("app_context")

TOMORROW = NOW + timedelta(days=1)


def breaches(check: Callable[..., Any]) -> list[str]:
    """What one check finds a day later, with everything else that the audit finds being an error."""
    found = audit.breaches(now=TOMORROW)
    mine = [line for line in found if line.startswith(check.__doc__ or "?")]
    assert found == mine
    return mine


def plant(statement: str, **values: Any) -> None:
    """Breaks the data behind everybody's back."""
    with transaction():
        assert session.execute(text(statement), values).rowcount > 0  # type: ignore[attr-defined]


def test_an_empty_database_is_sound() -> None:
    assert audit.breaches(now=NOW) == []


def test_all_is_well_after_everything_that_happens_to_claims(cast: Cast) -> None:
    steps.decide(steps.claim_seat(cast, "outsider"), cast, Verdict.REJECT, note="Vol.")
    steps.withdraw(steps.approved(cast, "newcomer"))
    steps.approved(cast)
    steps.claim_seat(cast, "colleague")
    steps.change_slot(cast, supervisor="Henk Lange", capacity=3)
    steps.tell()
    steps.show_hosts()
    steps.send_everything()
    assert audit.breaches(now=TOMORROW) == []
    steps.cancel_slot(cast)
    assert audit.breaches(now=TOMORROW) == []


@pytest.mark.parametrize("taken", [0, 2])
def test_it_finds_seats_that_nobody_holds_and_claims_without_a_seat(cast: Cast, taken: int) -> None:
    steps.claim_seat(cast)
    plant("UPDATE slot SET seats_taken = :taken", taken=taken)
    assert breaches(audit._seats) == [
        f"Seats taken differ from the claims that hold one: slot {cast.slot} has {taken}, not 1"
    ]


@pytest.mark.parametrize(("kind", "event"), [("claim", "pending"), ("slot", "open"), ("offer", "published")])
def test_it_finds_a_state_that_was_never_written_down(cast: Cast, kind: str, event: str) -> None:
    steps.claim_seat(cast)
    plant("DELETE FROM journal WHERE subject_kind = :kind AND event = :event", kind=kind, event=event)
    (breach,) = breaches(audit._journal)
    assert kind in breach and event in breach


def test_a_draft_needs_no_journal_of_its_state(cast: Cast) -> None:
    with transaction():
        offers.duplicate(offer=steps.offer_of(cast), by=cast.codes["host"], now=NOW)
    assert audit.breaches(now=TOMORROW) == []


def test_it_finds_an_approval_that_nobody_was_told_of(cast: Cast) -> None:
    claim = steps.approved(cast)
    plant("DELETE FROM letter WHERE name = 'claim_approved'")
    assert claim.code in breaches(audit._letters)[0]


def test_it_finds_an_approved_visit_without_an_invite(cast: Cast) -> None:
    claim = steps.approved(cast)
    plant("UPDATE entry SET is_invited = :no WHERE claim_id IS NOT NULL", no=False)
    assert claim.code in breaches(audit._invites)[0]


def test_old_approvals_have_lost_their_letters_and_that_is_well(cast: Cast) -> None:
    steps.approved(cast)
    plant("DELETE FROM letter")
    assert audit.breaches(now=NOW + RETENTION) == []


def test_it_finds_a_letter_about_a_claim_that_is_not_there(cast: Cast) -> None:
    claim = steps.approved(cast)
    letter = steps.the_letter("claim_approved")
    with transaction():
        columns = {name: getattr(letter, name) for name in Letter.__table__.columns.keys() if name != "id"}  # noqa: SIM118
        session.execute(
            insert(Letter).values(columns | {"key": "stray", "code": "STRAY", "stream": "claim:ZZZZZZZZZZ"})
        )
    assert claim.code not in breaches(audit._causes)[0]


def test_it_finds_people_who_do_not_know_what_changed(cast: Cast) -> None:
    claim = steps.approved(cast)
    with transaction():
        calm = BriefFacts(has_no_particular_risks=True)
        offers.change_brief(offer=steps.offer_of(cast), brief=calm, by="host", now=NOW)
    assert claim.code in breaches(audit._untold)[0]


def plan_decision(cast: Cast) -> str:
    return steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER).code


def test_it_finds_a_decision_that_is_overdue(cast: Cast) -> None:
    code = plan_decision(cast)
    assert code in breaches(audit._planned)[0]


def test_a_decision_that_is_not_overdue_yet_is_well(cast: Cast) -> None:
    plan_decision(cast)
    assert audit.breaches(now=NOW + timedelta(minutes=24)) == []


def test_it_finds_a_decision_about_a_claim_that_ended(cast: Cast) -> None:
    claim = steps.approved(cast)
    plant(
        "INSERT INTO planned_decision (claim_id, side, verdict, note, decided_by, decided_at, due_at, paid_by)"
        " SELECT id, 'coordinator', 'approve', '', person_id, state_at, :later, '' FROM claim",
        later=(TOMORROW + timedelta(days=1)).isoformat(" "),
    )
    assert claim.code in breaches(audit._planned)[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE slot SET session_count = 2",
        "UPDATE slot SET ends_at = starts_at",
        "UPDATE session SET starts_at = ends_at",
        "DELETE FROM session",
    ],
)
def test_it_finds_a_moment_that_does_not_span_its_sessions(cast: Cast, statement: str) -> None:
    plant(statement)
    assert cast.slot in breaches(audit._spans)[0]


def test_it_finds_a_claim_that_is_in_no_calendar(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    plant("DELETE FROM entry WHERE claim_id IS NOT NULL")
    assert claim.code in breaches(audit._entries)[0]


def test_it_finds_a_moment_that_is_in_no_public_calendar(cast: Cast) -> None:
    plant("DELETE FROM public_entry")
    assert cast.slot in breaches(audit._entries)[0]


@pytest.mark.parametrize("status", ["TENTATIVE", "CONFIRMED"])
@pytest.mark.parametrize("is_approved", [True, False])
def test_it_finds_a_calendar_that_says_something_else(cast: Cast, status: str, is_approved: bool) -> None:
    claim = steps.approved(cast) if is_approved else steps.claim_seat(cast)
    plant("UPDATE entry SET status = :status WHERE claim_id IS NOT NULL", status=status)
    found = breaches(audit._statuses)
    assert [claim.code in line for line in found] == [True] * (is_approved != (status == "CONFIRMED"))


def test_it_finds_a_calendar_that_still_shows_what_ended(cast: Cast) -> None:
    claim = steps.approved(cast)
    steps.withdraw(claim)
    plant("UPDATE entry SET status = 'CONFIRMED' WHERE claim_id IS NOT NULL")
    assert claim.code in breaches(audit._statuses)[0]


@pytest.fixture
def full(cast: Cast) -> str:
    """A moment with one seat, which is taken, and somebody who waits for it."""
    slot = steps.add_slot(cast, capacity=1)
    steps.claim_seat(cast, slot=slot)
    steps.wait(cast, "colleague", slot=slot)
    return slot


def test_it_finds_somebody_who_waits_for_a_seat_that_is_free(cast: Cast, full: str) -> None:
    plant("UPDATE slot SET capacity = 2 WHERE code = :code", code=full)
    assert full in breaches(audit._waiting)[0]


def test_a_seat_that_has_just_come_free_may_wait_for_the_worker(cast: Cast, full: str) -> None:
    steps.set_capacity(cast, 2, slot=full, now=TOMORROW - timedelta(minutes=14))
    assert audit.breaches(now=TOMORROW) == []


def test_who_waits_for_more_seats_than_are_free_waits_rightly(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=2)
    steps.claim_seat(cast, slot=slot)
    steps.claim_together(cast, "colleague", "newcomer", maker="colleague", slot=slot)
    assert audit.breaches(now=TOMORROW) == []


def test_it_finds_a_claim_that_should_have_been_decided(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    assert audit.breaches(now=NOW + timedelta(days=14, minutes=14)) == []
    plant("UPDATE claim SET state_at = :before", before=(NOW - timedelta(days=21)).isoformat(" "))
    assert claim.code in breaches(audit._overdue)[0]


def test_it_finds_an_offered_seat_that_was_not_answered(cast: Cast, full: str) -> None:
    steps.withdraw(steps.claim_with(first_claim(full)))
    plant("UPDATE claim SET answer_by = :now WHERE state = 'offered'", now=NOW.isoformat(" "))
    assert "claim" in breaches(audit._overdue)[0]


def test_it_finds_a_waiting_list_that_should_have_closed(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 1, 15), capacity=1)
    steps.claim_seat(cast, slot=slot)
    waits = steps.wait(cast, "colleague", slot=slot)
    assert waits.code in breaches(audit._overdue)[0]


def test_it_finds_a_seat_that_nobody_was_named_for(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 1, 19))
    (claim,) = steps.claim_together(cast, None, slot=slot)
    assert claim.code in breaches(audit._overdue)[0]


def first_claim(slot: str) -> str:
    """The code of the first claim on a moment."""
    return (
        session.scalars(select(Claim.code).join(Slot).where(Slot.code == slot).order_by(Claim.id)).first()
        or ""
    )


@pytest.mark.parametrize("other", [("outsider", ""), ("teacher", "another moment")])
def test_it_finds_a_party_that_is_none(cast: Cast, other: tuple[str, str]) -> None:
    who, slot = other
    steps.claim_seat(cast)
    steps.claim_seat(cast, who, slot=steps.add_slot(cast, day=date(2027, 2, 16)) if slot else "")
    plant("UPDATE claim SET party = 'ONE'")
    assert "party ONE" in breaches(audit._parties)[0]


def test_it_finds_a_claim_that_lives_on_though_its_moment_is_off(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.cancel_slot(cast)
    plant("UPDATE claim SET state = 'pending'")
    plant("UPDATE slot SET seats_taken = 1")
    assert claim.code in breaches(audit._ended)[0]


NOTED = (
    "INSERT INTO attendance (claim_id, session_id, has_come, noted_by, noted_at)"
    " SELECT claim.id, session.id, :yes, 'x', claim.made_at FROM claim, session"
    " WHERE (session.slot_id = claim.slot_id) = :here"
)


def test_it_finds_attendance_of_who_had_no_seat(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    plant(NOTED, yes=True, here=True)
    assert claim.code in breaches(audit._attendance)[0]


def test_it_finds_attendance_elsewhere(cast: Cast) -> None:
    claim = steps.approved(cast)
    steps.add_slot(cast, day=date(2027, 2, 16))
    plant(NOTED, yes=True, here=False)
    assert claim.code in breaches(audit._attendance)[0]


def test_who_came_first_and_left_the_series_later_was_there(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 2, 16), sessions=3)
    claim = steps.approved(cast, slot=slot)
    first = claim.slot.sessions[0].starts_at
    with transaction():
        claims.note_attendance(claim=claim, starts_at=first, has_come=True, by=cast.codes["host"], now=first)
    steps.withdraw(claim, now=first + timedelta(hours=20))
    steps.show_hosts(now=first + timedelta(hours=20))
    assert audit.breaches(now=first + timedelta(hours=20)) == []


def test_it_finds_an_offer_that_says_nothing_about_safety(cast: Cast) -> None:
    with transaction():
        offer, silent = steps.offer_of(cast), BriefFacts(notes=" ")
        offer.state = OfferState.DRAFT
        offers.change_brief(offer=offer, brief=silent, by="host", now=NOW)
        offer.state = OfferState.PUBLISHED
    assert cast.offer in breaches(audit._briefs)[0]


def test_it_finds_a_brief_of_which_the_version_of_now_was_not_kept(cast: Cast) -> None:
    plant("UPDATE brief_version SET hash = 'another'")
    assert "version 2" in breaches(audit._brief_versions)[0]
    plant("DELETE FROM brief_version")
    assert "version 2" in breaches(audit._brief_versions)[0]


def test_it_finds_a_brief_that_does_not_say_all_that_it_is_based_on(cast: Cast) -> None:
    with transaction():
        steps.offer_of(cast).brief.own = BriefFacts(has_no_particular_risks=True).as_data()
    assert breaches(audit._whole_briefs)


def test_it_finds_a_condition_that_was_met_and_not_noticed(cast: Cast) -> None:
    steps.demand(cast, Access.B_VCA)
    claim = steps.approve_on_condition(steps.claim_seat(cast), cast)
    assert audit.breaches(now=TOMORROW) == []
    steps.certified(cast)
    assert claim.code in breaches(audit._conditions)[0]


def test_it_finds_an_offer_that_is_not_in_the_list_as_it_is(cast: Cast) -> None:
    plant("UPDATE listing SET state = 'closed'")
    assert cast.offer in breaches(audit._listed)[0]
    plant("DELETE FROM listing")
    assert cast.offer in breaches(audit._listed)[0]


def test_it_finds_a_withdrawal_that_was_announced_and_forgotten(cast: Cast) -> None:
    claim = steps.approved(cast)
    with transaction():
        session.add(PlannedWithdrawal(claim=claim, planned_at=NOW, due_at=TOMORROW - timedelta(minutes=14)))
    assert audit.breaches(now=TOMORROW) == []
    with transaction():
        session.execute(update(PlannedWithdrawal).values(due_at=NOW))
    assert claim.code in breaches(audit._declined)[0]


def test_it_finds_a_secret_that_was_kept(cast: Cast) -> None:
    with transaction():
        people.ask_sign_in(email=cast.emails["teacher"], browser="b", next_page="", now=NOW)
    assert audit.breaches(now=NOW + timedelta(hours=2)) == []
    assert "letter" in breaches(audit._secrets)[0]


def test_it_finds_a_question_after_its_last_day_and_an_answer_that_nobody_heard_of(cast: Cast) -> None:
    code = ask(cast)
    answer(cast, code)
    plant("UPDATE answer SET told_at = NULL")
    assert code in breaches(audit._questions)[0]
    plant("UPDATE answer SET told_at = :at", at=NOW)
    assert audit.breaches(now=TOMORROW) == []
    plant("UPDATE question SET from_on = :day, until_on = :day", day="2027-01-11")
    assert code in breaches(audit._questions)[0]


def test_every_check_is_made_to_speak_here() -> None:
    here = Path(__file__).read_text("utf-8")
    assert [check.__name__ for check in audit.CHECKS if f"breaches(audit.{check.__name__})" not in here] == []
