"""Saving a search: the search as it was found, with a name and how often to hear what is new."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext
from marketplace.market.facts.cards import shown
from marketplace.market.forms.saving import SaveForm
from marketplace.market.forms.searching import SAVE, SEARCH, address, asked, unsorted, wishes_in
from marketplace.market.views.room import blueprint
from marketplace.market.views.searching import common
from marketplace.offers.facts import OfferSearch
from marketplace.offers.queries import search
from marketplace.people.queries import person_with
from marketplace.searches import actions as searches
from marketplace.searches.queries import saved_by
from marketplace.searches.rules import NAME_LIMIT
from marketplace.searches.states import ALERT_HINTS, Alert
from marketplace.web.guards import for_signed_in
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

EXAMPLES = 3
"""Activities that the page shows of what the search finds."""


@blueprint.get(SAVE)
@for_signed_in
def saving() -> ResponseReturnValue:
    """The search with the form to save it, or to change how it is kept. Who is not signed in comes back here."""
    around = _around()
    kept = saved_by(me().code, _query(around["search"]))
    known = {"name": str(around["title"])[:NAME_LIMIT], "alert": Alert.DAILY}
    return _page(around, SaveForm(formdata=None, obj=kept, data=known))


@blueprint.post(SAVE)
@for_signed_in
def save() -> ResponseReturnValue:
    """Saves it."""
    form, query = SaveForm(), _query(asked(request.args)[0])
    if not form.validate_on_submit():
        return _page(_around(), form, status=422)
    try:
        searches.save(
            person=person_with(me().code),
            name=form.name.data or "",
            query=query,
            alert=Alert(form.alert.data),
            now=now(),
        )
    except Refused as error:
        session.rollback()
        form.refuse(error.refusal)
        return _page(_around(), form, status=422)
    return go_to(url_for("account.searches"), say_ok=gettext("Your search was saved."))


def _query(found: OfferSearch) -> str:
    """What a search is known by: in another order it is the same."""
    return urlencode(unsorted(wishes_in(found)))


def _around() -> dict[str, Any]:
    found, slips = asked(request.args)
    return common(found, wishes_in(found), slips, SAVE)


def _page(around: dict[str, Any], form: SaveForm, *, status: int = 200) -> ResponseReturnValue:
    wishes, at = wishes_in(around["search"]), now()
    found = search(around["search"], now=at, size=EXAMPLES)
    return page(
        "market/save.html",
        status=status,
        **around,
        form=form,
        hints=ALERT_HINTS,
        cards=[card for _, card in shown(found.hits, at)],
        more=bool(found.next_key),
        back=address(SEARCH, wishes),
    )
