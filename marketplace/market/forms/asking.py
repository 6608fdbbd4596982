"""The form of a question: what a school asks companies, or a company schools."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField

from marketplace.formats.playbooks import formats
from marketplace.kernel.texts import N_, gettext
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.models import Kind, Organisation
from marketplace.questions.facts import (
    PEOPLE_LIMIT,
    SUBJECTS_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    QuestionText,
)
from marketplace.questions.rules import why_not_ask
from marketplace.questions.states import TIME_WISHES, TimeWish
from marketplace.regions.towns import DISTANCES
from marketplace.web.forms import Chosen, OneTimeForm, Readable, area, choice, choices, line

STANDS = timedelta(days=120)
"""How long a question stands if nobody says otherwise."""
EARLIEST = date(1900, 1, 1)
"""Before this, nobody means what was typed."""
TOWN_LIMIT = 60


class QuestionForm(OneTimeForm):
    """A question. Of a company it asks less: neither the form of exchange nor subjects."""

    title = line(
        N_("Your question in one line"), limit=TITLE_LIMIT, required=N_("Say in one line what you ask.")
    )
    text = area(
        N_("What would you like to see, learn or do?"),
        limit=TEXT_LIMIT,
        rows=6,
        required=N_("Describe what you would like to see, learn or do."),
    )
    format = SelectField(N_("Which form suits you?"), [Chosen(is_required=False)], default="")
    subjects = line(N_("Subjects"), limit=SUBJECTS_LIMIT, hint=N_("Such as: electrical engineering, NaSk."))
    profiles = SelectMultipleField(
        N_("For which profiles"), [Chosen(is_required=False)], choices=choices(PROFILES)
    )
    people = IntegerField(
        N_("For how many people"),
        [Readable(N_("Enter a number of people from %(low)s to %(high)s."), 1, PEOPLE_LIMIT)],
    )
    from_on = DateField(
        N_("First day that suits"),
        [Readable(N_("Choose a day."), EARLIEST)],
        description=N_("Today, if that does not matter."),
    )
    until_on = DateField(
        N_("Last day that suits"),
        [Readable(N_("Choose a day."), EARLIEST)],
        description=N_("After that day your question disappears by itself."),
    )
    time_wish = RadioField(
        N_("In whose time?"),
        [Chosen()],
        choices=choices({str(wish): name for wish, name in TIME_WISHES.items()}),
        default=str(TimeWish.EITHER),
    )
    town = line(N_("Near town"), limit=TOWN_LIMIT, required=N_("Fill in a town in the Netherlands."))
    within = SelectField(N_("Within"), [Chosen()], default="0")

    def fit(self, organisation: Organisation) -> None:
        """Leaves what there is to ask for a school or a company."""
        self.within.choices = [
            choice("0", gettext("the whole region")),
            *(choice(str(km), gettext("%(km)s km", km=km)) for km in DISTANCES),
        ]
        if organisation.kind == Kind.SCHOOL:
            names = {slug: form.name for slug, form in formats().items()}
            self.format.choices = [choice("", N_("That does not matter")), *choices(names)]
        else:
            del self.format, self.subjects

    def asked(self) -> QuestionText:
        """What was filled in."""
        said: dict[str, Any] = {
            name: value for name, value in self.data.items() if name in QuestionText.__dataclass_fields__
        }
        return QuestionText(
            **said | {"within": int(said["within"]), "profiles": tuple(said["profiles"] or ())}
        )

    def is_fine(self, today: date) -> bool:
        """Whether it can be asked like this; what cannot stands beside its field."""
        if not self.validate_on_submit():
            return False
        wrong = why_not_ask(self.asked(), today)
        for field, refusal in wrong.items():
            self.refuse(refusal, field)
        return not wrong


def suggested(organisation: Organisation, today: date) -> dict[str, Any]:
    """What a new question begins with."""
    town = organisation.sites[0].town if organisation.sites else ""
    return {"people": 1, "from_on": today, "until_on": today + STANDS, "town": town}
