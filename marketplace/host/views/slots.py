"""Moments: planning them, changing and cancelling."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims.actions import Clashing, change_slot, reopen_slot
from marketplace.claims.actions import cancel_slot as cancel
from marketplace.claims.queries import counts
from marketplace.formats.playbooks import format_of
from marketplace.host.facts.attending import is_time_to_note
from marketplace.host.facts.offers import cautions
from marketplace.host.forms.slots import CancelForm, PlanForm, SlotForm, plan_form, slot_form
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import gettext, ngettext
from marketplace.offers import actions
from marketplace.offers.facts import offer_facts, slot_facts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.queries import offer_for_host, slot_for_host
from marketplace.offers.states import SlotState
from marketplace.people.queries import contacts_of
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.route("/host/offers/<code>/slots", methods=["GET", "POST"])
@for_roles("host_contact")
def slots(code: str) -> ResponseReturnValue:
    """The moments of an offer, and a form to add some."""
    at, found = now(), offer_for_host(code, ours())
    form = plan_form(found, format_of(found.format), me().name)
    if form.validate_on_submit():
        try:
            key = form.one_time_key.data or None
            made = actions.add_slots(offer=found, plan=form.plan(), made_with=key, by=me().code, now=at)
            said = ngettext("%(num)s moment is added.", "%(num)s moments are added.", len(made))
            return go_to(url_for("host.slots", code=code), say_ok=said)
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    return _slots_page(found, form)


def _slots_page(found: Offer, form: PlanForm) -> ResponseReturnValue:
    at = now()
    ordered = sorted(found.slots, key=lambda slot: slot.starts_at)
    return page(
        "host/slots.html",
        status=422 if form.errors else 200,
        offer=offer_facts(found),
        coming=[(slot_facts(slot), cautions(slot, at)) for slot in ordered if slot.ends_at > at],
        past=[(slot_facts(slot), []) for slot in reversed(ordered) if slot.ends_at <= at],
        to_note={slot.code for slot in ordered if is_time_to_note(slot, at)},
        contacts=_contacts(found),
        form=form,
        now=at,
    )


@blueprint.route("/host/slots/<code>/edit", methods=["GET", "POST"])
@for_roles("host_contact")
def edit_slot(code: str) -> ResponseReturnValue:
    """When and where, with whom and for how many."""
    found, clashes = slot_for_host(code, ours()), 0
    form = slot_form(found)
    if form.validate_on_submit():
        try:
            _change(found, form)
            said = gettext("Saved. Who claimed a seat is told automatically.")
            return go_to(url_for("host.slot", code=code), say_ok=said)
        except Clashing as error:
            session.rollback()
            clashes = error.count
        except Refused as error:
            session.rollback()
            form.refuse(error.refusal)
    is_refused = bool(form.errors or clashes)
    return page(
        "host/edit_slot.html",
        status=422 if is_refused else 200,
        contacts=_contacts(found.offer),
        form=form,
        clashes=clashes,
        now=now(),
        **_named(found),
    )


def _contacts(offer: Offer) -> list[str]:
    """Names of who receives here: whose name stands at a moment may follow it in a calendar of their own."""
    return [each.name for each in contacts_of(offer.organisation_id)]


def _change(found: Slot, form: SlotForm) -> None:
    """`known_clashes` is for how many participants the host was shown that it clashes; the button says it."""
    said: dict[str, Any] = {name: form[name].data for name in ("site", "supervisor", "capacity")}
    known = request.form.get("known_clashes", default=0, type=int)
    change_slot(
        slot=found, sessions=form.session_facts(), by=me().code, now=now(), known_clashes=known, **said
    )


@blueprint.route("/host/slots/<code>/cancel", methods=["GET", "POST"])
@for_roles("host_contact")
def cancel_slot(code: str) -> ResponseReturnValue:
    """Asks why and whether it is meant; then everybody hears at once."""
    found = slot_for_host(code, ours())
    form = CancelForm()
    if form.validate_on_submit():
        told = cancel(slot=found, reason=form.reason.data or "", by=me().code, now=now())
        said = ngettext("Cancelled. %(num)s person is told.", "Cancelled. %(num)s people are told.", told)
        return go_to(url_for("host.slot", code=code), say_ok=said)
    count = sum(counts([found.id]).get(found.id, {}).values())
    return page(
        "host/cancel_slot.html", status=422 if form.errors else 200, form=form, count=count, **_named(found)
    )


def _named(found: Slot) -> dict[str, Any]:
    return {"offer": offer_facts(found.offer), "slot": slot_facts(found)}


@blueprint.post("/host/slots/<code>/close")
@for_roles("host_contact")
def close_slot(code: str) -> ResponseReturnValue:
    """No more claims; those that were made go on."""
    found = slot_for_host(code, ours())
    actions.close_slot(slot=found, to=SlotState.CLOSED, reason="", by=me().code, now=now())
    return go_to(url_for("host.slot", code=code), say_ok=gettext("Closed for claims."))


@blueprint.post("/host/slots/<code>/open")
@for_roles("host_contact")
def open_slot(code: str) -> ResponseReturnValue:
    """Claims may be made again."""
    reopen_slot(slot=slot_for_host(code, ours()), by=me().code, now=now())
    return go_to(url_for("host.slot", code=code), say_ok=gettext("Open for claims again."))
