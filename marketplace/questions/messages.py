"""Which letters go out about questions, to whom."""

from datetime import datetime
from typing import Any

from marketplace.kernel import addresses
from marketplace.offers.facts import offer_facts, slot_facts
from marketplace.offers.models import Offer
from marketplace.offers.rules import open_moments
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft
from marketplace.people.facts import receiver
from marketplace.questions.facts import answer_facts, question_facts
from marketplace.questions.models import Answer, Question

MOMENTS = 3
"""Of an offer, as many as a letter names."""


def mail_answered(answer: Answer, *, now: datetime) -> None:
    """To who asked: this offer is for you, and when one can come. Once everybody can see it."""
    assert answer.offer is not None  # only offers are told of
    _mail(
        "question_answered",
        answer.question,
        now,
        of=answer.organisation.code,
        link=addresses.offer(answer.offer.code),
        **_moments(answer.offer, now),
    )


def _moments(offer: Offer, now: datetime) -> dict[str, Any]:
    coming = open_moments(offer.slots, now)
    return {
        "offer": offer_facts(offer),
        "moments": [slot_facts(slot) for slot in coming[:MOMENTS]],
        "more": max(len(coming) - MOMENTS, 0),
    }


def mail_interest(answer: Answer, *, now: datetime) -> None:
    """To the company's contact who asked: who at which school wants to know more, with what they wrote.

    That is for the company alone: no mail log of a region shows it, and the letter names whose words they are.
    """
    _mail(
        "question_interest",
        answer.question,
        now,
        of=answer.organisation.code,
        answerer=answer.person.code,
        answer=answer_facts(answer),
        link=addresses.question(answer.question.code),
    )


def mail_lapsed(question: Question, *, now: datetime) -> None:
    """To who asked: the last day is past, and how to ask again."""
    _mail("question_lapsed", question, now, link=addresses.new_question(), answers=len(question.told_of))


def mail_removed(question: Question, *, now: datetime) -> None:
    """To who asked: a coordinator took it down, and why."""
    _mail("question_removed", question, now, link=addresses.question(question.code))


def _mail(
    name: str, question: Question, now: datetime, of: str = "", answerer: str = "", **facts: Any
) -> None:
    """`of` is the organisation that answers, if any does: each is told of once. `answerer` is whose words are in it."""
    person = question.person
    about = {"question": question.code, "person": person.code}
    stream = f"question:{question.code}:{person.code}"
    draft = Draft(
        name=name,
        receiver=receiver(person),
        key=":".join(filter(None, (name, question.code, of))),
        stream=stream,
        facts={"question": question_facts(question), **facts},
        about=about | ({"answerer": answerer} if answerer else {}),
        region="" if answerer else question.organisation.region.code,
    )
    outbox.write(draft, now=now)
