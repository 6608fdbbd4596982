"""Questions of schools: those that suit us, and answering one with an offer."""

from datetime import datetime

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.host.forms.questions import AnswerForm
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import gettext
from marketplace.offers.models import Offer
from marketplace.offers.queries import hosted_offers, offer_for_host
from marketplace.offers.rules import open_moments
from marketplace.offers.states import OFFER_STATE_NAMES, OfferState
from marketplace.organisations.queries import organisations_with
from marketplace.people.queries import person_with
from marketplace.questions import actions, queries
from marketplace.questions.facts import OF_SCHOOL, question_facts
from marketplace.questions.models import Question
from marketplace.questions.states import TIME_WISHES
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/host/questions")
@for_roles("host_contact")
def questions() -> ResponseReturnValue:
    """The open questions of schools that one of our organisations could do something with, newest first."""
    hosts = [queries.host_of(each) for each in organisations_with(ours())]
    found = queries.open_questions(OF_SCHOOL)
    fitting = queries.suited(found, hosts)
    answered = queries.answered_by(ours())
    shown = [each for each in found if each.code in fitting | answered]
    return page(
        "host/questions.html",
        found=[question_facts(each) for each in shown],
        answered=answered,
        time_wishes=TIME_WISHES,
    )


@blueprint.route("/host/questions/<code>/answer", methods=["GET", "POST"])
@for_roles("host_contact")
def answer(code: str) -> ResponseReturnValue:
    """With which offer: one of ours, or a new one."""
    found, at = of_school(code), now()
    offers = _offers(at)
    form = AnswerForm()
    form.suggest(offers)
    if form.validate_on_submit():
        try:
            return _answered(found, offer_for_host(form.offer.data, ours()), at)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    return page(
        "host/answer.html",
        status=422 if form.errors else 200,
        form=form,
        question=question_facts(found),
        standing={each.code: OFFER_STATE_NAMES[OfferState(each.state)] for each in offers},
    )


def of_school(code: str) -> Question:
    """An open question of a school. NotFound otherwise."""
    found = queries.question_for(code)
    if not found.is_of_school:
        raise NotFound
    return found


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
    return go_to(url_for("host.offer", code=offer.code), say_ok=to_finish())


def to_finish() -> str:
    """What is said where an offer answers a question, and nobody can come to it yet."""
    return gettext("Saved as your answer. Who asked hears of it once it is published with a moment.")
