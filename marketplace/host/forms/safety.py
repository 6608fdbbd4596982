"""Safety briefs: all that the catalogue offers as rows to tick and to put in order, with a few words to add."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, URLField

from marketplace.kernel.texts import N_, in_language
from marketplace.organisations.facts import NAME_LIMIT
from marketplace.organisations.models import Site, StandingBrief
from marketplace.safety.catalogue import catalogue
from marketplace.safety.facts import (
    INSTRUCTION_LIMIT,
    LINE_NOTE_LIMIT,
    NOTES_LIMIT,
    PART_LIMIT,
    Access,
    BriefFacts,
    BriefLine,
    Item,
    Provider,
)
from marketplace.web.forms import Chosen, Form, Limited, OneTimeForm, area, choice, choices, clean, line

ACCESSES: dict[str, str] = {
    Access.NONE: N_("Nothing"),
    Access.GATE_INSTRUCTION: N_("A gate instruction on arrival"),
    Access.GPI: N_("GPI (generic gate instruction, online)"),
    Access.B_VCA: N_("B-VCA, or VOL-VCA"),
    Access.VOL_VCA: N_("VOL-VCA"),
}
PROVIDERS: dict[str, str] = {
    Provider.HOST: N_("we lend it"),
    Provider.SCHOOL: N_("the school brings it"),
    Provider.PARTICIPANT: N_("the participant brings it"),
}


class SafetyForm(Form):
    """A brief. For each item of the catalogue there is a note and, for equipment, who provides it and how.

    The order of what is chosen is the order in which the page sends it.
    """

    has_no_particular_risks = BooleanField(N_("There are no particular risks"))
    chosen = SelectMultipleField(N_("Equipment and signs"), validate_choice=False)
    notes = area(
        N_("Other rules and remarks"),
        limit=NOTES_LIMIT,
        rows=6,
        hint=N_("At most 3,000 characters. They stand in the mail and in the calendar, whole."),
    )
    access = RadioField(
        N_("What does the gate ask for?"),
        [Chosen(N_("Choose what the gate asks for."))],
        choices=choices(ACCESSES),
    )

    instruction = URLField(
        N_("Your own instruction"),
        [Limited(INSTRUCTION_LIMIT)],
        filters=[clean],
        description=N_("If participants do one before they come: the address of its page."),
        render_kw={"placeholder": "https://", "autocomplete": "off", "list": "instruction-addresses"},
    )

    def is_chosen(self, code: str) -> bool:
        """Whether this item of the catalogue is ticked."""
        return code in (self.chosen.data or [])

    def extras(self, code: str, *names: str) -> list[Any]:
        """Those fields of an item of the catalogue that it has."""
        return [self[f"{name}-{code}"] for name in names if f"{name}-{code}" in self]

    def has_more(self, code: str) -> bool:
        """Whether one of the fields that are folded away says something, or was refused."""
        return any(
            each.data or each.errors for each in self.extras(code, *FOLDED) if each.type != "BooleanField"
        )

    def move(self, code: str, steps: int) -> None:
        """Puts what is chosen one place up (-1) or down (1), as far as there is one."""
        order = list(dict.fromkeys(self.chosen.data or []))
        if code in order:
            place = order.index(code)
            order.insert(max(place + steps, 0), order.pop(place))
            self.chosen.data = order

    def brief(self) -> BriefFacts:
        """What was filled in; codes are not judged here."""
        return BriefFacts(
            tuple(self._line(code) for code in self.chosen.data or []),
            self.notes.data or "",
            Access(self.access.data),
            self.has_no_particular_risks.data,
            self.instruction.data or "",
        )

    def _line(self, code: str) -> BriefLine:
        item = catalogue().get(code)
        if item is None:
            return BriefLine(code)
        note, part = self[f"note-{code}"].data or "", self[f"part-{code}"].data or ""
        if not item.is_equipment:
            return BriefLine(code, note=note, part=part)
        return BriefLine(
            code,
            self[f"required-{code}"].data,
            Provider(self[f"provider-{code}"].data),
            f"size-{code}" in self and self[f"size-{code}"].data,
            note,
            self[f"grade-{code}"].data if item.classes else "",
            part,
        )


class OfferSafetyForm(SafetyForm):
    """The brief of an offer, which may be based on a standing brief."""

    standing = SelectField(N_("What always holds at your place"), [Chosen()], default="")

    def offer_standing(self, briefs: Sequence[StandingBrief]) -> None:
        """Fills the list of standing briefs."""
        none = choice("", N_("Nothing: I fill in everything here"))
        self.standing.choices = [none, *choices({each.code: each.name for each in briefs})]


class SlotSafetyForm(SafetyForm):
    """What a moment adds to the brief of its offer."""

    access = RadioField(
        N_("Does the gate ask for more at this moment?"),
        [Chosen(N_("Choose what the gate asks for."))],
        choices=choices({**ACCESSES, Access.NONE: N_("No, nothing more")}),
    )


class StandingForm(OneTimeForm, SafetyForm):
    """A standing brief, with its name and where it holds."""

    name = line(
        N_("Name"),
        limit=NAME_LIMIT,
        required=N_("Give it a name."),
        hint=N_("For yourselves. For example: workshop, laboratory, site in Hoogeveen."),
    )
    site = SelectField(N_("Where it holds"), [Chosen()], default="")

    def offer_sites(self, sites: Sequence[Site]) -> None:
        """Fills the list of places."""
        addresses = {each.code: each.address for each in sites}
        self.site.choices = [choice("", N_("Everywhere")), *choices(addresses)]


FOLDED = ("part", "required", "size", "note")
"""What belongs to a line and is needed less often."""


def _add_fields(item: Item) -> None:
    note = line(N_("Note"), limit=LINE_NOTE_LIMIT)
    part = line(N_("For which part"), limit=PART_LIMIT, hint=N_("For example: at the welding bench."))
    setattr(SafetyForm, f"note-{item.code}", note)
    setattr(SafetyForm, f"part-{item.code}", part)
    if not item.is_equipment:
        return
    provider = SelectField(
        N_("Who provides it"),
        [Chosen(N_("Choose who provides it."))],
        choices=choices(PROVIDERS),
        default=item.usually_from,
    )
    setattr(SafetyForm, f"provider-{item.code}", provider)
    setattr(SafetyForm, f"required-{item.code}", BooleanField(N_("Required"), default=True))
    if item.classes:
        setattr(SafetyForm, f"grade-{item.code}", _grade(item))
    if item.size != "none":
        setattr(SafetyForm, f"size-{item.code}", BooleanField(N_("Ask participants for their size")))


def _grade(item: Item) -> SelectField:
    return SelectField(N_("Class"), [Chosen()], choices=lambda: choices(_grades(item)), default="")


def _grades(item: Item) -> dict[str, str]:
    """The classes of an item, in words where the class alone says nothing."""
    named = {
        each: in_language(item.class_names[each]) if each in item.class_names else each
        for each in item.classes
    }
    return {"": N_("any"), **named}


for _item in catalogue().values():
    _add_fields(_item)


def brief_data(brief: BriefFacts) -> dict[str, Any]:
    """What a brief says now, for its form."""
    data: dict[str, Any] = {
        "has_no_particular_risks": brief.has_no_particular_risks,
        "chosen": [each.code for each in brief.lines],
        "notes": brief.notes,
        "access": brief.access,
        "instruction": brief.instruction,
    }
    for each in brief.lines:
        data[f"note-{each.code}"], data[f"part-{each.code}"] = each.note, each.part
        if each.provided_by:
            data[f"provider-{each.code}"] = each.provided_by
            data[f"required-{each.code}"] = each.is_required
            data[f"size-{each.code}"] = each.is_size_needed
            data[f"grade-{each.code}"] = each.grade
    return data


GROUPS = (
    ("ppe", N_("Protective equipment")),
    ("mandatory", N_("What must be done")),
    ("prohibition", N_("What may not be done")),
    ("warning", N_("What to watch out for")),
)


def lines(form: SafetyForm) -> list[Item]:
    """The items that are chosen, in order; what the catalogue does not know is left out."""
    return [catalogue()[code] for code in dict.fromkeys(form.chosen.data or []) if code in catalogue()]


def groups(form: SafetyForm) -> list[tuple[str, str, list[Item]]]:
    """What else there is to choose, in groups: a kind, its name, its items."""
    left = [item for item in catalogue().values() if not form.is_chosen(item.code)]
    return [(kind, name, [item for item in left if item.kind == kind]) for kind, name in GROUPS]
