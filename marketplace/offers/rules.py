"""What an offer and its slots must satisfy, and how plans become sessions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from marketplace.formats.facts import Format
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall, start_of_day, wall
from marketplace.offers.facts import (
    CAPACITY_LIMIT,
    SESSIONS_LIMIT,
    SLOTS_AT_ONCE_LIMIT,
    OfferFacts,
    Repeat,
    Rhythm,
    SessionFacts,
    SlotPlan,
)
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState
from marketplace.regions.rules import is_working_day

LESSONS = (time(8, 15), time(16, 30))
"""Between these times on working days, school staff have lessons."""
HORIZON = timedelta(days=3 * 366)
KEEP_A_SESSION = Refusal(N_("Keep a session that is still to come, or cancel this moment."))


def missing(offer: OfferFacts, has_slots: bool) -> dict[str, Refusal]:
    """What is still missing before everybody can see an offer, by the part of it that is to be written.

    The handbook asks for a concrete activity, and for safety ("Let altijd op veiligheid").
    """
    asked = {
        "summary": (offer.summary.strip(), Refusal(N_("Write a summary first."))),
        "activity": (
            offer.activity.strip(),
            Refusal(N_("Describe first what participants will do themselves.")),
        ),
        "safety": (
            offer.brief.is_answered,
            Refusal(N_("Fill in the safety notes first. Is there nothing particular? Then say so there.")),
        ),
        "moments": (has_slots, Refusal(N_("Add at least one moment first."))),
    }
    return {part: refusal for part, (is_there, refusal) in asked.items() if not is_there}


def open_moments(slots: Iterable[Slot], now: datetime) -> list[Slot]:
    """The moments that one can still come to: open and to come, first one first. Without any, there is no offer."""
    found = [slot for slot in slots if slot.starts_at > now and slot.state == SlotState.OPEN]
    return sorted(found, key=lambda slot: slot.starts_at)


def why_not_publish(offer: OfferFacts, has_slots: bool) -> Refusal | None:
    """The first thing that is still missing before an offer can be seen by everybody."""
    return next(iter(missing(offer, has_slots).values()), None)


def why_not_plan(plan: SlotPlan, now: datetime) -> Refusal | None:
    """Why moments cannot be planned like this."""
    if plan.ends <= plan.starts:
        return Refusal(N_("Choose an end time after the start time."))
    if not 1 <= plan.capacity <= CAPACITY_LIMIT:
        return Refusal(N_("Choose between 1 and %(limit)s seats."), {"limit": CAPACITY_LIMIT})
    if refusal := _why_not_count(plan.sessions):
        return refusal
    if plan.repeat != Repeat.NEVER and (plan.until is None or plan.until < plan.day):
        return Refusal(N_("Choose until when the moments repeat."))
    return why_not_when(at_wall(plan.day, plan.starts), now) or why_not_when(
        at_wall(plan.until or plan.day, plan.starts), now
    )


def why_not_sessions(
    sessions: Sequence[SessionFacts], now: datetime, begun: Collection[SessionFacts] = ()
) -> Refusal | None:
    """Why a moment cannot have these sessions, which are in order of time.

    Those of it that have `begun` stay as they were; the clock judges the others, and not all may be over.
    """
    if not sessions:
        return KEEP_A_SESSION
    if refusal := _why_not_count(len(sessions)):
        return refusal
    if not set(begun) <= set(sessions):
        return Refusal(N_("A session that has begun stays as it was. Change those that are still to come."))
    wrong = (_why_not_session(each, now, each in begun) for each in sessions)
    if refusal := next(filter(None, wrong), None):
        return refusal
    if sessions[-1].ends_at <= now:
        return KEEP_A_SESSION
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(sessions)):
        return Refusal(N_("Two sessions are at the same time. Change one of them."))
    return None


def _why_not_session(each: SessionFacts, now: datetime, has_begun: bool) -> Refusal | None:
    if each.ends_at <= each.starts_at:
        return Refusal(N_("Choose an end time after the start time."))
    return None if has_begun else why_not_when(each.starts_at, now)


def _why_not_count(sessions: int) -> Refusal | None:
    if 1 <= sessions <= SESSIONS_LIMIT:
        return None
    return Refusal(N_("Choose between 1 and %(limit)s sessions."), {"limit": SESSIONS_LIMIT})


def why_not_when(starts_at: datetime, now: datetime) -> Refusal | None:
    """A moment lies in the future, within three years."""
    if starts_at <= now:
        return Refusal(N_("Choose a date in the future."))
    if starts_at > now + HORIZON:
        return Refusal(N_("Choose a date within three years."))
    return None


def days_of(plan: SlotPlan) -> list[date]:
    """The first days of all moments that a plan asks for. "Monthly" keeps to the weekday: every first Thursday."""
    if plan.repeat == Repeat.NEVER:
        return [plan.day]
    days = [plan.day]
    while len(days) <= SLOTS_AT_ONCE_LIMIT and (following := _next_day(plan.day, days[-1], plan.repeat)) <= (
        plan.until or plan.day
    ):
        days.append(following)
    return days


def _next_day(first: date, day: date, repeat: Repeat) -> date:
    if repeat != Repeat.MONTHLY:
        return day + timedelta(weeks=1 if repeat == Repeat.WEEKLY else 2)
    nth = (first.day - 1) // 7
    start = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    day = start + timedelta(days=(first.weekday() - start.weekday()) % 7, weeks=nth)
    if day.month != start.month:  # there is no fifth one this month: the last
        day -= timedelta(weeks=1)
    return day


def sessions_of(day: date, plan: SlotPlan) -> list[SessionFacts]:
    """The sessions of one moment that begins on `day`: the same day of each week, or days in a row.

    Days in a row pass over the weekend, unless they begin in it.
    """
    step = timedelta(days=1 if plan.rhythm == Rhythm.DAILY else 7)
    days = [day]
    while len(days) < plan.sessions:
        following = days[-1] + step
        while day.weekday() < 5 <= following.weekday():
            following += step
        days.append(following)
    return [SessionFacts(at_wall(each, plan.starts), at_wall(each, plan.ends)) for each in days]


def is_own_time(sessions: Iterable[SessionFacts]) -> bool:
    """Whether no session touches lesson time: then nobody's lessons are lost (handbook, masterclasses)."""
    return not any(_touches_lessons(each) for each in sessions)


