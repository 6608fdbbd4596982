"""What happens to subscriptions: a link is made, renewed and used."""

import secrets
from datetime import date, datetime

from sqlalchemy import or_, update

from marketplace.feeds import queries, rules
from marketplace.feeds.models import Subscription
from marketplace.kernel.database import session
from marketplace.kernel.journal import record
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.people.queries import hold


def make_link(*, person: Person, organisation: Organisation | None, key: str, now: datetime) -> str:
    """Makes a secret link to a person's own claims, or to what an organisation receives, and returns its token.

    `key` is the server's. A link that was there stops working at once: so this also renews.
    """
    hold(person)
    nonce = secrets.token_hex(16)
    token = rules.token_of(key, nonce)
    row = queries.subscription_of(person, organisation) or Subscription(
        person=person, organisation=organisation
    )
    row.nonce, row.token_digest = nonce, rules.digest(token)
    row.made_at, row.last_used_on = now, None
    session.add(row)
    record(kind="person", subject=person.code, event="feed_link", by=person.code, at=now)
    return token


def note_use(*, subscription_id: int, on: date) -> None:
    """Notes on which day a feed was last fetched."""
    session.execute(
        update(Subscription)
        .where(Subscription.id == subscription_id)
        .where(or_(Subscription.last_used_on.is_(None), Subscription.last_used_on < on))
        .values(last_used_on=on)
    )
