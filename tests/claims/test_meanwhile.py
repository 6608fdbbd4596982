"""What happens while something else does: a moment cancelled before its host saw it, a decision near its start."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.claims import actions as claims
from marketplace.claims import queries
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import transaction
from marketplace.offers import actions as offers
from tests import steps
from tests.cast import BRIEF, Cast
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


def test_notes_that_change_around_an_approval_and_back_end_up_right_in_the_calendar(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    _write_notes(cast, "Houd afstand.")
    steps.decide(claim, cast)
    assert [each.name for each in steps.letters(to=cast.emails["teacher"])][-2:] == [
        "claim_changed",
        "claim_approved",
    ]
    assert "Houd afstand." in steps.entries_of(claim)[0].text
    _write_notes(cast, BRIEF.notes)
    assert steps.tell() == 1
    assert BRIEF.notes in steps.entries_of(claim)[0].text


def _write_notes(cast: Cast, notes: str) -> None:
    with transaction():
        brief = replace(BRIEF, notes=notes)
        offers.change_brief(offer=steps.offer_of(cast), brief=brief, by=cast.codes["host"], now=NOW)
