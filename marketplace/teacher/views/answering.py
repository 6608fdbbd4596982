"""Answering what a company asks schools, with a word of interest."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import gettext, say
from marketplace.people.models import Person
from marketplace.people.queries import person_with
from marketplace.people.states import Role
from marketplace.questions import actions
from marketplace.questions.facts import OF_COMPANY, question_facts
from marketplace.questions.models import Question
from marketplace.questions.queries import question_to_answer
from marketplace.questions.rules import why_not_answer
from marketplace.teacher.forms.answering import InterestForm
from marketplace.teacher.views.room import blueprint
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.route("/questions/<code>/interest", methods=["GET", "POST"])
@for_roles("participant")
def interest(code: str) -> ResponseReturnValue:
    """A word to the company's contact, who gets it by mail with the sender's name, school and address."""
    is_given = request.method == "POST"
    found, person = question_to_answer(code, OF_COMPANY, is_given=is_given), person_with(me().code)
    form = InterestForm()
    if form.validate_on_submit():
        try:
            _show_interest(found, person, form.message.data or "")
            said = gettext("Sent. The company has your address to write back to.")
            return go_to(url_for("market.question", code=code), say_ok=said)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    facts, mine = question_facts(found), me().organisations_as(Role.PARTICIPANT)
    refusal = None if is_given else why_not_answer(facts, mine, found.told_of)
    return page(
        "teacher/interest.html",
        status=422 if form.errors else 200,
        form=form,
        question=facts,
        refusal=say(refusal) if refusal else "",
        person=person,
    )


def _show_interest(found: Question, person: Person, message: str) -> None:
    if person.school is None:
        raise NotFound
    actions.show_interest(question=found, school=person.school, person=person, message=message, now=now())
