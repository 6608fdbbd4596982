"""Questions of schools: those that suit us, and answering one with an offer."""

from datetime import datetime

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.host.facts.beginning import TO_FINISH
from marketplace.host.forms.questions import AnswerForm
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext, say
from marketplace.offers.models import Offer
from marketplace.offers.queries import hosted_offers, offer_for_host
from marketplace.offers.rules import open_moments
from marketplace.offers.states import OFFER_STATE_NAMES, OfferState
from marketplace.organisations.queries import organisations_with
from marketplace.people.queries import person_with
from marketplace.questions import actions, queries
from marketplace.questions.facts import OF_SCHOOL, question_facts
from marketplace.questions.models import Answer, Question
from marketplace.questions.rules import why_not_answer
from marketplace.questions.states import TIME_WISHES
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/host/questions")
@for_roles("host_contact")
def questions() -> ResponseReturnValue:
    """The open questions of schools that one of our organisations could do something with, newest first."""
    mine = ours()
    found = queries.asked_of([queries.host_of(each) for each in organisations_with(mine)])
    facts = {each.code: question_facts(each) for each in found}
    return page(
        "host/questions.html",
        found=list(facts.values()),
        answered={each.code for each in found if each.answered_by & mine},
        open_to_us={
            each.code for each in found if why_not_answer(facts[each.code], mine, each.told_of) is None
        },
        time_wishes=TIME_WISHES,
    )


@blueprint.route("/host/questions/<code>/answer", methods=["GET", "POST"])
@for_roles("host_contact")
def answer(code: str) -> ResponseReturnValue:
    """With which offer: one of ours, or a new one."""
    is_given, at = request.method == "POST", now()
    found = queries.question_to_answer(code, OF_SCHOOL, is_given=is_given)
    offers = _offers(at)
    form = AnswerForm()
    form.suggest(offers)
    if form.validate_on_submit():
        try:
            return _answered(found, offer_for_host(form.offer.data, ours()), at)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    facts = question_facts(found)
    refusal = None if is_given else why_not_answer(facts, ours(), found.told_of)
    return page(
        "host/answer.html",
        status=422 if form.errors else 200,
        form=form,
        question=facts,
        refusal=say(refusal) if refusal else "",
        standing={each.code: OFFER_STATE_NAMES[OfferState(each.state)] for each in offers},
        given=[each.offer.title for each in found.answers if each.offer and _is_ours_untold(each)],
    )


def _is_ours_untold(made: Answer) -> bool:
    return made.told_at is None and made.organisation.code in ours()


def _offers(at: datetime) -> list[Offer]:
    """Ours, except those that are closed; first the ones that somebody can come to."""
    found = [each for each in hosted_offers(ours()) if each.state != OfferState.CLOSED]
    return sorted(
        found, key=lambda each: (each.state != OfferState.PUBLISHED, not open_moments(each.slots, at))
    )


def _answered(found: Question, offer: Offer, at: datetime) -> ResponseReturnValue:
    made = actions.answer_with(question=found, offer=offer, person=person_with(me().code), now=at)
    if made.told_at:
        said = gettext("Answered. Who asked gets a mail with your activity and its moments.")
        return go_to(url_for("market.question", code=found.code), say_ok=said)
    return go_to(url_for("host.offer", code=offer.code), say_ok=gettext(TO_FINISH))
