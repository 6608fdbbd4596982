"""The searches that somebody keeps, and the link in a mail that ends the mails about one."""

from flask import request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from marketplace.account.forms import SavedSearchForm
from marketplace.account.views.room import blueprint
from marketplace.kernel import addresses
from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext, speak
from marketplace.searches import actions, queries
from marketplace.searches.models import SavedSearch
from marketplace.searches.states import Alert
from marketplace.web.guards import csrf_exempt, for_everybody, for_signed_in
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me, visitor


@blueprint.get("/searches")
@for_signed_in
def searches() -> ResponseReturnValue:
    """The visitor's saved searches."""
    return _page()


def _page(slip: SavedSearchForm | None = None, slipped: str = "", status: int = 200) -> ResponseReturnValue:
    """The page; with a form that could not be followed, as it was sent, at the search with the code `slipped`."""
    found = queries.searches_of(me().code)
    forms = {each.code: SavedSearchForm(formdata=None, prefix=each.code, obj=each) for each in found}
    if slip:
        forms[slipped] = slip
    links = {each.code: addresses.search(each.query) for each in found}
    return page("account/searches.html", status=status, searches=found, forms=forms, links=links)


@blueprint.post("/searches/<code>")
@for_signed_in
def change_search(code: str) -> ResponseReturnValue:
    """Gives one another name, or another pace of mails."""
    search, form = queries.search_of(me().code, code), SavedSearchForm(prefix=code)
    if not form.validate_on_submit():
        return _page(form, code, 422)
    actions.change(search=search, name=form.name.data or "", alert=Alert(form.alert.data), now=now())
    return go_to(url_for("account.searches"), say_ok=gettext("Your search was saved."))


@blueprint.post("/searches/<code>/remove")
@for_signed_in
def remove_search(code: str) -> ResponseReturnValue:
    """Forgets one."""
    actions.remove(search=queries.search_of(me().code, code), now=now())
    return go_to(url_for("account.searches"), say_ok=gettext("The search was removed."))


@blueprint.get("/searches/stop/<token>")
@for_everybody
def stopping_search(token: str) -> ResponseReturnValue:
    """Shows about which search the mails stop, and for whom. Opening it changes nothing: mail scanners do so too."""
    return _stop_page(token, queries.stopping(token))


@blueprint.post("/searches/stop/<token>")
@for_everybody
@csrf_exempt
def stop_search(token: str) -> ResponseReturnValue:
    """Stops them. A mail program that asks for it is not sent on elsewhere (RFC 8058 3.1), a browser is."""
    search = queries.stopping(token)
    actions.stop(search=search, now=now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return _stop_page(token, search)
    return go_to(url_for("account.stopping_search", token=token))


def _stop_page(token: str, search: SavedSearch) -> ResponseReturnValue:
    """In the language of the letter, unless the visitor chose one."""
    if visitor() is None and "language" not in cookie:
        speak(search.person.language)
    return page(
        "account/stop_search.html",
        token=token,
        name=search.person.first_name,
        search=search.name,
        is_stopped=search.alert == Alert.NONE,
    )
