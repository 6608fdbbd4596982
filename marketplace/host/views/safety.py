"""The safety brief of an offer."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.formats.playbooks import format_of
from marketplace.host.forms.safety import SafetyForm, brief_data, groups
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext
from marketplace.offers import actions
from marketplace.offers.queries import offer_for_host
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.route("/host/offers/<code>/safety", methods=["GET", "POST"])
@for_roles("host_contact")
def safety(code: str) -> ResponseReturnValue:
    """What holds at the gate."""
    found = offer_for_host(code, ours())
    form = SafetyForm(data=brief_data(found.brief.facts))
    if form.validate_on_submit():
        try:
            actions.change_brief(offer=found, brief=form.brief(), by=me().code, now=now())
            return go_to(url_for("host.offer", code=code), say_ok=gettext("The safety notes are saved."))
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    return page(
        "host/safety.html",
        status=422 if form.errors else 200,
        form=form,
        groups=groups(form),
        offer=found,
        hint=format_of(found.format).hint("safety"),
    )
