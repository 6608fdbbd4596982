"""The address of a location."""

from typing import Any

from wtforms.validators import ValidationError

from marketplace.kernel.texts import N_, say
from marketplace.people.rules import normal_postcode, why_not_postcode
from marketplace.web.forms import Form, line

STREET_LIMIT = 120
TOWN_LIMIT = 80


class SiteForm(Form):
    """Where people report."""

    street = line(
        N_("Street and number"),
        limit=STREET_LIMIT,
        required=N_("Enter a street and number."),
        autocomplete="address-line1",
    )
    postcode = line(
        N_("Postcode"), limit=7, required=N_("Enter a postcode such as 7941 AB."), autocomplete="postal-code"
    )
    town = line(N_("Town"), limit=TOWN_LIMIT, required=N_("Enter a town."), autocomplete="address-level2")

    def validate_postcode(self, field: Any) -> None:
        """A Dutch postcode."""
        if field.data and (refusal := why_not_postcode(field.data)):
            raise ValidationError(say(refusal))

    def address(self) -> dict[str, str]:
        """What was filled in, as it is kept."""
        postcode = normal_postcode(self.postcode.data or "")
        return {"street": self.street.data or "", "postcode": postcode, "town": self.town.data or ""}
