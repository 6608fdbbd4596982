"""Anybody does anything in any order: seats add up, refusals change nothing, and calendars show what holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from smtplib import SMTPDataError
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims.models import Claim, Entry, PlannedDecision
from marketplace.claims.states import ClaimState, Verdict
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import JournalEntry
from marketplace.offers import actions as offers
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState
from marketplace.outbox.actions import send_due
from marketplace.outbox.facts import LetterState
from marketplace.outbox.models import Letter
from tests import cast as casting
from tests import steps
from tests.calendars.examples import content_lines, values
from tests.cast import BRIEF, FORM
from tests.conftest import NOW, empty_database

QUIET = timedelta(minutes=2)
TEACHERS = ["teacher", "colleague", "newcomer", "outsider"]
COORDINATORS = ["coordinator", "second coordinator"]

any_slot = st.integers(0, 2)
any_claim = st.integers(0, 9)


class Calendar:
    """What a calendar makes of the invites that arrive: by UID the last one, or nothing."""

    def __init__(self) -> None:
        self.events: dict[str, bytes] = {}
        self._sequences: dict[str, int] = {}

    def receive(self, octets: bytes) -> None:
        for part in message_from_bytes(octets).walk():
            if part.get_content_type() == "text/calendar":
                self._take(part.get_payload(decode=True))  # type: ignore[arg-type]

    def _take(self, calendar: bytes) -> None:
        (uid,), (sequence,) = values(calendar, "UID"), values(calendar, "SEQUENCE")
        assert int(sequence) > self._sequences.get(uid, -1), "an older invite came later"
        is_known = uid in self._sequences
        self._sequences[uid] = int(sequence)
        if values(calendar, "METHOD") == ["CANCEL"]:
            assert self.events.pop(uid, None), "a CANCEL of what no calendar holds"
        else:
            assert is_known == (uid in self.events), "a UID came back after its CANCEL"
            self.events[uid] = calendar


def occurrences(calendar: bytes) -> list[datetime]:
    """When the event in an invite takes place, as a calendar works it out."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(calendar)).all()
    return [each.start.astimezone(UTC) for each in found]


