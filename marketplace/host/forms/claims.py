"""Deciding about a claim: why not."""

from marketplace.claims.facts import REASON_LIMIT
from marketplace.kernel.texts import N_
from marketplace.web.forms import ReasonForm, area


class RejectForm(ReasonForm):
    """Why not."""

    reason = area(
        N_("Reason"),
        limit=REASON_LIMIT,
        rows=3,
        required=N_("Write the reason. The participant reads it in the mail."),
        hint=N_("The participant reads this in the mail."),
    )
