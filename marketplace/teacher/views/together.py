"""Signing up several people of one school at once: by one of them, or by the school's contact."""

from datetime import datetime

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions
from marketplace.claims.facts import visit_to
from marketplace.claims.models import Claim
from marketplace.claims.queries import claiming, living_claim_on
from marketplace.claims.rules import lacks_certificate, lets_wait, name_by, queue_closes_at, why_not_claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import N_, gettext, ngettext, say
from marketplace.offers.models import Slot
from marketplace.offers.queries import slot_for
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisations_with
from marketplace.people import actions as people
from marketplace.people.models import Person
from marketplace.people.queries import person_with
from marketplace.people.states import Role
from marketplace.teacher.forms.together import TogetherForm, together_form
from marketplace.teacher.views.room import blueprint, count_waiting
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

OWN_SCHOOL = Refusal(N_("You come for your own school. Choose that one, or do not come along."))


@blueprint.get("/slots/<code>/claim-together")
@for_roles("participant", "school_contact")
def claim_together(code: str) -> ResponseReturnValue:
    """The form to sign up colleagues with, or why that cannot be."""
    slot = slot_for(code)
    return _page(slot, _form(slot, is_waiting=slot.is_full), _why_not(slot))


@blueprint.post("/slots/<code>/claim-together")
@for_roles("participant", "school_contact")
def claim_seats(code: str) -> ResponseReturnValue:
    """Claims a seat for each of them, or none. What was filled in stays when that cannot be."""
    slot, at = slot_for(code), now()
    form = _form(slot)
    if not form.validate_on_submit():
        return _page(slot, form, status=422)
    try:
        made = _claim(slot, form, at)
    except Refused as error:
        session.rollback()
        return _page(slot_for(code), form, error.refusal, status=409)
    if made is None:
        session.rollback()
        return _page(slot_for(code), form, status=422)
    return go_to(url_for("teacher.party", code=made[0].party), say_ok=_done(made))


def _claim(slot: Slot, form: TogetherForm, at: datetime) -> list[Claim] | None:
    """The claims, or None where the form says now which colleague cannot be signed up."""
    maker = person_with(me().code)
    school = next(each for each in _schools() if each.code == form.school.data)
    if form.comes and school is not maker.school:
        raise Refused(OWN_SCHOOL)
    colleagues = _colleagues(form, school, at)
    if form.errors:
        return None
    return actions.claim_together(
        slot=slot,
        maker=maker,
        school=school,
        people=[*([maker] if form.comes else []), *colleagues, *([None] * form.nameless)],
        form=form.said(),
        made_with=form.one_time_key.data,
        now=at,
    )


def _colleagues(form: TogetherForm, school: Organisation, at: datetime) -> list[Person]:
    """Those on the form; what is wrong with one stands beside their address then."""
    found: list[Person] = []
    for row in form.rows:
        said = {"email": row.email.data or "", "name": row.name.data or ""}
        try:
            found.append(people.colleague(**said, school=school, by=person_with(me().code), now=at))
        except Refused as error:
            form.refuse_colleague(row, error.refusal)
    return found


def _done(made: list[Claim]) -> str:
    if made[0].state == ClaimState.WAITLISTED:
        return gettext("You are on the waiting list together. Whoever has a name gets a mail.")
    return ngettext(
        "%(num)s person is signed up. Whoever has a name gets a mail.",
        "%(num)s people are signed up. Whoever has a name gets a mail.",
        len(made),
    )


def _form(slot: Slot, *, is_waiting: bool = False) -> TogetherForm:
    may_come = me().has(Role.PARTICIPANT) and living_claim_on(slot.id, me().code) is None
    return together_form(slot, _schools(), may_come=may_come, now=now(), is_waiting=is_waiting)


def _schools() -> list[Organisation]:
    """The schools for which the visitor may sign people up: their own first."""
    own = me().organisations_as(Role.PARTICIPANT)
    found = organisations_with(own | me().organisations_as(Role.SCHOOL_CONTACT))
    return sorted(found, key=lambda each: each.code not in own)


def _why_not(slot: Slot) -> Refusal | None:
    return why_not_claim(claiming(slot, None), now(), may_wait=True)


def _page(slot: Slot, form: TogetherForm, refusal: Refusal | None = None, status: int = 200) -> Response:
    form.show_version(slot.brief.version)
    person = person_with(me().code)
    return page(
        "teacher/claim_together.html",
        status=status,
        visit=visit_to(slot),
        read_on=slot.brief.changed_at,
        form=form,
        refusal=say(refusal) if refusal else "",
        can_send=_why_not(slot) is None,
        can_wait=refusal is not None and lets_wait(refusal),
        waiting=count_waiting(slot) if slot.is_full else 0,
        closes_at=queue_closes_at(slot.starts_at),
        name_by=name_by(slot.starts_at),
        lacks_certificate=lacks_certificate(person, slot),
    )
