"""Asking, answering, telling, lapsing and forgetting, as rows and letters."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace import audit
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import history
from marketplace.offers import actions as offers
from marketplace.offers.facts import SlotPlan
from marketplace.offers.models import Offer
from marketplace.questions import actions
from marketplace.questions.facts import MESSAGE_LIMIT, OPEN_LIMIT
from marketplace.questions.models import Answer, Question
from marketplace.questions.rules import KEPT
from tests.cast import Cast, person, plan
from tests.conftest import NOW
from tests.market.rows import CALM, add_offer
from tests.questions.asking import OF_COMPANY, answer, ask, letters, show_interest, the_question
from tests.steps import close_slot, offer_of, reopen_slot

pytestmark = pytest.mark.usefixtures("app_context")
AFTER = datetime(2027, 4, 30, 22, 5, tzinfo=UTC)
"""The first minutes of the first of May in Amsterdam."""
LATER = NOW + timedelta(minutes=30)


def draft(cast: Cast) -> Offer:
    """A copy of the cast's offer that nobody else sees."""
    with transaction():
        return offers.duplicate(offer=offer_of(cast), by=cast.codes["host"], now=NOW)


def test_an_answer_with_a_published_offer_is_told_at_once(cast: Cast) -> None:
    code = ask(cast)
    made = answer(cast, code)
    assert made.told_at == NOW
    (letter,) = letters("question_answered")
    assert letter.receiver_address == cast.emails["teacher"]
    assert f"/offers/{cast.offer}" in letter.text and "Tuesday 9 February 2027, 8:00–16:00" in letter.text
    assert letter.key == f"question_answered:{code}:{cast.company}"
    assert [each.event for each in history("question", code)] == ["open", "answer"]


def test_an_answer_with_a_draft_is_told_once_everybody_can_come(cast: Cast) -> None:
    offer = draft(cast)
    answer(cast, ask(cast), offer=offer)
    actions.tell_due(now=NOW)
    assert letters("question_answered") == []
    with transaction():
        offers.add_slots(offer=offer, plan=_plan(cast), by="system", now=NOW)
        offers.submit(offer=offer, by=cast.codes["host"], now=NOW)
    assert actions.tell_due(now=NOW) == 1
    assert actions.tell_due(now=NOW) == 0
    (letter,) = letters("question_answered")
    assert f"/offers/{offer.code}" in letter.text
    assert audit.breaches(now=LATER) == []


def test_an_answer_waits_for_a_moment_that_opens_again_and_is_overdue_only_from_then(cast: Cast) -> None:
    close_slot(cast)
    answer(cast, ask(cast))
    assert actions.tell_due(now=LATER) == 0
    reopen_slot(cast, now=LATER)
    assert audit.breaches(now=LATER) == []
    assert actions.tell_due(now=LATER) == 1


def _plan(cast: Cast) -> SlotPlan:
    return plan(cast.site, day=date(2027, 3, 2))


def test_a_question_that_ended_is_told_of_nothing(cast: Cast) -> None:
    code, offer = ask(cast), draft(cast)
    answer(cast, code, offer=offer)
    with transaction():
        actions.withdraw(question=the_question(code), by=cast.codes["teacher"], now=NOW)
        offers.add_slots(offer=offer, plan=_plan(cast), by="system", now=NOW)
        offers.submit(offer=offer, by=cast.codes["host"], now=NOW)
    assert actions.tell_due(now=NOW) == 0
    assert letters("question_answered") == []


def test_the_same_answer_given_twice_is_one_and_another_one_is_refused(cast: Cast) -> None:
    code = ask(cast)
    assert answer(cast, code).id == answer(cast, code).id
    with transaction():
        other = add_offer(cast, brief=CALM)
    with pytest.raises(Refused, match="already"):
        answer(cast, code, offer=other)
    assert session.scalar(select(func.count(Answer.id))) == 1
    assert len(letters("question_answered")) == 1


def test_another_offer_takes_the_place_of_one_that_nobody_heard_of(cast: Cast) -> None:
    code, first = ask(cast), draft(cast)
    made = answer(cast, code, offer=first)
    assert answer(cast, code, now=LATER).id == made.id
    assert (made.offer, made.made_at, made.told_at) == (offer_of(cast), LATER, LATER)
    (letter,) = letters("question_answered")
    assert f"/offers/{cast.offer}" in letter.text
    with pytest.raises(Refused, match="already"):
        answer(cast, code, offer=first)
    assert [each.event for each in history("question", code)] == ["open", "answer", "answer"]


def test_a_question_that_lapses_counts_the_answers_that_who_asked_heard_of(cast: Cast) -> None:
    answer(cast, ask(cast), offer=draft(cast))
    actions.lapse_due(now=AFTER)
    (letter,) = letters("question_lapsed")
    assert "Nobody has answered it" in letter.text


def test_a_letter_names_the_hours_of_each_day(cast: Cast) -> None:
    with transaction():
        offer = add_offer(cast)
        last = offers.add_slots(offer=offer, plan=plan(cast.site, sessions=2), by="system", now=NOW)[
            0
        ].sessions[1]
        last.ends_at -= timedelta(hours=4)
    answer(cast, ask(cast), offer=offer)
    (letter,) = letters("question_answered")
    assert "8:00–16:00 and 8:00–12:00" in letter.text and "8:00–12:00" in letter.html


