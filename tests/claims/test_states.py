"""The table of moves, and what needs no database."""

from itertools import product

import pytest

from marketplace.claims import rules
from marketplace.claims.models import Claim
from marketplace.claims.states import HOLDING, MOVES, ClaimState, step
from marketplace.kernel.errors import Refused
from tests.conftest import NOW


def test_every_state_has_its_moves_and_only_living_claims_move() -> None:
    assert MOVES.keys() == set(ClaimState)
    assert {state for state, moves in MOVES.items() if moves} == HOLDING
    assert not any(ClaimState.PENDING in moves for moves in MOVES.values())


@pytest.mark.parametrize(
    ("old", "new"), [each for each in product(ClaimState, ClaimState) if each[1] not in MOVES[each[0]]]
)
def test_a_move_that_is_not_in_the_table_is_refused(old: ClaimState, new: ClaimState) -> None:
    with pytest.raises(Refused, match="cannot be changed any more"):
        step(Claim(state=old), new, by="system", now=NOW)


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
