"""Approving and rejecting: what it means, who may, and how a decision waits and is taken back."""

from datetime import timedelta
from functools import partial

import pytest

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.states import ClaimState, Verdict
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import history
from marketplace.people.actions import Scope
from marketplace.people.states import Role
from tests import steps
from tests.calendars.examples import content_lines
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

REASON = "Deze dag is voor het team bouw."
SOON = NOW + timedelta(minutes=5)
DUE = NOW + steps.LATER


def reject(claim: Claim, cast: Cast, note: str = REASON, *, who: str = "coordinator") -> Claim:
    return steps.decide(claim, cast, Verdict.REJECT, note=note, who=who)


def take_back(claim: Claim, cast: Cast, *, who: str = "coordinator", minutes: float = 5) -> None:
    with transaction():
        claims.take_back(claim=claim, by=cast.codes[who], now=NOW + timedelta(minutes=minutes))


def planned() -> int:
    return session.query(PlannedDecision).count()


# --- Approving ----------------------------------------------------------------------------------------------


def test_approval_confirms_the_calendar_entry_with_a_higher_sequence(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    (before,) = [(each.uid, each.sequence) for each in steps.entries_of(claim)]
    steps.decide(claim, cast)
    (entry,) = steps.entries_of(claim)
    assert (claim.state, claim.state_by) == (ClaimState.APPROVED, cast.codes["coordinator"])
    assert (entry.status, entry.uid, entry.sequence) == ("CONFIRMED", before[0], before[1] + 1)
    assert claim.slot.seats_taken == 1
    assert audit.breaches(now=NOW) == []


def test_the_approval_letter_carries_the_invite_of_the_entry(cast: Cast) -> None:
    claim = steps.approved(cast)
    (entry,) = steps.entries_of(claim)
    letter = steps.the_letter("claim_approved")
    assert (letter.receiver_address, letter.calendar_method) == (cast.emails["teacher"], "REQUEST")
    assert steps.said(letter, "METHOD") == "REQUEST"
    assert steps.said(letter, "UID") == entry.uid
    assert steps.said(letter, "SEQUENCE") == str(entry.sequence)
    assert steps.said(letter, "ATTENDEE").endswith(f":mailto:{cast.emails['teacher']}")
    assert "RSVP=TRUE" in steps.said(letter, "ATTENDEE")
    assert steps.said(letter, "ORGANIZER").endswith(":mailto:meeloop@meeloop.example")
    assert "Wim Haverkort" in letter.text
    assert "S3" in letter.text


def test_the_invite_and_the_feed_tell_the_same_story(cast: Cast) -> None:
    claim = steps.approved(cast)
    (entry,) = steps.entries_of(claim)
    invite = steps.the_letter("claim_approved").calendar
    assert invite
    assert set(content_lines(entry.text.encode())) <= set(content_lines(invite))


def test_the_host_hears_who_comes(cast: Cast) -> None:
    steps.approved(cast)
    letter = steps.the_letter("participant_coming")
    assert letter.receiver_address == cast.emails["host"]
    assert "Marieke Otten" in letter.text
    assert letter.calendar is None
    steps.show_hosts()
    (entry,) = steps.host_entries(cast.slot)
    assert "SUMMARY" in entry.text
    assert "Marieke" not in entry.text


def test_whom_a_coordinator_approves_is_known_from_now_on(cast: Cast) -> None:
    steps.approved(cast, "newcomer")
    newcomer = steps.somebody(cast.codes["newcomer"])
    assert newcomer.is_known
    assert "known" in [each.event for each in history("person", newcomer.code)]


def test_whom_a_coordinator_rejects_stays_a_newcomer(cast: Cast) -> None:
    reject(steps.claim_seat(cast, "newcomer"), cast)
    assert not steps.somebody(cast.codes["newcomer"]).is_known


def test_a_coordinator_decides_after_sign_up_closed_and_until_the_start(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    starts_at = claim.slot.starts_at
    assert claim.slot.close_at < starts_at - timedelta(hours=1)
    assert "begun" in steps.refusal(lambda: steps.decide(claim, cast, now=starts_at))
    steps.decide(claim, cast, now=starts_at - timedelta(seconds=1))
    assert claim.state == ClaimState.APPROVED


# --- Rejecting ----------------------------------------------------------------------------------------------


def test_rejection_frees_the_seat_and_clears_the_calendar(cast: Cast) -> None:
    claim = reject(steps.claim_seat(cast), cast)
    (entry,) = steps.entries_of(claim)
    assert (claim.state, claim.reason, claim.slot.seats_taken) == (ClaimState.REJECTED, REASON, 0)
    assert entry.status == "CANCELLED"
    assert "SUMMARY:Rejected: " in entry.text
    assert audit.breaches(now=NOW) == []


def test_the_participant_reads_the_reason_and_gets_no_invite(cast: Cast) -> None:
    reject(steps.claim_seat(cast), cast)
    letter = steps.the_letter("claim_rejected")
    assert REASON in letter.text
    assert letter.calendar is None
    assert not steps.letters("participant_coming")


@pytest.mark.parametrize("note", ["", "  \n", "x" * 1001])
def test_a_rejection_without_a_reason_or_with_a_book_is_refused(cast: Cast, note: str) -> None:
    claim = steps.claim_seat(cast)
    assert "reason" in steps.refusal(lambda: reject(claim, cast, note))


# --- Who may ------------------------------------------------------------------------------------------------


def test_nobody_decides_about_their_own_claim(cast: Cast) -> None:
    school = steps.somebody(cast.codes["teacher"]).school
    assert school
    steps.add_role(cast, "coordinator", Role.PARTICIPANT, Scope(school.id))
    claim = steps.claim_seat(cast, "coordinator")
    assert "own claim" in steps.refusal(lambda: steps.decide(claim, cast))
    assert steps.decide(claim, cast, who="second coordinator").state == ClaimState.APPROVED


@pytest.mark.parametrize("verdict", Verdict)
def test_nobody_touches_what_was_decided_about_their_own_claim(cast: Cast, verdict: Verdict) -> None:
    steps.add_role(cast, "coordinator", Role.PARTICIPANT, Scope(steps.school_of(cast).id))
    claim = steps.claim_seat(cast, "coordinator")
    steps.decide(claim, cast, verdict, who="second coordinator", note=REASON, delay=steps.LATER)
    for action in (steps.take_back, steps.send_now):
        assert "own claim" in steps.refusal(partial(action, claim, cast, now=SOON))
    assert planned() == 1 and claim.state == ClaimState.PENDING
    steps.take_back(claim, cast, who="second coordinator", now=SOON)


@pytest.mark.parametrize("delay", [steps.AT_ONCE, steps.LATER])
@pytest.mark.parametrize(("verdict", "word"), [(Verdict.APPROVE, "approved"), (Verdict.REJECT, "rejected")])
def test_the_second_coordinator_is_told_who_decided_what(
    cast: Cast, verdict: Verdict, word: str, delay: timedelta
) -> None:
    claim = steps.claim_seat(cast)
    steps.decide(claim, cast, verdict, note=REASON, delay=delay)
    for second in Verdict:
        with pytest.raises(Refused) as why:
            steps.decide(claim, cast, second, note=REASON, who="second coordinator")
        assert str(why.value) == f"Wim Haverkort {word} this claim just before you."


def test_an_automatic_approval_is_not_decided_once_more(cast: Cast) -> None:
    steps.set_policy(cast, "automatic")
    claim = steps.claim_seat(cast)
    assert "Meeloop approved" in steps.refusal(lambda: reject(claim, cast))


def test_a_claim_that_was_withdrawn_waits_for_no_decision(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.withdraw(claim)
    assert "no longer waits" in steps.refusal(lambda: steps.decide(claim, cast))


# --- Deciding with a delay ----------------------------------------------------------------------------------


def test_a_planned_decision_changes_nothing_yet(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.forget_letters()
    steps.decide(claim, cast, delay=steps.LATER)
    assert (claim.state, claim.slot.seats_taken) == (ClaimState.PENDING, 1)
    assert steps.waiting_letters() == []
    assert steps.entries_of(claim)[0].status == "TENTATIVE"
    assert claims.decide_due(now=DUE - timedelta(seconds=1)) == 0
    assert claim.state == ClaimState.PENDING
    assert audit.breaches(now=NOW) == []


@pytest.mark.parametrize(
    ("verdict", "state", "letter"),
    [
        (Verdict.APPROVE, ClaimState.APPROVED, "claim_approved"),
        (Verdict.REJECT, ClaimState.REJECTED, "claim_rejected"),
    ],
)
def test_a_planned_decision_is_carried_out_once_in_the_name_of_who_took_it(
    cast: Cast, verdict: Verdict, state: ClaimState, letter: str
) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, verdict, note=REASON, delay=steps.LATER)
    assert [claims.decide_due(now=DUE) for _ in range(2)] == [1, 0]
    assert (claim.state, claim.state_by, claim.state_at) == (state, cast.codes["coordinator"], DUE)
    assert "Wim Haverkort" in steps.the_letter(letter).text
    assert planned() == 0
    assert audit.breaches(now=DUE) == []


def test_a_planned_decision_can_be_taken_back_and_taken_anew(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, Verdict.REJECT, note=REASON, delay=steps.LATER)
    take_back(claim, cast)
    assert claims.decide_due(now=DUE) == 0
    assert claim.state == ClaimState.PENDING
    assert [each.event for each in history("claim", claim.code)] == [
        "pending",
        "planned_reject",
        "taken_back",
    ]
    steps.decide(claim, cast, who="second coordinator", now=DUE)
    assert claim.state == ClaimState.APPROVED


def test_what_took_effect_cannot_be_taken_back(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER)
    claims.decide_due(now=DUE)
    assert "taken effect" in steps.refusal(lambda: take_back(claim, cast, minutes=11))


def test_a_decision_that_is_due_cannot_be_taken_back_even_if_the_worker_is_late(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER)
    assert "taken effect" in steps.refusal(lambda: take_back(claim, cast, minutes=10))


def test_there_is_nothing_to_take_back_where_nothing_was_planned(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    assert "taken effect" in steps.refusal(lambda: take_back(claim, cast))


def test_withdrawing_meanwhile_drops_the_planned_decision(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER)
    steps.withdraw(claim, now=SOON)
    assert planned() == 0
    assert claims.decide_due(now=DUE) == 0
    assert claim.state == ClaimState.WITHDRAWN
    assert not steps.letters("claim_approved")
    assert audit.breaches(now=DUE) == []


def test_cancelling_the_moment_meanwhile_drops_the_planned_decision(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER)
    steps.cancel_slot(cast, now=SOON)
    assert planned() == 0
    assert claims.decide_due(now=DUE) == 0
    assert claim.state == ClaimState.CANCELLED
    assert not steps.letters("claim_approved")


def test_planned_decisions_are_carried_out_in_the_order_in_which_they_are_due(cast: Cast) -> None:
    first, second = steps.claim_seat(cast), steps.claim_seat(cast, "colleague")
    steps.decide(second, cast, delay=steps.LATER)
    steps.decide(first, cast, delay=steps.LATER, now=SOON)
    assert claims.decide_due(now=DUE) == 1
    assert (first.state, second.state) == (ClaimState.PENDING, ClaimState.APPROVED)
    assert claims.decide_due(now=SOON + steps.LATER) == 1
    assert first.state == ClaimState.APPROVED
