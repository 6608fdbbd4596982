"""Which feeds somebody may have, and which of them they have."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from marketplace.feeds import rules
from marketplace.feeds.facts import Choices, Feed, Link
from marketplace.feeds.models import Subscription
from marketplace.feeds.states import FeedKind
from marketplace.kernel import addresses
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.models import Organisation
from marketplace.people.models import Membership, Person
from marketplace.people.states import Role
from marketplace.regions.models import Region


class Right(NamedTuple):
    """A feed that somebody may have, and of which organisation or region."""

    kind: FeedKind
    organisation: Organisation | None = None
    region: Region | None = None

    @property
    def feed(self) -> Feed:
        """As it is shown where no link was made yet."""
        about = self.organisation or self.region
        return Feed(self.kind, about.code, about.name) if about else Feed(self.kind, "", "")


def feeds_of(person_code: str, *, key: str) -> list[Feed]:
    """The feeds a person may have, in the order of their page; a constant number of statements.

    `key` is the server's, with which tokens are made. A token that another key made is shown as no link at all.
    """
    made = {
        (each.kind, each.organisation_id, each.region_id): each for each in _subscriptions_of(person_code)
    }
    return [_feed(each, made.get(_place_of(each)), key) for each in _rights(person_code)]


def feed_of(person_code: str, feed: str, *, key: str) -> Feed:
    """One of them by its key, with its link; NotFound for any other, and as long as no link was made."""
    found = next((each for each in feeds_of(person_code, key=key) if each.key == feed and each.link), None)
    if found is None:
        raise NotFound
    return found


def right_to(person_code: str, feed: str) -> Right:
    """What a person may subscribe to under this key; NotFound if that feed is not for them."""
    found = next((each for each in _rights(person_code) if each.feed.key == feed), None)
    if found is None:
        raise NotFound
    return found


def subscription_to(person: Person, right: Right) -> Subscription | None:
    """The subscription of a person to that feed."""
    kind, organisation, region = _place_of(right)
    statement = select(Subscription).where(
        Subscription.person_id == person.id,
        Subscription.kind == kind,
        Subscription.organisation_id.is_not_distinct_from(organisation),
        Subscription.region_id.is_not_distinct_from(region),
    )
    return session.scalars(statement).first()


def has_subscribed(person_code: str) -> Select[bool]:
    """The question whether somebody made a link to any feed."""
    return select(exists(select(Subscription.id).join(Person).where(Person.code == person_code)))


def _place_of(right: Right) -> tuple[str, int | None, int | None]:
    organisation, region = right.organisation, right.region
    return right.kind, organisation.id if organisation else None, region.id if region else None


def _subscriptions_of(person_code: str) -> Iterable[Subscription]:
    return session.scalars(select(Subscription).join(Person).where(Person.code == person_code))


def _feed(right: Right, made: Subscription | None, key: str) -> Feed:
    empty, token = right.feed, rules.token_of(key, made.nonce) if made else ""
    if made is None or rules.digest(token) != made.token_digest:
        return empty
    choices = Choices(made.days_back, made.has_pending, made.steps)
    return Feed(
        empty.kind, empty.about, empty.name, Link(addresses.feed(token), token), made.last_used_on, choices
    )


def _rights(person_code: str) -> list[Right]:
    """One's own claims; what one's organisations receive, and apart what one supervises there; one's regions."""
    roles = _roles(person_code)
    own = [Right(FeedKind.OWN)] if any(each.role == Role.PARTICIPANT for each in roles) else []
    hosts = _hosts(roles)
    supervised = _supervised(person_code, hosts)
    hosted = [
        Right(kind, each)
        for each in hosts
        for kind in (FeedKind.HOSTED, FeedKind.SUPERVISED)
        if kind is FeedKind.HOSTED or each.id in supervised
    ]
    coordinated = {each.region_id for each in roles if each.role == Role.COORDINATOR}
    return own + hosted + [Right(FeedKind.REGION, region=each) for each in _with_parts(coordinated)]


def _roles(person_code: str) -> list[Membership]:
    statement = (
        select(Membership)
        .join(Person)
        .where(Person.code == person_code)
        .options(joinedload(Membership.organisation))
        .order_by(Membership.id)
    )
    return list(session.scalars(statement))


def _hosts(roles: Iterable[Membership]) -> list[Organisation]:
    found = [each.organisation for each in roles if each.role == Role.HOST_CONTACT and each.organisation]
    return sorted(found, key=lambda each: each.name)


def _supervised(person_code: str, hosts: Iterable[Organisation]) -> set[int]:
    """The organisations at which one's name stands at a moment. A name without a role there is nobody's."""
    numbers = [each.id for each in hosts]
    if not numbers:
        return set()
    statement = (
        select(Offer.organisation_id)
        .join(Slot, Slot.offer_id == Offer.id)
        .join(Person, Person.name == Slot.supervisor)
        .where(Person.code == person_code, Offer.organisation_id.in_(numbers))
    )
    return set(session.scalars(statement.distinct()))


def _with_parts(region_ids: set[int | None]) -> list[Region]:
    """These regions and their sub-regions, the whole before its parts."""
    if not region_ids:
        return []
    statement = select(Region).where(or_(Region.id.in_(region_ids), Region.parent_id.in_(region_ids)))
    return list(session.scalars(statement.order_by(Region.parent_id.is_not(None), Region.name)))
