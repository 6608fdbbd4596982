"""What goes out because time passes: reminders, thanks, the question who came, and what waits for a coordinator.

All of it is computed from the data. What could not be said in time is written as dropped, so that it is noted once.
The row that a letter is about is locked first: of two workers the second finds it written.
"""

from datetime import datetime

from marketplace.claims import messages, queries
from marketplace.claims.actions.seats import lock
from marketplace.claims.actions.telling import catch_up
from marketplace.claims.models import Claim
from marketplace.claims.queries import timed
from marketplace.claims.rules import timing
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.offers.models import Slot
from marketplace.people.models import Person
from marketplace.people.queries import hold


def remind_due(*, now: datetime) -> int:
    """Reminds those who come, a week and a day ahead, at nine in the morning. Returns how many."""
    return sum(_remind_all(days, now) for days in timing.REMINDERS)


def _remind_all(days: int, now: datetime) -> int:
    with only_reading(), transaction():
        due = timed.to_remind(days, now=now)
    return in_turn(due, lambda claim_id: _remind(queries.whole_claim(claim_id), days, now))


def _remind(claim: Claim, days: int, now: datetime) -> None:
    lock(claim.slot)
    session.refresh(claim, ["state"])
    if claim.state == ClaimState.APPROVED:
        catch_up(claim=claim, now=now)
        messages.mail_reminder(claim, days, now=now)


def warn_unread_due(*, now: datetime) -> int:
    """Reminds those who have not read the safety notes as they are now, three days ahead, and tells their hosts.

    Returns of how many moments.
    """
    with only_reading(), transaction():
        due = timed.to_warn(now=now)
    return in_turn(due, lambda slot_id: _warn_unread(queries.slot_with(slot_id), now))


def _warn_unread(slot: Slot, now: datetime) -> None:
    lock(slot)
    unread = [
        claim
        for claim in timed.unread(slot.id)
        if timing.needs_warning(slot.starts_at, claim.state_at, claim.told_at)
    ]
    for claim in unread:
        messages.mail_unread(claim, now=now)
    if unread:
        messages.mail_unread_host(slot, len(unread), now=now)


def thank_due(*, now: datetime) -> int:
    """Thanks those who took part, the morning after. Returns how many."""
    with only_reading(), transaction():
        due = timed.to_thank(now=now)
    return in_turn(due, lambda claim_id: _thank(queries.whole_claim(claim_id), now))


def _thank(claim: Claim, now: datetime) -> None:
    lock(claim.slot)
    messages.mail_thanks(claim, now=now)


def ask_who_came_due(*, now: datetime) -> int:
    """Asks hosts who came, the morning after, where they have not noted it. Returns of how many moments."""
    with only_reading(), transaction():
        due = timed.to_ask(now=now)
    return in_turn(due, lambda slot_id: _ask_who_came(queries.slot_with(slot_id), now))


def _ask_who_came(slot: Slot, now: datetime) -> None:
    lock(slot)
    if missing := timed.unnoted(slot.id):
        messages.mail_who_came(slot, missing, now=now)


def brief_due(*, now: datetime) -> int:
    """Tells each coordinator on working days, before school, what waits for them. Returns how many."""
    with only_reading(), transaction():
        due = timed.to_brief(now=now)
    return in_turn(due, lambda person_id: _brief(session.get_one(Person, person_id), now))


def _brief(person: Person, now: datetime) -> None:
    hold(person)
    since = timing.digest_at(now)
    if waiting := timed.waiting_since(person.id, since, now=now):
        messages.mail_digest(person, waiting, since, now=now)
