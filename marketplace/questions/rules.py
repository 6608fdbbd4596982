"""What a question must satisfy, whom it suits, whose it is, and who may answer it."""

from collections.abc import Collection
from datetime import date, timedelta

from marketplace.formats.playbooks import formats
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.models import Kind, Organisation
from marketplace.people.states import Role
from marketplace.questions.facts import (
    MESSAGE_LIMIT,
    OF_COMPANY,
    OF_SCHOOL,
    OPEN_LIMIT,
    PEOPLE_LIMIT,
    SUBJECTS_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Host,
    QuestionFacts,
    QuestionText,
    Reader,
)
from marketplace.questions.models import Question
from marketplace.questions.states import ENDED, TimeWish
from marketplace.regions.towns import DISTANCES, kilometres, town_named

HORIZON = timedelta(days=366)
KEPT = timedelta(days=183)
"""How long a question is kept after it ended, as long as the letters about it."""
ANSWER_AS = {OF_SCHOOL: Role.HOST_CONTACT, OF_COMPANY: Role.PARTICIPANT}
"""In which role questions are answered, by who asks them."""
UNTRUSTED = Refusal(
    N_("Publish an activity first. Once a coordinator has approved it, you can ask schools something too.")
)
ENOUGH = Refusal(
    N_("You have %(limit)s open questions. Close one of them before you ask another."), {"limit": OPEN_LIMIT}
)
ANSWERED = Refusal(N_("Your organisation has answered this question already."))
OWN = Refusal(N_("This is a question of your own organisation."))
NOT_YOURS = Refusal(N_("This question is for others to answer."))


def why_not_ask_for(organisation: Organisation) -> Refusal | None:
    """Why nothing can be asked on behalf of an organisation.

    Answers carry names and addresses of teachers, so a company asks once a coordinator has said yes to it.
    """
    is_fine = organisation.kind == Kind.SCHOOL or organisation.is_trusted
    return None if is_fine else UNTRUSTED


def why_not_ask(asked: QuestionText, today: date) -> dict[str, Refusal]:
    """What is wrong with a question, by the field it is filled in; nothing if all is well."""
    wrong = {
        "until_on": _why_not_until(asked, today),
        "people": _unless(
            1 <= asked.people <= PEOPLE_LIMIT,
            N_("Enter a number of people from 1 to %(limit)s."),
            limit=PEOPLE_LIMIT,
        ),
        "town": _unless(town_named(asked.town) is not None, N_("Fill in a town in the Netherlands.")),
        "within": _unless(asked.within in (0, *DISTANCES), N_("Choose from the list.")),
        "format": _unless(asked.format in {"", *formats()}, N_("Choose a form from the list.")),
        "profiles": _unless(set(asked.profiles) <= set(PROFILES), N_("Choose from the list.")),
        "time_wish": _unless(asked.time_wish in set(TimeWish), N_("Choose from the list.")),
        "title": _why_not_text(asked.title, TITLE_LIMIT, N_("Say in one line what you ask.")),
        "text": _why_not_text(
            asked.text, TEXT_LIMIT, N_("Describe what you would like to see, learn or do.")
        ),
        "subjects": _why_not_long(asked.subjects, SUBJECTS_LIMIT),
    }
    return {field: refusal for field, refusal in wrong.items() if refusal}


def _unless(is_fine: bool, message: str, **params: object) -> Refusal | None:
    return None if is_fine else Refusal(message, params)


def _why_not_text(text: str, limit: int, message: str) -> Refusal | None:
    return _unless(bool(text.strip()), message) or _why_not_long(text, limit)


def _why_not_long(text: str, limit: int) -> Refusal | None:
    return _unless(len(text) <= limit, N_("Shorten this to %(limit)s characters."), limit=limit)


def _why_not_until(asked: QuestionText, today: date) -> Refusal | None:
    if asked.until_on < asked.from_on:
        return Refusal(N_("The last day lies before the first day."))
    if asked.until_on < today:
        return Refusal(N_("Choose today or a day to come."))
    return _unless(asked.until_on <= today + HORIZON, N_("Choose a day within a year."))


def why_not_say(message: str) -> Refusal | None:
    """Why a word of interest cannot be sent like this."""
    is_fine = bool(message.strip()) and len(message) <= MESSAGE_LIMIT
    said = N_("Write what you have in mind, in at most %(limit)s characters.")
    return _unless(is_fine, said, limit=MESSAGE_LIMIT)


def why_not_answer(
    question: QuestionFacts, mine: Collection[str], told_of: Collection[str]
) -> Refusal | None:
    """Why nobody can answer on behalf of one of these organisations; None where one of them still can.

    `mine` are codes of those for which they may answer such a question (see ANSWER_AS); `told_of` of those that gave
    an answer of which who asked has heard. Another answer takes the place of one that nobody heard of yet.
    """
    if not question.is_open:
        return ENDED
    if not mine:
        return NOT_YOURS
    others = set(mine) - {question.organisation_code}
    if not others:
        return OWN
    return ANSWERED if others <= set(told_of) else None


def is_own(question: Question, reader: Reader) -> bool:
    """Whether a question is the reader's, or of an organisation that they are the contact of."""
    return question.person.code == reader.person or question.organisation.code in reader.contact_of


def may_know(question: Question, reader: Reader) -> bool:
    """Whether the reader may know who asked: their own, who answered it, and coordinators of the region."""
    return is_own(question, reader) or may_decide(question, reader) or _has_answered(question, reader)


def may_decide(question: Question, reader: Reader) -> bool:
    """Whether the reader looks after the region of a question."""
    return question.organisation.region_id in reader.regions


def _has_answered(question: Question, reader: Reader) -> bool:
    is_theirs = any(each.person.code == reader.person for each in question.answers)
    return is_theirs or not question.answered_by.isdisjoint(reader.contact_of)


def suits(question: QuestionFacts, host: Host) -> bool:
    """Whether a host can do something with a question: it may host the form, and is near enough."""
    if question.organisation_code == host.code:
        return False
    if question.asked.format and host.kind not in formats()[question.asked.format].hosts:
        return False
    if not question.asked.within:
        return question.whole_region_id == host.whole_region_id
    return any(is_near(question.asked, town) for town in host.towns)


def is_near(asked: QuestionText, town: str) -> bool:
    """Whether a town lies within the distance of a question; one that nobody knows does not keep anybody out."""
    one, other = town_named(asked.town), town_named(town)
    return not (asked.within and one and other) or kilometres(one, other) <= asked.within
