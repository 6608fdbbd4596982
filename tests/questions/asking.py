"""Questions and answers, as the cast asks and gives them. All of them commit."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from marketplace.kernel.database import session, transaction
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.outbox.models import Letter
from marketplace.people.models import Person
from marketplace.questions import actions
from marketplace.questions.facts import QuestionText
from marketplace.questions.models import Answer, Question
from tests.cast import Cast, person
from tests.conftest import NOW
from tests.steps import offer_of

ASKED = QuestionText(
    title="Hoe zoekt u een storing in een warmtepomp?",
    text="Wij willen zelf meten en inregelen, voor onze lessen installatietechniek.",
    people=3,
    from_on=date(2027, 2, 1),
    until_on=date(2027, 4, 30),
    town="Meppel",
    profiles=("PIE",),
)
OF_COMPANY = replace(
    ASKED,
    title="Welke docent maakt met ons een lesopdracht?",
    text="Wij hebben een productielijn en zoeken iemand die er een opdracht van maakt.",
    people=1,
    profiles=(),
)
FILLED: dict[str, Any] = {
    "title": ASKED.title,
    "text": ASKED.text,
    "people": "3",
    "from_on": "2027-02-01",
    "until_on": "2027-04-30",
    "town": "Meppel",
    "within": "25",
    "time_wish": "own",
    "profiles": ["PIE"],
}
"""The same as it is typed."""


def ask(
    cast: Cast,
    who: str = "teacher",
    *,
    key: str | None = None,
    asked: QuestionText = ASKED,
    now: datetime = NOW,
    **changes: Any,
) -> str:
    """That member of the cast asks something. Returns the code."""
    with transaction():
        asker = person(cast, who)
        made = actions.ask(
            organisation=organisation_of(asker),
            person=asker,
            asked=replace(asked, **changes),
            made_with=key,
            now=now,
        )
        return made.code


def organisation_of(asker: Person) -> Organisation:
    """The school or company of a member of the cast."""
    return next(each.organisation for each in asker.memberships if each.organisation)


def the_question(code: str) -> Question:
    """As it stands now."""
    session.expire_all()
    return session.scalars(select(Question).where(Question.code == code)).one()


def answer(
    cast: Cast, code: str, who: str = "host", *, offer: Offer | None = None, now: datetime = NOW
) -> Answer:
    """The host answers with the cast's offer, or another."""
    with transaction():
        return actions.answer_with(
            question=the_question(code), offer=offer or offer_of(cast), person=person(cast, who), now=now
        )


def show_interest(
    cast: Cast, code: str, who: str = "teacher", *, message: str = "Ik doe graag mee.", now: datetime = NOW
) -> Answer:
    """Somebody of a school answers a company."""
    with transaction():
        teacher = person(cast, who)
        return actions.show_interest(
            question=the_question(code),
            school=organisation_of(teacher),
            person=teacher,
            message=message,
            now=now,
        )


def withdraw(cast: Cast, code: str, who: str = "teacher") -> None:
    """Nobody asks it any more."""
    with transaction():
        actions.withdraw(question=the_question(code), by=cast.codes[who], now=NOW)


def letters(name: str) -> list[Letter]:
    """The letters of this kind, in order."""
    return list(session.scalars(select(Letter).where(Letter.name == name).order_by(Letter.id)))
