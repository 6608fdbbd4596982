"""Races: several real processes, each with threads, that do things to one database at the same instant."""

import logging
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select

from marketplace.app import create_app
from marketplace.claims import actions as claims
from marketplace.claims.states import Verdict
from marketplace.feeds import actions as feeds
from marketplace.kernel.database import db, session, transaction
from marketplace.kernel.errors import Refused
from marketplace.offers import actions as offers
from marketplace.offers.queries import slot_for
from marketplace.organisations.models import Organisation
from marketplace.outbox import actions as outbox
from marketplace.people import actions as people
from marketplace.people.states import Role
from tests import steps
from tests.cast import FORM
from tests.conftest import NOW, settings_for

PROCESSES = 3
DONE = "done"

Attempt = Callable[[], Any]


class Racers:
    """Processes that wait for the starting shot."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def race(self, *attempts: Attempt) -> list[str]:
        """Makes all attempts at once. Says of each, in order, DONE or with what sentence it was refused.

        Any other exception, and any error that is logged, ends the race with it. Ends the session's
        transaction, which would be in the way.
        """
        session.rollback()
        url = db.engine.url.render_as_string(hide_password=False)
        shares = [list(attempts[number::PROCESSES]) for number in range(PROCESSES)]
        running = [self._pool.apply_async(_run, (url, share)) for share in shares]
        answers = [each.get(timeout=60) for each in running]
        return [answers[number % PROCESSES][number // PROCESSES] for number in range(len(attempts))]


@contextmanager
def racers() -> Iterator[Racers]:
    """The processes, for the length of the block; at its end they stop, whatever they are doing."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES)
    with context.Pool(PROCESSES, _prepare, (start,)) as pool:
        yield Racers(pool)


_start: Barrier


def _prepare(start: Barrier) -> None:
    global _start
    _start = start


@cache
def _app(url: str) -> Flask:
    return create_app(settings_for(url))


def _run(url: str, attempts: Sequence[Attempt]) -> list[str]:
    app = _app(url)
    shot = threading.Event()
    with ThreadPoolExecutor(PROCESSES * 4) as threads, _no_complaints():
        running = [threads.submit(_attempt, app, shot, each) for each in attempts]
        _start.wait(timeout=60)
        shot.set()
        return [each.result() for each in running]


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


@contextmanager
def _no_complaints() -> Iterator[None]:
    """What a worker only logs, and tries again, fails a race."""
    handler = _Complaints()
    log = logging.getLogger("marketplace")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
    assert handler.records == []


def _attempt(app: Flask, shot: threading.Event, attempt: Attempt) -> str:
    with app.app_context():
        shot.wait()
        try:
            attempt()
        except Refused as refusal:
            return str(refusal)
    return DONE


# --- What may be attempted: functions of codes, each in transactions of its own ---------------------------------


def claim(slot: str, person: str) -> Attempt:
    """Somebody claims a seat."""
    return partial(_claim, slot, person)


def _claim(slot: str, person: str) -> None:
    with transaction():
        claims.claim_seat(slot=slot_for(slot), person=steps.somebody(person), form=FORM, now=NOW)


def decide(code: str, verdict: Verdict, *, by: str, delay: timedelta = steps.AT_ONCE) -> Attempt:
    """A coordinator decides."""
    return partial(_decide, code, verdict, by, delay)


def _decide(code: str, verdict: Verdict, by: str, delay: timedelta) -> None:
    with transaction():
        claims.decide(claim=steps.claim_with(code), verdict=verdict, note="Vol.", by=by, now=NOW, delay=delay)


def withdraw(code: str) -> Attempt:
    """A participant withdraws."""
    return partial(_withdraw, code)


def _withdraw(code: str) -> None:
    steps.withdraw(steps.claim_with(code))


def cancel_slot(slot: str) -> Attempt:
    """The host cancels a moment."""
    return partial(_cancel, slot)


def _cancel(slot: str) -> None:
    with transaction():
        claims.cancel_slot(slot=slot_for(slot), reason="Storing.", by="host", now=NOW)


def change_slot(slot: str, *, hours: int = 0, capacity: int | None = None) -> Attempt:
    """The host moves a moment, or changes its number of seats."""
    return partial(_change_slot, slot, hours, capacity)


def _change_slot(slot: str, hours: int, capacity: int | None) -> None:
    with transaction():
        row = slot_for(slot)
        offers.change_slot(
            slot=row,
            sessions=[steps.moved(each, hours=hours) for each in steps.sessions_of(row)],
            site=row.site.code,
            supervisor=row.supervisor,
            capacity=capacity or row.capacity,
            by="host",
            now=NOW,
        )


def change_brief(slot: str, notes: str) -> Attempt:
    """The host changes the safety notes of the offer of a moment."""
    return partial(_change_brief, slot, notes)


def _change_brief(slot: str, notes: str) -> None:
    with transaction():
        offer = slot_for(slot).offer
        offers.change_brief(offer=offer, brief=replace(offer.brief.facts, notes=notes), by="host", now=NOW)


def sign_in(token: str) -> Attempt:
    """Somebody presses the button of a mailed link, in the browser that asked."""
    return partial(_sign_in, token)


def _sign_in(token: str) -> None:
    with transaction():
        people.sign_in_with_link(token=token, browser="b", email="", now=NOW)


def invite(email: str) -> Attempt:
    """A coordinator invites a contact of a company."""
    return partial(_invite, email)


def _invite(email: str) -> None:
    with transaction():
        company = session.scalars(select(Organisation).where(Organisation.kvk == "00000101")).one()
        people.invite(email=email, name="", role=Role.HOST_CONTACT, place=company, by="system", now=NOW)


def make_link(person: str) -> Attempt:
    """Somebody asks for the secret link to their own claims."""
    return partial(_make_link, person)


def _make_link(person: str) -> None:
    with transaction():
        feeds.make_link(person=steps.somebody(person), organisation=None, key="k", now=NOW)


def show_hosts() -> Attempt:
    """A worker writes the calendars of hosts."""
    return _show_hosts


def _show_hosts() -> None:
    claims.show_hosts(now=NOW)


def work() -> Attempt:
    """One round of a worker that mails into the void."""
    return _work


def _work() -> None:
    outbox.send_due(now=NOW, deliver=_deliver)
    claims.decide_due(now=NOW)
    claims.tell_due(now=NOW, quiet_time=steps.AT_ONCE)
    claims.show_hosts(now=NOW)


def _deliver(sender: str, receiver: str, octets: bytes) -> None:
    """Nothing leaves the house."""
