"""Questions to the database about questions, and who may see and do what."""

from collections.abc import Collection, Iterable
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
from marketplace.questions.facts import NOBODY, OF_COMPANY, OF_SCHOOL, Host, Reader, question_facts
from marketplace.questions.models import Answer, Question
from marketplace.questions.rules import KEPT, suits
from marketplace.questions.states import QuestionState
from marketplace.regions.models import Region

LIMIT = 200
"""Questions of a person or a region that a page shows at most; there are some dozens."""


def open_questions(of: str = "", profile: str = "", *, before: str = "", limit: int) -> list[Question]:
    """What is asked now, newest first: by schools, by companies, or by both. One statement.

    The next page is what was asked `before` the question with that code.
    """
    statement = _whole().where(Question.state == QuestionState.OPEN)
    if of in (OF_SCHOOL, OF_COMPANY):
        statement = statement.where(Organisation.kind == of)
    if profile:
        statement = statement.where(cast(Question.profiles, Text).contains(f'"{profile}"', autoescape=True))
    if before:
        last = select(Question.id).where(Question.code == before).scalar_subquery()
        statement = statement.where(Question.id < last)
    return list(session.scalars(statement.order_by(Question.id.desc()).limit(limit)).unique())


def asked_of(hosts: Collection[Host]) -> list[Question]:
    """The open questions of schools that suit one of these hosts or that one has answered, newest first."""
    codes, whole_id = [host.code for host in hosts], func.coalesce(Region.parent_id, Region.id)
    near = select(Region.id).where(whole_id.in_([host.whole_region_id for host in hosts]))
    answered = Question.answers.any(Answer.organisation.has(Organisation.code.in_(codes)))
    statement = _whole().where(
        Question.state == QuestionState.OPEN,
        Organisation.kind == OF_SCHOOL,
        or_(Question.within > 0, Organisation.region_id.in_(near), answered),
    )
    statement = statement.options(selectinload(Question.answers).joinedload(Answer.organisation))
    found = session.scalars(statement.order_by(Question.id.desc())).unique()
    return [each for each in found if each.answered_by.intersection(codes) or _suits(each, hosts)]


def _suits(question: Question, hosts: Iterable[Host]) -> bool:
    facts = question_facts(question)
    return any(suits(facts, host) for host in hosts)


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


def question_to_answer(code: str, of: str, *, is_given: bool) -> Question:
    """An open question of a school or of a company (`of`). NotFound otherwise.

    One that ended meanwhile is found too where the answer `is_given` already: then it is refused, with what was typed.
    """
    stands = Question.state != QuestionState.REMOVED if is_given else Question.state == QuestionState.OPEN
    return _one(_with_answers(_whole()).where(Question.code == code, Organisation.kind == of, stands))


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
    return Host(organisation.code, organisation.kind, region.whole_id, towns)


def answers_to(question: Question) -> list[Answer]:
    """Its answers as they stand now, whatever was read before."""
    statement = (
        select(Answer).where(Answer.question_id == question.id).options(joinedload(Answer.organisation))
    )
    return list(session.scalars(statement.execution_options(populate_existing=True)))


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
