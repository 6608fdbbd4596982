"""What claiming a seat costs beside the writes that it cannot do without, and approving many."""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from flask import Flask

from bench.databases import application
from marketplace.claims import actions as claims
from marketplace.claims.queries import claim_for_desk
from marketplace.claims.states import Verdict
from marketplace.kernel.clock import now
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import db, session, transaction
from marketplace.offers.facts import CAPACITY_LIMIT
from marketplace.offers.queries import slot_for
from marketplace.people.actions import Scope, add_person, give_role, vouch_for
from marketplace.people.queries import person_with, regions_of
from marketplace.people.states import Role
from tests import steps
from tests.cast import FORM, Cast, make
from tests.statements import statements

DAY = date(2027, 3, 1)
CLAIMS, WRITES, ROUNDS = 200, 500, 5
BULKS = (10, 200, 1000)
DELAY = timedelta(minutes=10)


@dataclass(frozen=True)
class Crowd:
    """The cast, and people of its school who want the same thing."""

    cast: Cast
    codes: list[str]


def crowd(count: int) -> Crowd:
    """So many known people of one school, besides the cast. Committed."""
    cast = make(now=now())
    school = steps.somebody(cast.codes["teacher"]).school
    assert school
    codes = []
    for number in range(count):
        email = f"person{number}@school.example"
        person = add_person(name=f"Persoon {number}", email=email, by="system", now=now())
        give_role(person=person, role=Role.PARTICIPANT, scope=Scope(school.id), by="system", now=now())
        vouch_for(person=person, by="system", now=now())
        codes.append(person.code)
    session.commit()
    return Crowd(cast, codes)


def new_slot(cast: Cast, capacity: int, day: date) -> str:
    """A moment of the cast's offer with so many seats, even more than a host may offer. Returns its code."""
    code = steps.add_slot(cast, capacity=CAPACITY_LIMIT, day=day, now=now())
    with transaction():
        slot_for(code).capacity = capacity
    return code


# --- Claiming -----------------------------------------------------------------------------------------------------


def measure_claiming(url: str) -> dict[str, float]:
    """Claims a second with journal, entry and letters, beside the writes alone that hold a seat, and their ratios.

    The writes alone go through the same engine (its connection, its queue, durable), and once through the bare driver.
    """
    with application(url):
        found = crowd(CLAIMS)
        rounds = [
            (_claims_a_second(found, DAY + timedelta(days=each)), _writes_a_second(), _bare_writes_a_second())
            for each in range(ROUNDS)
        ]
    return {
        "claims a second": median(claims for claims, _, _ in rounds),
        "UPDATE + INSERT a second, same engine": median(writes for _, writes, _ in rounds),
        "UPDATE + INSERT a second, bare driver": median(bare for _, _, bare in rounds),
        "claims / same engine": median(claims / writes for claims, writes, _ in rounds),
        "claims / bare driver": median(claims / bare for claims, _, bare in rounds),
    }


def _claims_a_second(found: Crowd, day: date) -> float:
    """Of `claim_seat` and its commit; slot and person are found before, as a view finds them."""
    slot, took = new_slot(found.cast, CLAIMS, day), 0.0
    for code in found.codes:
        with transaction():
            wanted, person = slot_for(slot), person_with(code)
            begun_at = time.perf_counter()
            claims.claim_seat(slot=wanted, person=person, form=FORM, now=now())
        took += time.perf_counter() - begun_at
        session.remove()
    return CLAIMS / took


UPDATE = "UPDATE bench_slot SET taken = taken + 1 WHERE id = 1"


def _insert() -> str:
    return f"INSERT INTO bench_claim VALUES ('{new_code()}', 1)"


def _writes_a_second() -> float:
    """One UPDATE and one INSERT, committed, through the application's engine."""
    _make_tables()
    begun_at = time.perf_counter()
    for _ in range(WRITES):
        with db.engine.begin() as connection:
            connection.exec_driver_sql(UPDATE)
            connection.exec_driver_sql(_insert())
    return WRITES / (time.perf_counter() - begun_at)


def _bare_writes_a_second() -> float:
    """The same through the driver alone, on a connection that is kept."""
    _make_tables()
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    begin = "BEGIN IMMEDIATE" if db.engine.dialect.name == "sqlite" else "BEGIN"
    cursor.execute("ROLLBACK") if db.engine.dialect.name != "sqlite" else None
    begun_at = time.perf_counter()
    for _ in range(WRITES):
        cursor.execute(begin)
        cursor.execute(UPDATE)
        cursor.execute(_insert())
        cursor.execute("COMMIT")
    rate = WRITES / (time.perf_counter() - begun_at)
    connection.close()
    return rate


def _make_tables() -> None:
    with db.engine.begin() as connection:
        for statement in (
            "DROP TABLE IF EXISTS bench_slot",
            "DROP TABLE IF EXISTS bench_claim",
            "CREATE TABLE bench_slot (id INTEGER PRIMARY KEY, taken INTEGER)",
            "CREATE TABLE bench_claim (code TEXT PRIMARY KEY, slot INTEGER)",
            "INSERT INTO bench_slot VALUES (1, 0)",
        ):
            connection.exec_driver_sql(statement)


# --- Approving ----------------------------------------------------------------------------------------------------


def measure_approving(url: str) -> dict[str, float]:
    """Statements a claim for approving ever more claims in bulk: planned, and carried out with all letters later."""
    with application(url) as app:
        found = crowd(max(BULKS))
        return {
            f"statements a claim, {count} claims": _statements(app, found, count, DAY + timedelta(days=nth))
            for nth, count in enumerate(BULKS)
        }


def _statements(app: Flask, found: Crowd, count: int, day: date) -> float:
    slot = new_slot(found.cast, count, day)
    codes = []
    for code in found.codes[:count]:
        with transaction():
            claim = claims.claim_seat(slot=slot_for(slot), person=person_with(code), form=FORM, now=now())
            codes.append(claim.code)
        session.remove()
    by = found.cast.codes["coordinator"]
    regions = regions_of(by)
    with statements(app) as sent:
        for code in codes:
            with transaction():
                claims.decide(
                    claim=claim_for_desk(regions, code),
                    verdict=Verdict.APPROVE,
                    note="",
                    by=by,
                    now=now(),
                    delay=DELAY,
                )
            session.remove()
        claims.decide_due(now=now() + DELAY)
    return len(sent) / count
