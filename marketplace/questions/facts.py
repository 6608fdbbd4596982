"""What pages, letters and rules know of a question: frozen values, taken from rows once."""

from dataclasses import dataclass
from datetime import date, datetime

from marketplace.organisations.models import Kind
from marketplace.questions.models import Answer, Question

TITLE_LIMIT = 100
TEXT_LIMIT = 2000
SUBJECTS_LIMIT = 120
MESSAGE_LIMIT = 1000
PEOPLE_LIMIT = 200
DISTANCES = (10, 25, 50, 100)
"""Kilometres to choose from."""
OPEN_LIMIT = 5
"""Questions that one person may have open at a time."""
OF_SCHOOL, OF_COMPANY = str(Kind.SCHOOL), str(Kind.COMPANY)
"""Who asks; the others are asked."""


@dataclass(frozen=True, slots=True)
class QuestionText:
    """What somebody asks, as they fill in the form."""

    title: str
    text: str
    people: int
    from_on: date
    until_on: date
    town: str
    within: int = 0
    format: str = ""
    subjects: str = ""
    profiles: tuple[str, ...] = ()
    time_wish: str = ""


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """A question as everybody may see it: of whom, but not by whom."""

    code: str
    state: str
    state_at: datetime
    reason: str
    language: str
    organisation: str
    organisation_code: str
    of: str
    """OF_SCHOOL or OF_COMPANY."""
    region: str
    region_id: int
    whole_region_id: int
    """Of the region that its region is a part of, or is."""
    asked_at: datetime
    asked: QuestionText

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer as those who may see it do."""

    organisation: str
    organisation_code: str
    offer: str
    """Code of the offer, once everybody can see it; until then, and of a word of interest, empty."""
    offer_title: str
    name: str
    email: str
    message: str
    made_at: datetime

    @property
    def is_coming(self) -> bool:
        """Whether an offer is still being made."""
        return not self.offer and not self.message


@dataclass(frozen=True, slots=True)
class Host:
    """Who looks for questions to answer: what it is, and where it receives people."""

    code: str
    kind: str
    whole_region_id: int
    towns: tuple[str, ...]


def question_facts(question: Question) -> QuestionFacts:
    """A question with its organisation and region."""
    region = question.organisation.region
    return QuestionFacts(
        code=question.code,
        state=question.state,
        state_at=question.state_at,
        reason=question.reason,
        language=question.language,
        organisation=question.organisation.name,
        organisation_code=question.organisation.code,
        of=question.organisation.kind,
        region=region.name,
        region_id=region.id,
        whole_region_id=region.parent_id or region.id,
        asked_at=question.asked_at,
        asked=text_of(question),
    )


def text_of(question: Question) -> QuestionText:
    """What it asks."""
    names = set(QuestionText.__dataclass_fields__) - {"profiles"}
    said = {name: getattr(question, name) for name in names}
    return QuestionText(**said, profiles=tuple(question.profiles))


def answer_facts(answer: Answer) -> AnswerFacts:
    """An answer; its offer only if everybody may see that."""
    is_seen = answer.offer is not None and answer.offer.is_public
    return AnswerFacts(
        organisation=answer.organisation.name,
        organisation_code=answer.organisation.code,
        offer=answer.offer.code if answer.offer and is_seen else "",
        offer_title=answer.offer.title if answer.offer and is_seen else "",
        name=answer.person.name,
        email=answer.person.email,
        message=answer.message,
        made_at=answer.made_at,
    )
