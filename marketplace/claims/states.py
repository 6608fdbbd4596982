"""States of claims and the one table of legal moves; `step` alone changes a claim's state."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.kernel.database import swap
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.offers.states import Policy


class ClaimState(StrEnum):
    """Where a claim stands."""

    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    PENDING = "pending"
    CONDITIONAL = "conditional"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


HOLDING = frozenset({ClaimState.OFFERED, ClaimState.PENDING, ClaimState.CONDITIONAL, ClaimState.APPROVED})
"""The states that hold a seat."""

LIVING = HOLDING | {ClaimState.WAITLISTED}
"""The states in which something may still come of it."""

_ENDS = frozenset({ClaimState.WITHDRAWN, ClaimState.LAPSED, ClaimState.CANCELLED})

MOVES: dict[ClaimState, frozenset[ClaimState]] = {
    ClaimState.WAITLISTED: _ENDS | {ClaimState.OFFERED},
    ClaimState.OFFERED: _ENDS | {ClaimState.PENDING, ClaimState.APPROVED},
    ClaimState.PENDING: _ENDS | {ClaimState.CONDITIONAL, ClaimState.APPROVED, ClaimState.REJECTED},
    ClaimState.CONDITIONAL: _ENDS | {ClaimState.APPROVED, ClaimState.REJECTED},
    # A seat without a name: nobody was named in time, or somebody who lacks a certificate.
    ClaimState.APPROVED: _ENDS | {ClaimState.CONDITIONAL},
    ClaimState.REJECTED: frozenset(),
    ClaimState.WITHDRAWN: frozenset(),
    # By a coordinator, where nobody had decided.
    ClaimState.LAPSED: frozenset({ClaimState.CONDITIONAL, ClaimState.APPROVED}),
    ClaimState.CANCELLED: frozenset(),
}

STATE_NAMES = {
    ClaimState.WAITLISTED: N_("On the waiting list"),
    ClaimState.OFFERED: N_("Seat offered"),
    ClaimState.PENDING: N_("In progress"),
    ClaimState.CONDITIONAL: N_("Approved on condition"),
    ClaimState.APPROVED: N_("Approved"),
    ClaimState.REJECTED: N_("Rejected"),
    ClaimState.WITHDRAWN: N_("Withdrawn"),
    ClaimState.LAPSED: N_("Lapsed"),
    ClaimState.CANCELLED: N_("Cancelled"),
}


class Lapse(StrEnum):
    """Why a claim lapsed: nobody did in time what had to be done."""

    UNDECIDED = "undecided"
    UNANSWERED = "unanswered"
    QUEUE_CLOSED = "queue_closed"
    UNNAMED = "unnamed"
    UNCERTIFIED = "uncertified"


class Side(StrEnum):
    """Who decides about a claim."""

    COORDINATOR = "coordinator"
    HOST = "host"


SIDES: dict[Policy, frozenset[Side]] = {
    Policy.COORDINATOR: frozenset({Side.COORDINATOR}),
    Policy.HOST: frozenset({Side.HOST}),
    Policy.BOTH: frozenset(Side),
    Policy.AUTOMATIC: frozenset(),
}
"""Which sides have to say yes; one no is enough."""

BY_COORDINATORS = tuple(policy for policy, sides in SIDES.items() if Side.COORDINATOR in sides)
"""The policies by which coordinators have a say."""


class Payer(StrEnum):
    """Who pays for a certificate that is still to come."""

    SCHOOL = "school"
    HOST = "host"
    REGION = "region"


PAYERS = {
    Payer.SCHOOL: N_("The school"),
    Payer.HOST: N_("The company that receives"),
    Payer.REGION: N_("The region"),
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
    """What is decided."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Condition:
    """On what somebody is approved who lacks a certificate: by when it must be there, and who pays for it."""

    paid_by: str
    """A Payer; empty where nobody has said."""
    certificate_by: datetime

    def as_columns(self) -> dict[str, Any]:
        """What a claim and a planned decision keep of it."""
        return {"paid_by": self.paid_by, "certificate_by": self.certificate_by}


def step(
    claim: Any,
    to: ClaimState,
    *,
    by: str,
    now: datetime,
    lapsed_as: Lapse | None = None,
    answer_by: datetime | None = None,
    condition: Condition | None = None,
    reason: str = "",
) -> None:
    """Moves a claim and journals it. Raises Refused if that move does not exist, Overtaken if somebody was first.

    What lapses says why (`lapsed_as`), what is offered until when (`answer_by`), what is approved on which `condition`.
    """
    old = ClaimState(claim.state)
    if to not in MOVES[old]:
        raise Refused(Refusal(N_("This claim cannot be changed any more.")))
    swap(
        claim,
        "version",
        claim.version,
        state=to,
        state_by=by,
        state_at=now,
        version=claim.version + 1,
        lapsed_as=lapsed_as or "",
        answer_by=answer_by,
        **(condition.as_columns() if condition else {}),
    )
    details = {"lapsed_as": lapsed_as, "reason": reason}
    if condition:
        details |= {"paid_by": condition.paid_by, "certificate_by": condition.certificate_by.isoformat()}
    said = {name: value for name, value in details.items() if value}
    record(kind="claim", subject=claim.code, event=str(to), by=by, at=now, **said)
