"""The table of moves, walked whole: each is made and written down, or refused and changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from marketplace.claims import rules
from marketplace.claims.models import Claim
from marketplace.claims.states import (
    HOLDING,
    LIVING,
    MOVES,
    STATE_NAMES,
    ClaimState,
    Condition,
    Lapse,
    Payer,
    step,
)
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Overtaken, Refused
from marketplace.kernel.journal import history
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW
from tests.rows import everything

LATER = NOW + timedelta(hours=1)
CONDITION = Condition(Payer.REGION, NOW + timedelta(days=3))
LEGAL = {(old, new) for old, moves in MOVES.items() for new in moves}


def test_every_state_has_moves_and_a_name() -> None:
    assert MOVES.keys() == STATE_NAMES.keys() == set(ClaimState)


def test_only_what_lives_moves_and_what_lapsed_undecided() -> None:
    assert {old for old, _ in LEGAL} == LIVING | {ClaimState.LAPSED}
    assert MOVES[ClaimState.LAPSED] == {ClaimState.CONDITIONAL, ClaimState.APPROVED}


def test_only_from_the_waiting_list_does_a_claim_come_to_hold_a_seat_and_by_a_coordinators_late_yes() -> None:
    assert {(old, new) for old, new in LEGAL if old not in HOLDING and new in HOLDING} == {
        (ClaimState.WAITLISTED, ClaimState.OFFERED),
        (ClaimState.LAPSED, ClaimState.CONDITIONAL),
        (ClaimState.LAPSED, ClaimState.APPROVED),
    }


def test_whatever_lives_may_be_withdrawn_lapse_and_be_cancelled() -> None:
    ends = {ClaimState.WITHDRAWN, ClaimState.LAPSED, ClaimState.CANCELLED}
    assert all(ends <= MOVES[state] for state in LIVING)


def in_state(cast: Cast, state: ClaimState) -> Claim:
    """A claim in that state, as no action would bring it there."""
    claim = steps.claim_seat(cast)
    late = Lapse.UNDECIDED if state == ClaimState.LAPSED else ""
    until = LATER if state == ClaimState.OFFERED else None
    with transaction():
        values = {"state": state, "lapsed_as": late, "answer_by": until, "certificate_by": LATER}
        session.execute(update(Claim).where(Claim.id == claim.id).values(values))
    return claim


def details(new: ClaimState) -> dict[str, object]:
    """What is said with a move."""
    if new == ClaimState.LAPSED:
        return {"lapsed_as": Lapse.UNANSWERED}
    if new == ClaimState.CONDITIONAL:
        return {"condition": CONDITION}
    return {"answer_by": LATER} if new == ClaimState.OFFERED else {}


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("old", ClaimState)
def test_each_move_is_made_and_written_down_or_refused(cast: Cast, old: ClaimState) -> None:
    claim = in_state(cast, old)
    before = everything()
    for new in ClaimState:
        if (old, new) in LEGAL:
            step(claim, new, by="somebody", now=LATER, **details(new))  # type: ignore[arg-type]
            check_moved(claim, new)
            session.rollback()
        else:
            with pytest.raises(Refused, match="cannot be changed any more"):
                step(claim, new, by="somebody", now=LATER)
            session.flush()
        assert everything() == before


def check_moved(claim: Claim, new: ClaimState) -> None:
    """It is in its new state, and the journal says since when and by whom."""
    moved = (claim.state, claim.state_by, claim.state_at, claim.version)
    assert moved == (new, "somebody", LATER, 2)
    assert claim.lapsed_as == (Lapse.UNANSWERED if new == ClaimState.LAPSED else "")
    assert claim.answer_by == (LATER if new == ClaimState.OFFERED else None)
    if new == ClaimState.CONDITIONAL:
        assert Condition(claim.paid_by, claim.certificate_by or NOW) == CONDITION
    last = history("claim", claim.code)[-1]
    assert (last.event, last.actor, last.at) == (new, "somebody", LATER)


@pytest.mark.usefixtures("app_context")
def test_who_comes_second_changes_nothing(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    assert claim.version == 1
    with transaction():
        session.execute(
            update(Claim).values(version=7).execution_options(synchronize_session=False)
        )  # meanwhile, by somebody else
        with pytest.raises(Overtaken):
            step(claim, ClaimState.WITHDRAWN, by="somebody", now=LATER)
    assert (claim.state, claim.version) == (ClaimState.PENDING, 7)
    assert len(history("claim", claim.code)) == 1


def test_a_move_that_does_not_exist_is_refused_without_a_database() -> None:
    with pytest.raises(Refused, match="cannot be changed any more"):
        step(Claim(state=ClaimState.REJECTED), ClaimState.APPROVED, by="system", now=NOW)


@pytest.mark.parametrize(
    ("time_basis", "cover", "needs"),
    [
        ("school", "not_yet", True),
        ("half", "not_yet", True),
        ("own", "not_yet", False),
        ("school", "arranged", False),
    ],
)
def test_lessons_need_cover_in_school_time(time_basis: str, cover: str, needs: bool) -> None:
    assert rules.needs_cover(time_basis, cover) is needs
