"""Answering a question: with an offer, or with a word of interest."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.offers.models import Offer
from marketplace.offers.states import OfferState
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.questions import messages, queries, rules
from marketplace.questions.facts import OF_COMPANY, OF_SCHOOL, question_facts
from marketplace.questions.models import Answer, Question

CLOSED = Refusal(N_("This activity is closed. Choose another one, or publish it again first."))


def answer_with(*, question: Question, offer: Offer, person: Person, now: datetime) -> Answer:
    """An organisation answers a school's question with an offer of its own, that may still be a draft.

    Who asked hears of it once everybody can see the offer with a moment to come: at once, or from the worker. Until
    then another offer may take its place. The same answer given twice is one. Raises Refused where it cannot be
    answered.
    """
    given = _given(question)
    made = given.get(offer.organisation.code)
    if made and made.offer_id == offer.id:
        return made
    _check(question, OF_SCHOOL, offer.organisation, given)
    if offer.state == OfferState.CLOSED:
        raise Refused(CLOSED)
    answer = made or Answer(question_id=question.id, organisation=offer.organisation)
    answer.offer, answer.person, answer.made_at = offer, person, now
    _keep(answer, question)
    _tell_of_offer(answer, now)
    return answer


def show_interest(
    *, question: Question, school: Organisation, person: Person, message: str, now: datetime
) -> Answer:
    """Somebody of a school answers a company's question with a word; the company's contact gets it by mail at once.

    The same person saying the same twice gave one answer. Raises Refused where it cannot be answered.
    """
    given, message = _given(question), message.strip()
    made = given.get(school.code)
    if made and (made.person_id, made.message) == (person.id, message):
        return made
    _check(question, OF_COMPANY, school, given)
    if refusal := rules.why_not_say(message):
        raise Refused(refusal)
    answer = Answer(
        question_id=question.id, organisation=school, person=person, message=message, made_at=now, told_at=now
    )
    _keep(answer, question)
    messages.mail_interest(answer, now=now)
    return answer


def _given(question: Question) -> dict[str, Answer]:
    """Its answers as they stand now, by the code of the organisation; nobody else answers meanwhile."""
    queries.hold(question)
    return {each.organisation.code: each for each in queries.answers_to(question)}


def _check(question: Question, of: str, organisation: Organisation, given: Mapping[str, Answer]) -> None:
    facts = question_facts(question)
    mine = {organisation.code} if facts.of == of else set()
    told_of = {code for code, answer in given.items() if answer.told_at}
    if refusal := rules.why_not_answer(facts, mine, told_of):
        raise Refused(refusal)


def _keep(answer: Answer, question: Question) -> None:
    try:
        with session.begin_nested():
            session.add(answer)
    except IntegrityError:  # a colleague, just now
        raise Refused(rules.ANSWERED) from None
    session.expire(question, ["answers"])
    record(
        kind="question",
        subject=question.code,
        event="answer",
        by=answer.person.code,
        at=answer.made_at,
        organisation=answer.organisation.code,
    )


def tell_due(*, now: datetime) -> int:
    """Tells who asked of the offers that everybody can see by now, with a moment to come. Returns of how many."""
    with only_reading(), transaction():
        due = list(session.scalars(queries.untold(now=now)))
    return in_turn(due, lambda answer_id: _tell(session.get_one(Answer, answer_id), now))


def _tell(answer: Answer, now: datetime) -> None:
    queries.hold(answer.question)
    session.refresh(answer)  # another offer may have taken its place
    _tell_of_offer(answer, now)


def _tell_of_offer(answer: Answer, now: datetime) -> None:
    session.flush()
    if session.scalar(queries.untold(now=now).where(Answer.id == answer.id)) is None:
        return  # a draft, or no moment to come; or it was told meanwhile
    messages.mail_answered(answer, now=now)
    answer.told_at = now
