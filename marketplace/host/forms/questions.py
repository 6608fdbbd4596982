"""Answering a question of a school with an offer."""

from collections.abc import Sequence

from wtforms import RadioField

from marketplace.kernel.texts import N_
from marketplace.offers.models import Offer
from marketplace.web.forms import Chosen, Filled, Form, choices


class AnswerForm(Form):
    """Which of our offers answers it."""

    offer = RadioField(
        N_("Which activity?"),
        [Filled(N_("Choose an activity from the list.")), Chosen(N_("Choose an activity from the list."))],
    )

    def suggest(self, offers: Sequence[Offer]) -> None:
        """Fills the list with offers, the first of which fits best."""
        self.offer.choices = choices({each.code: each.title for each in offers})