def test_what_is_closed_answers_nothing(cast: Cast) -> None:
    code = ask(cast)
    with transaction():
        offers.close_offer(offer=offer_of(cast), by="system", now=NOW)
    with pytest.raises(Refused, match="closed"):
        answer(cast, code)


def test_interest_reaches_the_contact_once_with_name_school_and_address(cast: Cast) -> None:
    code = ask(cast, "host", asked=OF_COMPANY)
    assert show_interest(cast, code).id == show_interest(cast, code, message=" Ik doe graag mee. ").id
    with pytest.raises(Refused, match="already"):
        show_interest(cast, code, message="Nog eens.")
    (letter,) = letters("question_interest")
    assert letter.receiver_address == cast.emails["host"]
    for said in ("Marieke Otten", "Reestcollege", cast.emails["teacher"], "Ik doe graag mee."):
        assert said in letter.text
    assert letter.region == "", "it is for the company alone"
    assert letter.about["answerer"] == cast.codes["teacher"]
    with pytest.raises(Refused, match="already"):
        show_interest(cast, code, "colleague")


def test_schools_are_answered_with_offers_and_companies_with_words(cast: Cast) -> None:
    of_school, of_company = ask(cast), ask(cast, "host", asked=OF_COMPANY)
    with pytest.raises(Refused, match="for others"):
        show_interest(cast, of_school, "outsider")
    with pytest.raises(Refused, match="for others"):
        answer(cast, of_company)


@pytest.mark.parametrize("message", ["", "  \n", "x" * (MESSAGE_LIMIT + 1)])
def test_a_word_of_interest_says_something_and_not_too_much(cast: Cast, message: str) -> None:
    code = ask(cast, "host", asked=OF_COMPANY)
    with pytest.raises(Refused):
        show_interest(cast, code, message=message)
    assert letters("question_interest") == []


def test_a_form_sent_twice_asks_once(cast: Cast) -> None:
    assert ask(cast, key="once") == ask(cast, key="once")
    assert session.scalar(select(func.count(Question.id))) == 1


def test_nobody_has_more_open_questions_than_five(cast: Cast) -> None:
    codes = [ask(cast) for _ in range(OPEN_LIMIT)]
    with pytest.raises(Refused, match="5 open questions"):
        ask(cast)
    ask(cast, "colleague")
    with transaction():
        actions.close(question=the_question(codes[0]), by=cast.codes["teacher"], now=NOW)
    ask(cast)


def test_a_company_asks_once_it_is_trusted(cast: Cast) -> None:
    with pytest.raises(Refused, match="Publish an activity first"):
        ask(cast, "outside host", asked=OF_COMPANY)


def test_a_question_lapses_after_its_last_day_and_who_asked_hears_it_once(cast: Cast) -> None:
    code = ask(cast)
    assert actions.lapse_due(now=AFTER - timedelta(minutes=10)) == 0
    assert [actions.lapse_due(now=AFTER), actions.lapse_due(now=AFTER)] == [1, 0]
    assert the_question(code).state == "lapsed"
    (letter,) = letters("question_lapsed")
    assert "/questions/new" in letter.text and "Nobody has answered it" in letter.text
    assert audit.breaches(now=AFTER) == []


def test_a_coordinator_takes_one_down_with_a_reason(cast: Cast) -> None:
    code = ask(cast)
    with pytest.raises(Refused):
        actions.take_down(question=the_question(code), reason=" ", by=cast.codes["coordinator"], now=NOW)
    with transaction():
        actions.take_down(
            question=the_question(code), reason="Dit is reclame.", by=cast.codes["coordinator"], now=NOW
        )
    assert history("question", code)[-1].details == {}, "the journal outlives the question"
    (letter,) = letters("question_removed")
    assert "Dit is reclame." in letter.text
    assert letter.receiver_address == cast.emails["teacher"]


def test_what_ended_half_a_year_ago_is_forgotten_with_who_wrote_it(cast: Cast) -> None:
    code = ask(cast, "host", asked=OF_COMPANY)
    show_interest(cast, code)
    still_open = ask(cast)
    with transaction():
        actions.close(question=the_question(code), by=cast.codes["host"], now=NOW)
    assert actions.forget_due(now=NOW + KEPT) == 0
    assert actions.forget_due(now=NOW + KEPT + timedelta(minutes=1)) == 1
    assert list(session.scalars(select(Question.code))) == [still_open]
    assert session.scalar(select(func.count(Answer.id))) == 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_letters_are_in_the_language_of_who_asked(cast: Cast, language: str) -> None:
    with transaction():
        person(cast, "teacher").language = language
    code = ask(cast)
    answer(cast, code)
    (letter,) = letters("question_answered")
    assert letter.language == language
    heading = {"nl": "Uw vraag heeft een antwoord", "en": "Your question has an answer"}[language]
    assert letter.text.startswith(heading)
