"""The waiting list: who comes first is asked first, nobody is passed by who just comes along, and all hear why."""

from datetime import date, datetime, time, timedelta

import pytest

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims import queries, rules
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Lapse
from marketplace.kernel.database import transaction
from marketplace.offers import actions as offers
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("app_context")

HOUR = timedelta(hours=1)
STARTS_AT = datetime.fromisoformat("2027-02-09T07:00:00Z")
CLOSES_AT = STARTS_AT - 84 * HOUR
"""Twelve hours to answer, seventy-two before the start."""


@pytest.fixture
def slot(cast: Cast) -> str:
    """A moment with one seat, which the teacher has."""
    code = steps.add_slot(cast, capacity=1)
    steps.approved(cast, slot=code)
    steps.forget_letters()
    return code


def holder(slot: str) -> Claim:
    """Who has the only seat."""
    (claim,) = [each for each in queries.living_claims(steps.slot_with(slot).id) if each.holds_a_seat]
    return claim


def written() -> list[tuple[str, str]]:
    """The letters that have not left: which, and to whom."""
    return [
        (each.name, each.receiver_address.partition("@")[0])
        for each in steps.letters()
        if each.state == "queued"
    ]


# --- Waiting ------------------------------------------------------------------------------------------------


def test_where_no_seat_is_left_one_may_wait(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    assert (claim.state, claim.slot.seats_taken) == (ClaimState.WAITLISTED, 1)
    assert queries.place_of(claim) == (1, 1)
    assert written() == [("claim_waitlisted", "colleague")]
    assert steps.entries_of(claim) == []
    assert audit.breaches(now=NOW) == []


def test_who_does_not_want_to_wait_hears_that_it_is_full_and_that_they_could(cast: Cast, slot: str) -> None:
    assert "still go on the waiting list" in steps.refusal(
        lambda: steps.claim_seat(cast, "colleague", slot=slot)
    )


def test_who_would_wait_has_a_seat_if_there_is_one(cast: Cast) -> None:
    assert steps.wait(cast, "teacher").state == ClaimState.PENDING


def test_nobody_waits_where_the_list_cannot_move_any_more(cast: Cast, slot: str) -> None:
    assert steps.wait(cast, "outsider", slot=slot, now=CLOSES_AT).state == ClaimState.WAITLISTED
    late = steps.refusal(lambda: steps.wait(cast, "colleague", slot=slot, now=CLOSES_AT + 1 * HOUR))
    assert late == "The last seat has just been taken. Choose another moment."


def test_nobody_waits_twice_or_where_they_have_a_seat(cast: Cast, slot: str) -> None:
    steps.wait(cast, "colleague", slot=slot)
    for who in ("colleague", "teacher"):
        assert "already signed up" in steps.refusal(lambda: steps.wait(cast, who, slot=slot))  # noqa: B023


def test_waiting_is_in_nobodys_way_elsewhere(cast: Cast, slot: str) -> None:
    steps.wait(cast, "colleague", slot=slot)
    assert steps.claim_seat(cast, "colleague").state == ClaimState.PENDING


def test_places_are_counted_in_people_and_move_up(cast: Cast, slot: str) -> None:
    first, second, third = (steps.wait(cast, who, slot=slot) for who in ("colleague", "newcomer", "outsider"))
    assert [queries.place_of(each) for each in (first, second, third)] == [(1, 1), (2, 1), (3, 1)]
    steps.withdraw(first)
    assert [queries.place_of(each) for each in (second, third)] == [(1, 1), (2, 1)]


def test_who_leaves_the_list_is_off_it_and_comes_back_at_its_end(cast: Cast, slot: str) -> None:
    first, second = (steps.wait(cast, who, slot=slot) for who in ("colleague", "newcomer"))
    steps.withdraw(first)
    again = steps.wait(cast, "colleague", slot=slot)
    assert [queries.place_of(each)[0] for each in (second, again)] == [1, 2]
    assert written().count(("claim_withdrawn", "colleague")) == 1


# --- A seat comes free ----------------------------------------------------------------------------------------


def test_a_seat_that_comes_free_is_offered_to_the_first_in_line(cast: Cast, slot: str) -> None:
    first, second = (steps.wait(cast, who, slot=slot) for who in ("colleague", "newcomer"))
    steps.forget_letters()
    steps.withdraw(holder(slot))
    assert (first.state, first.answer_by) == (ClaimState.OFFERED, NOW + 48 * HOUR)
    assert (second.state, queries.place_of(second)) == (ClaimState.WAITLISTED, (1, 1))
    assert first.slot.seats_taken == 1
    assert [each for each in written() if each[0] == "seat_offered"] == [("seat_offered", "colleague")]
    (entry,) = steps.entries_of(first)
    assert (entry.status, entry.is_invited) == ("TENTATIVE", False)
    assert audit.breaches(now=NOW) == []


def test_an_offered_seat_is_nobody_elses(cast: Cast, slot: str) -> None:
    steps.wait(cast, "colleague", slot=slot)
    steps.withdraw(holder(slot))
    assert "last seat" in steps.refusal(lambda: steps.claim_seat(cast, "outsider", slot=slot))
    assert steps.wait(cast, "outsider", slot=slot).state == ClaimState.WAITLISTED


@pytest.mark.parametrize(
    ("before_start", "hours"),
    [(29 * 24, 48), (121, 48), (120, 48), (119, 47), (84, 12)],
)
def test_one_has_two_days_to_answer_but_until_three_before_the_start(before_start: int, hours: int) -> None:
    now = STARTS_AT - before_start * HOUR
    assert rules.answer_by(STARTS_AT, now) == now + hours * HOUR


@pytest.mark.parametrize("before_start", [83.9, 72, 1, -1])
def test_nothing_is_offered_so_late_that_there_is_no_time_to_answer(before_start: float) -> None:
    now = STARTS_AT - before_start * HOUR
    assert rules.answer_by(STARTS_AT, now) is None
    assert not rules.can_wait(STARTS_AT, now)


def test_what_comes_free_after_the_list_closed_is_offered_to_nobody(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.withdraw(holder(slot), now=CLOSES_AT + timedelta(seconds=1))
    assert (claim.state, claim.slot.seats_taken) == (ClaimState.WAITLISTED, 0)
    assert not steps.letters("seat_offered")


def test_the_last_moment_at_which_a_seat_is_offered(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.withdraw(holder(slot), now=CLOSES_AT)
    assert claim.answer_by == STARTS_AT - 72 * HOUR


def test_a_rejection_frees_the_seat_for_who_waits(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1)
    pending = steps.claim_seat(cast, slot=slot)
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.reject(pending, cast)
    assert claim.state == ClaimState.OFFERED


# --- Saying yes, no, or nothing -------------------------------------------------------------------------------


@pytest.fixture
def offered(cast: Cast, slot: str) -> Claim:
    """A seat that was offered to the colleague, with the newcomer next in line."""
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.wait(cast, "newcomer", slot=slot)
    steps.withdraw(holder(slot))
    steps.forget_letters()
    return claim


def test_saying_yes_makes_it_a_claim_like_any_other(cast: Cast, offered: Claim) -> None:
    steps.accept(offered, now=NOW + HOUR)
    assert (offered.state, offered.answer_by) == (ClaimState.PENDING, None)
    assert written() == [("claim_received", "colleague")]
    steps.decide(offered, cast, now=NOW + 2 * HOUR)
    assert len(steps.letters("claim_approved", to=cast.emails["colleague"])) == 1
    assert audit.breaches(now=NOW + 2 * HOUR) == []


def test_the_coordinator_may_take_ten_working_days_from_the_yes(cast: Cast, offered: Claim) -> None:
    steps.accept(offered, now=NOW + 47 * HOUR)
    assert rules.lapses_at(offered.state_at, STARTS_AT) == NOW + 47 * HOUR + timedelta(days=14)


def test_where_approval_is_automatic_saying_yes_confirms_at_once(cast: Cast) -> None:
    steps.set_policy(cast, "automatic")
    slot = steps.add_slot(cast, capacity=1)
    first = steps.claim_seat(cast, slot=slot)
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.withdraw(first)
    steps.accept(claim)
    assert claim.state == ClaimState.APPROVED
    confirmed = steps.letters("claim_approved", to=cast.emails["colleague"])
    assert [each.calendar_method for each in confirmed] == ["REQUEST"]
    assert audit.breaches(now=NOW) == []


def test_saying_yes_twice_does_it_once(offered: Claim) -> None:
    steps.accept(offered)
    assert "no longer offered" in steps.refusal(lambda: steps.accept(offered))


def test_saying_yes_too_late_is_refused_also_before_the_worker_noticed(offered: Claim) -> None:
    assert "time to accept" in steps.refusal(lambda: steps.accept(offered, now=NOW + 48 * HOUR))


def test_nobody_says_yes_after_the_start_of_a_moment_that_was_moved_forward(
    cast: Cast, offered: Claim
) -> None:
    tomorrow = [steps.moved(each, days=-28) for each in steps.sessions_of(offered.slot)]
    steps.change_slot(cast, slot=offered.slot.code, sessions=tomorrow)
    assert "time to accept" in steps.refusal(lambda: steps.accept(offered, now=tomorrow[0].starts_at))


def test_who_has_a_seat_elsewhere_by_now_withdraws_there_first(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    elsewhere = steps.claim_seat(cast, "colleague")
    steps.withdraw(holder(slot))
    assert "Withdraw there first" in steps.refusal(lambda: steps.accept(claim))
    steps.withdraw(elsewhere)
    steps.accept(claim)
    assert claim.state == ClaimState.PENDING


def test_who_says_no_leaves_the_seat_to_the_next(cast: Cast, offered: Claim) -> None:
    steps.refuse(offered)
    assert offered.state == ClaimState.WITHDRAWN
    assert holder(offered.slot.code).receiver.code == cast.codes["newcomer"]
    assert written() == [("seat_offered", "newcomer"), ("claim_withdrawn", "colleague")]
    assert steps.entries_of(offered)[0].status == "CANCELLED"
    assert "no longer offered" in steps.refusal(lambda: steps.refuse(offered))


def test_who_says_nothing_leaves_the_seat_to_the_next_and_hears_it_once(cast: Cast, offered: Claim) -> None:
    assert steps.lapse(now=NOW + 48 * HOUR - timedelta(seconds=1)) == 0
    at = NOW + 48 * HOUR
    assert [steps.lapse(now=at) for _ in range(2)] == [1, 0]
    assert (offered.state, offered.lapsed_as) == (ClaimState.LAPSED, Lapse.UNANSWERED)
    following = holder(offered.slot.code)
    assert (following.receiver.code, following.answer_by) == (cast.codes["newcomer"], at + 48 * HOUR)
    assert written() == [("seat_offered", "newcomer"), ("claim_lapsed", "colleague")]
    assert audit.breaches(now=at) == []


def test_a_seat_is_not_offered_twice_to_who_said_nothing_unless_they_wait_anew(offered: Claim) -> None:
    steps.lapse(now=NOW + 48 * HOUR)
    steps.lapse(now=NOW + 96 * HOUR)
    assert offered.slot.seats_taken == 0
    assert len(steps.letters("seat_offered")) == 2


def test_a_claim_made_anew_is_offered_anew_with_a_letter_of_its_own(cast: Cast, offered: Claim) -> None:
    steps.refuse(offered)
    again = steps.wait(cast, "colleague", slot=offered.slot.code)
    steps.refuse(holder(offered.slot.code))
    assert again.state == ClaimState.OFFERED
    assert len(steps.letters("seat_offered", to=cast.emails["colleague"])) == 2
    steps.accept(again)
    assert again.state == ClaimState.PENDING


def test_an_offered_seat_waits_for_no_decision_of_a_coordinator(cast: Cast, offered: Claim) -> None:
    assert "no longer waits" in steps.refusal(lambda: steps.decide(offered, cast))


def test_nothing_is_accepted_or_refused_for_nobody() -> None:
    for answer in (claims.accept, claims.refuse):
        assert "no longer offered" in steps.refusal(lambda: answer(party=[], by="x", now=NOW))  # noqa: B023


# --- The list ends --------------------------------------------------------------------------------------------


def test_when_the_list_closes_everybody_on_it_hears_so_once(cast: Cast, slot: str) -> None:
    waiting = [steps.wait(cast, who, slot=slot) for who in ("colleague", "newcomer")]
    steps.forget_letters()
    assert steps.lapse(now=CLOSES_AT) == 0
    at = CLOSES_AT + timedelta(seconds=1)
    assert [steps.lapse(now=at) for _ in range(2)] == [1, 0]
    assert {(each.state, each.lapsed_as) for each in waiting} == {(ClaimState.LAPSED, Lapse.QUEUE_CLOSED)}
    assert sorted(written()) == [("claim_lapsed", "colleague"), ("claim_lapsed", "newcomer")]
    assert audit.breaches(now=at) == []


def test_after_the_list_closed_a_free_seat_is_for_everybody(cast: Cast, slot: str) -> None:
    steps.wait(cast, "colleague", slot=slot)
    at = CLOSES_AT + timedelta(minutes=1)
    steps.lapse(now=at)
    steps.withdraw(holder(slot), now=at)
    assert steps.claim_seat(cast, "outsider", slot=slot, now=at).state == ClaimState.PENDING


def test_who_waits_hears_that_the_moment_is_cancelled(cast: Cast, offered: Claim) -> None:
    steps.cancel_slot(cast, slot=offered.slot.code)
    assert sorted(written()) == [("claim_cancelled", "colleague"), ("claim_cancelled", "newcomer")]
    assert offered.slot.seats_taken == 0
    assert audit.breaches(now=NOW) == []


# --- Seats come free in another way ---------------------------------------------------------------------------


def test_more_seats_are_offered_to_those_who_wait_in_their_order(cast: Cast, slot: str) -> None:
    waiting = [steps.wait(cast, who, slot=slot) for who in ("colleague", "newcomer", "outsider")]
    steps.set_capacity(cast, 3, slot=slot)
    steps.offer_free_seats()
    assert [each.state for each in waiting] == [ClaimState.OFFERED, ClaimState.OFFERED, ClaimState.WAITLISTED]
    assert len(steps.letters("seat_offered")) == 2
    assert steps.offer_free_seats() == 0
    assert audit.breaches(now=NOW) == []


def test_who_comes_by_before_the_worker_noticed_does_not_jump_the_queue(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.set_capacity(cast, 2, slot=slot)
    assert "last seat" in steps.refusal(lambda: steps.claim_seat(cast, "outsider", slot=slot))
    second = steps.wait(cast, "outsider", slot=slot)
    assert (claim.state, second.state) == (ClaimState.OFFERED, ClaimState.WAITLISTED)


def test_a_late_yes_of_a_coordinator_does_not_jump_the_queue(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1, day=date(2027, 3, 9))
    lapsed = steps.claim_seat(cast, slot=slot)
    at = NOW + timedelta(days=15)
    steps.lapse(now=at)
    steps.claim_seat(cast, "outsider", slot=slot, now=at)
    waits = steps.wait(cast, "colleague", slot=slot, now=at)
    steps.set_capacity(cast, 2, slot=slot, now=at)
    assert "No seat is free" in steps.refusal(lambda: steps.decide(lapsed, cast, now=at))
    steps.offer_free_seats(now=at)
    assert waits.state == ClaimState.OFFERED


def test_a_list_rests_while_sign_up_is_closed_and_moves_when_it_opens(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    steps.close_slot(cast, slot=slot)
    steps.withdraw(holder(slot))
    assert (steps.offer_free_seats(), claim.state) == (0, ClaimState.WAITLISTED)
    steps.reopen_slot(cast, slot=slot)
    assert claim.state == ClaimState.OFFERED


def test_a_list_rests_while_the_offer_is_closed(cast: Cast, slot: str) -> None:
    claim = steps.wait(cast, "colleague", slot=slot)
    with transaction():
        offers.close_offer(offer=steps.offer_of(cast), by=cast.codes["host"], now=NOW)
    steps.withdraw(holder(slot))
    assert (steps.offer_free_seats(), claim.state) == (0, ClaimState.WAITLISTED)
    assert audit.breaches(now=NOW + HOUR) == []


def test_looking_for_whom_a_seat_fits_changes_nothing_where_it_fits_nobody(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=2)
    steps.claim_seat(cast, slot=slot)
    steps.claim_together(cast, "colleague", "newcomer", maker="colleague", slot=slot)
    steps.show_hosts()
    before = everything()
    steps.offer_free_seats(now=NOW + HOUR)
    assert everything() == before


def test_who_waits_is_told_of_changes_too(cast: Cast, slot: str) -> None:
    steps.wait(cast, "colleague", slot=slot)
    steps.forget_letters()
    steps.change_slot(cast, slot=slot, supervisor="Henk Lange")
    steps.tell()
    (letter,) = steps.letters("claim_changed", to=cast.emails["colleague"])
    assert letter.calendar is None


def test_two_days_of_waiting_end_at_the_same_hour_past_the_night_the_clock_jumps(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1, day=date(2027, 4, 15), starts=time(10), ends=time(16))
    first, claim = steps.claim_seat(cast, slot=slot), steps.wait(cast, "colleague", slot=slot)
    at = datetime.fromisoformat("2027-03-27T12:00:00Z")
    steps.withdraw(first, now=at)
    assert claim.answer_by == at + 48 * HOUR


# --- Why nothing was sent -------------------------------------------------------------------------------------


def said(slot: str, *, seats: int = 1, now: datetime = NOW) -> str:
    """The sentence with which the page of who waits says why nothing happens."""
    refusal = rules.why_waiting(steps.slot_with(slot), seats, now)
    return refusal.message % refusal.params


def test_who_waits_reads_why_they_have_no_seat_yet(cast: Cast, slot: str) -> None:
    steps.wait(cast, "colleague", slot=slot)
    assert "All places are taken now" in said(slot)
    assert "too little time is left" in said(slot, now=CLOSES_AT + HOUR)
    steps.set_capacity(cast, 2, slot=slot)
    assert "has just come free" in said(slot)
    assert "Free places: 1, but you need 2 together" in said(slot, seats=2)
    steps.close_slot(cast, slot=slot)
    assert "closed sign-up" in said(slot)
