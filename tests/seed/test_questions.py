"""What the demonstration region asks: questions in every state, and something to answer for who signs in."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.organisations.queries import organisations_with
from marketplace.outbox.models import Letter
from marketplace.people.models import Person
from marketplace.people.queries import person_at
from marketplace.questions import queries
from marketplace.questions.facts import Reader
from marketplace.questions.models import Question
from marketplace.questions.states import QuestionState


@pytest.fixture(autouse=True)
def context(region: Flask) -> Iterator[None]:
    with region.app_context():
        yield


def somebody(email: str) -> Person:
    person = person_at(email)
    assert person is not None
    return person


def test_all_states_occur_but_what_somebody_withdrew() -> None:
    assert set(session.scalars(select(Question.state))) == set(QuestionState) - {QuestionState.WITHDRAWN}


def test_the_teacher_has_an_answer_and_the_company_a_question_to_answer_and_one_of_its_own() -> None:
    (asked,) = queries.questions_of(Reader(somebody("docent@demo.example").code))
    assert asked.is_open and asked.answers[0].told_at
    contact = somebody("bedrijf@demo.example")
    own = [each.organisation for each in contact.memberships if each.organisation]
    hosts = [queries.host_of(each) for each in organisations_with(each.code for each in own)]
    codes = {host.code for host in hosts}
    assert sum(each.answered_by.isdisjoint(codes) for each in queries.asked_of(hosts)) >= 2
    (theirs,) = queries.questions_of(Reader(contact.code))
    assert theirs.answers[0].message


def test_everybody_concerned_got_a_letter() -> None:
    names = set(session.scalars(select(Letter.name)))
    assert names >= {"question_answered", "question_interest", "question_lapsed", "question_removed"}
