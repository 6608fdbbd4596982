"""What hosts change after people claimed, and what is looked at before they do."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.claims.models import Claim
from marketplace.kernel.database import transaction
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText, SessionFacts
from marketplace.organisations.actions import change_address
from marketplace.safety.facts import BriefFacts, BriefLine, Provider
from tests import steps
from tests.cast import BRIEF, Cast
from tests.conftest import NOW

GLASSES = BriefLine("M004", True, Provider.PARTICIPANT)


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def sent_before(cast: Cast, *, slot: str = "") -> Claim:
    """An approved claim of which all letters have left."""
    claim = steps.approved(cast, slot=slot)
    steps.send_everything()
    return claim


def sessions(cast: Cast, slot: str = "") -> list[SessionFacts]:
    """The sessions of the cast's moment, or another."""
    return steps.sessions_of(steps.slot_with(slot or cast.slot))


def text_of(cast: Cast) -> OfferText:
    """What the cast's offer says now."""
    offer = steps.offer_of(cast)
    plain = {
        name: getattr(offer, name)
        for name in OfferText.__dataclass_fields__
        if name not in {"profiles", "audiences"}
    }
    return OfferText(
        **plain,
        profiles=tuple(each.profile for each in offer.profiles),
        audiences=tuple(each.audience for each in offer.audiences),
    )


def change_offer(cast: Cast, *, now: datetime = NOW, **changes: Any) -> None:
    """The host writes the offer anew."""
    with transaction():
        text = replace(text_of(cast), **changes)
        offers.change_offer(offer=steps.offer_of(cast), text=text, by=cast.codes["host"], now=now)


def change_brief(cast: Cast, brief: BriefFacts) -> None:
    """The host writes the safety notes anew."""
    with transaction():
        offers.change_brief(offer=steps.offer_of(cast), brief=brief, by=cast.codes["host"], now=NOW)


def move_house(cast: Cast, *, now: datetime = NOW) -> None:
    """The host moves to another street."""
    with transaction():
        company = steps.company_of(cast)
        change_address(
            site=company.sites[0],
            street="Nijverheidsweg 2",
            postcode="7944 AA",
            town="Meppel",
            by="system",
            now=now,
        )
        offers.refresh_host(organisation=company, now=now)


def add_glasses(cast: Cast) -> None:
    """The host asks for safety glasses too."""
    change_brief(cast, replace(BRIEF, lines=(*BRIEF.lines, GLASSES)))
