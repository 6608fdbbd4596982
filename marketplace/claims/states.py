"""States of claims and the one table of legal moves; `step` alone changes a claim's state."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.kernel.database import swap
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_


class ClaimState(StrEnum):
    """Where a claim stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


HOLDING = frozenset({ClaimState.PENDING, ClaimState.APPROVED})
"""The states that hold a seat."""

MOVES: dict[ClaimState, frozenset[ClaimState]] = {
    ClaimState.PENDING: frozenset(
        {ClaimState.APPROVED, ClaimState.REJECTED, ClaimState.WITHDRAWN, ClaimState.CANCELLED}
    ),
    ClaimState.APPROVED: frozenset({ClaimState.WITHDRAWN, ClaimState.CANCELLED}),
    ClaimState.REJECTED: frozenset(),
    ClaimState.WITHDRAWN: frozenset(),
    ClaimState.CANCELLED: frozenset(),
}

STATE_NAMES = {
    ClaimState.PENDING: N_("In progress"),
    ClaimState.APPROVED: N_("Approved"),
    ClaimState.REJECTED: N_("Rejected"),
    ClaimState.WITHDRAWN: N_("Withdrawn"),
    ClaimState.CANCELLED: N_("Cancelled"),
}


class TimeBasis(StrEnum):
    """In whose time a participant comes."""

    SCHOOL = "school"
    OWN = "own"
    HALF = "half"


class Cover(StrEnum):
    """Whether the lessons are covered; `confirmed` is the school contact's word, the others the participant's."""

    ARRANGED = "arranged"
    NOT_YET = "not_yet"
    NOT_NEEDED = "not_needed"
    CONFIRMED = "confirmed"


TIME_BASES = {
    TimeBasis.SCHOOL: N_("School time"),
    TimeBasis.HALF: N_("Half school time, half own time"),
    TimeBasis.OWN: N_("Own time"),
}
COVERS = {
    Cover.ARRANGED: N_("Yes, agreed with my team leader"),
    Cover.NOT_YET: N_("No, not yet"),
    Cover.NOT_NEEDED: N_("Not needed"),
}
COVER_NAMES = {
    Cover.ARRANGED: N_("Lesson cover arranged"),
    Cover.NOT_YET: N_("Lesson cover not arranged yet"),
    Cover.NOT_NEEDED: N_("No lesson cover needed"),
    Cover.CONFIRMED: N_("Lesson cover confirmed by the school"),
}


class Verdict(StrEnum):
    """What a coordinator decides."""

    APPROVE = "approve"
    REJECT = "reject"


def step(claim: Any, to: ClaimState, *, by: str, now: datetime, **details: Any) -> None:
    """Moves a claim and journals it. Raises Refused if that move does not exist, Overtaken if somebody was first."""
    old = ClaimState(claim.state)
    if to not in MOVES[old]:
        raise Refused(Refusal(N_("This claim cannot be changed any more.")))
    swap(claim, "state", old, state=to, state_by=by, state_at=now)
    record(kind="claim", subject=claim.code, event=str(to), by=by, at=now, **details)
