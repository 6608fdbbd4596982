"""Taking and giving back seats: one conditional UPDATE each, guarded by a CHECK below it."""

from sqlalchemy import update

from marketplace.claims.rules import FULL
from marketplace.kernel.database import rows_changed, session
from marketplace.kernel.errors import Refused
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState


def take_seat(slot: Slot) -> None:
    """Takes a seat if one is left in an open slot; raises Refused if somebody was first. Locks the slot's row."""
    taken = rows_changed(
        update(Slot)
        .where(Slot.id == slot.id, Slot.state == SlotState.OPEN, Slot.seats_taken < Slot.capacity)
        .values(seats_taken=Slot.seats_taken + 1)
        .execution_options(synchronize_session=False)
    )
    if taken != 1:
        raise Refused(FULL)
    session.refresh(slot, ["seats_taken", "state"])


def give_back_seat(slot: Slot) -> None:
    """Gives a seat back."""
    session.execute(
        update(Slot)
        .where(Slot.id == slot.id, Slot.seats_taken > 0)
        .values(seats_taken=Slot.seats_taken - 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(slot, ["seats_taken"])


def lock(slot: Slot) -> None:
    """Keeps others from this slot until the end of the transaction, and reads it as it is now.

    Locks are always taken in the order slot, person, claim, so that no two transactions wait for each other.
    """
    session.refresh(slot, with_for_update={"key_share": True, "of": Slot})
