"""Claiming a seat: what somebody wants to learn, in whose time, and what goes with the safety notes."""

from typing import Any, TypeVar

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField
from wtforms.widgets import HiddenInput

from marketplace.claims.facts import DIET_LIMIT, QUESTION_LIMIT, ClaimForm
from marketplace.claims.models import Claim
from marketplace.claims.states import COVERS, TIME_BASES, Cover, TimeBasis
from marketplace.kernel.texts import N_, gettext, in_language
from marketplace.offers.models import Slot
from marketplace.people.models import Person
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.rules import lent_sizes
from marketplace.web.forms import CHOOSE, Chosen, Filled, Form, area, choices, line

BASIS = N_("Choose in whose time you come.")
COVER = N_("Choose whether your lessons are covered.")
SIZE = N_("Choose your size for what you get on loan.")


class SafetyForm(Form):
    """That a participant read the safety notes, with the sizes of what is lent and wishes for a meal.

    There are as many sizes in it as the host lends things in: see `fitted`.
    """

    diet = line(
        N_("Wishes for the meal"),
        limit=DIET_LIMIT,
        hint=N_("Only the host sees this. We wipe it 14 days afterwards."),
    )
    keeps_sizes = BooleanField(
        N_("Keep my sizes for the next time"), description=N_("You can remove them in your profile.")
    )
    read_version = IntegerField(widget=HiddenInput())
    has_read_safety: BooleanField

    @property
    def sizes(self) -> list[SelectField]:
        """The fields that ask for a size."""
        return [field for field in self if field.name.startswith("size_")]

    @property
    def asks_safety(self) -> bool:
        """Whether what goes with the safety notes is asked now."""
        return True

    def validate(self, extra_validators: Any = None) -> bool:
        """What is not asked cannot be wrong."""
        if not self.asks_safety:
            for field in [*self.sizes, self.has_read_safety]:
                field.validators = ()
        return super().validate(extra_validators)

    def said(self, **more: Any) -> ClaimForm:
        """What was filled in, as actions take it."""
        is_asked = self.asks_safety
        plans = {"learning_question": "", "time_basis": "", "cover": "", **more}
        return ClaimForm(
            sizes={field.name.removeprefix("size_"): field.data for field in self.sizes} if is_asked else {},
            diet=(self.diet.data or "") if is_asked and "diet" in self else "",
            keeps_sizes=is_asked and "keeps_sizes" in self and self.keeps_sizes.data,
            has_read_safety=is_asked and self.has_read_safety.data,
            read_version=self.read_version.data or 0,
            **plans,
        )

    def show_version(self, version: int) -> None:
        """This version of the safety notes is on the page now; having read another one does not count."""
        if self.read_version.data != version:
            self.has_read_safety.data = False
        self.read_version.data, self.read_version.raw_data = version, None


class PlansForm(SafetyForm):
    """What participants say when claiming. Who goes on the waiting list is asked about safety when there is a seat."""

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
        description=N_("Perhaps a guest teacher can take over, sometimes even somebody of the company."),
    )
    may_wait = BooleanField()

    @property
    def asks_safety(self) -> bool:
        """Who waits has no seat yet."""
        return not self.may_wait.data

    def said(self, **more: Any) -> ClaimForm:
        """What was filled in, as actions take it."""
        return super().said(
            learning_question=self.learning_question.data or "",
            time_basis=self.time_basis.data or "",
            cover=self.cover.data or "",
            may_wait=self.may_wait.data,
            **more,
        )


def claim_form(slot: Slot, person: Person, *, is_waiting: bool = False) -> PlansForm:
    """The form for this moment: as it was sent, else empty but for sizes that are kept.

    `is_waiting`: for its waiting list.
    """
    return fitted(PlansForm, slot, **kept(slot, person), **own_time(slot), may_wait=is_waiting)


def kept(slot: Slot, person: Person) -> dict[str, Any]:
    """The sizes that a person keeps of what this moment asks for."""
    found = {
        f"size_{code}": person.sizes[kind]
        for code, kind in lent_sizes(slot.brief.facts)
        if kind in person.sizes
    }
    return {**found, "keeps_sizes": bool(found)}


def own_time(slot: Slot) -> dict[str, str]:
    """In own time no lessons have to be covered."""
    return {"time_basis": TimeBasis.OWN, "cover": Cover.NOT_NEEDED} if slot.is_own_time else {}


def safety_form(claim: Claim) -> SafetyForm:
    """The form in which the participant of a claim says that they read the safety notes, filled with what they said."""
    known = kept(claim.slot, claim.person) if claim.person else {}
    said = {f"size_{code}": size for code, size in claim.sizes.items()}
    return fitted(SafetyForm, claim.slot, **{**known, **said}, diet=claim.diet)


F = TypeVar("F", bound=SafetyForm)


def fitted(kind: type[F], slot: Slot, **data: Any) -> F:
    """A form with a field for each size that this moment asks for, and the last word on the safety notes.

    Errors are listed in the order of making: so that word is made last, as it stands last.
    """
    fields: dict[str, Field] = {
        f"size_{code}": _size(code, scale) for code, scale in lent_sizes(slot.brief.facts)
    }
    fields["has_read_safety"] = BooleanField(
        N_("I have read the safety notes and will keep to them"),
        [Filled(N_("Confirm that you have read the safety notes."))],
    )
    form: F = type(kind.__name__, (kind,), fields)(data=data)
    if not slot.offer.meal:
        del form.diet
    if not form.sizes:
        del form.keeps_sizes
    return form


def _size(code: str, kind: str) -> SelectField:
    label = gettext("%(item)s: your size", item=in_language(catalogue()[code].name))
    known = choices({value: in_language(names) for value, names in sizes(kind)})
    return SelectField(
        label,
        [Filled(SIZE), Chosen(SIZE)],
        choices=[CHOOSE, *known],
        validate_choice=False,  # `Chosen` does, where it is asked
        description=N_("Only the host sees your size. We wipe it 14 days afterwards."),
    )
