"""Approving and rejecting: planned, so that a slip can be taken back, and carried out when due."""

from datetime import datetime, timedelta

from marketplace.claims import entries, messages, queries, rules
from marketplace.claims.actions.seats import lock, take_seats
from marketplace.claims.actions.telling import catch_up
from marketplace.claims.actions.waiting import free_seats, move_up
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.states import ClaimState, Condition, Side, Verdict, step
from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import SYSTEM, record
from marketplace.kernel.site import site
from marketplace.kernel.texts import N_
from marketplace.people import actions as people
from marketplace.people.queries import names_of

TOO_LATE = Refusal(N_("This decision has taken effect already."))


def decide(
    *,
    claim: Claim,
    verdict: Verdict,
    note: str,
    by: str,
    now: datetime,
    delay: timedelta,
    side: Side = Side.COORDINATOR,
    version: int | None = None,
    condition: Condition | None = None,
) -> None:
    """Plans a decision, which takes effect after `delay`, before the start, and can be taken back until then.

    Without delay it takes effect at once; so does the yes to a claim that had lapsed, which takes a seat again. Where
    both sides decide, an approval waits for that of the other side. `version` is that of the claim on the page. With a
    `condition` a coordinator approves somebody who lacks a certificate.

    Raises Refused: changed since that page, not waiting any more (the second to decide on a side hears who decided
    what), own claim, no reason given.
    """
    lock(claim.slot)
    session.refresh(claim, ["state", "state_by", "state_at", "version", "lapsed_as", "person", "planned"])
    if earlier := _planned(claim, side):
        raise Refused(_decided_by(earlier.decided_by, Verdict(earlier.verdict)))
    if claim.state in (ClaimState.APPROVED, ClaimState.REJECTED):
        raise Refused(_overtaken(claim))
    if refusal := rules.why_not_decide(claim, verdict, note, by, now, side):
        raise Refused(refusal)
    if version not in (None, claim.version):
        raise Refused(rules.CHANGED)
    if condition and (refusal := rules.why_not_condition(claim, condition, now)):
        raise Refused(refusal)
    if claim.state == ClaimState.LAPSED:
        _revive(claim, condition, by, now)
    else:
        due_at = min(now + delay, claim.slot.starts_at)
        _plan(claim, side, verdict, note, condition, by, now, due_at)


def _planned(claim: Claim, side: Side) -> PlannedDecision | None:
    return next((each for each in claim.planned if each.side == side), None)


def _plan(
    claim: Claim,
    side: Side,
    verdict: Verdict,
    note: str,
    condition: Condition | None,
    by: str,
    now: datetime,
    due_at: datetime,
) -> None:
    claim.planned.append(
        PlannedDecision(
            side=side,
            verdict=verdict,
            note=note.strip(),
            decided_by=by,
            decided_at=now,
            due_at=due_at,
            **(condition.as_columns() if condition else {}),
        )
    )
    record(kind="claim", subject=claim.code, event=f"planned_{verdict}", by=by, at=now, side=side)
    _settle(claim, now)


def _revive(claim: Claim, condition: Condition | None, by: str, now: datetime) -> None:
    """A coordinator says yes to what had lapsed, while a seat is free."""
    if claim.person and queries.claiming(claim.slot, claim.person).has_living_claim:
        raise Refused(
            Refusal(N_("%(name)s has signed up for this moment anew."), {"name": claim.person.name})
        )
    move_up(claim.slot, now=now)  # who waits comes first
    if claim.slot.is_full:
        raise Refused(rules.NO_SEAT)
    take_seats(claim.slot)
    _say_yes(claim, condition, by, now)
    claim.slot.is_host_behind = True


def _overtaken(claim: Claim) -> Refusal:
    verdict = Verdict.REJECT if claim.state == ClaimState.REJECTED else Verdict.APPROVE
    return _decided_by(claim.state_by, verdict)


def _decided_by(code: str, verdict: Verdict) -> Refusal:
    message = {
        Verdict.APPROVE: N_("%(name)s approved this claim just before you."),
        Verdict.REJECT: N_("%(name)s rejected this claim just before you."),
    }
    return Refusal(message[verdict], {"name": names_of([code]).get(code, site().name)})


def take_back(
    *, claim: Claim, by: str, now: datetime, side: Side = Side.COORDINATOR, verdict: str | None = None
) -> None:
    """Takes back a side's planned decision, until it takes effect: one that is due does, though the worker be late.

    `verdict` is that of the decision on the page. Raises Refused where somebody decided otherwise since, and for an own
    claim.
    """
    lock(claim.slot)
    planned = _still_planned(claim, side, verdict, by)
    if _outcome(claim, now):
        raise Refused(TOO_LATE)
    claim.planned.remove(planned)
    record(kind="claim", subject=claim.code, event="taken_back", by=by, at=now, side=side)


