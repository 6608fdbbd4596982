"""Who decides: the coordinator, the host, both or nobody; as it was when the claim was made."""

from datetime import date, timedelta

import pytest

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims import rules
from marketplace.claims.models import Claim
from marketplace.claims.states import SIDES, ClaimState, Side, Verdict
from marketplace.kernel.errors import Refused
from marketplace.offers.states import Policy
from marketplace.people.actions import Scope
from marketplace.people.states import Role
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

SOON, DUE = NOW + timedelta(minutes=5), NOW + steps.LATER
NOTE = "De lascabine is in onderhoud."


def claim_under(cast: Cast, policy: Policy, who: str = "teacher") -> Claim:
    """A claim on an offer with that policy, on a moment this week, so that everybody hears of it at once."""
    steps.set_policy(cast, policy)
    return steps.claim_seat(cast, who, slot=steps.add_slot(cast, day=date(2027, 1, 15)))


def asked() -> set[str]:
    """Who was asked to decide."""
    found = [*steps.letters("claim_to_decide"), *steps.letters("claim_to_decide_host")]
    return {each.receiver_address.partition("@")[0] for each in found}


COORDINATORS = {"coordinator", "second.coordinator"}


@pytest.mark.parametrize(
    ("policy", "who", "stored", "readers"),
    [
        (Policy.COORDINATOR, "teacher", Policy.COORDINATOR, COORDINATORS),
        (Policy.HOST, "teacher", Policy.HOST, {"host"}),
        (Policy.BOTH, "teacher", Policy.BOTH, {*COORDINATORS, "host"}),
        (Policy.AUTOMATIC, "teacher", Policy.AUTOMATIC, set[str]()),
        (Policy.COORDINATOR, "newcomer", Policy.COORDINATOR, COORDINATORS),
        (Policy.HOST, "newcomer", Policy.BOTH, {*COORDINATORS, "host"}),
        (Policy.BOTH, "newcomer", Policy.BOTH, {*COORDINATORS, "host"}),
        (Policy.AUTOMATIC, "newcomer", Policy.COORDINATOR, COORDINATORS),
    ],
)
def test_who_is_asked(cast: Cast, policy: Policy, who: str, stored: Policy, readers: set[str]) -> None:
    claim = claim_under(cast, policy, who)
    assert (claim.policy, asked()) == (stored, readers)
    assert claim.state == (ClaimState.PENDING if SIDES[stored] else ClaimState.APPROVED)
    assert audit.breaches(now=NOW) == []


@pytest.mark.parametrize("policy", [Policy.COORDINATOR, Policy.HOST])
@pytest.mark.parametrize("verdict", Verdict)
def test_the_side_that_decides_alone_decides_and_the_other_is_refused(
    cast: Cast, policy: Policy, verdict: Verdict
) -> None:
    claim = claim_under(cast, policy)
    mine, other = (steps.decide, steps.decide_as_host)[:: 1 if policy == Policy.COORDINATOR else -1]
    assert "decides about this claim" in steps.refusal(lambda: other(claim, cast, verdict, note=NOTE))
    mine(claim, cast, verdict, note=NOTE)
    assert claim.state == {"approve": "approved", "reject": "rejected"}[verdict]
    assert audit.breaches(now=NOW) == []


# --- Both -----------------------------------------------------------------------------------------------------


@pytest.fixture
def claim(cast: Cast) -> Claim:
    """A claim about which both decide."""
    found = claim_under(cast, Policy.BOTH)
    steps.forget_letters()
    return found


@pytest.mark.parametrize("is_host_first", [True, False])
def test_where_both_decide_one_yes_is_not_enough_and_two_are(
    cast: Cast, claim: Claim, is_host_first: bool
) -> None:
    first, second = (steps.decide, steps.decide_as_host)[:: -1 if is_host_first else 1]
    first(claim, cast)
    assert (claim.state, steps.waiting_letters()) == (ClaimState.PENDING, [])
    assert claims.decide_due(now=DUE) == 0
    second(claim, cast)
    assert claim.state == ClaimState.APPROVED
    assert len(steps.letters("claim_approved")) == 1
    assert audit.breaches(now=DUE) == []


@pytest.mark.parametrize("decide", [steps.decide, steps.decide_as_host])
def test_where_both_decide_one_no_is_enough(cast: Cast, claim: Claim, decide: object) -> None:
    decide(claim, cast, Verdict.REJECT, note=NOTE)  # type: ignore[operator]
    assert (claim.state, claim.reason) == (ClaimState.REJECTED, NOTE)
    assert steps.the_letter("claim_rejected")


