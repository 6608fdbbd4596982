"""What the database itself refuses, what a gate asks, and what is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from marketplace.claims import actions as claims
from marketplace.claims import rules
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.states import HOLDING, ClaimState, Verdict
from marketplace.kernel.database import session, transaction
from marketplace.people.models import Certificate
from marketplace.safety.facts import Access
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")


def columns(claim: Claim) -> dict[str, object]:
    return {each.key: getattr(claim, each.key) for each in Claim.__table__.columns if each.key != "id"}


def test_the_database_itself_holds_one_living_claim_of_a_person_on_a_moment(cast: Cast) -> None:
    copy = columns(steps.claim_seat(cast)) | {"code": "ANOTHER"}
    for state in HOLDING:
        with pytest.raises(IntegrityError), transaction():
            session.execute(insert(Claim).values(copy | {"state": state}))
    with transaction():
        session.execute(insert(Claim).values(copy | {"state": ClaimState.WITHDRAWN}))
        session.execute(insert(Claim).values(copy | {"state": ClaimState.WITHDRAWN, "code": "THIRD"}))


def test_the_database_itself_keeps_one_planned_decision_a_side(cast: Cast) -> None:
    steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER)
    (planned,) = session.scalars(select(PlannedDecision))
    copy = {each.key: getattr(planned, each.key) for each in PlannedDecision.__table__.columns}
    with pytest.raises(IntegrityError), transaction():
        session.execute(insert(PlannedDecision).values(copy | {"id": 99, "verdict": Verdict.REJECT}))


# --- Certificates -------------------------------------------------------------------------------------------


def test_a_certificate_must_hold_until_the_last_session(cast: Cast) -> None:
    steps.demand(cast, Access.B_VCA)
    slot, teacher = steps.slot_with(cast.slot), steps.somebody(cast.codes["teacher"])
    assert rules.lacks_certificate(teacher, slot)
    last_day = slot.ends_at.date()
    with transaction():
        teacher.certificates.append(Certificate(kind="b_vca", valid_until=last_day - timedelta(days=1)))
    assert rules.lacks_certificate(teacher, slot)
    with transaction():
        teacher.certificates.append(Certificate(kind="vol_vca", valid_until=last_day))
    assert not rules.lacks_certificate(teacher, slot)


# --- Forgetting ---------------------------------------------------------------------------------------------


def kept(claim: Claim) -> bool:
    session.expire_all()
    return bool(claim.sizes or claim.diet)


def test_sizes_and_diet_are_forgotten_two_weeks_after_the_visit(cast: Cast) -> None:
    claim = steps.approved(cast)
    over = claim.slot.ends_at + timedelta(days=14)
    assert claims.wipe_due(now=over) == 0
    assert kept(claim)
    assert [claims.wipe_due(now=over + timedelta(seconds=1)) for _ in range(2)] == [1, 0]
    assert not kept(claim)
    assert claim.learning_question


def test_sizes_and_diet_of_a_claim_that_ended_are_forgotten_at_once(cast: Cast) -> None:
    ended, living = steps.claim_seat(cast), steps.claim_seat(cast, "colleague")
    steps.withdraw(ended)
    assert claims.wipe_due(now=NOW) == 1
    assert (kept(ended), kept(living)) == (False, True)
