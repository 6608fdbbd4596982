"""Where we are."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.host.forms.sites import SiteForm
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext
from marketplace.offers.actions import refresh_host
from marketplace.organisations.actions import change_address
from marketplace.organisations.queries import site_with
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.route("/host/sites/<code>", methods=["GET", "POST"])
@for_roles("host_contact")
def site(code: str) -> ResponseReturnValue:
    """The address of a location. Who is expected there is told."""
    at, found = now(), site_with(code, ours())
    form = SiteForm(obj=found)
    if form.validate_on_submit():
        change_address(site=found, by=me().code, now=at, **form.address())
        refresh_host(organisation=found.organisation, now=at)
        return go_to(
            url_for("host.offers"), say_ok=gettext("The address is saved. Who is expected there is told.")
        )
    return page("host/site.html", status=422 if form.errors else 200, form=form, host=found.organisation)
