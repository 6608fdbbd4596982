"""Questions about feeds: which somebody may have, whose a token is, and what is in it."""

from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from marketplace.calendars.facts import Status
from marketplace.claims.models import Entry
from marketplace.feeds import rules
from marketplace.feeds.facts import Edition, Feed, Link
from marketplace.feeds.models import Subscription
from marketplace.kernel import addresses
from marketplace.kernel.changes import number_of
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.site import site
from marketplace.kernel.texts import gettext, speaking
from marketplace.kernel.times import start_of_day, wall_date
from marketplace.organisations.models import Organisation
from marketplace.people.models import Membership, Person
from marketplace.people.states import Role

FORMAT = 1
"""Raised when what is written around the entries changes."""


def feeds_of(person_code: str, *, key: str) -> list[Feed]:
    """The feeds a person may have: of their own claims as participant, and of each organisation they receive for.

    `key` is the server's, with which tokens are made. A token that another key made is shown as no link at all.
    """
    made = {each.organisation_id: each for each in _subscriptions_of(person_code)}
    rows = session.execute(
        select(Membership.role, Organisation.id, Organisation.code, Organisation.name)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.code == person_code, Membership.role.in_((Role.PARTICIPANT, Role.HOST_CONTACT)))
        .order_by(Organisation.name)
    ).all()
    own = [_feed("", "", made.get(None), key)] if any(row.role == Role.PARTICIPANT for row in rows) else []
    hosted = [row for row in rows if row.role == Role.HOST_CONTACT]
    return own + [_feed(row.code, row.name, made.get(row.id), key) for row in hosted]


def _subscriptions_of(person_code: str) -> list[Subscription]:
    statement = select(Subscription).join(Person).where(Person.code == person_code)
    return list(session.scalars(statement.order_by(Subscription.id.desc())))


def _feed(code: str, name: str, made: Subscription | None, key: str) -> Feed:
    token = rules.token_of(key, made.nonce) if made else ""
    if made is None or rules.digest(token) != made.token_digest:
        return Feed(code, name, None, None)
    return Feed(code, name, Link(addresses.feed(token)), made.last_used_on)


def owner_of(person_code: str, organisation_code: str) -> tuple[Person, Organisation | None]:
    """The person, and the organisation they receive for if one is named; NotFound if that feed is not for them."""
    statement = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.code == person_code)
        .order_by(Membership.id)
    )
    if organisation_code:
        is_theirs = and_(Membership.role == Role.HOST_CONTACT, Organisation.code == organisation_code)
    else:
        is_theirs = and_(Membership.role == Role.PARTICIPANT)
    found = session.scalars(statement.where(is_theirs)).first()
    if found is None:
        raise NotFound
    return found.person, found.organisation if organisation_code else None


def subscription_of(person: Person, organisation: Organisation | None) -> Subscription | None:
    """The subscription of a person to their own claims, or to what an organisation receives."""
    return session.scalars(
        select(Subscription)
        .where(
            Subscription.person_id == person.id,
            Subscription.organisation_id.is_not_distinct_from(organisation.id if organisation else None),
        )
        .order_by(Subscription.id)
    ).first()


def subscription_at(token: str) -> Subscription:
    """The subscription behind a token, while its owner still has the role; NotFound for all other tokens alike."""
    role = exists().where(
        Membership.person_id == Subscription.person_id,
        or_(
            (Subscription.organisation_id.is_(None)) & (Membership.role == Role.PARTICIPANT),
            (Subscription.organisation_id == Membership.organisation_id)
            & (Membership.role == Role.HOST_CONTACT),
        ),
    )
    found = session.scalar(
        select(Subscription)
        .where(Subscription.token_digest == rules.digest(token), role)
        .options(joinedload(Subscription.person), joinedload(Subscription.organisation))
    )
    if found is None:
        raise NotFound
    return found


def edition_of(subscription: Subscription, now: datetime) -> Edition:
    """The feed as it is at `now`. To be asked before its entries: a change in between is then fetched next time."""
    number, changed_at = number_of(subscription.reader)
    since, _ = rules.window(now)
    language = subscription.person.language
    with speaking(language):
        name = _name(subscription.organisation)
    midnight = start_of_day(wall_date(now))
    return Edition(
        name=name,
        parts=(FORMAT, number, since.isoformat(), subscription.reader, name, language),
        changed_at=max(changed_at or midnight, midnight),
    )


def _name(organisation: Organisation | None) -> str:
    """What a calendar calls the feed."""
    who = organisation.name if organisation else gettext("my claims")
    return f"{site().name}: {who}"


def entries_for(subscription: Subscription, now: datetime) -> list[str]:
    """The entries of a feed as they were written down, by date: see `rules.window` for how far back."""
    since, cancelled_since = rules.window(now)
    statement = select(Entry.text).where(
        Entry.reader == subscription.reader,
        Entry.ends_at >= since,
        or_(Entry.status != Status.CANCELLED, Entry.ends_at >= cancelled_since),
    )
    return list(session.scalars(statement.order_by(Entry.ends_at, Entry.uid)))
