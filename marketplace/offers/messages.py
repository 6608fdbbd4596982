"""Letters about an offer on its way to being published."""

from datetime import datetime
from typing import Any

from marketplace.kernel import addresses
from marketplace.kernel.codes import new_code
from marketplace.offers.facts import OfferFacts, offer_facts
from marketplace.offers.models import Offer
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft
from marketplace.people.facts import receiver
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of, coordinators_of


def mail_submitted(offer: Offer, *, now: datetime) -> None:
    """To the coordinators of the host's region: there is something to look at."""
    for person in coordinators_of(offer.organisation.region_id):
        _mail("offer_submitted", offer, person, now, link=addresses.check(offer.code))


def mail_published(offer: Offer, *, now: datetime) -> None:
    """To the host's contacts: everybody can see it now."""
    for person in contacts_of(offer.organisation_id):
        _mail("offer_published", offer, person, now, link=addresses.offer(offer.code))


def mail_sent_back(offer: Offer, reason: str, *, now: datetime) -> None:
    """To the host's contacts: what should change first."""
    for person in contacts_of(offer.organisation_id):
        _mail("offer_sent_back", offer, person, now, link=addresses.hosted_offer(offer.code), reason=reason)


def _mail(name: str, offer: Offer, person: Person, now: datetime, **facts: Any) -> None:
    known: OfferFacts = offer_facts(offer)
    outbox.write(
        Draft(
            name=name,
            receiver=receiver(person),
            key=f"{name}:{offer.code}:{person.code}:{new_code()}",
            stream=f"offer:{offer.code}:{person.code}",
            facts={"offer": known, "host_region": offer.organisation.region.name, **facts},
            about={"offer": offer.code, "person": person.code},
        ),
        now=now,
    )
