"""Asking a question."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import current_language
from marketplace.kernel.times import wall_date
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.people.queries import hold
from marketplace.questions import queries, rules
from marketplace.questions.facts import OPEN_LIMIT, QuestionText
from marketplace.questions.models import Question
from marketplace.questions.states import QuestionState
from marketplace.regions.towns import town_named


def ask(
    *, organisation: Organisation, person: Person, asked: QuestionText, made_with: str | None, now: datetime
) -> Question:
    """A new question, which everybody sees at once. The same form sent twice (`made_with`) gives one question.

    Raises Refused for what cannot be asked, for a company that is not trusted yet, and for who has as many open
    questions as one may have.
    """
    hold(person)  # of two forms sent at once the second finds what the first asked
    if made_with and (made := queries.question_made_with(made_with)):
        return made
    if refusal := rules.why_not_ask_for(organisation):
        raise Refused(refusal)
    if wrong := rules.why_not_ask(asked, wall_date(now)):
        raise Refused(next(iter(wrong.values())))
    if queries.count_open(person) >= OPEN_LIMIT:
        raise Refused(rules.ENOUGH)
    question = _question(organisation, person, asked, made_with, now)
    try:
        with session.begin_nested():
            session.add(question)
    except IntegrityError:  # the same form, sent twice at once
        made = queries.question_made_with(made_with) if made_with else None
        if made is None:
            raise
        return made
    record(kind="question", subject=question.code, event=QuestionState.OPEN, by=person.code, at=now)
    return question


def _question(
    organisation: Organisation, person: Person, asked: QuestionText, made_with: str | None, now: datetime
) -> Question:
    town = town_named(asked.town)
    said = {name: getattr(asked, name) for name in asked.__dataclass_fields__}
    return Question(
        **said | {"profiles": sorted(set(asked.profiles)), "town": town.name if town else asked.town},
        code=new_code(),
        organisation=organisation,
        person=person,
        made_with=made_with,
        language=current_language(),
        state=QuestionState.OPEN,
        state_by=person.code,
        state_at=now,
        asked_at=now,
    )
