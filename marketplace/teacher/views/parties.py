"""Claims that somebody made together: who comes on which seat, and accepting what is offered to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions
from marketplace.claims.facts import party_facts
from marketplace.claims.models import Claim
from marketplace.claims.queries import party_of
from marketplace.claims.rules import name_by
from marketplace.claims.states import STATE_NAMES, ClaimState
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refusal, Refused
from marketplace.kernel.texts import gettext, ngettext, say
from marketplace.people import actions as people
from marketplace.teacher.facts import shown
from marketplace.teacher.forms.together import NameForm
from marketplace.teacher.views.room import blueprint
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page, refuse
from marketplace.web.visitors import me


@blueprint.get("/parties/<code>")
@for_roles("participant", "school_contact")
def party(code: str) -> ResponseReturnValue:
    """What somebody made for others, or with others. Their own single claim is shown as such."""
    found = party_of(me().code, code)
    if len(found) == 1 and found[0].person is found[0].made_by:
        return go_to(url_for("teacher.claimed", code=found[0].code))
    return _page(found, {})


@blueprint.post("/parties/<code>/accept")
@for_roles("participant", "school_contact")
def accept(code: str) -> ResponseReturnValue:
    """Takes the seats that are offered, for everybody at once."""
    offered = _offered(code)
    back = url_for("teacher.party", code=code)
    try:
        actions.accept(party=offered, by=me().code, now=now())
    except Refused as error:
        session.rollback()
        return refuse(back, error.refusal)
    done = ngettext("You took the place.", "You took the %(num)s places.", len(offered))
    return go_to(back, say_ok=done)


@blueprint.post("/parties/<code>/refuse")
@for_roles("participant", "school_contact")
def refuse_seats(code: str) -> ResponseReturnValue:
    """Leaves the seats that are offered to those who wait next."""
    offered = _offered(code)
    back = url_for("teacher.party", code=code)
    try:
        actions.refuse(party=offered, by=me().code, now=now())
    except Refused as error:
        session.rollback()
        return refuse(back, error.refusal)
    return go_to(back, say_ok=gettext("The places go to the next on the waiting list."))


def _offered(code: str) -> list[Claim]:
    return [each for each in party_of(me().code, code) if each.state == ClaimState.OFFERED]


@blueprint.post("/parties/<code>/<claim>/name")
@for_roles("participant", "school_contact")
def name_seat(code: str, claim: str) -> ResponseReturnValue:
    """Says who comes on a seat."""
    found = party_of(me().code, code)
    seat = next((each for each in found if each.code == claim), None)
    if seat is None:
        raise NotFound
    form = NameForm(prefix=claim)
    if not form.validate_on_submit():
        return _page(found, {claim: form}, status=422)
    try:
        name = _name(seat, form, now())
    except Refused as error:
        session.rollback()
        return _page(party_of(me().code, code), {claim: form}, error.refusal, status=409)
    done = gettext("%(name)s is named for this place and gets a mail.", name=name)
    return go_to(url_for("teacher.party", code=code), say_ok=done)


def _name(seat: Claim, form: NameForm, at: datetime) -> str:
    said = {"email": form.email.data or "", "name": form.name.data or ""}
    person = people.colleague(**said, school=seat.school, by=seat.made_by, now=at)
    actions.name_seat(claim=seat, person=person, by=me().code, now=at)
    return person.name


def _page(
    found: Sequence[Claim],
    sent: Mapping[str, NameForm],
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response:
    at = now()
    facts, nameless = party_facts(found), [each for each in found if each.person is None]
    is_time = name_by(found[0].slot.starts_at) > at
    return page(
        "teacher/party.html",
        status=status,
        party=facts,
        seats=shown(found, me().code, {found[0].party: len(found)}, at),
        own={each.code for each in found if each.person is each.made_by},
        forms={
            each.code: sent.get(each.code) or NameForm(prefix=each.code, formdata=None)
            for each in nameless
            if each.is_living and is_time
        },
        name_by=name_by(found[0].slot.starts_at),
        refusal=say(refusal) if refusal else "",
        state_names=STATE_NAMES,
    )