def send_now(
    *, claim: Claim, by: str, now: datetime, side: Side = Side.COORDINATOR, verdict: str | None = None
) -> None:
    """Lets a side's planned decision take effect at once, as far as it depends on that side.

    `verdict` is that of the decision on the page. Raises Refused where somebody decided otherwise since, and for an own
    claim.
    """
    lock(claim.slot)
    planned = _still_planned(claim, side, verdict, by)
    planned.due_at = now
    record(kind="claim", subject=claim.code, event="sent_now", by=by, at=now, side=side)
    _settle(claim, now)


def _still_planned(claim: Claim, side: Side, verdict: str | None, by: str) -> PlannedDecision:
    session.refresh(claim, ["state", "version", "person", "planned"])
    if rules.is_own(claim, by):
        raise Refused(rules.OWN)
    planned = _planned(claim, side)
    if planned is None:
        raise Refused(TOO_LATE)
    if verdict not in (None, planned.verdict):
        raise Refused(Refusal(N_("Somebody decided otherwise meanwhile. Look at how it stands now.")))
    return planned


def decide_due(*, now: datetime) -> int:
    """Carries out the planned decisions that are due, each in a transaction of its own. Returns how many."""
    with only_reading(), transaction():
        due = queries.planned_due(now)
    return in_turn(due, lambda claim_id: _decide(queries.whole_claim(claim_id), now))


def _decide(claim: Claim, now: datetime) -> None:
    lock(claim.slot)
    session.refresh(claim, ["state", "version", "person", "planned"])
    _settle(claim, now)


def _settle(claim: Claim, now: datetime) -> None:
    outcome = _outcome(claim, now)
    if claim.state not in rules.DECIDABLE or outcome is None:
        return
    verdict, note, by = Verdict(outcome.verdict), outcome.note, outcome.decided_by
    condition = next((each.condition for each in claim.planned if each.condition), None)
    claim.planned.clear()
    if verdict == Verdict.APPROVE:
        _say_yes(claim, condition, by, now)
    else:
        _reject(claim, note, by, now)
    claim.slot.is_host_behind = True


def _outcome(claim: Claim, now: datetime) -> PlannedDecision | None:
    """What takes effect: the first rejection that is due, or the last of all approvals that are needed."""
    due = sorted((each for each in claim.planned if each.due_at <= now), key=lambda each: each.due_at)
    rejection = next((each for each in due if each.verdict == Verdict.REJECT), None)
    has_all = bool(due) and {each.side for each in due} >= rules.sides_of(claim)
    return rejection or (due[-1] if has_all else None)


def _say_yes(claim: Claim, condition: Condition | None, by: str, now: datetime) -> None:
    """On a condition, if what it asks for did not come meanwhile."""
    if condition and claim.person and not rules.is_certified(claim.person, claim.slot):
        approve_on(rules.condition_now(claim, condition, now), claim, by=by, now=now)
    else:
        approve(claim, by=by, now=now)


def approve_on(condition: Condition, claim: Claim, *, by: str, now: datetime) -> None:
    """The seat is kept for them until a certificate is there: no invite yet, and the host hears of nobody."""
    if claim.person:
        people.vouch_for(person=claim.person, by=by, now=now)
    catch_up(claim=claim, now=now)
    _step(claim, ClaimState.CONDITIONAL, by, now, condition=condition)
    entries.write_for_participant(claim, now=now)
    messages.mail_conditional(claim, names_of([by]).get(by, ""), now=now)


def approve(claim: Claim, *, by: str, now: datetime) -> None:
    """The seat is theirs: state, invite, letters; a seat without a name gets these when somebody is named.

    Whom a coordinator approves is known from now on. The host's entries are the caller's to write.
    """
    if claim.person and by != SYSTEM:
        people.vouch_for(person=claim.person, by=by, now=now)
    catch_up(claim=claim, now=now)
    _step(claim, ClaimState.APPROVED, by, now)
    name = names_of([by]).get(by, "")
    messages.mail_approved(claim, entries.write_for_participant(claim, now=now), name, now=now)
    messages.mail_coming(claim, now=now)


def _reject(claim: Claim, note: str, by: str, now: datetime) -> None:
    _step(claim, ClaimState.REJECTED, by, now, note)
    claim.reason = note
    free_seats(claim.slot, now=now)
    entries.write_for_participant(claim, now=now)
    messages.mail_rejected(claim, names_of([by]).get(by, ""), now=now)


def _step(
    claim: Claim,
    to: ClaimState,
    by: str,
    now: datetime,
    reason: str = "",
    condition: Condition | None = None,
) -> None:
    try:
        step(claim, to, by=by, now=now, reason=reason, condition=condition)
    except Overtaken:
        raise Refused(_overtaken(claim)) from None
