"""Our offers: the list, a new one, one with all that is still to do, and what it says."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims.actions import reopen_offer as reopen
from marketplace.claims.queries import counts
from marketplace.formats.facts import Format
from marketplace.formats.menu import menu
from marketplace.formats.playbooks import format_of, formats
from marketplace.host.facts.beginning import Beginning
from marketplace.host.facts.offers import checklist, coming_slots, offer_line
from marketplace.host.forms.offers import POLICY_HINTS, OfferForm, offer_data, playbook_defaults
from marketplace.host.views.beginning import first_steps
from marketplace.host.views.questions import of_school, to_finish
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext, in_language
from marketplace.offers import actions
from marketplace.offers.facts import AUDIENCES, offer_facts, slot_facts, suited
from marketplace.offers.models import Offer
from marketplace.offers.queries import hosted_offers, offer_for_host
from marketplace.offers.rules import open_moments
from marketplace.offers.states import OFFER_STATE_NAMES, OfferState
from marketplace.organisations.facts import PROFILE_NAMES, PROFILES
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_with
from marketplace.people.queries import contacts_at, person_with
from marketplace.people.states import Role
from marketplace.questions.actions import answer_with
from marketplace.web.forms import OneTimeForm
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

OLDER = 8
"""Offers of our own that a new one may be a copy of: those that were changed last."""


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


@blueprint.route("/host/offers/new", methods=["GET", "POST"])
@for_roles("host_contact")
def new_offer() -> ResponseReturnValue:
    """First the form of exchange, then the texts, with what its playbook says filled in.

    It may begin with an example (`card`), and answer a question of a school (`question`): then their words are there.
    """
    hosts = organisations_with(ours())
    kinds = {host.kind for host in hosts}
    possible = {slug: each for slug, each in formats().items() if kinds.intersection(each.hosts)}
    begun = _beginning()
    slug = request.args.get("format", "") or begun.format_in(possible)
    if slug not in possible:
        return _choose(possible, kinds, begun, is_wrong=bool(slug) or request.method == "POST")
    return _write_new(possible[slug], [host for host in hosts if host.kind in possible[slug].hosts], begun)


def _beginning() -> Beginning:
    code = request.args.get("question", "")
    return Beginning(menu().get(request.args.get("card", "")), of_school(code) if code else None)


def _choose(
    possible: dict[str, Format], kinds: set[str], begun: Beginning, *, is_wrong: bool
) -> ResponseReturnValue:
    older = [(offer_facts(each), OneTimeForm().one_time_key.data) for each in hosted_offers(ours())[:OLDER]]
    return page(
        "host/choose_format.html",
        status=422 if is_wrong else 200,
        formats=possible,
        is_wrong=is_wrong,
        begun=begun,
        cards=[card for card in menu().values() if kinds.intersection(card.hosts)],
        older=older,
    )


def _write_new(form_of_exchange: Format, hosts: list[Organisation], begun: Beginning) -> ResponseReturnValue:
    form = OfferForm(data=playbook_defaults(form_of_exchange) | begun.data())
    form.fit(form_of_exchange, hosts)
    if form.validate_on_submit():
        host = form.host(hosts)
        try:
            return _drafted(_draft(form, form_of_exchange, host), begun)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    return page(
        "host/new_offer.html",
        status=422 if form.errors else 200,
        form=form,
        begun=begun,
        **_about(form_of_exchange),
    )


def _drafted(offer: Offer, begun: Beginning) -> ResponseReturnValue:
    """With an example, on to its safety notes: they are looked at before they hold."""
    said = gettext("Saved. Nobody else sees it yet.")
    if begun.question:
        answer_with(question=begun.question, offer=offer, person=person_with(me().code), now=now())
        said = to_finish()
    if begun.card:
        return go_to(url_for("host.safety", code=offer.code, card=begun.card.slug), say_ok=said)
    return go_to(url_for("host.offer", code=offer.code), say_ok=said)


def _about(form_of_exchange: Format) -> dict[str, Any]:
    explanations = {kind.slug: in_language(kind.explanation) for kind in form_of_exchange.kinds}
    return {
        "format": form_of_exchange,
        "explanations": explanations,
        "profile_names": PROFILE_NAMES,
        "policy_hints": POLICY_HINTS,
    }


def _draft(form: OfferForm, form_of_exchange: Format, host: Organisation) -> Offer:
    return actions.draft_offer(
        organisation=host,
        text=form.text(form_of_exchange.slug, host),
        made_with=form.one_time_key.data or None,
        by=me().code,
        now=now(),
    )


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
        **_about(format_of(found.format)),
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


@blueprint.post("/host/offers/<code>/duplicate")
@for_roles("host_contact")
def duplicate(code: str) -> ResponseReturnValue:
    """A new draft that says the same."""
    found, form = offer_for_host(code, ours()), OneTimeForm()
    key = form.one_time_key.data if form.validate() else None
    copy = actions.duplicate(offer=found, made_with=key, by=me().code, now=now())
    return go_to(
        url_for("host.offer", code=copy.code), say_ok=gettext("This is the copy. It has no moments yet.")
    )
