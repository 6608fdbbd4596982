"""Deciding about a claim: why not."""

from typing import Self

from marketplace.claims.facts import REASON_LIMIT
from marketplace.kernel.texts import N_
from marketplace.web.forms import Form, area


class RejectForm(Form):
    """Why not."""

    reason = area(
        N_("Reason"),
        limit=REASON_LIMIT,
        rows=3,
        required=N_("Write the reason. The participant reads it in the mail."),
        hint=N_("The participant reads this in the mail."),
    )

    def about(self, code: str) -> Self:
        """The same form with an id of its own, since a page holds one for each claim."""
        self.reason.id = f"reason-{code}"
        return self
