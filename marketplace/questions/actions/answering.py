"""Answering a question: with an offer, or with a word of interest."""

from datetime import datetime

from sqlalchemy import select
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
from marketplace.questions.facts import MESSAGE_LIMIT, OF_COMPANY, OF_SCHOOL, question_facts
from marketplace.questions.models import Answer, Question

CLOSED = Refusal(N_("This activity is closed. Choose another one, or publish it again first."))


def answer_with(*, question: Question, offer: Offer, person: Person, now: datetime) -> Answer:
    """An organisation answers a school's question with an offer of its own, that may still be a draft.

    Who asked hears of it once everybody can see the offer with a moment to come: at once, or from the worker.
    The same answer given twice is one. Raises Refused where it cannot be answered.
    """
    queries.hold(question)
    made = _answer_of(question, offer.organisation)
    if made and made.offer_id == offer.id:
        return made
    if question_facts(question).of != OF_SCHOOL:
        raise Refused(rules.NOT_YOURS)
    if offer.state == OfferState.CLOSED:
        raise Refused(CLOSED)
    answer = _answer(question, offer.organisation, person, now, offer=offer)
    _tell_of_offer(answer, now)
    return answer


def show_interest(
    *, question: Question, school: Organisation, person: Person, message: str, now: datetime
) -> Answer:
    """Somebody of a school answers a company's question with a word; the company's contact gets it by mail at once.

    The same person answering twice gave one answer. Raises Refused where it cannot be answered.
    """
    queries.hold(question)
    made = _answer_of(question, school)
    if made and made.person_id == person.id:
        return made
    if question_facts(question).of != OF_COMPANY:
        raise Refused(rules.NOT_YOURS)
    if not message.strip() or len(message) > MESSAGE_LIMIT:
        raise Refused(
            Refusal(
                N_("Write what you have in mind, in at most %(limit)s characters."), {"limit": MESSAGE_LIMIT}
            )
        )
    answer = _answer(question, school, person, now, message=message.strip(), told_at=now)
    messages.mail_interest(answer, now=now)
    return answer


def _answer_of(question: Question, organisation: Organisation) -> Answer | None:
    return session.scalar(
        select(Answer).where(Answer.question_id == question.id, Answer.organisation_id == organisation.id)
    )


def _answer(
    question: Question, organisation: Organisation, person: Person, now: datetime, **said: object
) -> Answer:
    answered = frozenset(each.organisation.code for each in question.answers)
    refusal = rules.why_not_answer(question_facts(question), organisation.kind, organisation.code, answered)
    if refusal:
        raise Refused(refusal)
    answer = Answer(question_id=question.id, organisation=organisation, person=person, made_at=now, **said)
    try:
        with session.begin_nested():
            session.add(answer)
    except IntegrityError:  # a colleague, just now
        raise Refused(rules.ANSWERED) from None
    session.expire(question, ["answers"])
    by = person.code
    record(
        kind="question", subject=question.code, event="answer", by=by, at=now, organisation=organisation.code
    )
    return answer


def tell_due(*, now: datetime) -> int:
    """Tells who asked of the offers that everybody can see by now, with a moment to come. Returns of how many."""
    with only_reading(), transaction():
        due = list(session.scalars(queries.untold(now=now)))
    return in_turn(due, lambda answer_id: _tell(session.get_one(Answer, answer_id), now))


def _tell(answer: Answer, now: datetime) -> None:
    queries.hold(answer.question)
    session.refresh(answer, ["told_at"])
    _tell_of_offer(answer, now)


def _tell_of_offer(answer: Answer, now: datetime) -> None:
    session.flush()
    if session.scalar(queries.untold(now=now).where(Answer.id == answer.id)) is None:
        return  # a draft, or no moment to come; or it was told meanwhile
    messages.mail_answered(answer, now=now)
    answer.told_at = now
