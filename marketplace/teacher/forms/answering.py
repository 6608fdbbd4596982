"""A word of interest to a company that asks schools something."""

from marketplace.kernel.texts import N_
from marketplace.questions.facts import MESSAGE_LIMIT
from marketplace.web.forms import Form, area


class InterestForm(Form):
    """What somebody has in mind."""

    message = area(
        N_("Your message"),
        limit=MESSAGE_LIMIT,
        rows=5,
        required=N_("Write what you have in mind."),
        hint=N_("Who are you, what do you teach, and what do you have in mind?"),
    )
