"""The offer page, its moments as they stand now, offers like it, its calendar files and its poster."""

from collections.abc import Iterable

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.calendars.feeds import document
from marketplace.claims.queries import claiming, offered
from marketplace.claims.rules import why_not_claim
from marketplace.claims.states import STATE_NAMES
from marketplace.documents.notices import NOTICE, notice_data
from marketplace.documents.rendering import digest
from marketplace.formats.playbooks import format_of
from marketplace.kernel import addresses
from marketplace.kernel.clock import now
from marketplace.kernel.texts import N_, gettext
from marketplace.market.facts.events import events
from marketplace.market.facts.holidays import holiday_on
from marketplace.market.facts.notices import notice_of, printed
from marketplace.market.forms.searching import SEARCH, address, wishes_in
from marketplace.market.views.room import blueprint
from marketplace.offers import entries
from marketplace.offers.facts import (
    AUDIENCES,
    OfferFacts,
    OfferSearch,
    SlotFacts,
    offer_facts,
    slot_facts,
)
from marketplace.offers.models import Offer, PublicEntry, Slot
from marketplace.offers.queries import card_of, entries_of_offer, entries_of_slot, offer_alone, search
from marketplace.offers.states import OfferState, Policy, SlotState
from marketplace.organisations.facts import PROFILES
from marketplace.regions.towns import town_named
from marketplace.web.calendars import calendar_answer
from marketplace.web.documents import asked_language, pdf_answer
from marketplace.web.guards import for_everybody
from marketplace.web.pages import is_fragment, page
from marketplace.web.visitors import visitor

NEARBY = 50
"""Kilometres within which similar offers are looked for."""
SIMILAR = 3
DECIDERS = {
    Policy.COORDINATOR: N_("The coordinator of your region decides. You hear it by mail."),
    Policy.HOST: N_("The host decides. You hear it by mail."),
    Policy.BOTH: N_("The coordinator of your region and the host decide. You hear it by mail."),
    Policy.AUTOMATIC: N_("You have your place at once."),
}


@blueprint.get("/offers/<code>")
@for_everybody
def offer(code: str) -> ResponseReturnValue:
    """An offer with its moments: those to come, and whether one can sign up for them."""
    return _offer_page(code)


@blueprint.get("/offers/<code>/moments")
@for_everybody
def moments(code: str) -> ResponseReturnValue:
    """Its moments as they stand now, for a page that is open already. It is kept like the page itself."""
    return _offer_page(code, block="moments")


def _offer_page(code: str, block: str = "") -> ResponseReturnValue:
    at, who = now(), visitor()
    here = offered(code, who.code if who else "", now=at)
    found, seen, coming = here.offer, here.moments, [each.slot for each in here.moments]
    open_codes = {slot.code for slot in coming if why_not_claim(claiming(slot, None), at) is None}
    takes = {slot.code for slot in coming if why_not_claim(claiming(slot, None), at, may_wait=True) is None}
    own = {each.slot.code: (each.own, each.own_state) for each in seen if each.own}
    facts, slots = offer_facts(found), [slot_facts(slot) for slot in coming]
    return page(
        "market/offer.html",
        block=block,
        offer=facts,
        address=addresses.offer(code),
        suited=here.suited,
        format=format_of(found.format),
        decided=gettext(DECIDERS[Policy(found.policy)]),
        school_limit=found.school_limit,
        slots=slots,
        holidays=_holidays(found, coming),
        calendars={slot.code: _calendars(facts, slot) for slot in slots if _is_on(facts, slot)},
        events=events(found, coming, at) if who is None else [],  # search engines never sign in
        open=open_codes - set(own),
        waitable=takes - open_codes - set(own),
        waiting={each.slot.code: each.waiting for each in seen},
        own=own,
        state_names=STATE_NAMES,
        similar=_similar_address(found, slots),
        profiles=PROFILES,
        audiences=AUDIENCES,
        may_claim=who is None or who.has("participant"),
        may_sign_up_team=who is not None and who.has("school_contact"),
        is_fragment=is_fragment(),
        now=at,
    )


def _holidays(found: Offer, slots: list[Slot]) -> dict[str, str]:
    zone = found.organisation.region.holiday_zone
    return {slot.code: holiday_on(zone, *(each.starts_at for each in slot.sessions)) for slot in slots}


def _is_on(offer: OfferFacts, slot: SlotFacts) -> bool:
    """Whether it can be noted in a calendar: what was planned on a closed offer has no calendar file yet."""
    return offer.state == OfferState.PUBLISHED and slot.state != SlotState.CANCELLED


def _calendars(offer: OfferFacts, slot: SlotFacts) -> list[tuple[str, str]]:
    details = gettext("You sign up here: %(link)s", link=addresses.offer(offer.code))
    called = f"{entries.summary(offer)}: {offer.title}"
    return entries.online_calendars(offer, slot, called=called, details=details)


# --- Offers like it ------------------------------------------------------------------------------------------


def _similar_address(found: Offer, slots: list[SlotFacts]) -> str:
    near = [("near", slots[0].town)] if slots else []
    return address(f"{SEARCH}/{found.code}/similar", near)


@blueprint.get("/offers/<code>/similar")
@for_everybody
def similar(code: str) -> ResponseReturnValue:
    """What else is near with places free, for the same profiles, or else of the same form: part of the offer page."""
    found, at = offer_alone(code), now()
    wishes = _like(found, request.args.get("near", ""))
    hits = search(wishes, now=at, size=SIMILAR + 1).hits
    others = [card for card in map(card_of, hits) if card.offer != code]
    return page(
        "market/similar.html",
        block="similar",
        offer=offer_facts(found),
        town=wishes.near.name if wishes.near else "",
        cards=others[:SIMILAR],
        more=address(SEARCH, wishes_in(wishes)),
        is_fragment=is_fragment(),
    )


def _like(found: Offer, town: str) -> OfferSearch:
    profiles = tuple(each.profile for each in found.profiles)
    return OfferSearch(
        profile=profiles,
        format=() if profiles else (found.format,),
        near=town_named(town),
        within=NEARBY,
        free=True,
    )


# --- To take away --------------------------------------------------------------------------------------------


@blueprint.get("/offers/<code>.ics")
@for_everybody
def offer_calendar(code: str) -> ResponseReturnValue:
    """All moments of an offer that are to come, to put into a calendar once."""
    return _calendar(entries_of_offer(code, now=now()), f"meeloop-{code}.ics")


@blueprint.get("/slots/<code>.ics")
@for_everybody
def slot_calendar(code: str) -> ResponseReturnValue:
    """One moment, to put into a calendar once."""
    return _calendar(entries_of_slot(code, now=now()), f"meeloop-{code}.ics")


def _calendar(rows: Iterable[PublicEntry], filename: str) -> ResponseReturnValue:
    found = list(rows)
    return calendar_answer(
        etag_parts=[(row.uid, row.sequence) for row in found],
        changed_at=max(row.changed_at for row in found),
        body=lambda: document(row.text for row in found),
        filename=filename,
    )


@blueprint.get("/offers/<code>/poster.pdf")
@for_everybody
def poster(code: str) -> ResponseReturnValue:
    """The offer on paper, for the notice board in a staff room, with a code that leads to it."""
    at = now()
    here = offered(code, "", now=at)
    found, slots = here.offer, [each.slot for each in here.moments]
    with asked_language():
        notice = notice_of(found, slots)
        data = notice_data(notice)
        return pdf_answer(
            digest=digest(NOTICE, data),
            body=lambda: printed(notice, at),
            filename=f"poster-{found.code}.pdf",
        )
