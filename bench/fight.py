"""Five hundred people fight for twenty seats, from many threads in several processes, through the whole application."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from statistics import median, quantiles
from typing import Any

from sqlalchemy import select

from bench.claims import DAY, crowd, new_slot
from bench.databases import application
from marketplace import audit
from marketplace.app import create_app
from marketplace.claims.actions import show_hosts
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.offers.queries import slot_for
from marketplace.people.models import Person
from tests.conftest import settings_for
from tests.pages import form_of

PEOPLE, SEATS = 500, 20
PROCESSES, THREADS = 4, 8
ANSWERS = {"learning_question": "Hoe last u dun plaatwerk?", "time_basis": "school", "cover": "arranged"}


@dataclass(frozen=True)
class Blow:
    """One try: of which process, how long it took in seconds, and what was answered."""

    process: int
    took: float
    status: int


def measure(url: str) -> dict[str, float]:
    """What came of the fight; raises AssertionError where a seat went to two, or anything in the data is wrong."""
    with application(url):
        found = crowd(PEOPLE)
        slot = new_slot(found.cast, SEATS, DAY)
        keys = list(session.scalars(select(Person.session_key).where(Person.code.in_(found.codes))))
        session.remove()
        blows = _fight(url, slot, keys)
        _look(slot)
    waits, shares = [each.took for each in blows], Counter(each.process for each in blows)
    statuses = Counter(each.status for each in blows)
    assert not any(status >= 500 for status in statuses), statuses
    return {
        "tries": len(blows),
        "claims made (303)": statuses[303],
        "least share of a process, of its fair one": min(shares.values()) / (PEOPLE / PROCESSES),
        "p99 / median of the wait": quantiles(waits, n=100)[98] / median(waits),
    }


def _fight(url: str, slot: str, keys: Sequence[str]) -> list[Blow]:
    context = multiprocessing.get_context("spawn")
    start, turn = context.Barrier(PROCESSES), context.Value("i", 0)
    with context.Pool(PROCESSES, _prepare, (start, turn)) as pool:
        running = [pool.apply_async(_strike, (url, slot, list(keys), nth)) for nth in range(PROCESSES)]
        return [blow for each in running for blow in each.get(timeout=600)]


_start: Barrier
_turn: Any


def _prepare(start: Barrier, turn: Any) -> None:
    global _start, _turn
    _start, _turn = start, turn


def _strike(url: str, slot: str, keys: list[str], process: int) -> list[Blow]:
    """Takes whoever is next and lets them claim, until nobody is left; all threads of all processes at once."""
    app = create_app(settings_for(url))
    fields = {
        **_form(app, slot, keys[0]),
        **ANSWERS,
        "has_read_safety": "y",
        "size_M009": "9",
        "may_wait": "1",
    }

    def work(_: int) -> list[Blow]:
        done = []
        while (number := _next()) < len(keys):
            client = _client(app, keys[number])
            begun_at = time.perf_counter()
            answer = client.post(f"/slots/{slot}/claim", data=fields)
            done.append(Blow(process, time.perf_counter() - begun_at, answer.status_code))
        return done

    _start.wait()
    with ThreadPoolExecutor(THREADS) as threads:
        return [blow for each in threads.map(work, range(THREADS)) for blow in each]


def _next() -> int:
    with _turn.get_lock():
        _turn.value += 1
        return int(_turn.value) - 1


def _client(app: Any, key: str) -> Any:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["key"], cookie["csrf_token"] = key, CSRF
    return client


CSRF = "0" * 40
"""What every browser here holds, so that one form will do for all of them."""


def _form(app: Any, slot: str, key: str) -> dict[str, Any]:
    return form_of(_client(app, key).get(f"/slots/{slot}/claim").text, "/claim")


def _look(slot: str) -> None:
    """Twenty hold a seat, everybody else waits, in the order in which they came; nothing else is wrong."""
    session.remove()
    show_hosts(now=now())
    claims = session.execute(
        select(Claim.state, Claim.id).where(Claim.slot_id == slot_for(slot).id).order_by(Claim.id)
    ).all()
    states = [each.state for each in claims]
    assert states == [ClaimState.PENDING] * SEATS + [ClaimState.WAITLISTED] * (PEOPLE - SEATS), Counter(
        states
    )
    assert audit.breaches(now=now()) == [], audit.breaches(now=now())[:5]