def _touches_lessons(each: SessionFacts) -> bool:
    starts, ends = wall(each.starts_at), wall(each.ends_at)
    return is_working_day(starts.date()) and starts.time() < LESSONS[1] and ends.time() > LESSONS[0]


def open_and_close(form: Format, starts_at: datetime, now: datetime) -> tuple[datetime | None, datetime]:
    """When claiming opens and closes, by the playbook. Posted late, it opens at once and closes at the start."""
    open_at = None
    if form.defaults.open_days:
        open_at = start_of_day(wall(starts_at).date() - timedelta(days=form.defaults.open_days))
    close_at = starts_at - timedelta(hours=form.defaults.close_hours)
    return (open_at if open_at and open_at > now else None), (close_at if close_at > now else starts_at)


def announce_at(form: Format, starts_at: datetime, now: datetime) -> datetime:
    """When those whom a moment suits hear of it, by the playbook: six weeks ahead for a masterclass.

    Posted late, or where the playbook names no day, they hear at once.
    """
    wanted = start_of_day(wall(starts_at).date() - timedelta(days=form.defaults.announce_days))
    return max(wanted, now) if form.defaults.announce_days else now


def is_posted_late(form: Format, starts_at: datetime, now: datetime) -> bool:
    """Whether less time is left than the playbook wants for an announcement (six weeks for a masterclass)."""
    return bool(form.defaults.announce_days) and starts_at < now + timedelta(days=form.defaults.announce_days)
