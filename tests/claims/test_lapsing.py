"""What nobody decides lapses: when exactly, with one honest letter to both, and a late yes while a seat is free."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims import queries, rules
from marketplace.claims.models import Claim
from marketplace.claims.rules.waiting import UNDER_TEN_WORKING_DAYS
from marketplace.claims.states import ClaimState, Lapse
from marketplace.kernel.times import at_wall, wall_date
from marketplace.offers.states import SlotState
from marketplace.regions.rules import is_working_day
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
with_rows = pytest.mark.usefixtures("app_context")


def at(text: str) -> datetime:
    """An instant by the clock in Amsterdam: "2027-01-11 10:00"."""
    day, clock = text.split()
    return at_wall(date.fromisoformat(day), time.fromisoformat(clock))


# --- When exactly ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "starts", "lapses", "why"),
    [
        ("2027-01-11 10:00", "2027-06-01 08:00", "2027-01-25 10:00", "ten working days are two weeks"),
        ("2027-01-09 10:00", "2027-06-01 08:00", "2027-01-22 10:00", "from a Saturday to a Friday"),
        ("2027-01-10 10:00", "2027-06-01 08:00", "2027-01-22 10:00", "from a Sunday to a Friday"),
        ("2027-01-11 10:00", "2027-01-22 08:00", "2027-01-20 08:00", "48 hours before the start"),
        ("2027-03-22 10:00", "2027-06-01 08:00", "2027-04-07 10:00", "Good Friday, Easter Monday are none"),
        ("2027-04-26 10:00", "2027-09-01 08:00", "2027-05-12 10:00", "King's Day, Ascension Day are none"),
        ("2027-12-20 10:00", "2028-03-01 08:00", "2028-01-03 10:00", "Christmas fell in a weekend"),
        ("2027-03-22 10:00", "2027-03-29 08:00", "2027-03-27 07:00", "48 hours through a night of 23"),
        ("2027-10-25 10:00", "2027-11-01 08:00", "2027-10-30 09:00", "48 hours through a night of 25"),
        ("2027-01-19 10:00", "2027-01-21 08:00", "2027-01-20 10:00", "never within 24 hours"),
        ("2027-01-20 20:00", "2027-01-21 08:00", "2027-01-21 08:00", "but at the latest at the start"),
    ],
)
def test_when_a_claim_lapses(made: str, starts: str, lapses: str, why: str) -> None:
    assert rules.lapses_at(at(made), at(starts)) == at(lapses), why


@given(hours=st.integers(0, 6 * 365 * 24), ahead=st.integers(1, 90 * 24))
def test_the_rule_as_it_is_written(hours: int, ahead: int) -> None:
    since = at("2026-01-01 00:30") + hours * HOUR
    starts_at = since + ahead * HOUR
    until = rules.lapses_at(since, starts_at)
    assert min(since + DAY, starts_at) <= until <= max(starts_at - 48 * HOUR, min(since + DAY, starts_at))
    if since + DAY < until < starts_at - 48 * HOUR:
        last = (wall_date(until) - wall_date(since)).days
        days = [wall_date(since) + number * DAY for number in range(1, last + 1)]
        assert sum(is_working_day(each) for each in days) == 10
        assert is_working_day(days[-1])
        assert until - since > UNDER_TEN_WORKING_DAYS, "the worker would not look at it in time"


# --- What happens then ----------------------------------------------------------------------------------------


@pytest.fixture
def pending(cast: Cast, app_context: object) -> Claim:
    """A claim on a moment far ahead: it lapses on the 25th of January."""
    claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 6, 1), capacity=1))
    steps.forget_letters()
    return claim


END = NOW + timedelta(days=14)


def written() -> list[tuple[str, str]]:
    """The letters that have not left: which, and to whom."""
    queued = [each for each in steps.letters() if each.state == "queued"]
    return sorted((each.name, each.receiver_address.partition("@")[0]) for each in queued)


@with_rows
def test_what_nobody_decides_lapses_once_and_both_hear_it(cast: Cast, pending: Claim) -> None:
    assert steps.lapse(now=END - timedelta(seconds=1)) == 0
    assert [steps.lapse(now=END) for _ in range(2)] == [1, 0]
    assert (pending.state, pending.lapsed_as, pending.state_by) == (
        ClaimState.LAPSED,
        Lapse.UNDECIDED,
        "system",
    )
    assert pending.slot.seats_taken == 0
    assert written() == [
        ("claim_lapsed", "teacher"),
        ("claim_undecided", "coordinator"),
        ("claim_undecided", "second.coordinator"),
    ]
    assert steps.entries_of(pending)[0].status == "CANCELLED"
    assert audit.breaches(now=END) == []


@with_rows
def test_a_claim_made_on_a_sunday_lapses_on_the_friday_on_time(cast: Cast, app_context: object) -> None:
    sunday = at("2027-01-10 20:00")
    claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 6, 1)), now=sunday)
    assert steps.lapse(now=at("2027-01-22 20:00")) == 1
    assert claim.state == ClaimState.LAPSED


@with_rows
def test_before_the_start_it_lapses_48_hours_ahead(cast: Cast, app_context: object) -> None:
    claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 1, 18)))
    starts_at = claim.slot.starts_at
    assert steps.lapse(now=starts_at - 48 * HOUR - timedelta(seconds=1)) == 0
    steps.lapse(now=starts_at - 48 * HOUR)
    assert claim.state == ClaimState.LAPSED


@with_rows
@pytest.mark.parametrize("delay", [steps.AT_ONCE, steps.LATER])
def test_what_was_decided_in_time_does_not_lapse_while_it_waits_to_take_effect(
    cast: Cast, pending: Claim, delay: timedelta
) -> None:
    steps.decide(pending, cast, now=END - timedelta(minutes=1), delay=delay)
    assert steps.lapse(now=END) == 0
    claims.decide_due(now=END + delay)
    assert pending.state == ClaimState.APPROVED
    assert not steps.letters("claim_lapsed")


@with_rows
def test_what_was_taken_back_lapses(cast: Cast, pending: Claim) -> None:
    steps.decide(pending, cast, now=END - timedelta(minutes=1), delay=steps.LATER)
    steps.take_back(pending, cast, now=END)
    assert steps.lapse(now=END) == 1


@with_rows
def test_its_seat_goes_to_who_waits(cast: Cast, pending: Claim) -> None:
    waits = steps.wait(cast, "colleague", slot=pending.slot.code)
    steps.lapse(now=END)
    assert waits.state == ClaimState.OFFERED
    assert audit.breaches(now=END) == []


@with_rows
def test_a_claim_that_was_decided_or_ended_does_not_lapse(cast: Cast, app_context: object) -> None:
    steps.approved(cast)
    steps.withdraw(steps.claim_seat(cast, "colleague"))
    steps.reject(steps.claim_seat(cast, "newcomer"), cast)
    assert steps.lapse(now=steps.slot_with(cast.slot).starts_at + DAY) == 0


# --- A late yes -----------------------------------------------------------------------------------------------


@pytest.fixture
def lapsed(pending: Claim) -> Claim:
    """A claim about which nobody decided in time."""
    steps.lapse(now=END)
    steps.forget_letters()
    return pending


@with_rows
def test_a_coordinator_says_yes_to_what_lapsed_and_everybody_hears_it(cast: Cast, lapsed: Claim) -> None:
    (before,) = steps.entries_of(lapsed)
    steps.decide(lapsed, cast, now=END + DAY, delay=steps.LATER)
    assert (lapsed.state, lapsed.lapsed_as, lapsed.slot.seats_taken) == (ClaimState.APPROVED, "", 1)
    assert written() == [("claim_approved", "teacher"), ("participant_coming", "host")]
    old, new = steps.entries_of(lapsed)
    assert (old.status, new.status, new.is_invited) == ("CANCELLED", "CONFIRMED", True)
    assert old.uid == before.uid != new.uid
    assert audit.breaches(now=END + DAY) == []


@with_rows
def test_who_came_in_late_withdraws_like_anybody_else(cast: Cast, lapsed: Claim) -> None:
    steps.decide(lapsed, cast, now=END + DAY)
    steps.send_everything(now=END + DAY)
    steps.withdraw(lapsed, now=END + 2 * DAY)
    assert steps.the_letter("claim_withdrawn").calendar_method == "CANCEL"
    assert audit.breaches(now=END + 2 * DAY) == []


@with_rows
def test_sizes_are_kept_for_a_late_yes_and_wiped_when_none_can_come_any_more(lapsed: Claim) -> None:
    assert claims.wipe_due(now=END + DAY) == 0
    assert lapsed.sizes == {"M009": "9"}
    claims.wipe_due(now=lapsed.slot.starts_at)
    assert (lapsed.sizes, lapsed.diet) == ({}, "")


@with_rows
def test_there_is_no_late_no(cast: Cast, lapsed: Claim) -> None:
    assert "no longer waits" in steps.refusal(lambda: steps.reject(lapsed, cast, now=END))


@with_rows
def test_the_host_says_no_late_yes(cast: Cast, lapsed: Claim) -> None:
    assert "no longer waits" in steps.refusal(lambda: steps.decide_as_host(lapsed, cast, now=END))


@with_rows
def test_there_is_no_late_yes_once_it_began(cast: Cast, lapsed: Claim) -> None:
    assert "begun" in steps.refusal(lambda: steps.decide(lapsed, cast, now=lapsed.slot.starts_at))


@with_rows
def test_there_is_no_late_yes_without_a_seat(cast: Cast, lapsed: Claim) -> None:
    steps.claim_seat(cast, "colleague", slot=lapsed.slot.code, now=END)
    assert steps.refusal(lambda: steps.decide(lapsed, cast, now=END)) == "No seat is free any more."


@with_rows
def test_there_is_no_late_yes_where_the_moment_is_off(cast: Cast, lapsed: Claim) -> None:
    steps.cancel_slot(cast, slot=lapsed.slot.code, now=END)
    assert lapsed.slot.state == SlotState.CANCELLED
    assert "No seat is free" in steps.refusal(lambda: steps.decide(lapsed, cast, now=END))


@with_rows
def test_who_signed_up_anew_meanwhile_is_not_let_in_twice(cast: Cast, lapsed: Claim) -> None:
    steps.set_capacity(cast, 2, slot=lapsed.slot.code, now=END)
    again = steps.claim_seat(cast, slot=lapsed.slot.code, now=END)
    said = steps.refusal(lambda: steps.decide(lapsed, cast, now=END))
    assert said == "Marieke Otten has signed up for this moment anew."
    steps.decide(again, cast, now=END)
    assert again.state == ClaimState.APPROVED


@with_rows
def test_a_second_coordinator_hears_who_said_yes(cast: Cast, lapsed: Claim) -> None:
    steps.decide(lapsed, cast, now=END)
    assert "Wim Haverkort approved" in steps.refusal(
        lambda: steps.decide(lapsed, cast, who="second coordinator", now=END)
    )


@with_rows
def test_a_page_from_before_it_lapsed_is_out_of_date(cast: Cast, pending: Claim) -> None:
    version = pending.version
    steps.lapse(now=END)
    assert "has changed since" in steps.refusal(lambda: steps.decide(pending, cast, version=version, now=END))
    assert queries.claim_for(cast.codes["teacher"], pending.code).state == ClaimState.LAPSED


@with_rows
def test_what_changed_while_it_had_lapsed_stands_in_the_confirmation_and_nowhere_else(
    cast: Cast, lapsed: Claim
) -> None:
    steps.change_slot(cast, slot=lapsed.slot.code, supervisor="Henk Lange", now=END)
    assert steps.tell(now=END) == 0
    steps.decide(lapsed, cast, now=END + DAY)
    assert "Henk Lange" in steps.the_letter("claim_approved").text
    assert not steps.letters("claim_changed")
    assert steps.tell(now=END + DAY) == 0
