"""The organisations and the people of the coordinator's regions."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.claims.queries import no_shows
from marketplace.desk.forms import InviteForm
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext
from marketplace.organisations import actions as organisation_actions
from marketplace.organisations import queries as organisation_queries
from marketplace.people import actions, queries
from marketplace.people.states import ROLE_NAMES, Role
from marketplace.regions.queries import regions_with
from marketplace.replies.queries import dead_addresses
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/desk/organisations")
@for_desk
def organisations() -> ResponseReturnValue:
    """Companies and schools, their contacts, and whether they publish on their own."""
    found = organisation_queries.organisations_in(my_regions())
    contacts = queries.contacts_at(each.id for each in found)
    return page("desk/organisations.html", organisations=found, contacts=contacts)


@blueprint.post("/desk/organisations/<code>/trust")
@for_desk
def trust(code: str) -> ResponseReturnValue:
    """From now on it publishes its own offers."""
    found = organisation_queries.organisation_in(my_regions(), code)
    organisation_actions.trust(organisation=found, by=me().code, now=now())
    return go_to(
        url_for("desk.organisations"),
        say_ok=gettext("%(name)s publishes its own activities from now on.", name=found.name),
    )


@blueprint.get("/desk/people")
@for_desk
def people() -> ResponseReturnValue:
    """Who there is, with their roles, and a form to invite somebody."""
    return _show(_invite_form())


@blueprint.post("/desk/people")
@for_desk
def invite() -> ResponseReturnValue:
    """Gives somebody a role here and tells them."""
    form = _invite_form()
    if not form.validate():
        return _show(form, status=422)
    try:
        _invite(form)
    except Refused as refused:
        session.rollback()
        form.refuse(refused.refusal)
        return _show(form, status=422)
    return go_to(url_for("desk.people"), say_ok=gettext("%(name)s was invited.", name=form.name.data))


def _invite(form: InviteForm) -> None:
    role, place = Role(form.role.data), form.place.data
    region = next((each for each in regions_with(my_regions()) if each.code == place), None)
    actions.invite(
        email=form.email.data or "",
        name=form.name.data or "",
        role=role,
        place=region or organisation_queries.organisation_in(my_regions(), place),
        by=me().code,
        now=now(),
    )


def _invite_form() -> InviteForm:
    form = InviteForm()
    regions = {each.code: each.name for each in regions_with(my_regions())}
    hosts = {each.code: each.name for each in organisation_queries.organisations_in(my_regions())}
    form.offer_places({**hosts, **regions})
    return form


def _show(form: InviteForm, status: int = 200) -> ResponseReturnValue:
    found = queries.people_in(my_regions())
    return page(
        "desk/people.html",
        form=form,
        people=found,
        dead=dead_addresses(each.email for each in found),
        role_names=ROLE_NAMES,
        no_shows=no_shows(my_regions()),
        status=status,
    )
