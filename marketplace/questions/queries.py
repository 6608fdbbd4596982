"""Questions to the database about questions, and who may see and do what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from marketplace.kernel.database import has_one_writer, session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.times import wall_date
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.questions.facts import OF_COMPANY, OF_SCHOOL, Host, question_facts
from marketplace.questions.models import Answer, Question
from marketplace.questions.rules import KEPT, suits
from marketplace.questions.states import QuestionState

LIMIT = 200
"""Open questions that a page shows at most; a region has some dozens."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a question: nobody in particular, or a person with the organisations and regions they stand for."""

    person: str = ""
    contact_of: frozenset[str] = field(default_factory=frozenset)
    """Codes of organisations that they are the contact of: those questions are theirs too."""
    regions: frozenset[int] = field(default_factory=frozenset)
    """Row ids of the regions that they decide for."""


NOBODY = Reader()


def open_questions(of: str = "", profile: str = "") -> list[Question]:
    """What is asked now, newest first: by schools, by companies, or by both. One statement."""
    statement = _whole().where(Question.state == QuestionState.OPEN)
    if of in (OF_SCHOOL, OF_COMPANY):
        statement = statement.where(Organisation.kind == of)
    if profile:
        statement = statement.where(cast(Question.profiles, Text).contains(f'"{profile}"', autoescape=True))
    return list(session.scalars(statement.order_by(Question.id.desc()).limit(LIMIT)).unique())


def _whole() -> Select[Question]:
    organisation = contains_eager(Question.organisation)
    return (
        select(Question)
        .join(Organisation, Organisation.id == Question.organisation_id)
        .options(organisation.joinedload(Organisation.region))
    )


def _with_answers(statement: Select[Question]) -> Select[Question]:
    answers = selectinload(Question.answers)
    return statement.options(
        joinedload(Question.person),
        answers.joinedload(Answer.organisation),
        answers.joinedload(Answer.person),
        answers.joinedload(Answer.offer),
    )


def question_for(code: str, reader: Reader = NOBODY) -> Question:
    """An open question, or one that the reader asked, answered or decides about. NotFound otherwise."""
    contact_of = select(Organisation.id).where(Organisation.code.in_(list(reader.contact_of)))
    answered = or_(Answer.organisation_id.in_(contact_of), Answer.person_id.in_(_row_of(reader)))
    may_see = or_(
        Question.state == QuestionState.OPEN,
        _is_own(reader),
        Question.answers.any(answered),
        Organisation.region_id.in_(list(reader.regions)),
    )
    return _one(_with_answers(_whole()).where(Question.code == code, may_see))


def own_question(code: str, reader: Reader) -> Question:
    """A question of the reader, or of an organisation that they are the contact of. NotFound otherwise."""
    return _one(_with_answers(_whole()).where(Question.code == code, _is_own(reader)))


def questions_of(reader: Reader) -> list[Question]:
    """The questions of the reader and of the organisations that they are the contact of; open ones first."""
    is_open = Question.state == QuestionState.OPEN
    statement = _with_answers(_whole()).where(_is_own(reader)).order_by(is_open.desc(), Question.id.desc())
    return list(session.scalars(statement.limit(LIMIT)).unique())


def _is_own(reader: Reader) -> ColumnElement[bool]:
    return or_(Question.person_id.in_(_row_of(reader)), Organisation.code.in_(list(reader.contact_of)))


def _row_of(reader: Reader) -> Select[int]:
    return select(Person.id).where(Person.code == reader.person)


def questions_in(region_ids: Iterable[int]) -> list[Question]:
    """The open questions of organisations in these regions, newest first."""
    statement = _with_answers(_whole()).where(
        Question.state == QuestionState.OPEN, Organisation.region_id.in_(list(region_ids))
    )
    return list(session.scalars(statement.order_by(Question.id.desc()).limit(LIMIT)).unique())


def question_in(code: str, region_ids: Iterable[int]) -> Question:
    """A question of an organisation in one of these regions. NotFound otherwise."""
    return _one(
        _with_answers(_whole()).where(Question.code == code, Organisation.region_id.in_(list(region_ids)))
    )


def question_made_with(key: str) -> Question | None:
    """The question that a form with this one-time key made already."""
    return session.scalar(select(Question).where(Question.made_with == key))


def count_open(person: Person) -> int:
    """How many open questions somebody has."""
    statement = select(func.count()).where(
        Question.person_id == person.id, Question.state == QuestionState.OPEN
    )
    return session.scalar(statement) or 0


def host_of(organisation: Organisation) -> Host:
    """What questions are compared with."""
    region = organisation.region
    towns = tuple(dict.fromkeys(site.town for site in organisation.sites))
    return Host(organisation.code, organisation.kind, region.parent_id or region.id, towns)


def suited(found: Collection[Question], hosts: Collection[Host]) -> set[str]:
    """Codes of the questions that one of these hosts could do something with."""
    facts = {question.code: question_facts(question) for question in found}
    return {code for code, each in facts.items() if any(suits(each, host) for host in hosts)}


def answered_by(organisation_codes: Iterable[str]) -> set[str]:
    """Codes of the questions that one of these organisations has answered."""
    statement = (
        select(Question.code)
        .join(Answer, Answer.question_id == Question.id)
        .join(Organisation, Organisation.id == Answer.organisation_id)
    )
    return set(session.scalars(statement.where(Organisation.code.in_(list(organisation_codes)))))


def hold(question: Question) -> None:
    """Makes others who answer or end a question wait for the end of the transaction, and reads how it stands now."""
    if not has_one_writer():
        session.execute(select(Question.id).where(Question.id == question.id).with_for_update(key_share=True))
    session.refresh(question, ["state"])


def over(*, now: datetime) -> Select[int]:
    """Row ids of open questions of which the last day is past."""
    return select(Question.id).where(Question.state == QuestionState.OPEN, Question.until_on < wall_date(now))


def untold(*, now: datetime, seen_before: datetime | None = None) -> Select[int]:
    """Row ids of answers to open questions of which everybody can see the offer by now, with a moment to come.

    With `seen_before`, of those that could be seen like that even then.
    """
    earlier = seen_before or now
    is_open = and_(Slot.state == SlotState.OPEN, Slot.starts_at > now, Slot.changed_at <= earlier)
    return (
        select(Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .join(Offer, Offer.id == Answer.offer_id)
        .where(
            Answer.told_at.is_(None),
            Answer.made_at <= earlier,
            Question.state == QuestionState.OPEN,
            Offer.state == OfferState.PUBLISHED,
            Offer.changed_at <= earlier,
            Offer.slots.any(is_open),
        )
    )


def forgotten(*, now: datetime) -> Select[int]:
    """Row ids of questions that ended so long ago that they are removed."""
    return select(Question.id).where(Question.state != QuestionState.OPEN, Question.state_at < now - KEPT)


def _one(statement: Select[Question]) -> Question:
    row = session.scalars(statement).unique().one_or_none()
    if row is None:
        raise NotFound
    return row
