"""What happens to subscriptions: a link is made, renewed and used, and its owner chooses what it shows."""

import secrets
from datetime import date, datetime

from sqlalchemy import or_, update

from marketplace.feeds import queries, rules
from marketplace.feeds.facts import Choices
from marketplace.feeds.models import Subscription
from marketplace.feeds.queries import Right
from marketplace.feeds.states import FeedKind
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import record
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.people.queries import hold
from marketplace.regions.models import Region


def make_link(
    *,
    person: Person,
    kind: FeedKind = FeedKind.OWN,
    organisation: Organisation | None = None,
    region: Region | None = None,
    key: str,
    now: datetime,
) -> str:
    """Makes a secret link to a feed of a person, of an organisation or region where its kind is of one.

    Returns its token, made with `key`, which is the server's. A link that was there stops working at once: so this
    also renews. What was chosen stays.
    """
    hold(person)
    right, nonce = Right(kind, organisation, region), secrets.token_hex(16)
    token = rules.token_of(key, nonce)
    row = queries.subscription_to(person, right) or _new(person, right, now)
    row.nonce, row.token_digest = nonce, rules.digest(token)
    row.made_at, row.last_used_on = now, None
    session.add(row)
    record(kind="person", subject=person.code, event="feed_link", by=person.code, at=now)
    return token


def _new(person: Person, right: Right, now: datetime) -> Subscription:
    return Subscription(
        person=person, kind=right.kind, organisation=right.organisation, region=right.region, chosen_at=now
    )


def choose(*, person: Person, right: Right, choices: Choices, now: datetime) -> None:
    """Writes what a feed shows from now on. NotFound for one that has no link yet."""
    row = queries.subscription_to(person, right)
    if row is None:
        raise NotFound
    row.days_back, row.has_pending, row.steps = choices.days_back, choices.has_pending, choices.steps
    row.chosen_at = now


def note_use(*, subscription_id: int, on: date) -> None:
    """Notes on which day a feed was last fetched."""
    session.execute(
        update(Subscription)
        .where(Subscription.id == subscription_id)
        .where(or_(Subscription.last_used_on.is_(None), Subscription.last_used_on < on))
        .values(last_used_on=on)
    )