class Claims(RuleBasedStateMachine):
    """Three moments (two of them on one day, one of three days), four teachers, two coordinators, a host, a worker.

    There is one claim on the first moment already, and there are two that were approved on the days.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._context = app.app_context()
        self._context.push()
        empty_database()
        self.now = NOW
        self.cast = casting.make(now=NOW)
        same_day = steps.add_slot(self.cast, capacity=1)
        three_days = steps.add_slot(self.cast, day=date(2027, 2, 16), sessions=3)
        self.slots = [self.cast.slot, same_day, three_days]
        self.calendar = Calendar()
        steps.claim_seat(self.cast, "newcomer")
        steps.approved(self.cast, slot=three_days)
        steps.approved(self.cast, "colleague", slot=three_days)

    def teardown(self) -> None:
        try:
            self.everything_is_done()
            assert audit.breaches(now=self.now) == []
            self.calendars_show_what_holds()
        finally:
            session.rollback()
            self._context.pop()

    # --- What may happen ---

    @rule(who=st.sampled_from(TEACHERS), slot=any_slot)
    def claim(self, who: str, slot: int) -> None:
        self.attempt(
            lambda: claims.claim_seat(
                slot=self.slot(slot), person=casting.person(self.cast, who), form=FORM, now=self.now
            )
        )

    @rule(
        number=any_claim,
        who=st.sampled_from(COORDINATORS),
        verdict=st.sampled_from(Verdict),
        delay=st.sampled_from([steps.AT_ONCE, steps.LATER]),
    )
    def decide(self, number: int, who: str, verdict: Verdict, delay: timedelta) -> None:
        self.attempt(
            lambda: claims.decide(
                claim=self.some_claim(number),
                verdict=verdict,
                note="Deze dag is vol.",
                by=self.cast.codes[who],
                now=self.now,
                delay=delay,
            )
        )

    @rule(number=any_claim)
    def take_back(self, number: int) -> None:
        by = self.cast.codes["coordinator"]
        self.attempt(lambda: claims.take_back(claim=self.some_claim(number), by=by, now=self.now))

    @rule(number=any_claim)
    def withdraw(self, number: int) -> None:
        claim = self.some_claim(number)
        self.attempt(lambda: claims.withdraw(claim=claim, by=claim.person.code, now=self.now))

    @rule(slot=any_slot, is_serious=st.sampled_from([True, False, False, False]))
    def cancel_slot(self, slot: int, is_serious: bool) -> None:
        """A moment is cancelled now and then: it is the end of much else."""
        if not is_serious:
            return
        self.attempt(
            lambda: claims.cancel_slot(
                slot=self.slot(slot), reason="Storing.", by=self.cast.codes["host"], now=self.now
            )
        )

    @rule(slot=any_slot, hours=st.sampled_from([-24, -2, 2, 24, 168]))
    def move_slot(self, slot: int, hours: int) -> None:
        self.change(slot, lambda sessions: [steps.moved(each, hours=hours) for each in sessions])

    @rule(days=st.sampled_from([-2, 5, 7]))
    def move_the_last_day(self, days: int) -> None:
        self.change(2, lambda sessions: [*sessions[:-1], steps.moved(sessions[-1], days=days)])

    @rule(is_first=st.booleans())
    def drop_a_day(self, is_first: bool) -> None:
        self.change(2, lambda sessions: (sessions[1:] if is_first else sessions[:-1]) or sessions)

    @rule(days=st.sampled_from([1, 3]))
    def add_a_day(self, days: int) -> None:
        self.change(2, lambda sessions: [*sessions[-3:], steps.moved(sessions[-1], days=days)])

    @rule(slot=any_slot, capacity=st.integers(1, 3))
    def set_capacity(self, slot: int, capacity: int) -> None:
        host = self.cast.codes["host"]
        self.attempt(
            lambda: offers.set_capacity(slot=self.slot(slot), capacity=capacity, by=host, now=self.now)
        )

    @rule(slot=any_slot)
    def close_or_reopen(self, slot: int) -> None:
        row, host = self.slot(slot), self.cast.codes["host"]
        if row.state == SlotState.OPEN:
            self.attempt(
                lambda: offers.close_slot(slot=row, to=SlotState.CLOSED, reason="", by=host, now=self.now)
            )
        else:
            self.attempt(lambda: offers.reopen_slot(slot=row, by=host, now=self.now))

    @rule(notes=st.sampled_from(["Blijf op het looppad.", "Meld u bij de BHV.", "Houd afstand."]))
    def change_brief(self, notes: str) -> None:
        brief = replace(BRIEF, notes=notes)
        offer, host = steps.offer_of(self.cast), self.cast.codes["host"]
        self.attempt(lambda: offers.change_brief(offer=offer, brief=brief, by=host, now=self.now))

    @rule(is_reachable=st.booleans())
    def work(self, is_reachable: bool) -> None:
        def deliver(sender: str, receiver: str, octets: bytes) -> None:
            if not is_reachable:
                raise SMTPDataError(451, b"4.3.0 later")
            self.calendar.receive(octets)

        send_due(now=self.now, deliver=deliver)
        claims.decide_due(now=self.now)
        claims.tell_due(now=self.now, quiet_time=QUIET)
        claims.show_hosts(now=self.now)

    @rule(
        passed=st.sampled_from(
            [timedelta(seconds=30), QUIET, steps.LATER, timedelta(days=3), timedelta(days=9)]
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    # --- What always holds ---

    @invariant()
    def seats_add_up(self) -> None:
        session.rollback()
        assert list(audit._seats(self.now)) == []
        assert session.scalar(select(func.count()).where(Slot.seats_taken > Slot.capacity)) == 0

    def calendars_show_what_holds(self) -> None:
        """Whoever comes has each session of the visit in their calendar once, as it is now; the others have nothing."""
        for claim in session.scalars(select(Claim).join(Slot).where(Slot.ends_at > self.now)):
            entries = steps.entries_of(claim)
            shown = [self.calendar.events[each.uid] for each in entries if each.uid in self.calendar.events]
            comes = claim.state == ClaimState.APPROVED
            expected = [each.starts_at for each in claim.slot.sessions] if comes else []
            assert sorted(start for each in shown for start in occurrences(each)) == expected
            notes = claim.slot.offer.brief.facts.notes
            assert all(notes in "".join(content_lines(each)) for each in shown)

    # --- How ---

    def attempt(self, action: Callable[[], Any]) -> None:
        """Does something that may be refused; what is refused changes nothing."""
        before = self.fingerprint()
        try:
            with transaction():
                action()
        except Refused:
            assert self.fingerprint() == before

    def fingerprint(self) -> list[Any]:
        session.rollback()
        rows = [
            select(func.count()).select_from(kind) for kind in (JournalEntry, Letter, Entry, PlannedDecision)
        ]
        seats = session.execute(select(Slot.id, Slot.seats_taken, Slot.version).order_by(Slot.id)).all()
        return [*(session.scalar(each) for each in rows), *seats]

    def change(self, slot: int, edit: Callable[[list[Any]], list[Any]]) -> None:
        row = self.slot(slot)
        self.attempt(
            lambda: offers.change_slot(
                slot=row,
                sessions=edit(steps.sessions_of(row)),
                site=self.cast.site,
                supervisor=row.supervisor,
                capacity=row.capacity,
                by=self.cast.codes["host"],
                now=self.now,
            )
        )

    def everything_is_done(self) -> None:
        """The mail server is there, the host is quiet, and the worker works until nothing is left to do."""
        while True:
            self.now += steps.LATER
            self.work(True)
            if not session.scalar(select(Letter.id).where(Letter.state == LetterState.QUEUED).limit(1)):
                break

    def slot(self, number: int) -> Slot:
        return steps.slot_with(self.slots[number])

    def some_claim(self, number: int) -> Claim:
        rows = list(session.scalars(select(Claim).order_by(Claim.id)))
        return rows[number % len(rows)]


@pytest.mark.slow
def test_anybody_does_anything_in_any_order(app: Flask) -> None:
    run_state_machine_as_test(
        lambda: Claims(app),  # type: ignore[arg-type]  # whatever makes a machine will do
        settings=settings(
            max_examples=10,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
        ),
    )
