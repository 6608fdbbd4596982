"""What holds at offers and moments: writing it, and showing it everywhere once it changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.offers import queries
from marketplace.offers.actions.listing import list_offer, list_slot
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import OfferState
from marketplace.organisations import actions as organisations
from marketplace.organisations.models import Site, StandingBrief
from marketplace.safety.actions import add_to, rewrite
from marketplace.safety.facts import BriefFacts
from marketplace.safety.models import Brief


def change_brief(
    *, offer: Offer, brief: BriefFacts, by: str, now: datetime, standing: StandingBrief | None = None
) -> None:
    """Writes what an offer says about safety itself, on top of a standing brief of its organisation if it names one.

    Who claimed hears what changed. Raises Refused for what cannot be, and for an offer that would say nothing.
    """
    if standing and standing.organisation_id != offer.organisation_id:
        raise Refused(Refusal(N_("Choose from the list.")))
    based_on = standing.brief if standing else None
    _follow(rewrite(brief=offer.brief, own=brief, based_on=based_on, now=now), by, now)


def change_slot_brief(*, slot: Slot, brief: BriefFacts, by: str, now: datetime) -> None:
    """Writes what a moment adds to the brief of its offer. Raises Refused for what cannot be."""
    session.execute(select(Slot.id).where(Slot.id == slot.id).with_for_update(key_share=True))
    session.expire(slot, ["brief_id", "own_brief"])  # who held it before may have added something already
    if slot.own_brief:
        _follow(rewrite(brief=slot.own_brief, own=brief, based_on=slot.offer.brief, now=now), by, now)
    elif brief != BriefFacts():
        slot.own_brief = add_to(base=slot.offer.brief, own=brief, now=now)
        slot.raise_version(now)  # who waits for this moment's lock sees by it that another brief holds now
        _show_slot(slot, by, now)


def change_standing_brief(
    *, standing: StandingBrief, name: str, site: Site | None, brief: BriefFacts, by: str, now: datetime
) -> list[Offer]:
    """Writes a standing brief; what is based on it follows. Returns the offers at which something else holds now.

    Raises Refused for what cannot be, here or at one of those offers, and for an offer that would say nothing.
    """
    organisations.name_standing_brief(standing=standing, name=name, site=site)
    changed = rewrite(brief=standing.brief, own=brief, based_on=None, now=now)
    if changed:
        record(
            kind="standing_brief", subject=standing.code, event="brief", by=by, at=now, **standing.brief.mark
        )
    return _follow(changed, by, now)


def _follow(changed: Sequence[Brief], by: str, now: datetime) -> list[Offer]:
    """Shows everywhere what these briefs say now."""
    offers, slots = queries.holding(changed)
    for offer in offers:
        if offer.state != OfferState.DRAFT and not offer.brief.facts.is_answered:
            raise Refused(Refusal(N_("Fill in the safety notes. Is there nothing particular? Then say so.")))
    for offer in offers:
        list_offer(offer, now=now)
        record(kind="offer", subject=offer.code, event="brief", by=by, at=now, **offer.brief.mark)
    for slot in slots:
        if slot.offer not in offers:
            _show_slot(slot, by, now)
    return offers


def _show_slot(slot: Slot, by: str, now: datetime) -> None:
    if slot.ends_at > now:
        list_slot(slot, now=now)
    record(kind="slot", subject=slot.code, event="brief", by=by, at=now, **slot.brief.mark)
