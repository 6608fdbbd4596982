"""What participants do: claim a seat, see how their claims stand, withdraw."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from marketplace.calendars.feeds import document
from marketplace.claims import actions
from marketplace.claims.facts import claim_facts, visit_to
from marketplace.claims.models import Claim
from marketplace.claims.queries import claim_for, claiming, claims_of, living_claim_on
from marketplace.claims.rules import lacks_certificate, why_not_claim, why_not_withdraw
from marketplace.claims.states import STATE_NAMES, ClaimState
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import gettext, in_language, say
from marketplace.offers.facts import SlotFacts, slot_facts
from marketplace.offers.models import Slot
from marketplace.offers.queries import public_offer, slot_for
from marketplace.people.models import Person
from marketplace.people.queries import names_of, person_with
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.teacher.forms import ClaimForm, claim_form
from marketplace.web.calendars import MIME_TYPE
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

blueprint = Blueprint("teacher", __name__)


@blueprint.get("/slots/<code>/claim")
@for_roles("participant")
def claim(code: str) -> ResponseReturnValue:
    """The form to claim a seat with, or why that cannot be."""
    slot, person = slot_for(code), person_with(me().code)
    refusal = why_not_claim(claiming(slot, person), now())
    return _claim_page(slot, person, claim_form(slot), refusal)


@blueprint.post("/slots/<code>/claim")
@for_roles("participant")
def claim_seat(code: str) -> ResponseReturnValue:
    """Claims it. What was filled in stays when that cannot be."""
    slot, person = slot_for(code), person_with(me().code)
    form = claim_form(slot)
    if not form.validate_on_submit():
        return _claim_page(slot, person, form, status=422)
    try:
        made = actions.claim_seat(slot=slot, person=person, form=form.said(), now=now())
    except Refused as error:
        session.rollback()
        return _claim_page(slot_for(code), person_with(me().code), form, error.refusal, status=409)
    sentence = gettext("We received your claim. You get a mail.")
    return go_to(url_for("teacher.claimed", code=made.code), say_ok=sentence)


def _claim_page(
    slot: Slot, person: Person, form: ClaimForm, refusal: Refusal | None = None, status: int = 200
) -> Response:
    mine = living_claim_on(slot.id, person.code) if refusal else None
    form.show_version(slot.offer.brief.version)
    return page(
        "teacher/claim_form.html",
        status=status,
        visit=visit_to(slot),
        read_on=slot.offer.brief.changed_at,
        form=form,
        refusal=say(refusal) if refusal else "",
        mine=mine.code if mine else "",
        others=_other_moments(slot) if refusal else [],
        lacks_certificate=lacks_certificate(person, slot.offer.brief.facts, slot),
    )


def _other_moments(slot: Slot) -> list[SlotFacts]:
    """The other moments of the same offer that are open for claims: a way on."""
    at, offer = now(), public_offer(slot.offer.code)
    return [
        slot_facts(each)
        for each in offer.slots
        if each.id != slot.id and why_not_claim(claiming(each, None), at) is None
    ][:5]


@blueprint.get("/claims")
@for_roles("participant")
def claims() -> ResponseReturnValue:
    """One's own claims: what is to come with where it stands, then what is over."""
    at, found = now(), claims_of(me().code)
    deciders = names_of(each.state_by for each in found)
    coming = [each for each in reversed(found) if _is_coming(each, at)]
    return page(
        "teacher/claims.html",
        coming=[_shown(each, deciders, at) for each in coming],
        past=[claim_facts(each) for each in found if not _is_coming(each, at)],
        state_names=STATE_NAMES,
    )


def _is_coming(claim: Claim, at: datetime) -> bool:
    return claim.holds_a_seat and claim.slot.ends_at > at


@blueprint.get("/claims/<code>")
@for_roles("participant")
def claimed(code: str) -> ResponseReturnValue:
    """One of one's own claims, with everything there is to know."""
    found = claim_for(me().code, code)
    return page(
        "teacher/claim.html",
        shown=_shown(found, names_of([found.state_by]), now()),
        sizes=_sizes(found.sizes),
        diet=found.diet,
        state_names=STATE_NAMES,
    )


def _sizes(chosen: Mapping[str, str]) -> list[str]:
    """What is lent, and in which size, in words."""
    items = [(catalogue()[code], size) for code, size in chosen.items()]
    return [f"{in_language(item.name)} {in_language(dict(sizes(item.size))[size])}" for item, size in items]


def _shown(claim: Claim, deciders: dict[str, str], at: datetime) -> dict[str, object]:
    """A claim as its page and its place in the list show it."""
    return {
        "claim": claim_facts(claim),
        "by": deciders.get(claim.state_by, "") if claim.state_by != claim.person.code else "",
        "is_over": claim.slot.ends_at <= at,
        "may_withdraw": why_not_withdraw(claim, at) is None,
        "is_kept": claim.holds_a_seat,
        "lacks_certificate": claim.holds_a_seat
        and lacks_certificate(claim.person, claim.slot.offer.brief.facts, claim.slot),
    }


@blueprint.get("/claims/<code>/withdraw")
@for_roles("participant")
def withdraw(code: str) -> ResponseReturnValue:
    """Asks whether one is sure; a link in a mail leads here."""
    found = claim_for(me().code, code)
    refusal = why_not_withdraw(found, now())
    is_approved = found.state == ClaimState.APPROVED
    return page(
        "teacher/withdraw.html",
        claim=claim_facts(found),
        refusal=say(refusal) if refusal else "",
        is_approved=is_approved,
    )


@blueprint.post("/claims/<code>/withdraw")
@for_roles("participant")
def withdraw_claim(code: str) -> ResponseReturnValue:
    """Withdraws."""
    actions.withdraw(claim=claim_for(me().code, code), by=me().code, now=now())
    return go_to(url_for("teacher.claims"), say_ok=gettext("You have withdrawn. Your place is free again."))


@blueprint.get("/claims/<code>.ics")
@for_roles("participant")
def claim_calendar(code: str) -> ResponseReturnValue:
    """One's own claim to import into a calendar once."""
    found = claim_for(me().code, code)
    answer = Response(document(entry.text for entry in found.entries))
    answer.headers["Content-Type"] = MIME_TYPE
    answer.headers["Content-Disposition"] = f'attachment; filename="meeloop-{found.code}.ics"'
    return answer
