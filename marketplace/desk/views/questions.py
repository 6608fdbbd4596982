"""What schools and companies of the region ask, and taking down what does not belong there."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.desk.forms import TakeDownForm
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext
from marketplace.questions import actions, queries
from marketplace.questions.facts import question_facts
from marketplace.questions.models import Question
from marketplace.questions.states import TIME_WISHES
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/desk/questions")
@for_desk
def questions() -> ResponseReturnValue:
    """The open questions of the region, newest first, with who asked and how many answered."""
    found = queries.questions_in(my_regions())
    return page(
        "desk/questions.html",
        found=[(question_facts(each), each.person.name, len(each.answers)) for each in found],
        time_wishes=TIME_WISHES,
        now=now(),
    )


@blueprint.get("/desk/questions/<code>")
@for_desk
def question(code: str) -> ResponseReturnValue:
    """One of them, to take it down."""
    return _show(queries.question_in(code, my_regions()), TakeDownForm())


@blueprint.post("/desk/questions/<code>/take-down")
@for_desk
def take_down(code: str) -> ResponseReturnValue:
    """Nobody else sees it any more; who asked hears why."""
    found, form = queries.question_in(code, my_regions()), TakeDownForm()
    if not form.validate():
        return _show(found, form, status=422)
    actions.take_down(question=found, reason=form.reason.data or "", by=me().code, now=now())
    return go_to(url_for("desk.questions"), say_ok=gettext("“%(title)s” is taken down.", title=found.title))


def _show(found: Question, form: TakeDownForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "desk/question.html", status=status, question=question_facts(found), person=found.person, form=form
    )
