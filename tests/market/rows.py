"""More offers than the cast's one."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.models import Organisation
from marketplace.safety.facts import BriefFacts
from tests.cast import Cast, plan
from tests.conftest import NOW

CALM = BriefFacts(has_no_particular_risks=True)
TEXT = OfferText(
    format="docentstage",
    kind="",
    title="Spuitgieten",
    summary="Van granulaat tot product.",
    activity="U stelt zelf een matrijs in.",
    report_at="Receptie",
    profiles=("MT",),
    audiences=("mbo_teacher",),
)


def add_offer(
    cast: Cast,
    text: OfferText = TEXT,
    *,
    day: date = date(2027, 2, 20),
    brief: BriefFacts = CALM,
    moments: int = 1,
    now: datetime = NOW,
) -> Offer:
    """A published offer of the cast's company with moments a week apart, each of a day. Not committed."""
    company = session.scalars(select(Organisation).where(Organisation.code == cast.company)).one()
    offer = offers.draft_offer(organisation=company, text=text, made_with=None, by="system", now=now)
    offers.change_brief(offer=offer, brief=brief, by="system", now=now)
    for number in range(moments):
        offers.add_slots(
            offer=offer, plan=plan(cast.site, day=day + timedelta(weeks=number)), by="system", now=now
        )
    offers.submit(offer=offer, by="system", now=now)
    return offer


def add_offers(cast: Cast, count: int, *, first: date = date(2027, 2, 20), now: datetime = NOW) -> list[str]:
    """As many offers, a day apart and two on each; committed. Returns their codes."""
    made = [
        add_offer(
            cast,
            replace(TEXT, title=f"Spuitgieten {number}"),
            day=first + timedelta(days=number // 2),
            now=now,
        )
        for number in range(count)
    ]
    session.commit()
    return [offer.code for offer in made]


def add_evening(cast: Cast, offer: Offer, *, day: date) -> Slot:
    """A moment in the evening, and so in own time. Not committed."""
    evening = replace(plan(cast.site, day=day), starts=time(18), ends=time(21))
    return offers.add_slots(offer=offer, plan=evening, by="system", now=NOW)[0]
