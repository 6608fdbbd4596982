"""How claims are fetched whole, for all queries of this room."""

from sqlalchemy import Select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.claims.models import Claim
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person


def whole(statement: Select[Claim], *, in_few: bool = False) -> Select[Claim]:
    """With everything that a claim's pages show, in a constant number of statements.

    For lists it is one `in_few`: what most claims have one of or none comes with the claim.
    """
    collection = joinedload if in_few else selectinload
    slot = joinedload(Claim.slot)
    offer = slot.joinedload(Slot.offer)
    return statement.options(
        joinedload(Claim.person).options(collection(Person.certificates)),
        joinedload(Claim.made_by),
        joinedload(Claim.school).joinedload(Organisation.region),
        collection(Claim.planned),
        slot.options(collection(Slot.sessions)),
        slot.joinedload(Slot.site),
        slot.joinedload(Slot.own_brief),
        offer.joinedload(Offer.organisation),
        offer.joinedload(Offer.brief),
    )


def one(statement: Select[Claim]) -> Claim:
    claim = session.scalars(statement).unique().one_or_none()
    if claim is None:
        raise NotFound
    return claim
