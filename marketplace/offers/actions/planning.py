"""Planning moments: adding, changing, closing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from marketplace.formats.playbooks import format_of
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import rows_changed, session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.offers import rules
from marketplace.offers.actions.listing import list_slot
from marketplace.offers.facts import CAPACITY_LIMIT, SLOTS_AT_ONCE_LIMIT, SessionFacts, SlotPlan
from marketplace.offers.models import Offer, Session, Slot
from marketplace.offers.states import SlotState, step_slot
from marketplace.organisations.models import Site


def add_slots(
    *, offer: Offer, plan: SlotPlan, by: str, now: datetime, made_with: str | None = None
) -> list[Slot]:
    """Adds one moment, or as many as the plan repeats. Raises Refused and adds none if one of them cannot be.

    The same form sent twice (`made_with`, its one-time key) gives the moments of the first time.
    """
    if made_with and (made := _made_with(offer, made_with)):
        return made
    if refusal := rules.why_not_plan(plan, now):
        raise Refused(refusal)
    days = rules.days_of(plan)
    if len(days) > SLOTS_AT_ONCE_LIMIT:
        raise Refused(
            Refusal(N_("Plan at most %(limit)s moments in one go."), {"limit": SLOTS_AT_ONCE_LIMIT})
        )
    site = _site(offer, plan.site)
    planned = [rules.sessions_of(day, plan) for day in days]
    for sessions in planned:  # in the night that the clock jumps, an end may come before its start
        if refusal := rules.why_not_sessions(sessions, now):
            raise Refused(refusal)
    slots = [new_slot(offer, plan, site, sessions, now) for sessions in planned]
    for slot in slots:
        slot.made_with = made_with
    session.flush()
    for slot in slots:
        record(kind="slot", subject=slot.code, event="open", by=by, at=now)
        list_slot(slot, now=now)
    return slots


def _made_with(offer: Offer, key: str) -> list[Slot]:
    """The moments that a form made already. The offer's row is locked: two of the same form do not both find none."""
    session.execute(select(Offer.id).where(Offer.id == offer.id).with_for_update(key_share=True))
    statement = select(Slot).where(Slot.offer_id == offer.id, Slot.made_with == key)
    return list(session.scalars(statement.order_by(Slot.starts_at)))


def new_slot(offer: Offer, plan: SlotPlan, site: Site, sessions: list[SessionFacts], now: datetime) -> Slot:
    """A slot of an offer as it was planned, which nobody knows of yet: it is neither journalled nor listed."""
    open_at, close_at = rules.open_and_close(format_of(offer.format), sessions[0].starts_at, now)
    slot = Slot(
        code=new_code(),
        site=site,
        capacity=plan.capacity,
        seats_taken=0,
        supervisor=plan.supervisor.strip(),
        open_at=open_at,
        close_at=close_at,
        announce_at=rules.announce_at(format_of(offer.format), sessions[0].starts_at, now),
        changed_at=now,
        changing_since=now,
        state=SlotState.OPEN,
    )
    _set_sessions(slot, sessions)
    offer.slots.append(slot)
    return slot


def _set_sessions(slot: Slot, sessions: Sequence[SessionFacts]) -> None:
    """Rows whose times stay are kept: who came to them is noted there."""
    kept = {SessionFacts(each.starts_at, each.ends_at): each for each in slot.sessions}
    slot.sessions[:] = [
        kept.get(each) or Session(starts_at=each.starts_at, ends_at=each.ends_at) for each in sessions
    ]
    slot.starts_at, slot.ends_at = sessions[0].starts_at, sessions[-1].ends_at
    slot.session_count = len(sessions)
    slot.is_own_time = rules.is_own_time(sessions)


def _site(offer: Offer, code: str) -> Site:
    site = next((each for each in offer.organisation.sites if each.code == code), None)
    if site is None:
        raise Refused(Refusal(N_("Choose a location from the list.")))
    return site


