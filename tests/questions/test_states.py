"""Every state of a question, and every move between them that exists and that does not."""

import pytest

from marketplace import audit
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import history
from marketplace.questions import actions
from marketplace.questions.models import Question
from marketplace.questions.states import MOVES, QuestionState, step
from tests.cast import Cast
from tests.conftest import NOW
from tests.questions.asking import ask, the_question

pytestmark = pytest.mark.usefixtures("app_context")
S = QuestionState


@pytest.mark.parametrize("old", S)
@pytest.mark.parametrize("new", S)
def test_only_moves_in_the_table_are_made(cast: Cast, old: S, new: S) -> None:
    question = the_question(ask(cast))
    if old != S.OPEN:
        with transaction():
            step(question, old, by="system", now=NOW)
    if new in MOVES[old]:
        with transaction():
            step(question, new, by="system", now=NOW, reason="Daarom")
        assert (question.state, question.reason) == (new, "Daarom")
        assert history("question", question.code)[-1].event == new
    else:
        with pytest.raises(Refused):
            step(question, new, by="system", now=NOW)
    assert audit.breaches(now=NOW) == []


def test_only_an_open_question_goes_anywhere() -> None:
    assert {old for old, targets in MOVES.items() if targets} == {S.OPEN}


def test_who_is_second_is_refused(cast: Cast) -> None:
    question = the_question(ask(cast))
    with transaction():
        session.execute(Question.__table__.update().values(state="withdrawn"))  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        step(question, S.ANSWERED, by="system", now=NOW)
    assert the_question(question.code).state == "withdrawn"


@pytest.mark.parametrize(("end", "state"), [(actions.close, "answered"), (actions.withdraw, "withdrawn")])
def test_who_asked_ends_it_once(cast: Cast, end: type, state: str) -> None:
    question = the_question(ask(cast))
    with transaction():
        end(question=question, by=cast.codes["teacher"], now=NOW)
    assert the_question(question.code).state == state
    with pytest.raises(Refused):
        end(question=question, by=cast.codes["teacher"], now=NOW)
    events = [(each.event, each.actor) for each in history("question", question.code)]
    assert events == [("open", cast.codes["teacher"]), (state, cast.codes["teacher"])]
