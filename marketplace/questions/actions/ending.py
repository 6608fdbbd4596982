"""Questions that end: who asked closes it, its time is over, or a coordinator takes it down."""

from datetime import datetime

from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import SYSTEM
from marketplace.kernel.texts import N_
from marketplace.questions import messages, queries
from marketplace.questions.models import Question
from marketplace.questions.states import QuestionState, step


def close(*, question: Question, by: str, now: datetime) -> None:
    """Who asked has found what was sought. Raises Refused where it is not open any more."""
    _end(question, QuestionState.ANSWERED, by, now)


def withdraw(*, question: Question, by: str, now: datetime) -> None:
    """Who asked does not ask it any more. Raises Refused where it is not open any more."""
    _end(question, QuestionState.WITHDRAWN, by, now)


def take_down(*, question: Question, reason: str, by: str, now: datetime) -> None:
    """A coordinator takes it from the marketplace; who asked hears why. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(Refusal(N_("Write why. Who asked reads it in the mail.")))
    _end(question, QuestionState.REMOVED, by, now, reason.strip())
    messages.mail_removed(question, now=now)


def _end(question: Question, to: QuestionState, by: str, now: datetime, reason: str = "") -> None:
    queries.hold(question)
    step(question, to, by=by, now=now, reason=reason)


def lapse_due(*, now: datetime) -> int:
    """Lets lapse what is still open after its last day, answered or not, and tells who asked. Returns how many."""
    with only_reading(), transaction():
        due = list(session.scalars(queries.over(now=now)))
    return in_turn(due, lambda question_id: _lapse(session.get_one(Question, question_id), now))


def _lapse(question: Question, now: datetime) -> None:
    queries.hold(question)
    if question.state == QuestionState.OPEN:
        step(question, QuestionState.LAPSED, by=SYSTEM, now=now)
        messages.mail_lapsed(question, now=now)


def forget_due(*, now: datetime) -> int:
    """Removes what ended half a year ago, with its answers and who wrote them. Returns how many."""
    with only_reading(), transaction():
        due = list(session.scalars(queries.forgotten(now=now)))
    return in_turn(due, lambda question_id: session.delete(session.get_one(Question, question_id)))
