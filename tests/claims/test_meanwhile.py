"""What happens while something else does: a moment cancelled before its host saw it, a decision near its start."""

from datetime import timedelta

import pytest

from marketplace.claims import actions as claims
from marketplace.claims import queries
from marketplace.claims.states import ClaimState
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")


def test_a_moment_that_was_cancelled_meanwhile_gets_no_second_entry(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.show_hosts()
    due = [steps.slot_with(cast.slot).id]
    steps.cancel_slot(cast)
    monkeypatch.setattr(queries, "hosts_behind", lambda now: due)  # chosen just before it was cancelled
    assert steps.show_hosts() == 1
    assert len(steps.host_entries(cast.slot)) == 1


def test_a_decision_takes_effect_before_the_start(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    starts_at = claim.slot.starts_at
    steps.decide(claim, cast, now=starts_at - timedelta(minutes=4), delay=timedelta(minutes=10))
    assert claim.planned[0].due_at == starts_at
    assert claims.decide_due(now=starts_at) == 1
    assert steps.claim_with(claim.code).state == ClaimState.APPROVED


def test_a_decision_in_time_waits_its_whole_delay(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER)
    assert claim.planned[0].due_at == NOW + steps.LATER
