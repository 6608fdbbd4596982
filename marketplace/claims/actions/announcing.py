"""Announcing moments by the playbook's clock, to those whom they suit: one letter a week at most."""

from datetime import datetime

from marketplace.claims import messages
from marketplace.claims.queries import announcing
from marketplace.claims.rules import timing
from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.offers.queries import slots_with
from marketplace.people.models import Person
from marketplace.people.queries import hold


def announce_due(*, now: datetime) -> int:
    """Tells people, by day, what came up for them since they last heard. Returns how many."""
    if not timing.may_announce(now):
        return 0
    with only_reading(), transaction():
        due = announcing.to_announce(until=now - timing.SETTLES, now=now)
    return in_turn(due, lambda person_id: _announce(session.get_one(Person, person_id), now))


def _announce(person: Person, now: datetime) -> None:
    """The row is held while it is looked at: of two workers the second finds nothing new."""
    hold(person)
    until = now - timing.SETTLES
    if news := announcing.news_for(person.id, until=until, now=now):
        listed = slots_with(news[: timing.LISTED])
        person.announced_at = until
        messages.mail_announcement(person, listed, len(news) - len(listed), now=now)
