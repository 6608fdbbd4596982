"""Two people at the same instant: an organisation answers once, and nobody asks more than they may."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from marketplace import audit
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.offers.queries import offer_for_host
from marketplace.questions import actions
from marketplace.questions.facts import OPEN_LIMIT
from marketplace.questions.models import Answer, Question
from tests.cast import Cast
from tests.conftest import NOW
from tests.market.rows import add_offer
from tests.questions.asking import answer, ask, letters, the_question
from tests.steps import offer_of


def at_once(app: Flask, *attempts: Callable[[], object]) -> list[bool]:
    """Does all at the same instant. Says of each whether it was done; the others were refused."""
    start = Barrier(len(attempts))

    def attempt(act: Callable[[], object]) -> bool:
        with app.app_context():
            start.wait()
            try:
                act()
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(attempt, attempts))


def test_of_two_answers_of_one_company_one_is_given(app: Flask, cast: Cast) -> None:
    with app.app_context():
        code = ask(cast)
        with transaction():
            other = add_offer(cast).code

    def with_other() -> None:
        answer(cast, code, offer=offer_for_host(other, [cast.company]))

    done = at_once(app, lambda: answer(cast, code, offer=offer_of(cast)), with_other)
    assert sorted(done) == [False, True]
    with app.app_context():
        assert session.scalar(select(func.count(Answer.id))) == 1
        assert len(letters("question_answered")) == 1
        assert audit.breaches(now=NOW) == []


def test_of_many_questions_at_once_as_many_are_asked_as_one_may(app: Flask, cast: Cast) -> None:
    attempts = [lambda: ask(cast)] * (OPEN_LIMIT + 2)
    assert sum(at_once(app, *attempts)) == OPEN_LIMIT
    with app.app_context():
        assert session.scalar(select(func.count(Question.id))) == OPEN_LIMIT


def test_who_answers_while_it_is_withdrawn_was_first_or_is_refused(app: Flask, cast: Cast) -> None:
    with app.app_context():
        code = ask(cast)

    def withdraw() -> None:
        with transaction():
            actions.withdraw(question=the_question(code), by=cast.codes["teacher"], now=NOW)

    given, withdrawn = at_once(app, lambda: answer(cast, code), withdraw)
    assert withdrawn
    with app.app_context():
        assert the_question(code).state == "withdrawn"
        assert len(letters("question_answered")) == given