def test_the_first_no_that_is_due_wins_over_a_yes(cast: Cast, claim: Claim) -> None:
    steps.decide(claim, cast, delay=steps.LATER)
    steps.decide_as_host(claim, cast, Verdict.REJECT, note=NOTE, delay=steps.LATER, now=SOON)
    assert claims.decide_due(now=DUE) == 0
    assert claims.decide_due(now=SOON + steps.LATER) == 1
    assert claim.state == ClaimState.REJECTED
    assert not steps.letters("claim_approved")


def test_two_approvals_take_effect_when_the_last_is_due(cast: Cast, claim: Claim) -> None:
    steps.decide(claim, cast, delay=steps.LATER)
    steps.decide_as_host(claim, cast, delay=steps.LATER, now=SOON)
    assert rules.takes_effect_at(claim) == SOON + steps.LATER
    assert [claims.decide_due(now=at) for at in (DUE, SOON + steps.LATER)] == [0, 1]


def test_each_side_takes_back_its_own_yes_also_after_its_delay_while_the_other_is_missing(
    cast: Cast, claim: Claim
) -> None:
    steps.decide(claim, cast)
    steps.decide_as_host(claim, cast, delay=steps.LATER)
    steps.take_back(claim, cast, now=SOON)
    assert [each.side for each in claim.planned] == [Side.HOST]
    assert claims.decide_due(now=DUE) == 0
    steps.decide(claim, cast, Verdict.REJECT, note=NOTE, now=DUE)
    assert claim.state == ClaimState.REJECTED


def test_sending_now_sends_as_far_as_it_depends_on_that_side(cast: Cast, claim: Claim) -> None:
    steps.decide(claim, cast, delay=steps.LATER)
    steps.decide_as_host(claim, cast, delay=steps.LATER)
    steps.send_now(claim, cast, now=SOON)
    assert claim.state == ClaimState.PENDING
    steps.send_now(claim, cast, who="host", side=Side.HOST, now=SOON)
    assert claim.state == ClaimState.APPROVED
    assert "taken effect" in steps.refusal(lambda: steps.send_now(claim, cast, now=SOON))


def test_two_of_one_side_do_not_count_for_both(cast: Cast, claim: Claim) -> None:
    steps.decide(claim, cast)
    with pytest.raises(Refused, match="Wim Haverkort approved this claim just before you"):
        steps.decide(claim, cast, who="second coordinator")
    assert claim.state == ClaimState.PENDING


def test_what_one_side_leaves_undecided_lapses_and_both_sides_hear_it(cast: Cast, claim: Claim) -> None:
    steps.decide(claim, cast)
    steps.lapse(now=claim.slot.starts_at - timedelta(hours=48))
    assert claim.state == ClaimState.LAPSED
    assert sorted(steps.waiting_letters()) == [
        "claim_lapsed",
        "claim_undecided",
        "claim_undecided",
        "claim_undecided_host",
    ]
    assert claim.planned == []


# --- As it was --------------------------------------------------------------------------------------------------


def test_a_policy_that_changes_leaves_claims_with_who_was_asked(cast: Cast) -> None:
    claim = claim_under(cast, Policy.HOST)
    steps.set_policy(cast, Policy.COORDINATOR)
    assert "The host decides" in steps.refusal(lambda: steps.decide(claim, cast))
    steps.decide_as_host(claim, cast)
    assert claim.state == ClaimState.APPROVED


def test_more_seats_do_not_approve_anybody(cast: Cast) -> None:
    claim = claim_under(cast, Policy.COORDINATOR)
    steps.set_capacity(cast, 9, slot=claim.slot.code)
    steps.offer_free_seats()
    claims.decide_due(now=DUE)
    assert claim.state == ClaimState.PENDING


def test_a_decision_from_a_page_of_before_is_refused(cast: Cast) -> None:
    (claim,) = steps.claim_together(cast, None, maker="school contact")
    before = claim.version
    steps.name_seat(claim, cast, "colleague")
    assert "has changed since" in steps.refusal(lambda: steps.decide(claim, cast, version=before))
    steps.decide(claim, cast, version=claim.version)
    assert claim.state == ClaimState.APPROVED


def test_a_host_who_comes_along_does_not_decide_about_themselves(cast: Cast) -> None:
    school = steps.school_of(cast)
    steps.add_role(cast, "host", Role.PARTICIPANT, Scope(school.id))
    claim = claim_under(cast, Policy.HOST, "host")
    assert asked() == set()
    assert "your own claim" in steps.refusal(lambda: steps.decide_as_host(claim, cast))
