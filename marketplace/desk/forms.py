"""Forms of the desk: a reason, what should change, an invitation."""

from typing import Any, Self

from flask import request
from wtforms import DateField, EmailField, SelectField, TextAreaField

from marketplace.claims.facts import REASON_LIMIT
from marketplace.claims.states import PAYERS, Verdict
from marketplace.kernel.texts import N_
from marketplace.people.rules import NAME_LIMIT
from marketplace.people.states import ROLE_NAMES, Role
from marketplace.web.forms import (
    CHOOSE,
    Chosen,
    Filled,
    Form,
    Limited,
    Readable,
    ReasonForm,
    area,
    choices,
    clean,
    line,
)

INVITED = (Role.PARTICIPANT, Role.SCHOOL_CONTACT, Role.HOST_CONTACT, Role.COORDINATOR)
"""Whom a coordinator may invite; administrators come from the command line."""
EMAIL_LIMIT = 254
"""Characters of an address (RFC 5321 4.5.3.1.3, less the angle brackets)."""


class RejectForm(ReasonForm):
    """Why not."""

    reason = area(
        N_("Reason"),
        limit=REASON_LIMIT,
        rows=3,
        required=N_("Write the reason. The participant reads it in the mail."),
        hint=N_("The participant reads this in the mail."),
    )


class ConditionForm(Form):
    """On what somebody is approved who lacks a certificate: who pays for it, and until when it may come."""

    paid_by = SelectField(
        N_("Who pays for the certificate"),
        [
            Filled(N_("Choose who pays for the certificate.")),
            Chosen(N_("Choose who pays for the certificate.")),
        ],
        choices=[
            CHOOSE,
            *choices({str(payer): name for payer, name in PAYERS.items()}),
        ],
    )
    until = DateField(
        N_("Needed by"),
        [Readable(N_("Choose the day until which it may come."))],
        description=N_("Without a certificate, the place goes to who is waiting after that day."),
    )

    def about(self, code: str) -> Self:
        """The same form with ids of its own, since a page holds one for each claim."""
        self.paid_by.id, self.until.id = f"paid_by-{code}", f"until-{code}"
        return self


class FilledForNo(Filled):
    """Filled, where the answer is no."""

    def __call__(self, form: Any, field: Any) -> None:
        if request.form.get("verdict") == Verdict.REJECT:
            super().__call__(form, field)


class BulkForm(Form):
    """One decision about several claims; the reason holds for all of them."""

    reason = TextAreaField(
        N_("Reason for all of them"),
        [
            FilledForNo(N_("Write the reason. The participants read it in the mail.")),
            Limited(REASON_LIMIT, has_lines=True),
        ],
        filters=[clean],
        description=N_("Each participant reads this in the mail."),
        render_kw={"rows": 3},
    )


class SendBackForm(Form):
    """What should change first."""

    reason = area(
        N_("What should change"),
        limit=REASON_LIMIT,
        rows=4,
        required=N_("Write what should change. The host reads it in the mail."),
        hint=N_("The host reads this in the mail."),
    )


class TakeDownForm(Form):
    """Why a question is taken down."""

    reason = area(
        N_("Reason"),
        limit=REASON_LIMIT,
        rows=4,
        required=N_("Write why. Who asked reads it in the mail."),
        hint=N_("Who asked reads this in the mail."),
    )


class InviteForm(Form):
    """Whom to invite, as what and where; the places are those of the coordinator's regions."""

    email = EmailField(
        N_("E-mail"),
        [Filled(N_("Enter an e-mail address, such as name@school.nl.")), Limited(EMAIL_LIMIT)],
        filters=[clean],
        render_kw={"autocomplete": "off"},
    )
    name = line(
        N_("Name"), limit=NAME_LIMIT, required=N_("Enter the first and last name."), autocomplete="off"
    )
    role = SelectField(N_("Role"), [Filled()], choices=choices({role: ROLE_NAMES[role] for role in INVITED}))
    place = SelectField(
        N_("School, company or region"), [Filled(N_("Choose where the role holds."))], choices=[]
    )

    def offer_places(self, names: dict[str, str]) -> None:
        """Fills the choice of places: names by code."""
        self.place.choices = [CHOOSE, *choices(names)]
