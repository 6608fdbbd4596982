"""Where we are, and how we are reached."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.host.forms.sites import ContactForm, SiteForm
from marketplace.host.views.room import blueprint, our_organisation, ours
from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext
from marketplace.offers.actions import refresh_host
from marketplace.organisations.actions import add_site, change_address, change_contact, change_emergency
from marketplace.organisations.queries import site_with
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.route("/host/sites/<code>", methods=["GET", "POST"])
@for_roles("host_contact")
def site(code: str) -> ResponseReturnValue:
    """The address of a location, and what to do there in an emergency. Who is expected there is told."""
    at, found = now(), site_with(code, ours())
    form = SiteForm(obj=found)
    if form.validate_on_submit():
        change_address(site=found, by=me().code, now=at, **form.address())
        change_emergency(site=found, by=me().code, now=at, **form.in_an_emergency())
        refresh_host(organisation=found.organisation, now=at)
        return go_to(
            url_for("host.offers"), say_ok=gettext("The address is saved. Who is expected there is told.")
        )
    return page("host/site.html", status=422 if form.errors else 200, form=form, host=found.organisation)


@blueprint.route("/host/sites/new", methods=["GET", "POST"])
@for_roles("host_contact")
def new_site() -> ResponseReturnValue:
    """One more location, which moments can be planned at from now on."""
    at, host = now(), our_organisation(request.args.get("organisation", ""))
    form = SiteForm()
    if form.validate_on_submit():
        added = add_site(organisation=host, by=me().code, now=at, **form.address())
        change_emergency(site=added, by=me().code, now=at, **form.in_an_emergency())
        refresh_host(organisation=host, now=at)
        return go_to(
            url_for("host.offers"), say_ok=gettext("The location is added. Choose it when you plan a moment.")
        )
    return page("host/site.html", status=422 if form.errors else 200, form=form, host=host, is_new=True)


@blueprint.route("/host/organisations/<code>", methods=["GET", "POST"])
@for_roles("host_contact")
def contact(code: str) -> ResponseReturnValue:
    """The telephone number and the website that participants find."""
    at, host = now(), our_organisation(code)
    form = ContactForm(obj=host)
    if form.validate_on_submit():
        change_contact(organisation=host, by=me().code, now=at, **form.contact())
        refresh_host(organisation=host, now=at)
        return go_to(url_for("host.offers"), say_ok=gettext("Saved."))
    return page("host/contact.html", status=422 if form.errors else 200, form=form, host=host)
