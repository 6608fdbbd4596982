"""Who came, noted on the day itself with a thumb."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions, queries
from marketplace.host.facts.attending import has_opened, sheet_of
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.errors import NotFound
from marketplace.offers.facts import offer_facts, slot_facts
from marketplace.offers.models import Session, Slot
from marketplace.offers.queries import slot_for_host
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, is_fragment, page
from marketplace.web.visitors import me

CAME = {"yes": True, "no": False}


@blueprint.get("/host/slots/<code>/attendance")
@for_roles("host_contact")
def attendance(code: str) -> ResponseReturnValue:
    """One session's list: the one that was asked for, else the last whose gate has opened."""
    found = slot_for_host(code, ours())
    opened = sum(has_opened(each.starts_at, now()) for each in found.sessions)
    return _sheet(found, request.args.get("session", default=max(opened, 1), type=int))


@blueprint.post("/host/slots/<code>/attendance")
@for_roles("host_contact")
def note(code: str) -> ResponseReturnValue:
    """That somebody came, or did not; or that all came of whom nothing is noted yet."""
    found = slot_for_host(code, ours())
    number, claim = request.form.get("session", default=0, type=int), request.form.get("claim", "")
    if "everybody" in request.form:
        starts_at = _part(found, number).starts_at
        actions.note_everybody(slot=found, starts_at=starts_at, by=me().code, now=now())
    else:
        _note(found, number, claim, CAME.get(request.form.get("has_come", "")))
    if is_fragment():
        return _sheet(found, number)
    return go_to(url_for("host.attendance", code=code, session=number, _anchor=claim or None))


def _note(found: Slot, number: int, code: str, has_come: bool | None) -> None:
    starts_at, claim = _part(found, number).starts_at, queries.claim_for_host(ours(), code)
    if claim.slot_id != found.id or has_come is None:
        raise NotFound
    actions.note_attendance(claim=claim, starts_at=starts_at, has_come=has_come, by=me().code, now=now())


def _part(found: Slot, number: int) -> Session:
    """A session by its number; those that have begun keep theirs. NotFound if there are not so many."""
    if not 1 <= number <= len(found.sessions):
        raise NotFound
    return found.sessions[number - 1]


def _sheet(found: Slot, number: int) -> ResponseReturnValue:
    _part(found, number)
    claims, noted = queries.coming(found.id), queries.attendance(found.id)
    return page(
        "host/attendance.html",
        block="ticks",
        offer=offer_facts(found.offer),
        slot=slot_facts(found),
        sheet=sheet_of(found, number, claims, noted, now()),
    )
