"""Our offers: the list, one with all that is still to do, what it says, and publishing it."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.claims.actions import reopen_offer as reopen
from marketplace.claims.queries import counts
from marketplace.formats.playbooks import format_of
from marketplace.host.facts.first_steps import first_steps
from marketplace.host.facts.offers import checklist, coming_slots, offer_line
from marketplace.host.forms.offers import OfferForm, beside_fields, offer_data
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext
from marketplace.offers import actions
from marketplace.offers.facts import AUDIENCES, offer_facts, slot_facts, suited
from marketplace.offers.queries import hosted_offers, offer_for_host
from marketplace.offers.rules import open_moments
from marketplace.offers.states import OFFER_STATE_NAMES, OfferState
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_with
from marketplace.people.queries import contacts_at
from marketplace.people.states import Role
from marketplace.web.forms import OneTimeForm
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/host")
@for_roles("host_contact")
def offers() -> ResponseReturnValue:
    """All our offers, by organisation."""
    at, hosts = now(), organisations_with(ours())
    found = hosted_offers([host.code for host in hosts])
    counted = counts([slot.id for offer in found for slot in offer.slots if slot.ends_at > at])
    theirs = {host.code: [each for each in found if each.organisation_id == host.id] for host in hosts}
    return page(
        "host/offers.html",
        hosts=hosts,
        lines={code: [offer_line(each, counted, at) for each in some] for code, some in theirs.items()},
        steps={host.code: first_steps(host, theirs[host.code]) for host in hosts},
        contacts=_contacts(hosts),
    )


def _contacts(hosts: list[Organisation]) -> dict[str, list[str]]:
    memberships = contacts_at([host.id for host in hosts])
    return {
        host.code: [
            each.person.name for each in memberships.get(host.id, []) if each.role == Role.HOST_CONTACT
        ]
        for host in hosts
    }


@blueprint.get("/host/offers/<code>")
@for_roles("host_contact")
def offer(code: str) -> ResponseReturnValue:
    """One offer: what is still to do, how participants see it, and its moments."""
    at, found = now(), offer_for_host(code, ours())
    coming, facts = coming_slots(found, at), offer_facts(found)
    return page(
        "host/offer.html",
        offer=facts,
        state_name=OFFER_STATE_NAMES[OfferState(found.state)],
        is_trusted=found.organisation.is_trusted,
        tags=[name for code, name in {**PROFILES, **AUDIENCES}.items() if code in suited(found)],
        checks=checklist(facts, bool(open_moments(found.slots, at))),
        slots=[slot_facts(slot) for slot in coming],
        copied_with=OneTimeForm().one_time_key.data,
        now=at,
    )


@blueprint.route("/host/offers/<code>/edit", methods=["GET", "POST"])
@for_roles("host_contact")
def edit_offer(code: str) -> ResponseReturnValue:
    """What an offer says."""
    found = offer_for_host(code, ours())
    form = OfferForm(data=offer_data(found))
    form.fit(format_of(found.format), [found.organisation])
    if form.validate_on_submit():
        try:
            text = form.text(found.format, found.organisation)
            actions.change_offer(offer=found, text=text, by=me().code, now=now())
            return go_to(url_for("host.offer", code=code), say_ok=gettext("Saved."))
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    return page(
        "host/edit_offer.html",
        status=422 if form.errors else 200,
        form=form,
        offer=offer_facts(found),
        **beside_fields(format_of(found.format)),
    )


@blueprint.post("/host/offers/<code>/publish")
@for_roles("host_contact")
def publish(code: str) -> ResponseReturnValue:
    """To everybody, or first to a coordinator."""
    found = offer_for_host(code, ours())
    actions.submit(offer=found, by=me().code, now=now())
    is_seen = found.state == OfferState.PUBLISHED
    said = gettext("Published. Everybody can see it now.") if is_seen else gettext("Sent to the coordinator.")
    return go_to(url_for("host.offer", code=code), say_ok=said)


@blueprint.post("/host/offers/<code>/close")
@for_roles("host_contact")
def close_offer(code: str) -> ResponseReturnValue:
    """From the marketplace; claims go on."""
    actions.close_offer(offer=offer_for_host(code, ours()), by=me().code, now=now())
    return go_to(url_for("host.offer", code=code), say_ok=gettext("Closed. Claims that were made go on."))


@blueprint.post("/host/offers/<code>/reopen")
@for_roles("host_contact")
def reopen_offer(code: str) -> ResponseReturnValue:
    """On the marketplace again."""
    reopen(offer=offer_for_host(code, ours()), by=me().code, now=now())
    return go_to(url_for("host.offer", code=code), say_ok=gettext("Published. Everybody can see it now."))
