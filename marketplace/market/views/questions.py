"""What schools and companies ask each other: the list, a question with its answers, asking one, closing it."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import gettext, say
from marketplace.kernel.times import wall_date
from marketplace.market.forms.asking import QuestionForm, suggested
from marketplace.market.views.room import blueprint
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.models import Kind, Organisation
from marketplace.organisations.queries import organisations_with
from marketplace.people.queries import person_with
from marketplace.people.states import FUNCTIONS, Role
from marketplace.questions import actions, queries, rules
from marketplace.questions.facts import (
    NOBODY,
    OF_COMPANY,
    OF_SCHOOL,
    Reader,
    answer_facts,
    question_facts,
)
from marketplace.questions.models import Question
from marketplace.questions.states import STATE_NAMES, TIME_WISHES
from marketplace.web.guards import for_everybody, for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me, visitor

ASKERS = (Role.PARTICIPANT, Role.SCHOOL_CONTACT, Role.HOST_CONTACT)
CONTACTS = (Role.SCHOOL_CONTACT, Role.HOST_CONTACT)
SHOWN = 50
"""Questions on a page."""


def reader() -> Reader:
    """Who reads: the visitor, with what they are the contact of and decide for."""
    who = visitor()
    if who is None:
        return NOBODY
    contact_of = frozenset[str]().union(*(who.organisations_as(role) for role in CONTACTS))
    return Reader(who.code, contact_of, frozenset(row_id for row_id, _ in who.regions))


@blueprint.get("/questions")
@for_everybody
def questions() -> ResponseReturnValue:
    """What is asked now, newest first; above it what the reader asked."""
    of, profile, before = (request.args.get(name, "") for name in ("of", "profile", "before"))
    of, profile = of if of in (OF_SCHOOL, OF_COMPANY) else "", profile if profile in PROFILES else ""
    found = queries.open_questions(of, profile, before=before, limit=SHOWN + 1)
    shown = found[:SHOWN]
    own = queries.questions_of(reader()) if visitor() and not before else []
    return page(
        "market/questions.html",
        found=[question_facts(each) for each in shown],
        next=shown[-1].code if len(found) > SHOWN else "",
        own=[(question_facts(each), len(each.answers)) for each in own],
        of=of,
        profile=profile,
        may_ask=may_ask(),
        **_names(),
    )


def _names() -> dict[str, Any]:
    return {
        "profiles": PROFILES,
        "state_names": STATE_NAMES,
        "time_wishes": TIME_WISHES,
        "of_school": OF_SCHOOL,
        "of_company": OF_COMPANY,
    }


def may_ask() -> bool:
    """Whether the visitor may ask, or may turn out to."""
    who = visitor()
    return who is None or who.has(*ASKERS)


@blueprint.get("/questions/<code>")
@for_everybody
def question(code: str) -> ResponseReturnValue:
    """A question with its answers. Who asked it shows only to who may know."""
    found, who = queries.question_for(code, reader()), visitor()
    is_own = rules.is_own(found, reader())
    answers = [answer_facts(each) for each in found.answers]
    return page(
        "market/question.html",
        question=question_facts(found),
        answers=answers if is_own else [each for each in answers if each.offer],
        person=found.person if rules.may_know(found, reader()) else None,
        functions=FUNCTIONS,
        is_own=is_own,
        may_decide=rules.may_decide(found, reader()),
        can_answer=_can_answer(found),
        has_answered=bool(who and found.answered_by & {code for _, code in who.organisations}),
        **_names(),
    )


def _can_answer(found: Question) -> str:
    """Where the visitor can answer it, if they can; who is not signed in may turn out to."""
    who, facts = visitor(), question_facts(found)
    endpoint = "host.answer" if found.is_of_school else "teacher.interest"
    if who is None:
        return url_for(endpoint, code=found.code) if facts.is_open else ""
    mine = who.organisations_as(rules.ANSWER_AS[facts.of])
    refusal = rules.why_not_answer(facts, mine, found.told_of)
    return "" if refusal else url_for(endpoint, code=found.code)


@blueprint.route("/questions/new", methods=["GET", "POST"])
@for_roles(*ASKERS)
def ask() -> ResponseReturnValue:
    """Asks a question, on behalf of the school or company of the visitor."""
    mine = _mine()
    host = _chosen(mine)
    if host is None:
        return page("market/ask.html", form=None, refusal="", organisation=None, sides=[], **_names())
    today, sides = wall_date(now()), _sides(mine, host)
    if refusal := rules.why_not_ask_for(host):
        said = say(refusal)
        return page("market/ask.html", form=None, refusal=said, organisation=host, sides=sides, **_names())
    form = QuestionForm(data=suggested(host, today))
    form.fit(host)
    if form.is_fine(today):
        try:
            return _asked(host, form)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    status = 422 if form.errors else 200
    return page(
        "market/ask.html", status=status, form=form, refusal="", organisation=host, sides=sides, **_names()
    )


def _chosen(mine: list[Organisation]) -> Organisation | None:
    """That of mine which the address names, or else the first of them. NotFound for one that is not mine."""
    code = request.args.get("organisation")
    if code is None:
        return mine[0] if mine else None
    for each in mine:
        if each.code == code:
            return each
    raise NotFound


def _sides(mine: list[Organisation], chosen: Organisation) -> list[tuple[str, str, bool]]:
    """On behalf of whom the visitor may ask, as tabs."""
    return [
        (url_for("market.ask", organisation=each.code), each.name, each.code == chosen.code) for each in mine
    ]


def _mine() -> list[Organisation]:
    """The organisations on behalf of which the visitor may ask, schools first."""
    codes = {code for role, code in me().organisations if role in ASKERS}
    return sorted(organisations_with(codes), key=lambda each: each.kind != Kind.SCHOOL)


def _asked(host: Organisation, form: QuestionForm) -> ResponseReturnValue:
    made = actions.ask(
        organisation=host,
        person=person_with(me().code),
        asked=form.asked(),
        made_with=form.one_time_key.data or None,
        now=now(),
    )
    said = gettext("Your question is there. You get a mail for each answer.")
    return go_to(url_for("market.question", code=made.code), say_ok=said)


@blueprint.post("/questions/<code>/close")
@for_roles(*ASKERS)
def close_question(code: str) -> ResponseReturnValue:
    """It is answered."""
    found = queries.own_question(code, reader())
    actions.close(question=found, by=me().code, now=now())
    return go_to(url_for("market.question", code=code), say_ok=gettext("Closed: it is answered."))


@blueprint.post("/questions/<code>/withdraw")
@for_roles(*ASKERS)
def withdraw_question(code: str) -> ResponseReturnValue:
    """It is not asked any more."""
    found = queries.own_question(code, reader())
    actions.withdraw(question=found, by=me().code, now=now())
    return go_to(url_for("market.questions"), say_ok=gettext("Your question is withdrawn."))
