"""Who lacks a certificate is approved on condition: until when, who pays, what follows when it comes and when not."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import audit
from marketplace.calendars.facts import Status
from marketplace.claims import actions as claims
from marketplace.claims import queries, rules
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Condition, Lapse, Payer
from marketplace.kernel.database import transaction
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import history
from marketplace.kernel.times import at_wall, wall_date
from marketplace.offers.states import Policy
from marketplace.safety.facts import Access
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)
with_rows = pytest.mark.usefixtures("app_context")


def at(text: str) -> datetime:
    """An instant by the clock in Amsterdam: "2027-01-11 10:00"."""
    day, clock = text.split()
    return at_wall(date.fromisoformat(day), time.fromisoformat(clock))


# --- Until when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "starts", "last", "why"),
    [
        ("2027-01-11 10:00", "2027-02-09 08:00", "2027-02-03", "five days before the start, at five"),
        ("2027-01-11 10:00", "2027-02-09 18:00", "2027-02-04", "five days and an hour"),
        ("2027-02-02 17:00", "2027-02-09 08:00", "2027-02-03", "a day is enough"),
        ("2027-02-02 17:01", "2027-02-09 08:00", "2027-02-08", "nobody can wait any more: the day before"),
        ("2027-02-07 17:00", "2027-02-09 08:00", "2027-02-08", "still a day"),
        ("2027-02-07 17:01", "2027-02-09 08:00", None, "less than a day"),
    ],
)
def test_until_when_a_certificate_is_in_time(now: str, starts: str, last: str | None, why: str) -> None:
    found = rules.last_certificate_day(at(starts), at(now))
    assert found == (date.fromisoformat(last) if last else None), why


@given(minutes=st.integers(0, 366 * 24 * 60), ahead=st.integers(1, 90 * 24))
def test_a_seat_is_free_in_time_to_be_offered_for_two_days(minutes: int, ahead: int) -> None:
    now = at("2027-01-01 00:00") + minutes * MINUTE
    starts_at = now + ahead * HOUR
    last = rules.last_certificate_day(starts_at, now)
    until = rules.in_time_until(last) if last else None
    assert until is None or now + DAY <= until <= starts_at
    if ahead >= 8 * 24:
        assert until and rules.answer_by(starts_at, until) == until + 48 * HOUR


# --- Approving on condition -----------------------------------------------------------------------------------


@pytest.fixture
def pending(cast: Cast, app_context: object) -> Claim:
    """A claim on the last seat of a moment in June that asks for a B-VCA, of somebody who has none; one waits."""
    steps.demand(cast, Access.B_VCA)
    slot = steps.add_slot(cast, day=date(2027, 6, 1), capacity=1)
    claim = steps.claim_seat(cast, slot=slot)
    steps.wait(cast, "colleague", slot=slot)
    steps.forget_letters()
    return claim


@pytest.fixture
def conditional(cast: Cast, pending: Claim) -> Claim:
    """The same, approved on condition: until the 26th of May at five."""
    steps.approve_on_condition(pending, cast, until=date(2027, 5, 26))
    return pending


LAST = at("2027-05-26 17:00")


def written() -> list[tuple[str, str]]:
    """The letters that have not left: which, and to whom."""
    queued = [each for each in steps.letters() if each.state == "queued"]
    return sorted((each.name, each.receiver_address.partition("@")[0]) for each in queued)


def test_who_lacks_a_certificate_keeps_the_seat_and_hears_what_until_when_and_who_pays(
    cast: Cast, conditional: Claim
) -> None:
    assert (conditional.state, conditional.certificate_by) == (ClaimState.CONDITIONAL, LAST)
    assert conditional.slot.seats_taken == 1
    assert written() == [("claim_conditional", "teacher")]
    letter = steps.the_letter("claim_conditional")
    assert letter.calendar is None
    for word in ("Wim Haverkort has approved", "B-VCA", "26 May 2027, 17:00", "1 June 2027", "The school"):
        assert word in " ".join(letter.text.split())
    (entry,) = steps.entries_of(conditional)
    assert entry.status == Status.TENTATIVE and not entry.is_invited
    said = history("claim", conditional.code)[-1]
    assert (said.event, said.details["paid_by"]) == ("conditional", "school")
    assert audit.breaches(now=NOW) == []


def test_a_certificate_that_was_seen_confirms_at_once(cast: Cast, conditional: Claim) -> None:
    steps.add_certificate(cast)
    assert conditional.state == ClaimState.CONDITIONAL
    steps.forget_letters()
    steps.see_certificate(conditional, cast)
    assert (conditional.state, conditional.state_by) == (ClaimState.APPROVED, cast.codes["coordinator"])
    assert written() == [("claim_approved", "teacher"), ("participant_coming", "host")]
    assert steps.the_letter("claim_approved").calendar_method == "REQUEST"
    (certificate,) = person(cast, "teacher").certificates
    assert (certificate.seen_by, certificate.seen_at) == (cast.codes["coordinator"], NOW)
    seen = history("person", cast.codes["teacher"])[-1]
    assert (seen.event, seen.actor, seen.details["certificate"]) == (
        "certificate_seen",
        cast.codes["coordinator"],
        "b_vca",
    )
    assert audit.breaches(now=NOW) == []


def test_coordinators_are_asked_to_look_up_what_was_entered(cast: Cast, conditional: Claim) -> None:
    steps.forget_letters()
    steps.add_certificate(cast)
    assert written() == [
        ("certificate_to_look_up", "coordinator"),
        ("certificate_to_look_up", "second.coordinator"),
    ]
    assert "12-34" in steps.letters("certificate_to_look_up")[0].text
    steps.add_certificate(cast)  # the same once more
    assert len(written()) == 2


def test_nobody_is_asked_to_look_up_what_does_not_open_this_gate(cast: Cast, conditional: Claim) -> None:
    steps.forget_letters()
    steps.add_certificate(cast, kind="gpi", valid_until=date(2027, 12, 1))
    steps.add_certificate(cast, kind="b_vca", valid_until=date(2027, 5, 31))  # the day before
    assert written() == []
    steps.see_certificate(conditional, cast)
    assert conditional.state == ClaimState.CONDITIONAL


def test_what_was_seen_confirms_the_other_claims_too(cast: Cast, conditional: Claim) -> None:
    other = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 6, 8)))
    steps.approve_on_condition(other, cast)
    steps.add_certificate(cast)
    steps.see_certificate(conditional, cast)
    assert other.state == ClaimState.CONDITIONAL
    assert audit.breaches(now=NOW + 16 * MINUTE) != []
    assert claims.approve_met_due(now=NOW + MINUTE) == 1
    assert claims.approve_met_due(now=NOW + MINUTE) == 0
    assert other.state == ClaimState.APPROVED
    assert "Wim Haverkort has approved" in steps.letters("claim_approved")[-1].text
    assert audit.breaches(now=NOW + 16 * MINUTE) == []


def test_where_the_gate_asks_for_none_any_more_the_seat_is_theirs(cast: Cast, conditional: Claim) -> None:
    steps.demand(cast, Access.GATE_INSTRUCTION)
    assert claims.approve_met_due(now=NOW + MINUTE) == 1
    assert (conditional.state, conditional.state_by) == (ClaimState.APPROVED, cast.codes["coordinator"])


@with_rows
def test_whose_certificate_was_seen_already_is_approved_like_anybody(cast: Cast) -> None:
    steps.demand(cast, Access.B_VCA)
    steps.certified(cast, kind="vol_vca")
    claim = steps.claim_seat(cast)
    said = steps.refusal(lambda: steps.approve_on_condition(claim, cast))
    assert said == "No certificate is missing here. Approve the claim."
    assert steps.decide(claim, cast).state == ClaimState.APPROVED


def test_what_comes_before_a_planned_condition_takes_effect_makes_it_a_plain_yes(
    cast: Cast, pending: Claim
) -> None:
    steps.approve_on_condition(pending, cast, delay=steps.LATER)
    steps.add_certificate(cast)
    steps.see_certificate(pending, cast)
    assert pending.state == ClaimState.PENDING
    claims.decide_due(now=NOW + steps.LATER)
    assert pending.state == ClaimState.APPROVED
    assert not steps.letters("claim_conditional")


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (Condition("", LAST), "Choose who pays for the certificate."),
        (Condition("somebody", LAST), "Choose who pays for the certificate."),
        (Condition(Payer.HOST, NOW - MINUTE), "Choose a day that is still to come."),
        (Condition(Payer.HOST, LAST + DAY), "Choose a day until 26 mei 2027."),
    ],
)
def test_a_condition_that_cannot_be(cast: Cast, pending: Claim, condition: Condition, why: str) -> None:
    assert why in steps.refusal(lambda: steps.decide(pending, cast, condition=condition))


def test_there_is_no_condition_where_too_little_time_is_left(cast: Cast, pending: Claim) -> None:
    late = pending.slot.starts_at - DAY
    condition = Condition(Payer.HOST, pending.slot.starts_at)
    said = steps.refusal(lambda: steps.decide(pending, cast, condition=condition, now=late))
    assert said == "Too little time is left for a certificate."


def test_on_condition_already(cast: Cast, conditional: Claim) -> None:
    said = steps.refusal(lambda: steps.approve_on_condition(conditional, cast))
    assert said == "This claim is approved on condition already."


def test_a_coordinator_may_still_let_somebody_in_or_not(cast: Cast, conditional: Claim) -> None:
    assert "no longer waits" in steps.refusal(lambda: steps.decide_as_host(conditional, cast))
    other = steps.claim_seat(cast, "newcomer", slot=steps.add_slot(cast, day=date(2027, 6, 8)))
    steps.approve_on_condition(other, cast)
    steps.reject(other, cast, note="Niet in het register gevonden.")
    assert other.state == ClaimState.REJECTED
    assert "Niet in het register" in steps.the_letter("claim_rejected").text
    steps.decide(conditional, cast, delay=steps.LATER)
    steps.take_back(conditional, cast)
    steps.decide(conditional, cast)
    assert conditional.state == ClaimState.APPROVED
    assert audit.breaches(now=NOW) == []


def test_the_certificate_of_another_or_ones_own_is_not_seen(cast: Cast, conditional: Claim) -> None:
    theirs = steps.add_certificate(cast, "colleague").id
    with pytest.raises(NotFound), transaction():
        claims.see_certificate(
            claim=conditional, certificate_id=theirs, by=cast.codes["coordinator"], now=NOW
        )
    steps.add_certificate(cast)
    assert "your own claim" in steps.refusal(lambda: steps.see_certificate(conditional, cast, who="teacher"))


# --- Others who decide ----------------------------------------------------------------------------------------


@with_rows
@pytest.mark.parametrize(
    ("policy", "stored"),
    [
        (Policy.AUTOMATIC, Policy.COORDINATOR),
        (Policy.HOST, Policy.BOTH),
        (Policy.BOTH, Policy.BOTH),
        (Policy.COORDINATOR, Policy.COORDINATOR),
    ],
)
def test_a_coordinator_is_asked_about_who_has_no_certificate_that_was_seen(
    cast: Cast, policy: Policy, stored: Policy
) -> None:
    steps.demand(cast, Access.B_VCA)
    steps.set_policy(cast, policy)
    steps.add_certificate(cast)  # of which nobody knows whether it is true
    claim = steps.claim_seat(cast)
    assert (claim.policy, claim.state) == (stored, ClaimState.PENDING)
    steps.certified(cast, "colleague")
    assert steps.claim_seat(cast, "colleague").policy == policy


@with_rows
@pytest.mark.parametrize("is_host_first", [True, False])
def test_where_both_decide_the_condition_waits_for_the_host_and_stands(
    cast: Cast, is_host_first: bool
) -> None:
    steps.demand(cast, Access.B_VCA)
    steps.set_policy(cast, Policy.BOTH)
    claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 6, 1)))
    if is_host_first:
        steps.decide_as_host(claim, cast)
    steps.approve_on_condition(claim, cast, paid_by=Payer.HOST)
    if not is_host_first:
        assert claim.state == ClaimState.PENDING
        steps.decide_as_host(claim, cast)
    assert (claim.state, claim.paid_by, claim.certificate_by) == (ClaimState.CONDITIONAL, "host", LAST)
    steps.add_certificate(cast)
    steps.see_certificate(claim, cast)
    assert claim.state == ClaimState.APPROVED


@with_rows
def test_a_host_who_says_yes_late_leaves_time_for_the_certificate(cast: Cast) -> None:
    steps.demand(cast, Access.B_VCA)
    steps.set_policy(cast, Policy.BOTH)
    claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 6, 1)))
    steps.approve_on_condition(claim, cast, until=wall_date(NOW) + DAY)
    steps.decide_as_host(claim, cast, now=NOW + 5 * DAY)
    assert (claim.state, claim.certificate_by) == (ClaimState.CONDITIONAL, LAST)


@with_rows
def test_who_is_named_for_an_approved_seat_comes_on_condition(cast: Cast) -> None:
    steps.demand(cast, Access.B_VCA)
    slot = steps.add_slot(cast, day=date(2027, 6, 1))
    (claim,) = steps.claim_together(cast, None, slot=slot)
    assert "Nobody was named" in steps.refusal(lambda: steps.approve_on_condition(claim, cast))
    steps.decide(claim, cast)
    steps.name_seat(claim, cast, "colleague")
    assert (claim.state, claim.paid_by, claim.certificate_by) == (ClaimState.CONDITIONAL, "", LAST)
    assert "Agree on that with your coordinator" in steps.the_letter("claim_conditional").text
    steps.add_certificate(cast, "colleague")
    steps.see_certificate(claim, cast)
    assert claim.state == ClaimState.APPROVED
    assert audit.breaches(now=NOW) == []


@with_rows
def test_who_is_named_with_a_certificate_comes(cast: Cast) -> None:
    steps.demand(cast, Access.B_VCA)
    (claim,) = steps.claim_together(cast, None, slot=steps.add_slot(cast, day=date(2027, 6, 1)))
    steps.decide(claim, cast)
    steps.certified(cast, "colleague")
    steps.name_seat(claim, cast, "colleague")
    assert claim.state == ClaimState.APPROVED


# --- It does not come -----------------------------------------------------------------------------------------


def test_without_a_certificate_the_seat_goes_to_who_waits_for_two_days(
    cast: Cast, conditional: Claim
) -> None:
    steps.forget_letters()
    assert steps.lapse(now=LAST - MINUTE) == 0
    assert steps.lapse(now=LAST) == 1
    assert (conditional.state, conditional.lapsed_as) == (ClaimState.LAPSED, Lapse.UNCERTIFIED)
    assert [each for each in written() if each[0] != "claim_changed"] == [
        ("claim_lapsed", "teacher"),
        ("claim_uncertified", "coordinator"),
        ("claim_uncertified", "second.coordinator"),
        ("seat_offered", "colleague"),
    ]
    waiting = queries.living_claims(conditional.slot_id)[0]
    assert (waiting.state, waiting.answer_by) == (ClaimState.OFFERED, LAST + 48 * HOUR)
    assert steps.entries_of(conditional)[0].status == Status.CANCELLED
    assert audit.breaches(now=LAST) == []


def test_what_was_entered_in_time_does_not_lapse_because_nobody_looked(
    cast: Cast, conditional: Claim
) -> None:
    steps.add_certificate(cast, now=LAST - MINUTE)
    assert steps.lapse(now=LAST) == 0
    end = conditional.slot.starts_at - 48 * HOUR
    assert steps.lapse(now=end - MINUTE) == 1  # who waits: the list has closed
    assert conditional.state == ClaimState.CONDITIONAL
    assert steps.lapse(now=end) == 1
    assert (conditional.state, conditional.lapsed_as) == (ClaimState.LAPSED, Lapse.UNDECIDED)
    assert "It is not your fault" in steps.letters("claim_lapsed", to=cast.emails["teacher"])[-1].text
    steps.see_certificate(conditional, cast, now=end + HOUR)
    assert conditional.state == ClaimState.LAPSED
    steps.decide(conditional, cast, now=end + HOUR)
    assert conditional.state == ClaimState.APPROVED


def test_what_was_seen_and_not_carried_out_yet_does_not_lapse(cast: Cast, conditional: Claim) -> None:
    steps.certified(cast)
    assert steps.lapse(now=LAST) == 0
    assert claims.approve_met_due(now=LAST) == 1


def test_what_lapsed_undecided_may_come_back_on_condition_and_lapse_once_more(
    cast: Cast, pending: Claim
) -> None:
    late = NOW + 14 * DAY
    steps.set_capacity(cast, 2, slot=pending.slot.code)
    steps.lapse(now=late)
    assert pending.lapsed_as == Lapse.UNDECIDED
    steps.approve_on_condition(pending, cast, now=late + HOUR)
    assert (pending.state, pending.lapsed_as) == (ClaimState.CONDITIONAL, "")
    steps.lapse(now=LAST)
    assert pending.lapsed_as == Lapse.UNCERTIFIED
    assert len(steps.letters("claim_lapsed", to=cast.emails["teacher"])) == 2
    assert audit.breaches(now=LAST) == []


def test_a_moment_that_moves_nearer_takes_the_condition_along(cast: Cast, conditional: Claim) -> None:
    sooner = [steps.moved(each, days=-30) for each in steps.sessions_of(conditional.slot)]
    steps.change_slot(cast, slot=conditional.slot.code, sessions=sooner)
    assert steps.lapse(now=conditional.slot.starts_at) >= 1
    assert conditional.lapsed_as == Lapse.UNCERTIFIED


# --- Reminders ------------------------------------------------------------------------------------------------


def test_who_has_not_entered_one_is_reminded_a_week_and_a_day_ahead(cast: Cast, conditional: Claim) -> None:
    week, day = at("2027-05-19 09:00"), at("2027-05-25 09:00")
    assert claims.ask_certificates_due(now=week - MINUTE) == 0
    assert claims.ask_certificates_due(now=week) == 1
    assert claims.ask_certificates_due(now=week + HOUR) == 0
    assert claims.ask_certificates_due(now=day) == 1
    assert claims.ask_certificates_due(now=day + HOUR) == 0
    assert "26 May 2027, 17:00" in " ".join(steps.letters("certificate_reminder")[0].text.split())


def test_who_entered_one_is_not_reminded(cast: Cast, conditional: Claim) -> None:
    steps.add_certificate(cast)
    assert claims.ask_certificates_due(now=at("2027-05-19 09:00")) == 0


@with_rows
def test_who_heard_of_it_within_the_week_is_reminded_a_day_ahead_only(cast: Cast) -> None:
    steps.demand(cast, Access.GPI)
    claim = steps.claim_seat(cast)
    at_noon = at("2027-01-29 12:00")
    steps.approve_on_condition(claim, cast, now=at_noon)
    assert claim.certificate_by == at("2027-02-03 17:00")
    assert claims.ask_certificates_due(now=at("2027-01-30 09:00")) == 0
    assert claims.ask_certificates_due(now=at("2027-02-02 09:00")) == 1
