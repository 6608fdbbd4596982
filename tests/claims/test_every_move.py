"""Every action in every state a claim can be in: done, with all invariants intact, or refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims import rules
from marketplace.claims.models import Claim
from marketplace.claims.states import Condition, Payer, Side, Verdict
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.safety.facts import Access
from tests import steps
from tests.cast import FORM, Cast, person
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

DAY = timedelta(days=1)


@dataclass
class Scene:
    """A claim on a moment with one seat in June, and the time at which somebody does something to it."""

    cast: Cast
    slot: str
    claim: Claim
    now: datetime = NOW


Act = Callable[[Scene], object]


# --- The states -------------------------------------------------------------------------------------------------


def pending(cast: Cast, slot: str) -> Scene:
    return Scene(cast, slot, steps.claim_seat(cast, slot=slot, cover="not_yet"))


def planned(cast: Cast, slot: str) -> Scene:
    scene = pending(cast, slot)
    steps.decide(scene.claim, cast, delay=steps.LATER)
    return scene


def approved(cast: Cast, slot: str) -> Scene:
    scene = pending(cast, slot)
    steps.decide(scene.claim, cast)
    return scene


def conditional(cast: Cast, slot: str) -> Scene:
    steps.demand(cast, Access.B_VCA)
    scene = pending(cast, slot)
    steps.approve_on_condition(scene.claim, cast)
    steps.add_certificate(cast)
    return scene


def uncertified(cast: Cast, slot: str) -> Scene:
    steps.demand(cast, Access.B_VCA)
    scene = pending(cast, slot)
    steps.approve_on_condition(scene.claim, cast)
    scene.now = scene.claim.slot.starts_at - 5 * DAY
    steps.lapse(now=scene.now)
    return scene


def rejected(cast: Cast, slot: str) -> Scene:
    scene = pending(cast, slot)
    steps.reject(scene.claim, cast)
    return scene


def withdrawn(cast: Cast, slot: str) -> Scene:
    scene = pending(cast, slot)
    steps.withdraw(scene.claim)
    return scene


def cancelled(cast: Cast, slot: str) -> Scene:
    scene = pending(cast, slot)
    steps.cancel_slot(cast, slot=slot)
    return scene


def undecided(cast: Cast, slot: str) -> Scene:
    scene = pending(cast, slot)
    scene.now = NOW + 15 * DAY
    steps.lapse(now=scene.now)
    return scene


def waitlisted(cast: Cast, slot: str) -> Scene:
    steps.claim_seat(cast, "outsider", slot=slot)
    return Scene(cast, slot, steps.wait(cast, "teacher", slot=slot, cover="not_yet"))


def offered(cast: Cast, slot: str) -> Scene:
    first = steps.claim_seat(cast, "outsider", slot=slot)
    scene = Scene(cast, slot, steps.wait(cast, "teacher", slot=slot, cover="not_yet"))
    steps.withdraw(first)
    return scene


def unanswered(cast: Cast, slot: str) -> Scene:
    scene = offered(cast, slot)
    scene.now = NOW + 3 * DAY
    steps.lapse(now=scene.now)
    return scene


def queue_closed(cast: Cast, slot: str) -> Scene:
    scene = waitlisted(cast, slot)
    scene.now = scene.claim.slot.starts_at - 3.2 * DAY
    steps.lapse(now=scene.now)
    return scene


def nameless(cast: Cast, slot: str) -> Scene:
    (claim,) = steps.claim_together(cast, None, slot=slot, cover="not_yet")
    return Scene(cast, slot, claim)


def nameless_approved(cast: Cast, slot: str) -> Scene:
    scene = nameless(cast, slot)
    steps.decide(scene.claim, cast)
    return scene


def unnamed(cast: Cast, slot: str) -> Scene:
    scene = nameless_approved(cast, slot)
    scene.now = scene.claim.slot.starts_at - 7 * DAY
    steps.lapse(now=scene.now)
    return scene


# --- The actions ------------------------------------------------------------------------------------------------


def _decide(scene: Scene, verdict: Verdict, who: str, side: Side) -> None:
    claims.decide(
        claim=scene.claim,
        verdict=verdict,
        note="Vol.",
        by=scene.cast.codes[who],
        now=scene.now,
        delay=steps.AT_ONCE,
        side=side,
    )


def _approve_on_condition(scene: Scene) -> None:
    day = rules.last_certificate_day(scene.claim.slot.starts_at, scene.now) or scene.now.date()
    claims.decide(
        claim=scene.claim,
        verdict=Verdict.APPROVE,
        note="",
        by=scene.cast.codes["coordinator"],
        now=scene.now,
        delay=steps.AT_ONCE,
        condition=Condition(Payer.SCHOOL, rules.in_time_until(day)),
    )


def _see(scene: Scene) -> None:
    """A coordinator sees a certificate in the register that lets nobody in as long as nothing is asked for."""
    if scene.claim.person is None or not scene.claim.person.certificates:
        raise Refused(rules.OWN)
    number = scene.claim.person.certificates[-1].id
    by = scene.cast.codes["coordinator"]
    claims.see_certificate(claim=scene.claim, certificate_id=number, by=by, now=scene.now)


def _name(scene: Scene) -> None:
    newcomer = person(scene.cast, "newcomer")
    claims.name_seat(claim=scene.claim, person=newcomer, by="maker", now=scene.now)


def _claim_anew(scene: Scene) -> None:
    form = replace(FORM, may_wait=True)
    maker, slot = person(scene.cast, "teacher"), steps.slot_with(scene.slot)
    claims.claim_seat(slot=slot, person=maker, form=form, now=scene.now)


def _note(scene: Scene) -> None:
    sessions = scene.claim.slot.sessions
    claims.note_attendance(
        claim=scene.claim,
        starts_at=sessions[0].starts_at,
        has_come=True,
        by=scene.cast.codes["host"],
        now=sessions[0].starts_at,
    )


ACTIONS: dict[str, Act] = {
    "accept": lambda at: claims.accept(party=[at.claim], by="maker", now=at.now),
    "refuse": lambda at: claims.refuse(party=[at.claim], by="maker", now=at.now),
    "withdraw": lambda at: claims.withdraw(claim=at.claim, by="maker", now=at.now),
    "name": _name,
    "confirm safety": lambda at: claims.confirm_safety(claim=at.claim, form=FORM, by="x", now=at.now),
    "confirm cover": lambda at: claims.confirm_cover(claim=at.claim, by="x", now=at.now),
    "approve": lambda at: _decide(at, Verdict.APPROVE, "coordinator", Side.COORDINATOR),
    "reject": lambda at: _decide(at, Verdict.REJECT, "coordinator", Side.COORDINATOR),
    "approve on condition": _approve_on_condition,
    "see certificate": _see,
    "approve as host": lambda at: _decide(at, Verdict.APPROVE, "host", Side.HOST),
    "reject as host": lambda at: _decide(at, Verdict.REJECT, "host", Side.HOST),
    "take back": lambda at: claims.take_back(claim=at.claim, by="x", now=at.now),
    "send now": lambda at: claims.send_now(claim=at.claim, by="x", now=at.now),
    "claim anew": _claim_anew,
    "note attendance": _note,
}

_SPEAK = {"confirm safety", "confirm cover"}
_LIVE = {"withdraw"} | _SPEAK
LEGAL: dict[Callable[[Cast, str], Scene], set[str]] = {
    waitlisted: _LIVE,
    offered: _LIVE | {"accept", "refuse"},
    pending: _LIVE | {"approve", "reject"},
    planned: _LIVE | {"take back", "send now"},
    approved: _LIVE | {"note attendance"},
    nameless: {"withdraw", "name", "approve", "reject", "claim anew"},
    nameless_approved: {"withdraw", "name", "claim anew"},
    conditional: _LIVE | {"approve", "reject", "see certificate"},
    uncertified: {"claim anew"},
    rejected: {"claim anew"},
    withdrawn: {"claim anew"},
    undecided: {"approve", "claim anew"},
    unanswered: {"claim anew"},
    unnamed: {"claim anew"},
    queue_closed: {"claim anew"},  # who had the seat was not decided about in time
    cancelled: set(),
}
"""What can be done about a claim in each state; whatever else is tried is refused."""


@pytest.mark.parametrize("state", LEGAL, ids=[each.__name__ for each in LEGAL])
def test_every_action_in_every_state_is_done_or_refused(cast: Cast, state: Callable[..., Scene]) -> None:
    slot = steps.add_slot(cast, day=date(2027, 6, 1), capacity=1)
    scene = state(cast, slot)
    done = {name for name, act in ACTIONS.items() if is_done(scene, act)}
    assert done == LEGAL[state]


def is_done(scene: Scene, act: Act) -> bool:
    """Whether it is done, and all is well afterwards. It is undone here: for the next action all is as before."""
    session.rollback()
    try:
        act(scene)
        session.flush()
        session.expire_all()
        assert audit.breaches(now=scene.now) == []
    except Refused:
        return False
    finally:
        session.rollback()
    return True
