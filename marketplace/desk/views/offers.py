"""Offers to check before everybody sees them."""

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.desk.forms import SendBackForm
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext
from marketplace.offers import actions, queries
from marketplace.offers.facts import offer_facts, slot_facts, suited
from marketplace.offers.models import Offer
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/desk/offers")
@for_desk
def offers() -> ResponseReturnValue:
    """What hosts sent in, oldest first."""
    return page("desk/offers.html", offers=queries.offers_to_check(my_regions()), now=now())


@blueprint.get("/desk/offers/<code>")
@for_desk
def offer(code: str) -> ResponseReturnValue:
    """An offer as participants will see it."""
    return _show(queries.offer_for_regions(code, my_regions()), SendBackForm())


@blueprint.post("/desk/offers/<code>/publish")
@for_desk
def publish(code: str) -> ResponseReturnValue:
    """Everybody sees it from now on, and the host publishes its own."""
    found = queries.offer_for_regions(code, my_regions())
    actions.publish(offer=found, by=me().code, now=now())
    return go_to(url_for("desk.offers"), say_ok=gettext("“%(title)s” is published.", title=found.title))


@blueprint.post("/desk/offers/<code>/send-back")
@for_desk
def send_back(code: str) -> ResponseReturnValue:
    """Back to the host, with what should change."""
    found, form = queries.offer_for_regions(code, my_regions()), SendBackForm()
    if not form.validate():
        return _show(found, form, status=422)
    actions.send_back(offer=found, reason=form.reason.data or "", by=me().code, now=now())
    return go_to(
        url_for("desk.offers"), say_ok=gettext("“%(title)s” went back to the host.", title=found.title)
    )


def _show(found: Offer, form: SendBackForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "desk/offer.html",
        offer=offer_facts(found),
        suited=suited(found),
        region=found.organisation.region.name,
        is_trusted=found.organisation.is_trusted,
        slots=[slot_facts(each) for each in found.slots],
        form=form,
        now=now(),
        status=status,
    )
