"""Taking and giving back seats of a slot that is locked: one conditional UPDATE each, guarded by a CHECK below it."""

from sqlalchemy import Integer, Update, bindparam, inspect, select, update
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.claims.rules import FULL
from marketplace.kernel.database import has_one_writer, rows_changed, session
from marketplace.kernel.errors import Refused
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState


def _seats(sign: int) -> Update:
    """Takes (1) or gives back (-1) `count` seats of `slot`."""
    count = bindparam("count", type_=Integer)
    return (
        update(Slot)
        .where(Slot.id == bindparam("slot", type_=Integer))
        .values(seats_taken=Slot.seats_taken + sign * count, is_host_behind=True)
        .execution_options(synchronize_session=False)
    )


_GIVE_BACK = _seats(-1)
_TAKE = _seats(1).where(
    Slot.state != SlotState.CANCELLED,
    Slot.seats_taken + bindparam("count", type_=Integer) <= Slot.capacity,
)
"""Made once, since that takes as long as carrying it out."""


def take_seats(slot: Slot, count: int = 1) -> None:
    """Takes so many seats if they are left; raises Refused if somebody was first."""
    if rows_changed(_TAKE, slot=slot.id, count=count) != 1:
        raise Refused(FULL)
    _note(slot, slot.seats_taken + count)


def give_back_seats(slot: Slot, count: int = 1) -> None:
    """Gives seats back."""
    session.execute(_GIVE_BACK, {"slot": slot.id, "count": count})
    _note(slot, slot.seats_taken - count)


def _note(slot: Slot, seats_taken: int) -> None:
    """What stands in the row now, without reading it again."""
    set_committed_value(slot, "seats_taken", seats_taken)
    set_committed_value(slot, "is_host_behind", True)


def lock(slot: Slot) -> None:
    """Keeps others from this slot until the end of the transaction, and reads it as it is now.

    Locks are always taken in the order slot, person, claim, so that no two transactions wait for each other.
    """
    if has_one_writer():
        return
    version = slot.version
    session.flush()
    row = session.connection().execute(_LOCK, {"slot": slot.id}).one()
    if row.version != version:  # then its sessions, too, may be others
        session.refresh(slot)
    for name, value in row._mapping.items():
        set_committed_value(slot, name, value)


_LOCK = (
    select(*inspect(Slot).column_attrs)
    .where(Slot.id == bindparam("slot", type_=Integer))
    .with_for_update(key_share=True)
)
"""All columns of the slot."""
