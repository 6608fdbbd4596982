"""What may be asked, whom it suits, and who may answer."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from marketplace.kernel.texts import say, speaking
from marketplace.organisations.models import Kind
from marketplace.questions.facts import Host, QuestionFacts
from marketplace.questions.rules import suits, why_not_answer, why_not_ask
from marketplace.questions.states import ENDED
from tests.conftest import NOW
from tests.questions.asking import ASKED

TODAY = date(2027, 1, 11)
QUESTION = QuestionFacts(
    code="7H2KQ9RM22",
    state="open",
    state_at=NOW,
    reason="",
    language="nl",
    organisation="Reestcollege",
    organisation_code="SCHOOL2222",
    of="school",
    region="Meppel",
    whole_region_id=1,
    asked_at=NOW,
    asked=ASKED,
)
COMPANY = Host("COMPANY222", Kind.COMPANY, 1, ("Hardenberg",))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": "\n"}, "text"),
        ({"people": 0}, "people"),
        ({"people": 201}, "people"),
        ({"from_on": TODAY - timedelta(days=9), "until_on": TODAY - timedelta(days=1)}, "until_on"),
        ({"until_on": ASKED.from_on - timedelta(days=1)}, "until_on"),
        ({"until_on": TODAY + timedelta(days=367)}, "until_on"),
        ({"town": "Atlantis"}, "town"),
        ({"within": 7}, "within"),
        ({"format": "teleportation"}, "format"),
        ({"profiles": ("PIE", "XYZ")}, "profiles"),
        ({"time_wish": "midnight"}, "time_wish"),
        ({"title": "x" * 101}, "title"),
        ({"text": "x" * 2001}, "text"),
        ({"subjects": "x" * 121}, "subjects"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(why_not_ask(replace(ASKED, **changes), TODAY)) == [field]


def test_a_question_of_today_for_a_year_can_be_asked() -> None:
    assert why_not_ask(ASKED, TODAY) == {}
    assert (
        why_not_ask(replace(ASKED, from_on=TODAY - timedelta(days=1)), TODAY) == {}
    )  # a form left open overnight
    longest = replace(ASKED, from_on=TODAY, until_on=TODAY + timedelta(days=366))
    assert why_not_ask(longest, TODAY) == {}


@pytest.mark.parametrize(
    ("within", "region", "is_suited"),
    [(0, 1, True), (0, 2, False), (25, 1, False), (50, 1, True), (50, 2, True)],
)
def test_a_question_suits_the_region_or_who_is_near_enough(within: int, region: int, is_suited: bool) -> None:
    asked = replace(QUESTION, asked=replace(ASKED, within=within))
    assert suits(asked, replace(COMPANY, whole_region_id=region)) is is_suited


def test_a_question_for_a_form_suits_only_who_may_host_it() -> None:
    at_school = replace(QUESTION, asked=replace(ASKED, format="school_visit"))
    assert not suits(at_school, COMPANY)
    assert suits(at_school, replace(COMPANY, kind=Kind.SCHOOL))
    assert not suits(QUESTION, replace(COMPANY, code=QUESTION.organisation_code))


def test_each_organisation_answers_once_while_it_is_open_and_never_itself() -> None:
    def why(*mine: str, question: QuestionFacts = QUESTION) -> str:
        refusal = why_not_answer(question, mine, {"DONE"})
        with speaking("en"):
            return say(refusal) if refusal else ""

    own = QUESTION.organisation_code
    assert why("C") == why("C", "DONE", own) == ""
    assert "already" in why("DONE") == why("DONE", own)
    assert "your own organisation" in why(own)
    assert why("C", question=replace(QUESTION, state="lapsed")) == ENDED.message
    assert "for others" in why()
