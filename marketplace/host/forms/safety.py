"""The safety brief: all that the catalogue offers as rows to tick, with a few words to add."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind

from marketplace.kernel.texts import N_
from marketplace.safety.catalogue import catalogue
from marketplace.safety.facts import (
    LINE_NOTE_LIMIT,
    NOTES_LIMIT,
    Access,
    BriefFacts,
    BriefLine,
    Item,
    Provider,
)
from marketplace.web.forms import Chosen, Form, area, choices, line

ACCESSES: dict[str, str] = {
    Access.NONE: N_("Nothing"),
    Access.GATE_INSTRUCTION: N_("A gate instruction on arrival"),
    Access.GPI: N_("GPI (generic gate instruction, online)"),
    Access.B_VCA: N_("B-VCA, or VOL-VCA"),
    Access.VOL_VCA: N_("VOL-VCA"),
}
PROVIDERS = {
    Provider.HOST: N_("we lend it"),
    Provider.SCHOOL: N_("the school brings it"),
    Provider.PARTICIPANT: N_("the participant brings it"),
}


class SafetyForm(Form):
    """A brief. For each item of the catalogue there is a note and, for equipment, who provides it and how."""

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

    def is_chosen(self, code: str) -> bool:
        """Whether this item of the catalogue is ticked."""
        return code in (self.chosen.data or [])

    def extras(self, code: str) -> list[Any]:
        """The fields that belong to an item of the catalogue."""
        names = [f"{name}-{code}" for name in ("provider", "required", "size", "note")]
        return [self[name] for name in names if name in self]

    def brief(self) -> BriefFacts:
        """What was filled in; codes are not judged here."""
        return BriefFacts(
            tuple(self._line(code) for code in self.chosen.data or []),
            self.notes.data or "",
            Access(self.access.data),
            self.has_no_particular_risks.data,
        )

    def _line(self, code: str) -> BriefLine:
        item = catalogue().get(code)
        if item is None:
            return BriefLine(code)
        note = self[f"note-{code}"].data
        if not item.is_equipment:
            return BriefLine(code, note=note)
        return BriefLine(
            code,
            self[f"required-{code}"].data,
            Provider(self[f"provider-{code}"].data),
            f"size-{code}" in self and self[f"size-{code}"].data,
            note,
        )


def _add_fields(item: Item) -> None:
    note = line(N_("Note"), limit=LINE_NOTE_LIMIT)
    setattr(SafetyForm, f"note-{item.code}", note)
    if not item.is_equipment:
        return
    provider = SelectField(
        N_("Who provides it"),
        [Chosen(N_("Choose who provides it."))],
        choices=[SelectChoice(value, name) for value, name in PROVIDERS.items()],
        default=item.usually_from,
    )
    setattr(SafetyForm, f"provider-{item.code}", provider)
    setattr(SafetyForm, f"required-{item.code}", BooleanField(N_("Required"), default=True))
    if item.size != "none":
        setattr(SafetyForm, f"size-{item.code}", BooleanField(N_("Ask participants for their size")))


for _item in catalogue().values():
    _add_fields(_item)


def brief_data(brief: BriefFacts) -> dict[str, Any]:
    """What a brief says now, for its form."""
    data: dict[str, Any] = {
        "has_no_particular_risks": brief.has_no_particular_risks,
        "chosen": [each.code for each in brief.lines],
        "notes": brief.notes,
        "access": brief.access,
    }
    for each in brief.lines:
        data[f"note-{each.code}"] = each.note
        if each.provided_by:
            data[f"provider-{each.code}"] = each.provided_by
            data[f"required-{each.code}"] = each.is_required
            data[f"size-{each.code}"] = each.is_size_needed
    return data


GROUPS = (
    ("ppe", N_("Protective equipment")),
    ("mandatory", N_("What must be done")),
    ("prohibition", N_("What may not be done")),
    ("warning", N_("What to watch out for")),
)


def groups(form: SafetyForm) -> list[tuple[str, list[Item], int]]:
    """The catalogue in groups: a name, its items with the chosen ones first, and how many those are."""
    return [(name, *_sorted(kind, form)) for kind, name in GROUPS]


def _sorted(kind: str, form: SafetyForm) -> tuple[list[Item], int]:
    items = [item for item in catalogue().values() if item.kind == kind]
    chosen = [item for item in items if form.is_chosen(item.code)]
    return chosen + [item for item in items if item not in chosen], len(chosen)
