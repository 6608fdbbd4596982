"""What a question must satisfy, whom it suits, and who may answer it."""

from datetime import date, timedelta
from math import cos, hypot, radians

from marketplace.formats.playbooks import formats
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.models import Kind
from marketplace.questions.facts import (
    DISTANCES,
    OF_SCHOOL,
    OPEN_LIMIT,
    PEOPLE_LIMIT,
    Host,
    QuestionFacts,
    QuestionText,
)
from marketplace.questions.states import ENDED, TimeWish
from marketplace.regions.towns import KM_A_DEGREE, Town, town_named

HORIZON = timedelta(days=366)
KEPT = timedelta(days=183)
"""How long a question is kept after it ended, as long as the letters about it."""
ENOUGH = Refusal(
    N_("You have %(limit)s open questions. Close one of them before you ask another."), {"limit": OPEN_LIMIT}
)
ANSWERED = Refusal(N_("Your organisation has answered this question already."))
OWN = Refusal(N_("This is a question of your own organisation."))
NOT_YOURS = Refusal(N_("This question is for others to answer."))


def why_not_ask(asked: QuestionText, today: date) -> dict[str, Refusal]:
    """What is wrong with a question, by the field it is filled in; nothing if all is well."""
    wrong = {
        "from_on": _why_not_from(asked, today),
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
        "title": _unless(bool(asked.title.strip()), N_("Say in one line what you ask.")),
        "text": _unless(bool(asked.text.strip()), N_("Describe what you would like to see, learn or do.")),
    }
    return {field: refusal for field, refusal in wrong.items() if refusal}


def _unless(is_fine: bool, message: str, **params: object) -> Refusal | None:
    return None if is_fine else Refusal(message, params)


def _why_not_from(asked: QuestionText, today: date) -> Refusal | None:
    return _unless(asked.from_on >= today, N_("Choose today or a day to come."))


def _why_not_until(asked: QuestionText, today: date) -> Refusal | None:
    if asked.until_on < asked.from_on:
        return Refusal(N_("The last day lies before the first day."))
    return _unless(asked.until_on <= today + HORIZON, N_("Choose a day within a year."))


def why_not_answer(question: QuestionFacts, kind: str, code: str, answered: frozenset[str]) -> Refusal | None:
    """Why an organisation of this kind and code cannot answer; `answered` are codes of those that did."""
    if not question.is_open:
        return ENDED
    if question.organisation_code == code:
        return OWN
    if question.of != OF_SCHOOL and kind != Kind.SCHOOL:
        return NOT_YOURS
    return ANSWERED if code in answered else None


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


def kilometres(one: Town, other: Town) -> float:
    """How far two towns lie apart, as the crow flies: within the country, off by less than a hundredth."""
    northward = one.latitude - other.latitude
    eastward = (one.longitude - other.longitude) * cos(radians(one.latitude))
    return KM_A_DEGREE * hypot(northward, eastward)


def is_over(asked: QuestionText, today: date) -> bool:
    """Whether the last day of a question is past."""
    return asked.until_on < today
