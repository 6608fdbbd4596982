"""Answering what a company asks schools, with a word of interest."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import gettext
from marketplace.people.models import Person
from marketplace.people.queries import person_with
from marketplace.questions import actions
from marketplace.questions.facts import question_facts
from marketplace.questions.models import Question
from marketplace.questions.queries import question_for
from marketplace.teacher.forms.answering import InterestForm
from marketplace.teacher.views.room import blueprint
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.route("/questions/<code>/interest", methods=["GET", "POST"])
@for_roles("participant")
def interest(code: str) -> ResponseReturnValue:
    """A word to the company's contact, who gets it by mail with the sender's name, school and address."""
    found, person = _of_company(code), person_with(me().code)
    form = InterestForm()
    if form.validate_on_submit():
        try:
            _show_interest(found, person, form.message.data or "")
            said = gettext("Sent. The company has your address to write back to.")
            return go_to(url_for("market.question", code=code), say_ok=said)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    return page(
        "teacher/interest.html",
        status=422 if form.errors else 200,
        form=form,
        question=question_facts(found),
        person=person,
    )


def _of_company(code: str) -> Question:
    found = question_for(code)
    if found.is_of_school:
        raise NotFound
    return found


def _show_interest(found: Question, person: Person, message: str) -> None:
    if person.school is None:
        raise NotFound
    actions.show_interest(question=found, school=person.school, person=person, message=message, now=now())
