"""Claiming a seat for oneself, or a place on the waiting list."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions
from marketplace.claims.facts import visit_to
from marketplace.claims.models import Claim
from marketplace.claims.queries import claiming, living_claim_on
from marketplace.claims.rules import lacks_certificate, policy_for, queue_closes_at, why_not_claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import gettext, say
from marketplace.offers.models import Slot
from marketplace.offers.queries import slot_for
from marketplace.people.models import Person
from marketplace.people.queries import person_with
from marketplace.teacher.forms.claiming import PlansForm, claim_form
from marketplace.teacher.views.room import blueprint, count_waiting, other_moments
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/slots/<code>/claim")
@for_roles("participant")
def claim(code: str) -> ResponseReturnValue:
    """The form to claim a seat with, or a place on the waiting list; or why neither can be."""
    slot, person = slot_for(code), person_with(me().code)
    refusal = _why_not(slot, person)
    return _claim_page(slot, person, claim_form(slot, person, is_waiting=slot.is_full), refusal)


@blueprint.post("/slots/<code>/claim")
@for_roles("participant")
def claim_seat(code: str) -> ResponseReturnValue:
    """Claims it. What was filled in stays when that cannot be."""
    slot, person = slot_for(code), person_with(me().code)
    form = claim_form(slot, person)
    if not form.validate_on_submit():
        return _claim_page(slot, person, form, status=422)
    try:
        made = actions.claim_seat(slot=slot, person=person, form=form.said(), now=now())
    except Refused as error:
        session.rollback()
        return _claim_page(slot_for(code), person_with(me().code), form, error.refusal, status=409)
    return go_to(url_for("teacher.claimed", code=made.code), say_ok=_done(made))


def _done(made: Claim) -> str:
    if made.state == ClaimState.WAITLISTED:
        return gettext("You are on the waiting list. You get a mail as soon as there is a place for you.")
    if made.state == ClaimState.APPROVED:
        return gettext("You can come. You get a mail with the invitation for your calendar.")
    return gettext("We received your claim. You get a mail.")


def _why_not(slot: Slot, person: Person) -> Refusal | None:
    """Why somebody can have neither a seat nor a place on the waiting list."""
    return why_not_claim(claiming(slot, person), now(), may_wait=True)


def _claim_page(
    slot: Slot, person: Person, form: PlansForm, refusal: Refusal | None = None, status: int = 200
) -> Response:
    mine = living_claim_on(slot.id, person.code) if refusal else None
    form.show_version(slot.brief.version)
    return page(
        "teacher/claim_form.html",
        status=status,
        visit=visit_to(slot),
        read_on=slot.brief.changed_at,
        form=form,
        refusal=say(refusal) if refusal else "",
        can_send=_why_not(slot, person) is None,
        waiting=count_waiting(slot) if slot.is_full else 0,
        closes_at=queue_closes_at(slot.starts_at),
        mine=mine.code if mine else "",
        others=other_moments(slot) if refusal or slot.is_full else [],
        policy=policy_for(slot, person),
        lacks_certificate=lacks_certificate(person, slot),
    )
