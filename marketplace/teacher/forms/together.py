"""Signing up several people at once, and saying later who comes on a seat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectField, ValidationError
from wtforms import Form as Part

from marketplace.claims.rules import PARTY_LIMIT, name_by
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_, gettext, say
from marketplace.offers.models import Slot
from marketplace.organisations.models import Organisation
from marketplace.people.rules import NAME_LIMIT
from marketplace.teacher.forms.claiming import PlansForm, fitted, own_time
from marketplace.web.forms import Chosen, Form, OneTimeForm, Readable, choices, line

ADDRESS_LIMIT = 254
"""Characters of an e-mail address (RFC 5321 4.5.3.1.3)."""
ROWS = 10
"""Colleagues that fit on the form; seats without a name yet come on top of them."""
NAME = N_("Write the name of your colleague.")
ADDRESS = N_("Write the e-mail address of your colleague.")


class ColleaguePart(Part):
    """A colleague; both fields may stay empty together."""

    name = line(N_("Name"), limit=NAME_LIMIT, autocomplete="off")
    email = line(N_("E-mail"), limit=ADDRESS_LIMIT, type="email", autocomplete="off")

    def validate_name(self, field: Any) -> None:
        """Who has an address has a name."""
        if self.email.data and not field.data:
            raise ValidationError(gettext(NAME))

    def validate_email(self, field: Any) -> None:
        """Who has a name has an address."""
        if self.name.data and not field.data:
            raise ValidationError(gettext(ADDRESS))


class TogetherForm(PlansForm, OneTimeForm):
    """Signing up colleagues, oneself perhaps among them."""

    school = SelectField(N_("For which school?"), [Chosen(N_("Choose the school from the list."))])
    is_coming = BooleanField(N_("I come along myself"))
    people = FieldList(FormField(ColleaguePart), max_entries=ROWS)
    unnamed = IntegerField(
        N_("Places for colleagues whose names you do not know yet"),
        [Readable(N_("Choose between %(low)s and %(high)s places."), 0, PARTY_LIMIT, is_required=False)],
        default=0,
    )

    @property
    def comes(self) -> bool:
        """Whether who fills it in comes along."""
        return "is_coming" in self and bool(self.is_coming.data)

    @property
    def asks_safety(self) -> bool:
        """Colleagues speak for themselves."""
        return self.comes and super().asks_safety

    @property
    def rows(self) -> list[ColleaguePart]:
        """The colleagues that were filled in, in the order of their addresses."""
        filled = [each.form for each in self.people if each.form.email.data]
        return sorted(filled, key=lambda row: str(row.email.data).lower())

    def refuse_colleague(self, row: ColleaguePart, refusal: Refusal) -> None:
        """Shows beside an address why this colleague cannot be signed up."""
        row.email.errors = [*row.email.errors, say(refusal)]
        self.people.errors = [each.errors for each in self.people]

    @property
    def nameless(self) -> int:
        """For how many a name follows."""
        return (self.unnamed.data or 0) if "unnamed" in self else 0


def together_form(
    slot: Slot, schools: Sequence[Organisation], *, may_come: bool, now: datetime, is_waiting: bool = False
) -> TogetherForm:
    """The form for this moment, empty or as it was sent, with a row for each free seat up to the limit.

    `may_come`: whether who fills it in could come too. Of several schools one is chosen, the first to begin with.
    """
    limit = slot.offer.school_limit or PARTY_LIMIT
    free = slot.capacity if slot.is_full else slot.seats_left
    form = fitted(
        TogetherForm,
        slot,
        **own_time(slot),
        school=schools[0].code,
        is_coming=may_come,
        people=[{}] * min(limit, free, ROWS),
        may_wait=is_waiting,
    )
    form.school.choices = choices({each.code: each.name for each in schools})
    if not may_come:
        del form.is_coming
    if name_by(slot.starts_at) <= now:
        del form.unnamed
    return form


class NameForm(Form):
    """Who comes on a seat that was claimed without a name."""

    name = line(N_("Name"), limit=NAME_LIMIT, required=NAME, autocomplete="off")
    email = line(N_("E-mail"), limit=ADDRESS_LIMIT, required=ADDRESS, type="email", autocomplete="off")
