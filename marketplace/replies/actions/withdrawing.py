"""Seats that are given up because the participant declined in the calendar, unless they undo that."""

from datetime import datetime

from sqlalchemy import delete, select, update

from marketplace.calendars.facts import Answer
from marketplace.claims.actions import withdraw
from marketplace.claims.actions.seats import lock
from marketplace.claims.models import CalendarAnswer, Claim, Entry
from marketplace.claims.queries import whole_claim
from marketplace.claims.rules import why_not_withdraw
from marketplace.kernel.database import in_turn, only_reading, rows_changed, session, transaction
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.replies import messages, queries, rules
from marketplace.replies.models import PlannedWithdrawal

TOO_LATE = Refusal(N_("There is nothing to undo any more. Look at how your claim stands now."))


def plan(*, claim: Claim, now: datetime) -> None:
    """The calendar said no: the participant is asked by mail, and withdrawn later. However often it says so, once.

    For a claim on a slot that is locked.
    """
    if queries.planned_for(claim) is None:
        due_at = rules.withdraws_at(claim.slot.starts_at, now)
        session.add(PlannedWithdrawal(claim=claim, planned_at=now, due_at=due_at))
        _record(claim, "withdrawal_planned", now)
        messages.mail_declined(claim, due_at, now=now)


def drop(*, claim: Claim, now: datetime) -> bool:
    """What was planned is not done; says whether anything was. For a claim on a slot that is locked."""
    dropped = rows_changed(delete(PlannedWithdrawal).where(PlannedWithdrawal.claim_id == claim.id))
    if dropped:
        _record(claim, "withdrawal_undone", now)
    return bool(dropped)


def stay(*, claim: Claim, now: datetime) -> None:
    """The participant comes after all: what the calendar said counts as a yes. Raises Refused once it was done."""
    lock(claim.slot)
    if not drop(claim=claim, now=now):
        raise Refused(TOO_LATE)
    own = select(Entry.id).where(Entry.claim_id == claim.id)
    declined = update(CalendarAnswer).where(
        CalendarAnswer.entry_id.in_(own), CalendarAnswer.partstat == Answer.DECLINED
    )
    session.execute(declined.values(partstat=Answer.ACCEPTED, stamp=now))


def withdraw_due(*, now: datetime) -> int:
    """Withdraws who declined and did not undo it; who waits for the seat gets it. Returns how many."""
    with only_reading(), transaction():
        due = queries.planned_due(now=now)
    return in_turn(due, lambda number: _withdraw(number, now))


def _withdraw(number: int, now: datetime) -> None:
    claim_id = session.scalar(select(PlannedWithdrawal.claim_id).where(PlannedWithdrawal.id == number))
    if claim_id is None:
        return
    claim = whole_claim(claim_id)
    lock(claim.slot)
    undone = not rows_changed(delete(PlannedWithdrawal).where(PlannedWithdrawal.id == number))
    session.refresh(claim, ["state", "person"])
    if not undone and claim.person and why_not_withdraw(claim, now) is None:
        withdraw(claim=claim, by=claim.person.code, now=now)


def _record(claim: Claim, event: str, now: datetime) -> None:
    record(kind="claim", subject=claim.code, event=event, by=claim.receiver.code, at=now)
