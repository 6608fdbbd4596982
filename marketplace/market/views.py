"""The offer page, pages of explanation, health for machines. The list has a module of its own."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from marketplace.claims.queries import claiming, moments_of
from marketplace.claims.rules import why_not_claim
from marketplace.formats.playbooks import format_of
from marketplace.kernel.clock import now
from marketplace.market.cards import holiday_on
from marketplace.offers.facts import AUDIENCES, offer_facts, slot_facts, suited
from marketplace.offers.models import Offer, Slot
from marketplace.offers.queries import offer_alone
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.queries import instruction_with
from marketplace.outbox.queries import failing, pulse
from marketplace.web.documents import pdf_answer
from marketplace.web.guards import for_everybody, for_machines
from marketplace.web.pages import page
from marketplace.web.visitors import visitor

blueprint = Blueprint("market", __name__)


@blueprint.get("/offers/<code>")
@for_everybody
def offer(code: str) -> ResponseReturnValue:
    """An offer with its moments: those to come, and whether one can sign up for them."""
    found, at, who = offer_alone(code), now(), visitor()
    moments = moments_of(found, who.code if who else "", now=at)
    coming = [each.slot for each in moments]
    open_codes = {slot.code for slot in coming if why_not_claim(claiming(slot, None), at) is None}
    takes = {slot.code for slot in coming if why_not_claim(claiming(slot, None), at, may_wait=True) is None}
    own = {each.slot.code: each.own for each in moments if each.own}
    return page(
        "market/offer.html",
        offer=offer_facts(found),
        suited=suited(found),
        format=format_of(found.format),
        slots=[slot_facts(slot) for slot in coming],
        holidays=_holidays(found, coming),
        open=open_codes - set(own),
        waitable=takes - open_codes - set(own),
        waiting={each.slot.code: each.waiting for each in moments},
        own=own,
        profiles=PROFILES,
        audiences=AUDIENCES,
        may_claim=who is None or who.has("participant"),
        may_sign_up_team=who is not None and who.has("school_contact"),
        now=at,
    )


def _holidays(found: Offer, slots: list[Slot]) -> dict[str, str]:
    zone = found.organisation.region.holiday_zone
    return {slot.code: holiday_on(zone, *(each.starts_at for each in slot.sessions)) for slot in slots}


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


@blueprint.get("/instructions/<code>.pdf")
@for_everybody
def instruction(code: str) -> ResponseReturnValue:
    """The gate instruction of a company's own: as public as the safety notes that name it."""
    found = instruction_with(code)
    filename = f"instruction-{found.code}.pdf"
    return pdf_answer(digest=found.digest, body=lambda: found.octets, filename=filename)


@blueprint.get("/healthz")
@for_machines
def health() -> ResponseReturnValue:
    """Whether the process answers."""
    return _plain("ok")


@blueprint.get("/readyz")
@for_machines
def ready() -> ResponseReturnValue:
    """Whether the database answers too; 503 if it does not. Says also how the worker and its letters are.

    With 200 all the same: a mailer that stands still must not take every web server out of rotation.
    """
    return {
        "database": "ok",
        "worker": str(pulse(now()) or "ok"),
        "failed_letters": failing(None),
    }


@blueprint.get("/robots.txt")
@for_machines
def robots() -> ResponseReturnValue:
    """Where search engines have nothing to find. Feeds say so themselves: Google fetches none named here."""
    return _plain("User-agent: *\nDisallow: /sign-in\nDisallow: /slots/")


def _plain(text: str) -> Response:
    return Response(f"{text}\n", mimetype="text/plain")
