"""Safety briefs: of an offer, of one of its moments, and those that always hold at an organisation."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.formats.menu import MenuCard, menu
from marketplace.formats.playbooks import format_of
from marketplace.host.facts.beginning import brief_of
from marketplace.host.forms.safety import (
    OfferSafetyForm,
    SafetyForm,
    SlotSafetyForm,
    StandingForm,
    brief_data,
    groups,
    lines,
)
from marketplace.host.views.room import blueprint, our_organisation, ours
from marketplace.kernel.addresses import instruction as instruction_address
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext, say
from marketplace.offers import actions
from marketplace.offers.models import Offer, Slot
from marketplace.offers.queries import count_based_on, offer_for_host, slot_for_host
from marketplace.organisations.actions import add_instruction, add_standing_brief
from marketplace.organisations.models import Organisation, Site, StandingBrief
from marketplace.organisations.queries import (
    instructions,
    organisations_with,
    standing_brief_for_host,
    standing_briefs,
)
from marketplace.safety.facts import BriefFacts
from marketplace.safety.rules import why_not_brief
from marketplace.web.forms import clean
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.transactions import only_reads
from marketplace.web.visitors import me


@blueprint.route("/host/offers/<code>/safety", methods=["GET", "POST"])
@for_roles("host_contact")
def safety(code: str) -> ResponseReturnValue:
    """What holds at the gate for an offer, on top of what always holds."""
    found = offer_for_host(code, ours())
    card = _card_for(found)
    form = _offer_form(found, card)

    def save() -> str:
        standing = _standing(form.standing.data)
        actions.change_brief(offer=found, brief=form.brief(), standing=standing, by=me().code, now=now())
        return url_for("host.offer", code=code)

    hint = format_of(found.format).hint("safety")
    base = found.brief.based_on.facts if found.brief.based_on else None
    return _edited(form, save, "host/safety.html", base=base, offer=found, hint=hint, card=card)


def _card_for(offer: Offer) -> MenuCard | None:
    """The example that the address names, for as long as nothing about safety is filled in."""
    card = menu().get(request.args.get("card", ""))
    return None if offer.brief.facts.is_answered else card


def _offer_form(offer: Offer, card: MenuCard | None = None) -> OfferSafetyForm:
    known = standing_briefs([offer.organisation.code])
    mine = next((each.code for each in known if each.brief is offer.brief.based_on), "")
    own = brief_of(card) if card else offer.brief.own_facts
    form = OfferSafetyForm(data=brief_data(own) | {"standing": mine})
    form.offer_standing(known)
    return form


def _standing(code: str | None) -> StandingBrief | None:
    return standing_brief_for_host(code, ours()) if code else None


@blueprint.route("/host/slots/<code>/safety", methods=["GET", "POST"])
@for_roles("host_contact")
def slot_safety(code: str) -> ResponseReturnValue:
    """What a moment adds to what holds at its offer."""
    found = slot_for_host(code, ours())
    form = _slot_form(found)

    def save() -> str:
        actions.change_slot_brief(slot=found, brief=form.brief(), by=me().code, now=now())
        return url_for("host.slot", code=code)

    base = found.offer.brief.facts
    return _edited(form, save, "host/slot_safety.html", base=base, offer=found.offer, slot=found)


def _slot_form(slot: Slot) -> SlotSafetyForm:
    own = slot.own_brief.own_facts if slot.own_brief else BriefFacts()
    return SlotSafetyForm(data=brief_data(own))


@blueprint.get("/host/safety")
@for_roles("host_contact")
def standing() -> ResponseReturnValue:
    """What always holds at our organisations, to base offers on."""
    return _all_standing()


def _all_standing(status: int = 200, **facts: Any) -> ResponseReturnValue:
    found = standing_briefs(ours())
    return page(
        "host/standing.html",
        status=status,
        hosts=organisations_with(ours()),
        briefs=found,
        counts=count_based_on(each.brief_id for each in found),
        instructions=instructions(ours()),
        instruction_address=instruction_address,
        **facts,
    )


@blueprint.post("/host/organisations/<code>/instructions")
@for_roles("host_contact")
def keep_instruction(code: str) -> ResponseReturnValue:
    """Takes in a gate instruction of our own, a PDF, so that safety notes can name its address."""
    host, sent = our_organisation(code), request.files.get("file")
    try:
        octets = sent.read() if sent else b""
        name = clean(sent.filename if sent else "")
        add_instruction(organisation=host, name=name, octets=octets, by=me().code, now=now())
    except Refused as error:
        session.rollback()
        return _all_standing(422, refused=code, why=say(error.refusal))
    done = gettext("The instruction is kept. Name its address in your safety notes.")
    return go_to(url_for("host.standing"), say_ok=done)


@blueprint.route("/host/safety/new", methods=["GET", "POST"])
@for_roles("host_contact")
def new_standing() -> ResponseReturnValue:
    """One more of those."""
    host = our_organisation(request.args.get("organisation", ""))
    form = StandingForm(data=brief_data(BriefFacts()))
    form.offer_sites(host.sites)

    def save() -> str:
        add_standing_brief(
            organisation=host,
            name=form.name.data or "",
            site=_site(host, form.site.data),
            brief=form.brief(),
            made_with=form.one_time_key.data or None,
            by=me().code,
            now=now(),
        )
        return url_for("host.standing")

    return _edited(form, save, "host/edit_standing.html", host=host, count=0)


@blueprint.route("/host/safety/<code>", methods=["GET", "POST"])
@for_roles("host_contact")
def edit_standing(code: str) -> ResponseReturnValue:
    """A standing brief; what is based on it follows."""
    found = standing_brief_for_host(code, ours())
    named = {"name": found.name, "site": found.site.code if found.site else ""}
    form = StandingForm(data=brief_data(found.brief.own_facts) | named)
    form.offer_sites(found.organisation.sites)

    def save() -> str:
        actions.change_standing_brief(
            standing=found,
            name=form.name.data or "",
            site=_site(found.organisation, form.site.data),
            brief=form.brief(),
            by=me().code,
            now=now(),
        )
        return url_for("host.standing")

    count = count_based_on([found.brief_id]).get(found.brief_id, 0)
    return _edited(form, save, "host/edit_standing.html", host=found.organisation, count=count)


def _site(host: Organisation, code: str | None) -> Site | None:
    return next((site for site in host.sites if site.code == code), None)


def _edited(
    form: SafetyForm, save: Callable[[], str], template: str, base: BriefFacts | None = None, **facts: Any
) -> ResponseReturnValue:
    """The page with the form. A line that is moved is moved in it, and nothing is kept yet."""
    step, _, moved = request.form.get("move", "").partition(" ")
    if moved:
        form.move(moved, -1 if step == "up" else 1)
    if form.validate_on_submit() and not moved:
        try:
            return go_to(save(), say_ok=gettext("The safety notes are saved."))
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    rows: dict[str, Any] = {"lines": lines(form), "groups": groups(form), "moved": f"{step} {moved}"}
    status, shown = (422, None) if form.errors else (200, _whole(form, base))
    addresses = [instruction_address(each.code) for each in instructions(ours())]
    return page(
        template,
        status=status,
        form=form,
        base=base,
        brief=shown,
        instruction_addresses=addresses,
        **rows,
        **facts,
    )


def _whole(form: SafetyForm, base: BriefFacts | None) -> BriefFacts:
    own = form.brief()
    return own.on_top_of(base) if base else own


@blueprint.post("/host/offers/<code>/safety/preview")
@only_reads
@for_roles("host_contact")
def preview(code: str) -> ResponseReturnValue:
    """What participants would get, while the brief of an offer is being written."""
    form = _offer_form(offer_for_host(code, ours()))
    chosen = _standing(form.standing.data)
    return _preview(form, chosen.brief.facts if chosen else None)


@blueprint.post("/host/slots/<code>/safety/preview")
@only_reads
@for_roles("host_contact")
def slot_preview(code: str) -> ResponseReturnValue:
    """The same, while what a moment adds is being written."""
    found = slot_for_host(code, ours())
    return _preview(_slot_form(found), found.offer.brief.facts)


@blueprint.post("/host/safety/preview")
@only_reads
@for_roles("host_contact")
def standing_preview() -> ResponseReturnValue:
    """The same, while a standing brief is being written."""
    return _preview(SafetyForm(data=brief_data(BriefFacts())), None)


def _preview(form: SafetyForm, base: BriefFacts | None) -> ResponseReturnValue:
    brief = _whole(form, base) if form.validate() else None
    refusal = why_not_brief(brief) if brief else None
    return page("host/safety_preview.html", brief=brief, why=say(refusal) if refusal else "")
