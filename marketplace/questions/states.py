"""States of questions and the one table of legal moves; `step` alone changes a question's state."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.kernel.database import swap
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_


class QuestionState(StrEnum):
    """Where a question stands. Only open ones are shown to everybody."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REMOVED = "removed"


MOVES: dict[QuestionState, frozenset[QuestionState]] = {
    QuestionState.OPEN: frozenset(QuestionState) - {QuestionState.OPEN},
    QuestionState.ANSWERED: frozenset(),
    QuestionState.WITHDRAWN: frozenset(),
    QuestionState.LAPSED: frozenset(),
    QuestionState.REMOVED: frozenset(),
}
STATE_NAMES = {
    QuestionState.OPEN: N_("Open"),
    QuestionState.ANSWERED: N_("Answered"),
    QuestionState.WITHDRAWN: N_("Withdrawn"),
    QuestionState.LAPSED: N_("Lapsed"),
    QuestionState.REMOVED: N_("Taken down"),
}


class TimeWish(StrEnum):
    """In whose time the people who ask want to come."""

    EITHER = ""
    SCHOOL = "school"
    OWN = "own"


TIME_WISHES = {
    TimeWish.EITHER: N_("That does not matter"),
    TimeWish.SCHOOL: N_("School time"),
    TimeWish.OWN: N_("Own time"),
}
ENDED = Refusal(N_("This question is not open any more."))


def step(question: Any, to: QuestionState, *, by: str, now: datetime, reason: str = "") -> None:
    """Moves a question and journals it. Raises Refused where that move does not exist or somebody was first.

    The journal outlives the question, so it does not keep the reason, which somebody wrote.
    """
    old = QuestionState(question.state)
    if to not in MOVES[old]:
        raise Refused(ENDED)
    try:
        swap(question, "state", old, state=to, state_by=by, state_at=now, reason=reason)
    except Overtaken:
        raise Refused(ENDED) from None
    record(kind="question", subject=question.code, event=str(to), by=by, at=now)
