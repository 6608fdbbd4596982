"""Browse, search, the offer page; pages of explanation; health for machines."""

from datetime import datetime
from itertools import groupby

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.calendars.feeds import feed as calendar
from marketplace.claims.queries import claiming, counts, living_claims_on
from marketplace.claims.rules import can_wait, why_not_claim
from marketplace.claims.states import ClaimState
from marketplace.formats.playbooks import format_of
from marketplace.kernel.changes import EVERYBODY, number_of
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.site import site
from marketplace.kernel.texts import DEFAULT, current_language, gettext
from marketplace.kernel.times import start_of_day, wall_date
from marketplace.kernel.wording import month_name, week
from marketplace.market.forms import LEGENDS, SEARCH, Wish, address, asked, chips, options, said, wishes_in
from marketplace.offers.facts import AUDIENCES, Card, offer_facts, slot_facts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.queries import place_of, public_entries, public_offer, search
from marketplace.organisations.facts import PROFILES
from marketplace.regions.rules import school_holiday
from marketplace.web.calendars import calendar_answer
from marketplace.web.guards import for_everybody, for_machines
from marketplace.web.pages import is_fragment, page
from marketplace.web.visitors import visitor

blueprint = Blueprint("market", __name__)
FEED_VERSION = "1"
"""Raised when feeds are laid out differently, so that calendars fetch them anew."""


@blueprint.get("/offers")
@blueprint.get("/")
@for_everybody
def front() -> ResponseReturnValue:
    """The marketplace: the offers that match a search, in order of date."""
    found, has_bad_date = asked(request.args)
    wishes, after, at = wishes_in(found), request.args.get("after", ""), now()
    cards = search(found, now=at, after=after)
    answer = page(
        "market/offers.html",
        block="more" if after else "results",
        search=found,
        page=cards,
        months=_months(cards.cards),
        month_above=_month_above(after) if is_fragment() else "",
        holidays={
            card.slot: _holiday(card.holiday_zone, card.starts_at, card.ends_at) for card in cards.cards
        },
        now=at,
        can_wait=can_wait,
        is_continued=bool(after),
        is_fragment=is_fragment(),
        has_bad_date=has_bad_date,
        legends=LEGENDS,
        options=options(),
        chips=chips(wishes),
        more=address(SEARCH, [*wishes, ("after", cards.next_key)]) if cards.next_key else "",
        beginning=address(SEARCH, wishes),
        feed=_feed_address(wishes),
    )
    if is_fragment() and not after:
        answer.headers["HX-Replace-Url"] = address(SEARCH, wishes)
    return answer


def _months(cards: tuple[Card, ...]) -> list[tuple[str, str, list[Card]]]:
    """The cards by month: its name, its weeks in which there is something, and the cards."""
    groups = ((name, list(each)) for name, each in groupby(cards, lambda card: month_name(card.starts_at)))
    return [(name, _weeks(each[0].starts_at, each[-1].starts_at), each) for name, each in groups]


def _month_above(after: str) -> str:
    """The month under which the next part of the list goes on: its heading stands there already."""
    place = place_of(after)
    return month_name(place[0]) if place else ""


def _weeks(first: datetime, last: datetime) -> str:
    return "–".join(dict.fromkeys((week(first), week(last))))


def _holiday(zone: str, *days: datetime) -> str:
    """A sentence on the school holiday that one of these days falls in; empty if there is none."""
    names = [school_holiday(zone, wall_date(day)) for day in days] if zone else []
    name = next((each for each in names if each), "")
    return gettext("In a school holiday: %(name)s (%(zone)s)", name=name.lower(), zone=zone) if name else ""


def _feed_address(wishes: list[Wish]) -> str:
    language = current_language()
    own = [("language", language)] if language != DEFAULT else []
    return site().base_url + address("/offers.ics", [*wishes, *own])


@blueprint.get("/offers.ics")
@for_machines
def feed() -> ResponseReturnValue:
    """A search as a calendar to subscribe to: the same from midnight to midnight, unless something changes.

    Claims take seats without a change number, so where free places are asked for the entries themselves are compared.
    """
    found, at = asked(request.args)[0], now()
    wishes, (number, changed_at), day_at = wishes_in(found), number_of(EVERYBODY), start_of_day(wall_date(at))
    name = " · ".join([site().name, *(said(wish) for wish in wishes)])
    entries = public_entries(found, now=day_at) if found.free else []
    return calendar_answer(
        etag_parts=(FEED_VERSION, number, day_at, wishes, current_language(), name, entries),
        changed_at=at if found.free else max(changed_at or day_at, day_at),
        body=lambda: calendar(entries or public_entries(found, now=day_at), name=name),
        filename="offers.ics",
    )


@blueprint.get("/offers/<code>")
@for_everybody
def offer(code: str) -> ResponseReturnValue:
    """An offer with its moments: those to come, and whether one can sign up for them."""
    found, at, who = public_offer(code), now(), visitor()
    coming = [slot for slot in found.slots if slot.starts_at > at]
    open_codes = {slot.code for slot in coming if why_not_claim(claiming(slot, None), at) is None}
    takes = {slot.code for slot in coming if why_not_claim(claiming(slot, None), at, may_wait=True) is None}
    count = counts(slot.id for slot in coming)
    own = living_claims_on(found.id, who.code) if who else {}
    return page(
        "market/offer.html",
        offer=offer_facts(found),
        format=format_of(found.format),
        slots=[slot_facts(slot) for slot in coming],
        holidays=_holidays(found, coming),
        open=open_codes - set(own),
        waitable=takes - open_codes - set(own),
        waiting={slot.code: count.get(slot.id, {}).get(ClaimState.WAITLISTED, 0) for slot in coming},
        own=own,
        profiles=PROFILES,
        audiences=AUDIENCES,
        may_claim=who is None or who.has("participant"),
        may_sign_up_team=who is not None and who.has("school_contact"),
        now=at,
    )


def _holidays(found: Offer, slots: list[Slot]) -> dict[str, str]:
    zone = found.organisation.region.holiday_zone
    return {slot.code: _holiday(zone, *(each.starts_at for each in slot.sessions)) for slot in slots}


@blueprint.get("/how-it-works")
@for_everybody
def how_it_works() -> ResponseReturnValue:
    """How it works, for teachers, hosts and coordinators."""
    return page("market/how_it_works.html")


@blueprint.get("/privacy")
@for_everybody
def privacy() -> ResponseReturnValue:
    """What is kept, and how long."""
    return page("market/privacy.html")


@blueprint.get("/accessibility")
@for_everybody
def accessibility() -> ResponseReturnValue:
    """How far everybody can use this site, and what to do if not."""
    return page("market/accessibility.html")


@blueprint.get("/healthz")
@for_machines
def health() -> ResponseReturnValue:
    """Whether the process answers."""
    return _plain("ok")


@blueprint.get("/readyz")
@for_machines
def ready() -> ResponseReturnValue:
    """Whether the database answers too; 503 if it does not."""
    session.execute(select(1))
    return _plain("ok")


@blueprint.get("/robots.txt")
@for_machines
def robots() -> ResponseReturnValue:
    """Where search engines have nothing to find."""
    return _plain("User-agent: *\nDisallow: /feeds/\nDisallow: /sign-in\nDisallow: /slots/")


def _plain(text: str) -> Response:
    return Response(f"{text}\n", mimetype="text/plain")
