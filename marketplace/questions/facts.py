"""What pages, letters and rules know of a question: frozen values, taken from rows once."""

from dataclasses import dataclass, field
from datetime import date, datetime

from marketplace.organisations.models import Kind
from marketplace.questions.models import Answer, Question
from marketplace.questions.states import QuestionState

TITLE_LIMIT = 100
TEXT_LIMIT = 2000
SUBJECTS_LIMIT = 120
MESSAGE_LIMIT = 1000
PEOPLE_LIMIT = 200
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
    whole_region_id: int
    """Of the region that its region is a part of, or is."""
    asked_at: datetime
    asked: QuestionText

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == QuestionState.OPEN


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


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a question: nobody in particular, or a person with the organisations and regions they stand for."""

    person: str = ""
    contact_of: frozenset[str] = field(default_factory=frozenset)
    """Codes of organisations that they are the contact of: those questions are theirs too."""
    regions: frozenset[int] = field(default_factory=frozenset)
    """Row ids of the regions that they decide for."""


NOBODY = Reader()


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
        whole_region_id=region.whole_id,
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
    )
