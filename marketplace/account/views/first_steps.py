"""Putting the first steps of a home page away."""

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.account.views.room import blueprint
from marketplace.kernel.errors import NotFound
from marketplace.kernel.texts import gettext
from marketplace.web.first_steps import HOMES, put_away
from marketplace.web.guards import for_signed_in
from marketplace.web.pages import go_to


@blueprint.post("/first-steps")
@for_signed_in
def put_first_steps_away() -> ResponseReturnValue:
    """Not to be shown any more on the home page that they stood on; NotFound for any other page."""
    home = request.form.get("home", "")
    if home not in HOMES:
        raise NotFound
    put_away(home)
    said = gettext("Put away. You can always read how it works: there is a link at the bottom of each page.")
    return go_to(f"/{home}", say_ok=said)