def change_slot(
    *,
    slot: Slot,
    sessions: Sequence[SessionFacts],
    site: str,
    supervisor: str,
    capacity: int,
    by: str,
    now: datetime,
) -> None:
    """Writes when and where a moment is, and with whom; who claimed is told later, all changes in one letter.

    Of a series that is on its way, only the sessions that are still to come can be moved. Raises Refused for a moment
    that is over or off, for nonsense times, and for fewer seats than are taken.
    """
    _refuse_unchangeable(slot, now)
    ordered = sorted(sessions, key=lambda each: each.starts_at)
    old = [SessionFacts(each.starts_at, each.ends_at) for each in slot.sessions]
    begun = [each for each in old if each.starts_at <= now]
    if refusal := rules.why_not_sessions(ordered, now, begun):
        raise Refused(refusal)
    set_capacity(slot=slot, capacity=capacity, by=by, now=now)
    place = _site(slot.offer, site)
    is_same_time = old == ordered
    if is_same_time and slot.site_id == place.id and slot.supervisor == supervisor.strip():
        return
    if not is_same_time:
        if not begun:
            slot.open_at, slot.close_at = _moved_window(slot, ordered[0].starts_at, now)
            slot.announce_at = _moved_announcement(slot, ordered[0].starts_at, now)
        _set_sessions(slot, ordered)
    slot.site, slot.supervisor = place, supervisor.strip()
    slot.raise_version(now)
    list_slot(slot, now=now)
    record(kind="slot", subject=slot.code, event="changed", by=by, at=now)


def _moved_window(slot: Slot, starts_at: datetime, now: datetime) -> tuple[datetime | None, datetime]:
    """A moment that was open for claims stays open when it moves."""
    open_at, close_at = rules.open_and_close(format_of(slot.offer.format), starts_at, now)
    return (open_at if slot.open_at and slot.open_at > now else None), close_at


def _moved_announcement(slot: Slot, starts_at: datetime, now: datetime) -> datetime | None:
    """A moment that people have heard of is not announced anew when it moves."""
    if slot.announce_at and slot.announce_at <= now and slot.offer.published_at:
        return slot.announce_at
    return rules.announce_at(format_of(slot.offer.format), starts_at, now)


def set_capacity(*, slot: Slot, capacity: int, by: str, now: datetime) -> None:
    """Writes the number of seats, never below what is taken: one conditional UPDATE, so that no claim slips between."""
    if not 1 <= capacity <= CAPACITY_LIMIT:
        raise Refused(Refusal(N_("Choose between 1 and %(limit)s seats."), {"limit": CAPACITY_LIMIT}))
    if capacity == slot.capacity:
        return
    changed = rows_changed(
        update(Slot)
        .where(Slot.id == slot.id, Slot.seats_taken <= capacity)
        .values(capacity=capacity)
        .execution_options(synchronize_session=False)
    )
    session.refresh(slot, ["capacity", "seats_taken"])
    if changed != 1:
        raise Refused(
            Refusal(N_("%(taken)s seats are taken. You cannot offer fewer."), {"taken": slot.seats_taken})
        )
    slot.touch(now)
    record(kind="slot", subject=slot.code, event="capacity", by=by, at=now, capacity=capacity)


def close_slot(*, slot: Slot, to: SlotState, reason: str, by: str, now: datetime) -> None:
    """Closes a moment for claims, or writes that it is off. What that means for claims is for the room above.

    Raises Refused for a moment that is over.
    """
    _refuse_unchangeable(slot, now)
    step_slot(slot, to, by=by, now=now, reason=reason)
    slot.cancel_reason = reason
    slot.touch(now)
    list_slot(slot, now=now)


def reopen_slot(*, slot: Slot, by: str, now: datetime) -> None:
    """Opens a closed moment for claims again."""
    _refuse_unchangeable(slot, now)
    step_slot(slot, SlotState.OPEN, by=by, now=now)
    slot.touch(now)
    list_slot(slot, now=now)


def _refuse_unchangeable(slot: Slot, now: datetime) -> None:
    if slot.state == SlotState.CANCELLED:
        raise Refused(Refusal(N_("This moment was cancelled and can no longer be changed.")))
    if slot.ends_at <= now:
        raise Refused(Refusal(N_("This moment is over and can no longer be changed.")))
