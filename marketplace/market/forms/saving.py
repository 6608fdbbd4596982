"""The form to save a search: what it is called, and how often somebody wants to hear of it."""

from wtforms import RadioField

from marketplace.kernel.texts import N_
from marketplace.searches.rules import NAME_LIMIT
from marketplace.searches.states import ALERT_NAMES
from marketplace.web.forms import Chosen, Form, choices, line


class SaveForm(Form):
    """What a search is to be called, and how often somebody wants to hear of it."""

    name = line(N_("Name of this search"), limit=NAME_LIMIT, required=N_("Give the search a name."))
    alert = RadioField(N_("Mail me what is new"), [Chosen()], choices=choices(ALERT_NAMES))
