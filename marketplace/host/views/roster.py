"""Who comes at a moment: to prepare for, to print, and to check in with one thumb at the gate."""

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions
from marketplace.claims.queries import attendance, claim_for_host, counts, roster
from marketplace.claims.states import STATE_NAMES, ClaimState
from marketplace.host.facts.attending import gate_of, is_time_to_note
from marketplace.host.facts.offers import cautions
from marketplace.host.facts.roster import packing, roster_of
from marketplace.host.views.claims import rows
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.errors import NotFound, Refusal, Refused
from marketplace.kernel.texts import N_
from marketplace.offers.facts import offer_facts, slot_facts
from marketplace.offers.models import Slot
from marketplace.offers.queries import slot_for_host
from marketplace.offers.states import SlotState
from marketplace.replies.queries import standings
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, is_fragment, page
from marketplace.web.visitors import me


@blueprint.get("/host/slots/<code>")
@for_roles("host_contact")
def slot(code: str) -> ResponseReturnValue:
    """Who comes, and what to put ready. Names and sizes only of those who are approved."""
    return _page(slot_for_host(code, ours()))


@blueprint.post("/host/slots/<code>/check-in")
@for_roles("host_contact")
def check_in(code: str) -> ResponseReturnValue:
    """Somebody stands at the gate; or does not after all, where `undo` is sent."""
    found = slot_for_host(code, ours())
    claim = claim_for_host(ours(), request.form.get("claim", ""))
    if claim.slot_id != found.id:
        raise NotFound
    gate = gate_of(found, now())
    if gate is None:
        raise Refused(Refusal(N_("You check people in on the day itself, from two hours before the start.")))
    starts_at, by = found.sessions[gate - 1].starts_at, me().code
    if "undo" in request.form:
        actions.take_back_note(claim=claim, starts_at=starts_at, by=by, now=now())
    else:
        actions.note_attendance(claim=claim, starts_at=starts_at, has_come=True, by=by, now=now())
    if is_fragment():
        return _page(found)
    return go_to(url_for("host.slot", code=code, _anchor=claim.code))


def _page(found: Slot) -> Response:
    at, claims = now(), roster(found.id)
    approved = [claim for claim in claims if claim.state == ClaimState.APPROVED]
    waitlisted = counts([found.id]).get(found.id, {}).get(ClaimState.WAITLISTED, 0)
    return page(
        "host/slot.html",
        block="roster",
        offer=offer_facts(found.offer),
        slot=slot_facts(found),
        roster=roster_of(found, claims, waitlisted, standings(claims), attendance(found.id), at),
        waiting=rows([claim for claim in claims if claim.state == ClaimState.PENDING]),
        packing=packing(found.brief.facts, approved),
        diets=[claim.diet for claim in approved if claim.diet],
        cautions=cautions(found, at),
        can_change=found.ends_at > at and found.state != SlotState.CANCELLED,
        is_time_to_note=is_time_to_note(found, at),
        state_names=STATE_NAMES,
        now=at,
    )
