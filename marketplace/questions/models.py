"""The tables of questions and of what they are answered with."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.database import Base, Code
from marketplace.offers.models import Offer
from marketplace.organisations.models import Kind, Organisation
from marketplace.people.models import Person
from marketplace.questions.states import QuestionState


class Question(Base):
    """What a school asks companies ("leervraag"), or a company schools: its organisation says which.

    Removed whole, with its answers, half a year after it ended.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("from_on <= until_on", name="period"),
        Index("ix_question_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_with: Mapped[str | None] = mapped_column(unique=True)
    """The one-time key of the form it was made with: sending that form twice makes one question."""
    state: Mapped[str] = mapped_column(default=QuestionState.OPEN)
    state_by: Mapped[str] = mapped_column(Code)
    state_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    """Why a coordinator took it down."""
    title: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    """In which it was typed, for who has it read aloud."""
    format: Mapped[str] = mapped_column(default="")
    """The form of exchange that is wanted; empty where that does not matter."""
    subjects: Mapped[str] = mapped_column(default="")
    profiles: Mapped[list[str]] = mapped_column(default=list)
    people: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day that is of use: the question lapses after it."""
    time_wish: Mapped[str] = mapped_column(default="")
    town: Mapped[str]
    within: Mapped[int] = mapped_column(default=0)
    """Kilometres from there, as the crow flies; 0 for the whole region."""
    asked_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="question", order_by="Answer.id", cascade="all, delete-orphan"
    )

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == QuestionState.OPEN

    @property
    def is_of_school(self) -> bool:
        """Whether it is companies that are asked."""
        return self.organisation.kind == Kind.SCHOOL

    @property
    def told_of(self) -> frozenset[str]:
        """Codes of the organisations of whose answer who asked has heard: those answers stand."""
        return frozenset(each.organisation.code for each in self.answers if each.told_at)

    @property
    def answered_by(self) -> frozenset[str]:
        """Codes of all that answered, be it with an offer that nobody else sees yet."""
        return frozenset(each.organisation.code for each in self.answers)


class Answer(Base):
    """What an organisation answers: an offer to a school's question, a word of interest to a company's. One each."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("question_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"), index=True)
    message: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When who asked heard of it; of an offer they do once everybody can see it with a moment to come."""

    question: Mapped[Question] = relationship(back_populates="answers")
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()
    offer: Mapped[Offer | None] = relationship()
