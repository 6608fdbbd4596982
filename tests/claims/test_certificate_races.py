"""Certificates that come, are seen and run out of time at the same instant: it ends one way, and all is well."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

import pytest
from flask import Flask

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Verdict
from marketplace.kernel.database import session, transaction
from marketplace.people import actions as people
from marketplace.safety.facts import Access
from tests import racing, steps
from tests.cast import Cast, person
from tests.conftest import NOW
from tests.racing import DONE, Racers

JUNE = date(2027, 6, 1)


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    with racing.racers() as found:
        yield found


@pytest.fixture(autouse=True)
def demanding(app_context: Flask, cast: Cast) -> Iterator[None]:
    """The cast's offer asks for a B-VCA; and after each race all invariants hold."""
    steps.demand(cast, Access.B_VCA)
    yield
    session.rollback()
    assert audit.breaches(now=NOW) == []


def on_condition(cast: Cast, number: int) -> Claim:
    """A claim that was approved on condition, on the only seat of a moment; somebody waits for it."""
    slot = steps.add_slot(cast, capacity=1, day=JUNE + timedelta(days=number))
    claim = steps.approve_on_condition(steps.claim_seat(cast, slot=slot), cast)
    steps.wait(cast, "colleague", slot=slot)
    return claim


def test_seeing_it_at_the_instant_it_lapses_ends_one_way(cast: Cast, racers: Racers) -> None:
    for each in range(4):
        claim = on_condition(cast, each)
        number = steps.add_certificate(cast).id
        code, end = claim.code, claim.slot.starts_at - timedelta(hours=48)
        seen, lapsed, met = racers.race(
            racing.see_certificate(code, number, by=cast.codes["coordinator"], now=end),
            racing.lapse(now=end),
            racing.approve_met(now=end),
        )
        assert (seen, lapsed, met) == (DONE, DONE, DONE)
        row = steps.claim_with(code)
        assert row.state in (ClaimState.APPROVED, ClaimState.LAPSED)
        assert row.slot.seats_taken == int(row.state == ClaimState.APPROVED)
        steps.forget_certificate(cast)


def test_entering_it_at_the_instant_it_lapses_keeps_the_seat_or_gives_it_to_who_waits(
    cast: Cast, racers: Racers
) -> None:
    for each in range(4):
        claim = on_condition(cast, each)
        code, end = claim.code, claim.certificate_by
        assert end
        teacher = cast.codes["teacher"]
        outcomes = racers.race(racing.add_certificate(teacher, now=end), racing.lapse(now=end))
        assert outcomes == [DONE, DONE]
        row = steps.claim_with(code)
        assert row.slot.seats_taken == 1
        assert row.state in (ClaimState.CONDITIONAL, ClaimState.LAPSED)
        while person(cast, "teacher").certificates:
            steps.forget_certificate(cast)


def test_seen_by_two_and_met_by_a_worker_it_is_approved_once(cast: Cast, racers: Racers) -> None:
    claims_on = [on_condition(cast, each).code for each in range(4)]
    number = steps.add_certificate(cast).id
    for code in claims_on:
        outcomes = racers.race(
            racing.see_certificate(code, number, by=cast.codes["coordinator"]),
            racing.see_certificate(code, number, by=cast.codes["second coordinator"]),
            racing.approve_met(),
        )
        assert outcomes == [DONE] * 3
        assert steps.claim_with(code).state == ClaimState.APPROVED
    claims.approve_met_due(now=NOW)
    assert len(steps.letters("claim_approved")) == len(claims_on)


def test_seeing_it_at_the_instant_somebody_says_no_or_leaves_ends_one_way(cast: Cast, racers: Racers) -> None:
    for each in range(4):
        code = on_condition(cast, each).code
        number = steps.add_certificate(cast).id
        racers.race(
            racing.see_certificate(code, number, by=cast.codes["coordinator"]),
            racing.decide(code, Verdict.REJECT, by=cast.codes["second coordinator"]),
            racing.withdraw(code),
        )
        row = steps.claim_with(code)
        ends = (ClaimState.APPROVED, ClaimState.REJECTED, ClaimState.WITHDRAWN)
        assert row.state in ends
        assert row.slot.seats_taken == 1  # theirs, or offered to who waits
        steps.forget_certificate(cast)


def test_a_double_click_enters_one_certificate(cast: Cast, racers: Racers) -> None:
    assert racers.race(*[racing.add_certificate(cast.codes["teacher"])] * 6) == [DONE] * 6
    assert len(person(cast, "teacher").certificates) == 1


def test_several_workers_write_each_reminder_once(cast: Cast, racers: Racers) -> None:
    claim = on_condition(cast, 0)
    assert claim.certificate_by
    week = claim.certificate_by - timedelta(days=7)
    assert racers.race(*[partial(claims.ask_certificates_due, now=week)] * 6) == [DONE] * 6
    assert len(steps.letters("certificate_reminder")) == 1
    with transaction():
        soon = NOW.date() + timedelta(days=60)
        owner = person(cast, "colleague")
        people.add_certificate(person=owner, kind="gpi", number="", valid_until=soon, now=NOW)
    assert racers.race(*[partial(people.warn_of_expiry_due, now=NOW)] * 6) == [DONE] * 6
    assert len(steps.letters("certificate_expiring")) == 1
