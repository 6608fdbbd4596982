"""The address of a location, and how an organisation is reached."""

from typing import Any

from wtforms import TelField
from wtforms.validators import ValidationError

from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import N_, say
from marketplace.people.rules import normal_postcode, normal_website, why_not_postcode
from marketplace.web.forms import Form, Limited, clean, line

STREET_LIMIT = 120
TOWN_LIMIT = 80
PHONE_LIMIT = 30
EMERGENCY_LIMIT = 80
WEBSITE_LIMIT = 200


class SiteForm(Form):
    """Where people report, and what to do there when something goes wrong."""

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

    emergency = line(
        N_("Whom to warn in an emergency"),
        limit=EMERGENCY_LIMIT,
        hint=N_("After 112. For example: the first-aider, extension 8."),
    )
    assembly_point = line(
        N_("Assembly point"),
        limit=EMERGENCY_LIMIT,
        hint=N_("For example: the grass beside the bicycle shed."),
    )

    def validate_postcode(self, field: Any) -> None:
        """A Dutch postcode."""
        if field.data and (refusal := why_not_postcode(field.data)):
            raise ValidationError(say(refusal))

    def address(self) -> dict[str, str]:
        """What was filled in, as it is kept."""
        postcode = normal_postcode(self.postcode.data or "")
        return {"street": self.street.data or "", "postcode": postcode, "town": self.town.data or ""}

    def in_an_emergency(self) -> dict[str, str]:
        """Whom to warn and where to gather, as it is kept."""
        return {
            "emergency": self.emergency.data or "",
            "assembly_point": self.assembly_point.data or "",
        }


class ContactForm(Form):
    """Telephone number and website."""

    phone = TelField(
        N_("Telephone"),
        [Limited(PHONE_LIMIT)],
        filters=[clean],
        description=N_("For participants who cannot find you on the day itself."),
        render_kw={"autocomplete": "tel"},
    )
    website = line(N_("Website"), limit=WEBSITE_LIMIT, autocomplete="url", inputmode="url")

    def validate_website(self, field: Any) -> None:
        """An address on the web."""
        try:
            normal_website(field.data or "")
        except Refused as error:
            raise ValidationError(say(error.refusal)) from None

    def contact(self) -> dict[str, str]:
        """What was filled in, as it is kept."""
        return {"phone": self.phone.data or "", "website": normal_website(self.website.data or "")}
