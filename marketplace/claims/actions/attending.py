"""Who came: noted by the host for each session, and corrected where it was wrong."""

from datetime import datetime

from sqlalchemy import select

from marketplace.claims import queries, rules
from marketplace.claims.actions.seats import lock
from marketplace.claims.models import Attendance, Claim
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.offers.models import Session, Slot

EVENTS = {True: "attended", False: "no_show"}


def note_attendance(*, claim: Claim, starts_at: datetime, has_come: bool, by: str, now: datetime) -> None:
    """Notes whether a participant came to the session that starts then; what was noted before stands in the journal.

    Raises Refused before that session, more than a week after the last one, and for who is not approved.
    """
    lock(claim.slot)
    session.refresh(claim, ["state"])
    if refusal := rules.why_not_note(claim, starts_at, now):
        raise Refused(refusal)
    _note(claim, _session(claim.slot, starts_at), has_come, by, now)


def note_everybody(*, slot: Slot, starts_at: datetime, by: str, now: datetime) -> int:
    """Notes that all came of whom nothing was noted yet. Returns how many that were. Raises Refused as above."""
    lock(slot)
    if refusal := rules.why_not_attend(starts_at, slot.ends_at, now):
        raise Refused(refusal)
    part = _session(slot, starts_at)
    noted = queries.attendance(slot.id)
    missing = [each for each in queries.coming(slot.id) if (each.id, part.id) not in noted]
    for claim in missing:
        _note(claim, part, True, by, now)
    return len(missing)


def take_back_note(*, claim: Claim, starts_at: datetime, by: str, now: datetime) -> None:
    """Takes back what was noted of a participant by mistake: nothing is noted any more. Raises Refused as above."""
    lock(claim.slot)
    if refusal := rules.why_not_note(claim, starts_at, now):
        raise Refused(refusal)
    noted = _noted(claim, _session(claim.slot, starts_at))
    if noted:
        session.delete(noted)
        details = {"session": starts_at.isoformat(), "was": EVENTS[noted.has_come]}
        record(kind="claim", subject=claim.code, event="attendance_undone", by=by, at=now, **details)


def _session(slot: Slot, starts_at: datetime) -> Session:
    for each in slot.sessions:
        if each.starts_at == starts_at:
            return each
    raise Refused(Refusal(N_("There is no such session any more. Look at how it stands now.")))


def _note(claim: Claim, part: Session, has_come: bool, by: str, now: datetime) -> None:
    """Writes it if it is new; the slot is locked, so that nobody else does meanwhile."""
    noted = _noted(claim, part)
    was = EVENTS[noted.has_come] if noted else ""
    if was == EVENTS[has_come]:
        return
    if noted is None:
        noted = Attendance(claim_id=claim.id, session_id=part.id)
        session.add(noted)
    noted.has_come, noted.noted_by, noted.noted_at = has_come, by, now
    details = {"session": part.starts_at.isoformat(), "was": was}
    record(kind="claim", subject=claim.code, event=EVENTS[has_come], by=by, at=now, **details)


def _noted(claim: Claim, part: Session) -> Attendance | None:
    statement = select(Attendance).where(Attendance.claim_id == claim.id, Attendance.session_id == part.id)
    return session.scalar(statement.execution_options(populate_existing=True))
