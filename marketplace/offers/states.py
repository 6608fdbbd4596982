"""States of offers and slots, and the moves between them that exist."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.kernel.database import swap
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_


class OfferState(StrEnum):
    """From a host's draft to closed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CLOSED = "closed"


PUBLIC = (OfferState.PUBLISHED, OfferState.CLOSED)
"""The states in which everybody may see an offer."""


class SlotState(StrEnum):
    """Full, not yet open and over are computed, never stored."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Policy(StrEnum):
    """Who decides about claims on an offer."""

    COORDINATOR = "coordinator"
    HOST = "host"
    BOTH = "both"
    AUTOMATIC = "automatic"

    @property
    def with_coordinator(self) -> "Policy":
        """The same, and a coordinator besides."""
        return Policy.BOTH if self in (Policy.HOST, Policy.BOTH) else Policy.COORDINATOR


OFFER_MOVES = {
    OfferState.DRAFT: {OfferState.SUBMITTED, OfferState.PUBLISHED},
    OfferState.SUBMITTED: {OfferState.DRAFT, OfferState.PUBLISHED},
    OfferState.PUBLISHED: {OfferState.CLOSED},
    OfferState.CLOSED: {OfferState.PUBLISHED},
}
SLOT_MOVES = {
    SlotState.OPEN: {SlotState.CLOSED, SlotState.CANCELLED},
    SlotState.CLOSED: {SlotState.OPEN, SlotState.CANCELLED},
    SlotState.CANCELLED: set[SlotState](),
}
OFFER_STATE_NAMES = {
    OfferState.DRAFT: N_("Draft"),
    OfferState.SUBMITTED: N_("To be checked"),
    OfferState.PUBLISHED: N_("Published"),
    OfferState.CLOSED: N_("Closed"),
}


TOO_LATE = Refusal(N_("This cannot be done any more: it was changed in the meantime."))


def step_offer(offer: Any, to: OfferState, *, by: str, now: datetime, **details: Any) -> None:
    """Moves an offer, if it may move there and nobody was first; journalled. Raises Refused."""
    _step("offer", offer, OfferState(offer.state), to, OFFER_MOVES[OfferState(offer.state)], by, now, details)


def step_slot(slot: Any, to: SlotState, *, by: str, now: datetime, **details: Any) -> None:
    """Moves a slot, if it may move there and nobody was first; journalled. Raises Refused."""
    _step("slot", slot, SlotState(slot.state), to, SLOT_MOVES[SlotState(slot.state)], by, now, details)


def _step(
    kind: str, row: Any, old: Any, new: Any, legal: set[Any], by: str, now: datetime, details: dict[str, Any]
) -> None:
    if new not in legal:
        raise Refused(TOO_LATE)
    try:
        swap(row, "state", old, state=new)
    except Overtaken:
        raise Refused(
            Refusal(N_("Somebody else changed this just before you. Look at how it stands now."))
        ) from None
    record(kind=kind, subject=row.code, event=str(new), by=by, at=now, **details)
