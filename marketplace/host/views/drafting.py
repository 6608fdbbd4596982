"""A new offer: from nothing, from an example, for a question of a school, or as a copy of one of our own."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.formats.facts import Format
from marketplace.formats.menu import menu
from marketplace.formats.playbooks import formats
from marketplace.host.facts.beginning import TO_FINISH, Beginning
from marketplace.host.forms.offers import OfferForm, beside_fields, playbook_defaults
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext, say
from marketplace.offers import actions
from marketplace.offers.facts import offer_facts
from marketplace.offers.models import Offer
from marketplace.offers.queries import hosted_offers, offer_for_host
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_with
from marketplace.people.queries import person_with
from marketplace.questions.actions import answer_with
from marketplace.questions.facts import OF_SCHOOL, question_facts
from marketplace.questions.models import Question
from marketplace.questions.queries import question_to_answer
from marketplace.questions.rules import why_not_answer
from marketplace.web.forms import OneTimeForm
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

OLDER = 8
"""Offers of our own that a new one may be a copy of: those that were changed last."""


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
    slug = request.args.get("format", begun.format_in(possible))
    if slug not in possible:
        return _choose(possible, kinds, begun, is_wrong=bool(slug) or request.method == "POST")
    return _write_new(possible[slug], [host for host in hosts if host.kind in possible[slug].hosts], begun)


def _beginning() -> Beginning:
    code, is_given = request.args.get("question", ""), request.method == "POST"
    question = question_to_answer(code, OF_SCHOOL, is_given=is_given) if code else None
    return Beginning(menu().get(request.args.get("card", "")), question)


def _why_no_answer(begun: Beginning) -> str:
    """Why what is made here will not answer the question that it begins with; empty where it will."""
    if begun.question is None:
        return ""
    refusal = why_not_answer(question_facts(begun.question), ours(), begun.question.told_of)
    return say(refusal) if refusal else ""


def _choose(
    possible: dict[str, Format], kinds: set[str], begun: Beginning, *, is_wrong: bool
) -> ResponseReturnValue:
    own = hosted_offers(ours())[:OLDER] if begun.question is None else []  # a copy would answer nothing
    older = [(offer_facts(each), OneTimeForm().one_time_key.data) for each in own]
    return page(
        "host/choose_format.html",
        status=422 if is_wrong else 200,
        formats=possible,
        is_wrong=is_wrong,
        begun=begun,
        refusal=_why_no_answer(begun),
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
        refusal=_why_no_answer(begun),
        **beside_fields(form_of_exchange),
    )


def _drafted(offer: Offer, begun: Beginning) -> ResponseReturnValue:
    """With an example, on to its safety notes: they are looked at before they hold."""
    said = gettext("Saved. Nobody else sees it yet.")
    if begun.question:
        refusal = _why_not_answered(begun.question, offer)
        said = f"{said} {refusal}" if refusal else gettext(TO_FINISH)
    if begun.card:
        return go_to(url_for("host.safety", code=offer.code, card=begun.card.slug), say_ok=said)
    return go_to(url_for("host.offer", code=offer.code), say_ok=said)


def _why_not_answered(question: Question, offer: Offer) -> str:
    """Answers with a draft that is kept in any case. Why it answers nothing, if so: somebody was first, or it ended."""
    try:
        with session.begin_nested():
            answer_with(question=question, offer=offer, person=person_with(me().code), now=now())
    except Refused as error:
        return say(error.refusal)
    return ""


def _draft(form: OfferForm, form_of_exchange: Format, host: Organisation) -> Offer:
    return actions.draft_offer(
        organisation=host,
        text=form.text(form_of_exchange.slug, host),
        made_with=form.one_time_key.data or None,
        by=me().code,
        now=now(),
    )


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
