"""Anybody does anything in any order: seats add up, the queue is kept, everybody hears of it once, calendars agree.

An example is fifty steps. EXAMPLES=300 makes it a long run.
"""

import os
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
from sqlalchemy import func, literal, select, union_all

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims import rules
from marketplace.claims.models import Attendance, Claim, Entry, PlannedDecision
from marketplace.claims.states import ClaimState, Condition, Payer, Side, Verdict
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import JournalEntry
from marketplace.kernel.times import wall_date
from marketplace.offers import actions as offers
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy, SlotState
from marketplace.outbox.actions import send_due
from marketplace.outbox.facts import LetterState
from marketplace.outbox.models import Letter
from marketplace.people import actions as people
from marketplace.people.models import Certificate
from marketplace.safety.facts import Access
from marketplace.worker import EVERY_MINUTE
from tests import cast as casting
from tests import steps
from tests.calendars.examples import content_lines, values
from tests.cast import BRIEF, FORM
from tests.claims import replay
from tests.conftest import NOW
from tests.rows import empty_database

EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
QUIET = timedelta(minutes=2)
BEGIN = NOW + timedelta(days=14)
"""A week before the last names, and two before the first moment."""
TEACHERS = ["teacher", "colleague", "newcomer", "outsider"]
STAFF = ["teacher", "colleague", "newcomer", None]
"""Who can be of a party, or that it is not known yet."""
DECIDERS = [
    ("coordinator", Side.COORDINATOR),
    ("second coordinator", Side.COORDINATOR),
    ("outside coordinator", Side.COORDINATOR),
    ("host", Side.HOST),
]

EDITS: list[Callable[[list[Any]], list[Any]]] = [
    lambda sessions: sessions[1:] or sessions,
    lambda sessions: sessions[:-1] or sessions,
    *(
        lambda sessions, days=days: [*sessions[:-1], steps.moved(sessions[-1], days=days)]
        for days in (-2, 5, 7)
    ),
    *(lambda sessions, days=days: [*sessions[-3:], steps.moved(sessions[-1], days=days)] for days in (1, 3)),
]
"""A day less, another last day, a day more."""
PAUSES = [QUIET, steps.LATER, *(timedelta(days=number) for number in (1, 2, 3, 5))]

NONE = literal(0)
FINGERPRINT = union_all(
    *(
        select(literal(kind.__tablename__), func.count(), NONE, NONE).select_from(kind)
        for kind in (JournalEntry, Letter, Entry, PlannedDecision, Claim, Attendance, Certificate)
    ),
    select(literal("of a slot"), Slot.id, Slot.seats_taken, Slot.version),
    select(literal("of a claim"), Claim.id, Claim.version, NONE),
)
"""What an action would change."""

any_slot = st.integers(0, 2)
any_claim = st.integers(0, 47)
any_decider = st.sampled_from(DECIDERS)


