"""The form to claim a seat with: as many sizes in it as the host lends things in."""

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.widgets import HiddenInput

from marketplace.claims.facts import DIET_LIMIT, QUESTION_LIMIT
from marketplace.claims.facts import ClaimForm as Said
from marketplace.claims.states import COVERS, TIME_BASES, Cover, TimeBasis
from marketplace.kernel.texts import N_, gettext, in_language
from marketplace.offers.models import Slot
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.rules import lent_sizes
from marketplace.web.forms import Chosen, Filled, Form, area, choices, line

BASIS = N_("Choose in whose time you come.")
COVER = N_("Choose whether your lessons are covered.")
SIZE = N_("Choose your size for what you get on loan.")
CHOOSE = SelectChoice(value="", label=N_("Choose"))


class ClaimForm(Form):
    """What a participant says when claiming."""

    learning_question = area(
        N_("Your question for the day"),
        limit=QUESTION_LIMIT,
        required=N_("Write what you want to learn."),
        hint=N_(
            "What do you want to be able to do or know after this day? The more precise, the more you get out of it."
        ),
    )
    time_basis = RadioField(
        N_("In whose time do you come?"),
        [Filled(BASIS), Chosen(BASIS)],
        choices=choices({str(basis): name for basis, name in TIME_BASES.items()}),
    )
    cover = SelectField(
        N_("Are your lessons covered?"),
        [Filled(COVER), Chosen(COVER)],
        choices=[CHOOSE, *choices({str(cover): name for cover, name in COVERS.items()})],
    )
    diet = line(
        N_("Wishes for the meal"),
        limit=DIET_LIMIT,
        hint=N_("Only the host sees this. We wipe it 14 days afterwards."),
    )
    read_version = IntegerField(widget=HiddenInput())
    has_read_safety: BooleanField

    @property
    def sizes(self) -> list[SelectField]:
        """The fields that ask for a size."""
        return [field for field in self if field.name.startswith("size_")]

    def said(self) -> Said:
        """What was filled in, as the action takes it."""
        return Said(
            learning_question=self.learning_question.data or "",
            time_basis=self.time_basis.data or "",
            cover=self.cover.data or "",
            sizes={field.name.removeprefix("size_"): field.data for field in self.sizes},
            diet=(self.diet.data or "") if "diet" in self else "",
            has_read_safety=self.has_read_safety.data,
            read_version=self.read_version.data or 0,
        )

    def show_version(self, version: int) -> None:
        """This version of the safety notes is on the page now; having read another one does not count."""
        if self.read_version.data != version:
            self.has_read_safety.data = False
        self.read_version.data, self.read_version.raw_data = version, None


def claim_form(slot: Slot) -> ClaimForm:
    """The form for this moment, empty or as it was sent. In own time no lessons have to be covered."""
    fields: dict[str, Field] = {
        f"size_{code}": _size(code, kind) for code, kind in lent_sizes(slot.offer.brief.facts)
    }
    fields["has_read_safety"] = BooleanField(
        N_("I have read the safety notes and will keep to them"),
        [Filled(N_("Confirm that you have read the safety notes."))],
    )  # made last, as it stands last: errors are listed in the order of making
    own_time = {"time_basis": TimeBasis.OWN, "cover": Cover.NOT_NEEDED} if slot.is_own_time else {}
    form: ClaimForm = type("ClaimForm", (ClaimForm,), fields)(data=own_time)
    if not slot.offer.meal:
        del form.diet
    return form


def _size(code: str, kind: str) -> SelectField:
    label = gettext("%(item)s: your size", item=in_language(catalogue()[code].name))
    known = [SelectChoice(value=value, label=in_language(names)) for value, names in sizes(kind)]
    return SelectField(
        label,
        [Filled(SIZE), Chosen(SIZE)],
        choices=[CHOOSE, *known],
        description=N_("Only the host sees your size. We wipe it 14 days afterwards."),
    )
