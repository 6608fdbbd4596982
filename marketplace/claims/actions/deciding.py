"""Approving and rejecting: planned, so that a slip can be taken back, and carried out when due."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from marketplace.claims import entries, messages, queries, rules
from marketplace.claims.actions.seats import give_back_seat, lock
from marketplace.claims.actions.telling import catch_up
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.states import ClaimState, Verdict, step
from marketplace.kernel.database import in_turn, only_reading, rows_changed, session, transaction
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import SYSTEM, record
from marketplace.kernel.site import site
from marketplace.kernel.texts import N_
from marketplace.people import actions as people
from marketplace.people.queries import names_of


def decide(*, claim: Claim, verdict: Verdict, note: str, by: str, now: datetime, delay: timedelta) -> None:
    """Plans a decision, which takes effect after `delay`, before the start, and can be taken back until then.

    Without delay it takes effect at once.

    Raises Refused: not waiting any more (the second coordinator hears who decided what), own claim, no reason given.
    """
    lock(claim.slot)
    session.refresh(claim, ["state", "state_by", "state_at", "planned"])
    if claim.planned:
        raise Refused(_decided_by(claim.planned[0].decided_by, Verdict(claim.planned[0].verdict)))
    if claim.state in (ClaimState.APPROVED, ClaimState.REJECTED):
        raise Refused(_overtaken(claim))
    if refusal := rules.why_not_decide(claim, verdict, note, by, now):
        raise Refused(refusal)
    due_at = min(now + delay, claim.slot.starts_at)
    planned = PlannedDecision(
        verdict=verdict, note=note.strip(), decided_by=by, decided_at=now, due_at=due_at
    )
    try:
        with session.begin_nested():
            claim.planned.append(planned)
    except IntegrityError:
        raise Refused(
            Refusal(N_("Somebody else decided just before you. Look at how it stands now."))
        ) from None
    record(kind="claim", subject=claim.code, event=f"planned_{verdict}", by=by, at=now)
    if not delay:
        _carry_out(claim, now)


def _overtaken(claim: Claim) -> Refusal:
    verdict = Verdict.APPROVE if claim.state == ClaimState.APPROVED else Verdict.REJECT
    return _decided_by(claim.state_by, verdict)


def _decided_by(code: str, verdict: Verdict) -> Refusal:
    message = {
        Verdict.APPROVE: N_("%(name)s approved this claim just before you."),
        Verdict.REJECT: N_("%(name)s rejected this claim just before you."),
    }
    return Refusal(message[verdict], {"name": names_of([code]).get(code, site().name)})


def take_back(*, claim: Claim, by: str, now: datetime) -> None:
    """Takes back a planned decision that has not taken effect yet."""
    lock(claim.slot)
    taken = rows_changed(
        delete(PlannedDecision).where(PlannedDecision.claim_id == claim.id, PlannedDecision.due_at > now)
    )
    session.expire(claim, ["planned"])
    if taken != 1:
        raise Refused(Refusal(N_("This decision has taken effect already.")))
    record(kind="claim", subject=claim.code, event="taken_back", by=by, at=now)


def decide_due(*, now: datetime) -> int:
    """Carries out the planned decisions that are due, each in a transaction of its own. Returns how many."""
    with only_reading(), transaction():
        due = queries.planned_due(now)
    return in_turn(due, lambda claim_id: _decide(queries.whole_claim(claim_id), now))


def _decide(claim: Claim, now: datetime) -> None:
    lock(claim.slot)
    session.refresh(claim, ["state", "planned"])
    if claim.planned:
        _carry_out(claim, now)


def _carry_out(claim: Claim, now: datetime) -> None:
    planned = claim.planned[0]
    verdict, note, by = Verdict(planned.verdict), planned.note, planned.decided_by
    claim.planned.clear()
    session.flush()
    if claim.state != ClaimState.PENDING:
        return
    if verdict == Verdict.APPROVE:
        approve(claim, by=by, now=now)
    else:
        _reject(claim, note, by, now)


def approve(claim: Claim, *, by: str, now: datetime) -> None:
    """The seat is theirs: state, invite, letters. Whom a coordinator approves is known from now on."""
    catch_up(claim=claim, now=now)
    _step(claim, ClaimState.APPROVED, by, now)
    if by != SYSTEM:
        people.vouch_for(person=claim.person, by=by, now=now)
    written = entries.write_for_participant(claim, now=now)
    messages.mail_approved(claim, written, names_of([by]).get(by, ""), now=now)
    messages.mail_coming(claim, now=now)
    entries.write_for_host(claim.slot, now=now)


def _reject(claim: Claim, note: str, by: str, now: datetime) -> None:
    _step(claim, ClaimState.REJECTED, by, now, reason=note)
    claim.reason = note
    give_back_seat(claim.slot)
    entries.write_for_participant(claim, now=now)
    messages.mail_rejected(claim, names_of([by]).get(by, ""), now=now)
    entries.write_for_host(claim.slot, now=now)


def _step(claim: Claim, to: ClaimState, by: str, now: datetime, **details: str) -> None:
    try:
        step(claim, to, by=by, now=now, **details)
    except Overtaken:
        raise Refused(_overtaken(claim)) from None
