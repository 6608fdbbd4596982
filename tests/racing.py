"""Races: several real processes, each with threads, that do things to one database at the same instant."""

import logging
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import select

from marketplace.app import create_app
from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Side, Verdict
from marketplace.feeds import actions as feeds
from marketplace.kernel.database import db, session, transaction
from marketplace.kernel.errors import Refused
from marketplace.offers import actions as offers
from marketplace.offers.queries import slot_for
from marketplace.organisations.models import Organisation, StandingBrief
from marketplace.outbox import actions as outbox
from marketplace.people import actions as people
from marketplace.people.states import Role
from marketplace.safety.facts import BriefFacts
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


def claim(slot: str, person: str, *, may_wait: bool = False) -> Attempt:
    """Somebody claims a seat."""
    return partial(_claim, slot, person, may_wait)


def _claim(slot: str, person: str, may_wait: bool) -> None:
    with transaction():
        form = replace(FORM, may_wait=may_wait)
        claims.claim_seat(slot=slot_for(slot), person=steps.somebody(person), form=form, now=NOW)


def claim_together(slot: str, people: Sequence[str]) -> Attempt:
    """The first of them claims for all, and is content to wait."""
    return partial(_claim_together, slot, people)


def _claim_together(slot: str, codes: Sequence[str]) -> None:
    with transaction():
        people = [steps.somebody(code) for code in codes]
        school = people[0].school
        assert school
        form = replace(FORM, may_wait=True)
        claims.claim_together(
            slot=slot_for(slot), maker=people[0], school=school, people=people, form=form, now=NOW
        )


def accept(party: str, *, now: datetime = NOW) -> Attempt:
    """Who made the claims of a party accepts the seats that were offered."""
    return partial(_answer, party, True, now)


def refuse(party: str) -> Attempt:
    """Who made the claims of a party says no to the seats that were offered."""
    return partial(_answer, party, False, NOW)


def _answer(party: str, is_yes: bool, now: datetime) -> None:
    with transaction():
        found = select(Claim).where(Claim.party == party, Claim.state == ClaimState.OFFERED)
        offered = list(session.scalars(found.order_by(Claim.id)))
        (claims.accept if is_yes else claims.refuse)(party=offered, by="maker", now=now)


def name_seat(code: str, person: str) -> Attempt:
    """Who made a claim says who comes."""
    return partial(_name_seat, code, person)


def _name_seat(code: str, person: str) -> None:
    with transaction():
        claims.name_seat(claim=steps.claim_with(code), person=steps.somebody(person), by="maker", now=NOW)


def see_certificate(code: str, number: int, *, by: str, now: datetime = NOW) -> Attempt:
    """A coordinator saw a certificate in the register."""
    return partial(_see_certificate, code, number, by, now)


def _see_certificate(code: str, number: int, by: str, now: datetime) -> None:
    with transaction():
        claim = steps.claim_with(code)
        claims.see_certificate(claim=claim, certificate_id=number, by=by, now=now)


def add_certificate(person: str, *, now: datetime = NOW) -> Attempt:
    """Somebody enters a certificate."""
    return partial(_add_certificate, person, now)


def _add_certificate(code: str, now: datetime) -> None:
    with transaction():
        owner, until = steps.somebody(code), date(2030, 1, 1)
        claims.add_certificate(person=owner, kind="b_vca", number="1", valid_until=until, now=now)


def approve_met(*, now: datetime = NOW) -> Attempt:
    """A worker approves those whose certificate was seen."""
    return partial(_approve_met, now)


def _approve_met(now: datetime) -> None:
    claims.approve_met_due(now=now)


def lapse(*, now: datetime) -> Attempt:
    """A worker lets lapse what is over at that time."""
    return partial(_lapse, now)


def _lapse(now: datetime) -> None:
    claims.lapse_due(now=now)


def offer_free_seats() -> Attempt:
    """A worker offers the seats that are free to those who wait."""
    return _offer_free_seats


def _offer_free_seats() -> None:
    claims.offer_free_seats(now=NOW)


def decide(
    code: str,
    verdict: Verdict,
    *,
    by: str,
    delay: timedelta = steps.AT_ONCE,
    side: Side = Side.COORDINATOR,
    now: datetime = NOW,
) -> Attempt:
    """A coordinator decides, or the host."""
    return partial(_decide, code, verdict, by, delay, side, now)


def _decide(code: str, verdict: Verdict, by: str, delay: timedelta, side: Side, now: datetime) -> None:
    with transaction():
        claim = steps.claim_with(code)
        claims.decide(claim=claim, verdict=verdict, note="Vol.", by=by, now=now, delay=delay, side=side)


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
        claims.change_slot(
            slot=row,
            sessions=[steps.moved(each, hours=hours) for each in steps.sessions_of(row)],
            site=row.site.code,
            supervisor=row.supervisor,
            capacity=capacity or row.capacity,
            by="host",
            now=NOW,
            known_clashes=99,
        )


def change_brief(slot: str, notes: str) -> Attempt:
    """The host changes the safety notes of the offer of a moment."""
    return partial(_change_brief, slot, notes)


def change_standing(code: str, notes: str) -> Attempt:
    """A host writes what always holds anew."""
    return partial(_change_standing, code, notes)


def _change_standing(code: str, notes: str) -> None:
    with transaction():
        standing = session.scalars(select(StandingBrief).where(StandingBrief.code == code)).one()
        offers.change_standing_brief(
            standing=standing,
            name=standing.name,
            site=None,
            brief=replace(standing.brief.facts, notes=notes),
            by="host",
            now=NOW,
        )


def change_own_brief(slot: str, notes: str) -> Attempt:
    """A host writes anew what an offer adds to what always holds."""
    return partial(_change_own_brief, slot, notes)


def _change_own_brief(slot: str, notes: str) -> None:
    with transaction():
        offer = slot_for(slot).offer
        standing = session.scalars(
            select(StandingBrief).where(StandingBrief.brief_id == offer.brief.based_on_id)
        ).one()
        own = replace(offer.brief.own_facts, notes=notes)
        offers.change_brief(offer=offer, brief=own, standing=standing, by="host", now=NOW)


def add_to_slot(slot: str, notes: str) -> Attempt:
    """A host writes what a moment adds."""
    return partial(_add_to_slot, slot, notes)


def _add_to_slot(slot: str, notes: str) -> None:
    with transaction():
        offers.change_slot_brief(slot=slot_for(slot), brief=BriefFacts(notes=notes), by="host", now=NOW)


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
