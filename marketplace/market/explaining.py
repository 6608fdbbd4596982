"""The pages of explanation, one for each kind of reader: what to do in which order, with pictures of the pages it is done on.

What they advise is that of TIPS bij Leren buiten de school. The pictures are made anew with `make screenshots`.
"""

from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from marketplace.kernel.errors import NotFound
from marketplace.kernel.texts import N_
from marketplace.web.guards import for_everybody
from marketplace.web.pages import page

PICTURE_WIDTH, PICTURE_HEIGHT = 900, 560
"""Of every picture, in pixels: the page then does not jump as they come in."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step of an explanation. `picture` is the beginning of the names of its files, empty for none; `alt` says what it shows."""

    title: str
    texts: tuple[str, ...]
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page of explanation says, and where to begin."""

    title: str
    lede: str
    chapters: tuple[Chapter, ...]
    start: str
    start_label: str


EXPLANATIONS = {
    "teachers": Explanation(
        N_("You work at a school"),
        N_("From looking around to the day itself. Ten minutes between two lessons are enough to begin."),
        (
            Chapter(
                N_("Find something for your lessons"),
                (
                    N_("Say what you teach, where you are and when you can: after school, in a holiday, in your own time. The list follows each choice."),
                    N_("Nothing that suits you this week? Save the search. You get a mail as soon as there is."),
                ),
                "teachers-find",
                N_("The list of activities, with the choices that narrow it above it."),
            ),
            Chapter(
                N_("See what you will do there"),
                (
                    N_("Each activity says what you make, measure or operate yourself. Beside it stands what you wear, who brings it, and whether you need a certificate."),
                ),
                "teachers-offer",
                N_("The page of an activity, with its moments and a button to sign up."),
            ),
            Chapter(
                N_("Sign up with a question"),
                (
                    N_("Write what you want to be able to do or know after the day. With “heat pumps” a company can do little; with “how do I find a fault in one?” it can prepare."),
                    N_("Your place is held while it is decided whether you can go. Is the moment full? Then go on the waiting list."),
                ),
                "teachers-claim",
                N_("The form to sign up, with a question for the day and whether lessons are covered."),
            ),
            Chapter(
                N_("Know what to bring"),
                (
                    N_("With the confirmation comes an invitation for your calendar: where to report, what to wear, whom to ask for. If something changes, you hear what it was and what it is now."),
                    N_("Can you not come? Withdraw as soon as you know. A colleague can then go in your place."),
                ),
                "teachers-claims",
                N_("One's own claims, each with where it stands."),
            ),
            Chapter(
                N_("Take it back to school"),
                (
                    N_("Tell your team what you saw, and use it: in a lesson, an assignment or a test. A visit is often the start of more: a guest lesson, material, a placement for pupils."),
                ),
            ),
        ),
        "/",
        N_("To the activities"),
    ),
    "schools": Explanation(
        N_("You arrange it for your school"),
        N_("For team leaders, placement offices and whoever makes the timetable."),
        (
            Chapter(
                N_("Bring your team"),
                (
                    N_("Choose an activity and sign up several colleagues at once. You may fill in names later. A fixed day a year for the whole team works best."),
                ),
                "schools-together",
                N_("The form to sign up several colleagues together."),
            ),
            Chapter(
                N_("See who goes where"),
                (
                    N_("Your page shows which colleagues go where and when, and whether in school time or in their own."),
                    N_("Confirm with one button that lessons are covered; the coordinator sees it at once. Perhaps a guest teacher can take over, sometimes even somebody of the company."),
                ),
                "schools-claims",
                N_("The claims of colleagues, with a button to confirm lesson cover."),
            ),
            Chapter(
                N_("Ask for what is not there"),
                (
                    N_("Is what your team wants to learn not among the activities? Ask for it. The more concrete the question, the sooner a company answers."),
                ),
                "schools-questions",
                N_("Questions of schools, each with what they want to learn."),
            ),
        ),
        "/questions",
        N_("To the questions"),
    ),
    "hosts": Explanation(
        N_("You receive people"),
        N_("A day along, an evening or a visit: you decide what, when and for how many."),
        (
            Chapter(
                N_("Begin with an example"),
                (
                    N_("Choose a ready-made activity and change what is different at your place, or take over one of last year. That takes two minutes."),
                    N_("Let people do something: make, measure, operate. Technical people would rather do than listen. Let a young colleague tell something, too."),
                ),
                "hosts-begin",
                N_("Ready-made activities to choose from."),
            ),
            Chapter(
                N_("Write the safety notes once"),
                (
                    N_("Choose what must be worn and who brings it. It stands with the activity, in the confirmation, in the calendar and on a sheet for the gate."),
                ),
                "hosts-safety",
                N_("The safety notes: signs to choose from, and who brings the equipment."),
            ),
            Chapter(
                N_("Plan a moment"),
                (
                    N_("Between five and eight no lesson is lost, and soup with bread is fine. Plan at least six weeks ahead: then teachers can still come."),
                    N_("The first time, a coordinator looks at it before everybody sees it. After that you publish yourselves."),
                ),
            ),
            Chapter(
                N_("See who comes"),
                (
                    N_("For each moment you have a list: who comes, with which question, and which sizes to put ready. On the day you check people in with one button."),
                ),
                "hosts-comers",
                N_("The list of participants of a moment, with their questions and sizes."),
            ),
        ),
        "/host/offers/new",
        N_("Post an activity"),
    ),
    "coordinators": Explanation(
        N_("You coordinate a region"),
        N_("You see to it that it fits: for the school, for the company and for safety."),
        (
            Chapter(
                N_("Decide on claims"),
                (
                    N_("The oldest stand first, with what to mind: lessons that are not covered, a certificate that is missing, two things at once. You can decide on several together."),
                    N_("You can take a decision back for a few minutes. After that everybody gets their mail and invitation."),
                ),
                "coordinators-claims",
                N_("Claims that wait at the desk, each with checks and buttons to approve or reject."),
            ),
            Chapter(
                N_("Check a first activity"),
                (
                    N_("Is there something concrete to do, and are the safety notes clear? After your yes the company publishes by itself."),
                ),
                "coordinators-offers",
                N_("An activity of a new company, as the coordinator looks at it."),
            ),
            Chapter(
                N_("Let your calendar help you"),
                (
                    N_("Subscribe to the calendar of your region. With the steps of the playbook in it you see when to invite, when claims open and when to look back."),
                ),
            ),
        ),
        "/desk",
        N_("To the desk"),
    ),
}

blueprint = Blueprint("explaining", __name__)


@blueprint.get("/how-it-works/<readers>")
@for_everybody
def how(readers: str) -> ResponseReturnValue:
    """How it works for one kind of reader; NotFound for any other."""
    if readers not in EXPLANATIONS:
        raise NotFound
    return page(
        "market/how.html",
        readers=readers,
        explanations=EXPLANATIONS,
        width=PICTURE_WIDTH,
        height=PICTURE_HEIGHT,
    )