class Calendar:
    """What a calendar makes of the invites that arrive: by UID the last one, or nothing."""

    def __init__(self) -> None:
        self.events: dict[str, bytes] = {}
        self._versions: dict[str, tuple[int, str]] = {}

    def receive(self, octets: bytes) -> None:
        for part in message_from_bytes(octets).walk():
            if part.get_content_type() == "text/calendar":
                self._take(part.get_payload(decode=True))  # type: ignore[arg-type]

    def _take(self, calendar: bytes) -> None:
        (uid,), (sequence,), (stamp,) = (values(calendar, name) for name in ("UID", "SEQUENCE", "DTSTAMP"))
        version, before = (int(sequence), stamp), self._versions.get(uid)
        assert before is None or version > before, "an older invite came later"
        is_known = uid in self._versions
        self._versions[uid] = version
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
    """Three moments (two of them on one day, one of three days), four teachers, their school's contact, three
    coordinators, a host, a worker, and a clock that only goes on.

    The gate asks for a B-VCA that nobody has. To begin with, the first moment has one claim and two colleagues without
    a name who wait, the second is full and has one who waits, and two people were approved for the three days.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._context = app.app_context()
        self._context.push()
        empty_database()
        self.now = BEGIN
        self.cast = casting.make(now=BEGIN)
        same_day = steps.add_slot(self.cast, capacity=1, now=BEGIN)
        three_days = steps.add_slot(self.cast, day=date(2027, 2, 16), sessions=3, now=BEGIN)
        self.slots = [self.cast.slot, same_day, three_days]
        self.calendar = Calendar()
        steps.demand(self.cast, Access.B_VCA)
        steps.claim_seat(self.cast, "newcomer", now=BEGIN)
        steps.claim_together(self.cast, None, None, maker="school contact", now=BEGIN)
        steps.claim_seat(self.cast, "outsider", slot=same_day, now=BEGIN)
        steps.wait(self.cast, "colleague", slot=same_day, now=BEGIN)
        steps.approved(self.cast, slot=three_days, now=BEGIN)
        steps.approved(self.cast, "colleague", slot=three_days, now=BEGIN)

    def teardown(self) -> None:
        try:
            self.everything_is_done()
            assert audit.breaches(now=self.now) == []
            assert replay.breaches(capacities={self.slots[0]: 2, self.slots[1]: 1, self.slots[2]: 2}) == []
            self.calendars_show_what_holds()
        finally:
            session.rollback()
            self._context.pop()

    # --- Participants and their school ---

    @rule(who=st.sampled_from(TEACHERS), slot=any_slot, may_wait=st.booleans())
    def claim(self, who: str, slot: int, may_wait: bool) -> None:
        form = replace(FORM, may_wait=may_wait)
        self.attempt(
            lambda: claims.claim_seat(
                slot=self.slot(slot), person=casting.person(self.cast, who), form=form, now=self.now
            )
        )

    @rule(
        maker=st.sampled_from(["teacher", "school contact"]),
        people=st.lists(st.sampled_from(STAFF), min_size=1, max_size=3),
        slot=any_slot,
        may_wait=st.sampled_from([True, True, False]),
    )
    def claim_together(self, maker: str, people: list[str | None], slot: int, may_wait: bool) -> None:
        form = replace(FORM, may_wait=may_wait)
        self.attempt(
            lambda: claims.claim_together(
                slot=self.slot(slot),
                maker=casting.person(self.cast, maker),
                school=steps.school_of(self.cast),
                people=[casting.person(self.cast, each) if each else None for each in people],
                form=form,
                now=self.now,
            )
        )

    @rule(number=any_claim, is_yes=st.sampled_from([True, True, False]), is_all=st.booleans())
    def answer(self, number: int, is_yes: bool, is_all: bool) -> None:
        """Says yes or no to what was offered; also for whom nothing was."""
        claim = self.offered(number)
        mates = select(Claim).where(Claim.party == claim.party, Claim.state == ClaimState.OFFERED)
        party = list(session.scalars(mates.order_by(Claim.id))) if is_all else [claim]
        act = claims.accept if is_yes else claims.refuse
        self.attempt(lambda: act(party=party, by=claim.made_by.code, now=self.now))

    @rule(number=any_claim, is_serious=st.booleans())
    def withdraw(self, number: int, is_serious: bool) -> None:
        if not is_serious:
            return
        claim = self.some_claim(number)
        self.attempt(lambda: claims.withdraw(claim=claim, by=claim.receiver.code, now=self.now))

    @rule(number=any_claim, who=st.sampled_from(TEACHERS))
    def name_seat(self, number: int, who: str) -> None:
        claim = self.unnamed(number)
        person = casting.person(self.cast, who)
        self.attempt(
            lambda: claims.name_seat(claim=claim, person=person, by=claim.made_by.code, now=self.now)
        )

    @rule(number=any_claim, size=st.sampled_from(["9", "?"]), is_school=st.booleans())
    def confirm(self, number: int, size: str, is_school: bool) -> None:
        """The school says that the lessons are covered, or the participant that they read the safety notes."""
        claim = self.some_claim(number)
        if is_school:
            self.attempt(lambda: claims.confirm_cover(claim=claim, by="school", now=self.now))
            return
        form = replace(FORM, sizes={"M009": size})
        self.attempt(lambda: claims.confirm_safety(claim=claim, form=form, by="x", now=self.now))

    # --- Coordinators and hosts who decide ---

    @rule(
        number=any_claim,
        decider=any_decider,
        verdict=st.sampled_from(Verdict),
        delay=st.sampled_from([steps.AT_ONCE, steps.LATER]),
        is_page_old=st.sampled_from([False, False, False, True]),
    )
    def decide(
        self,
        number: int,
        decider: tuple[str, Side],
        verdict: Verdict,
        delay: timedelta,
        is_page_old: bool,
    ) -> None:
        (who, side), claim = decider, self.some_claim(number)
        self.attempt(
            lambda: claims.decide(
                claim=claim,
                verdict=verdict,
                note="Deze dag is vol.",
                by=self.cast.codes[who],
                now=self.now,
                delay=delay,
                side=side,
                version=claim.version - is_page_old,
            )
        )

    @rule(
        number=any_claim,
        decider=any_decider,
        days=st.integers(1, 9),
        delay=st.sampled_from([steps.AT_ONCE, steps.LATER]),
    )
    def approve_on_condition(
        self, number: int, decider: tuple[str, Side], days: int, delay: timedelta
    ) -> None:
        (who, side), claim = decider, self.some_claim(number)
        until = rules.in_time_until(wall_date(self.now) + timedelta(days=days))
        self.attempt(
            lambda: claims.decide(
                claim=claim,
                verdict=Verdict.APPROVE,
                note="",
                by=self.cast.codes[who],
                now=self.now,
                delay=delay,
                side=side,
                condition=Condition(Payer.SCHOOL, until),
            )
        )

    @rule(who=st.sampled_from(TEACHERS), until=st.sampled_from([date(2027, 2, 12), date(2030, 1, 1)]))
    def enter_certificate(self, who: str, until: date) -> None:
        owner = casting.person(self.cast, who)
        self.attempt(
            lambda: claims.add_certificate(
                person=owner, kind="b_vca", number="1", valid_until=until, now=self.now
            )
        )

    @rule(who=st.sampled_from(TEACHERS))
    def forget_certificate(self, who: str) -> None:
        owner = casting.person(self.cast, who)
        if not owner.certificates:
            return
        number = owner.certificates[0].id
        self.attempt(lambda: people.remove_certificate(person=owner, certificate_id=number, now=self.now))

    @rule(number=any_claim, who=st.sampled_from(["coordinator", "second coordinator"]))
    def see_certificate(self, number: int, who: str) -> None:
        claim = self.some_claim(number)
        if claim.person is None or not claim.person.certificates:
            return
        last, by = claim.person.certificates[-1].id, self.cast.codes[who]
        self.attempt(lambda: claims.see_certificate(claim=claim, certificate_id=last, by=by, now=self.now))

    @rule(number=any_claim, decider=any_decider, is_back=st.booleans())
    def change_ones_mind(self, number: int, decider: tuple[str, Side], is_back: bool) -> None:
        (who, side), claim = decider, self.some_claim(number)
        act = claims.take_back if is_back else claims.send_now
        self.attempt(lambda: act(claim=claim, by=self.cast.codes[who], now=self.now, side=side))

    @rule(policy=st.sampled_from(Policy))
    def set_policy(self, policy: Policy) -> None:
        steps.set_policy(self.cast, policy)

    # --- The host ---

    @rule(slot=any_slot, is_serious=st.sampled_from([True, False, False, False, False, False]))
    def cancel_slot(self, slot: int, is_serious: bool) -> None:
        """Now and then: it is the end of much else."""
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

    @rule(edit=st.sampled_from(EDITS))
    def change_days(self, edit: Callable[[list[Any]], list[Any]]) -> None:
        self.change(2, edit)

    @rule(slot=any_slot, capacity=st.integers(1, 3))
    def set_capacity(self, slot: int, capacity: int) -> None:
        self.change(slot, lambda sessions: sessions, capacity)

    @rule(slot=any_slot)
    def close_or_reopen(self, slot: int) -> None:
        row, host = self.slot(slot), self.cast.codes["host"]
        if row.state == SlotState.OPEN:
            self.attempt(
                lambda: offers.close_slot(slot=row, to=SlotState.CLOSED, reason="", by=host, now=self.now)
            )
        else:
            self.attempt(lambda: claims.reopen_slot(slot=row, by=host, now=self.now))

    @rule(
        notes=st.sampled_from(["Blijf op het looppad.", "Meld u bij de BHV.", "Houd afstand."]),
        access=st.sampled_from([Access.GATE_INSTRUCTION, Access.B_VCA, Access.B_VCA]),
    )
    def change_brief(self, notes: str, access: Access) -> None:
        brief = replace(BRIEF, notes=notes, access=access)
        offer, host = steps.offer_of(self.cast), self.cast.codes["host"]
        self.attempt(lambda: offers.change_brief(offer=offer, brief=brief, by=host, now=self.now))

    @rule(number=any_claim, part=st.integers(0, 2), has_come=st.booleans())
    def note_attendance(self, number: int, part: int, has_come: bool) -> None:
        claim = self.some_claim(number)
        sessions = claim.slot.sessions
        starts_at = sessions[part % len(sessions)].starts_at
        self.attempt(
            lambda: claims.note_attendance(
                claim=claim, starts_at=starts_at, has_come=has_come, by=self.cast.codes["host"], now=self.now
            )
        )

    # --- The worker and the clock ---

    @rule(passed=st.sampled_from(PAUSES))
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(passed=st.sampled_from(PAUSES), is_reachable=st.sampled_from([True, True, False]))
    def work(self, passed: timedelta, is_reachable: bool) -> None:
        self.now += passed

        def deliver(sender: str, receiver: str, octets: bytes) -> None:
            if not is_reachable:
                raise SMTPDataError(451, b"4.3.0 later")
            self.calendar.receive(octets)

        send_due(now=self.now, deliver=deliver)
        claims.decide_due(now=self.now)
        claims.tell_due(now=self.now, quiet_time=QUIET)
        claims.show_hosts(now=self.now)
        for task in EVERY_MINUTE:
            task(now=self.now)
        self.nobody_waits_for_nothing()

    # --- What always holds ---

    @invariant()
    def seats_add_up(self) -> None:
        session.rollback()
        assert list(audit._seats(self.now)) == []
        assert session.scalar(select(func.count()).where(Slot.seats_taken > Slot.capacity)) == 0

    def nobody_waits_for_nothing(self) -> None:
        """When the worker has worked nobody waits for a seat that fits, or for a certificate that was seen."""
        soon = self.now + timedelta(minutes=15)
        assert list(audit._overdue(soon)) == []
        assert list(audit._waiting(soon)) == []
        assert list(audit._conditions(soon)) == []

    def calendars_show_what_holds(self) -> None:
        """Whoever comes has each session of the visit in their calendar once, as it is now; the others have nothing."""
        for claim in session.scalars(select(Claim).join(Slot).where(Slot.ends_at > self.now)):
            entries = steps.entries_of(claim)
            shown = [self.calendar.events[each.uid] for each in entries if each.uid in self.calendar.events]
            comes = claim.state == ClaimState.APPROVED and claim.person
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
        return sorted(tuple(row) for row in session.execute(FINGERPRINT))

    def change(self, slot: int, edit: Callable[[list[Any]], list[Any]], capacity: int | None = None) -> None:
        row = self.slot(slot)
        self.attempt(
            lambda: claims.change_slot(
                slot=row,
                sessions=edit(steps.sessions_of(row)),
                site=self.cast.site,
                supervisor=row.supervisor,
                capacity=capacity or row.capacity,
                by=self.cast.codes["host"],
                now=self.now,
                known_clashes=9,
            )
        )

    def everything_is_done(self) -> None:
        """The mail server is there, the host is quiet, and the worker works until nothing is left to do."""
        is_left = select(Letter.id).where(Letter.state == LetterState.QUEUED).limit(1)
        while True:
            self.work(steps.LATER, True)
            if not session.scalar(is_left):
                break

    def slot(self, number: int) -> Slot:
        return steps.slot_with(self.slots[number])

    def some_claim(self, number: int) -> Claim:
        """One of the claims: mostly of those that live, now and then whichever."""
        rows = list(session.scalars(select(Claim).order_by(Claim.id)))
        living = [each for each in rows if each.is_living]
        found = living if living and number % 4 else rows
        return found[number // 4 % len(found)]

    def offered(self, number: int) -> Claim:
        """One of the claims that were offered a seat, if there are any."""
        statement = select(Claim).where(Claim.state == ClaimState.OFFERED)
        rows = list(session.scalars(statement.order_by(Claim.id)))
        return rows[number % len(rows)] if rows else self.some_claim(number)

    def unnamed(self, number: int) -> Claim:
        """One of the claims without a name, if there are any."""
        rows = list(session.scalars(select(Claim).where(Claim.person_id.is_(None)).order_by(Claim.id)))
        return rows[number % len(rows)] if rows else self.some_claim(number)


@pytest.mark.slow
def test_anybody_does_anything_in_any_order(app: Flask) -> None:
    run_state_machine_as_test(
        lambda: Claims(app),  # type: ignore[arg-type]  # whatever makes a machine will do
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=50,
            suppress_health_check=list(HealthCheck),
        ),
    )
