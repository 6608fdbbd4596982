"""One's own claims: how they stand, confirming the safety notes, withdrawing, the calendar file."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.calendars.feeds import document
from marketplace.claims import actions
from marketplace.claims.facts import Visit, claim_facts, parties_in
from marketplace.claims.models import Claim
from marketplace.claims.queries import claim_for, claims_of, party_size
from marketplace.claims.rules import why_not_withdraw
from marketplace.claims.sheets import sheet_for
from marketplace.claims.states import STATE_NAMES, ClaimState
from marketplace.documents.rendering import digest, render
from marketplace.documents.sheets import SHEETS, sheets_data
from marketplace.kernel import addresses
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refusal, Refused
from marketplace.kernel.texts import gettext, in_language, say
from marketplace.offers import entries
from marketplace.replies.actions import stay as stay_with
from marketplace.replies.queries import planned_for
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.teacher.facts import shown
from marketplace.teacher.first_steps import first_steps
from marketplace.teacher.forms.claiming import SafetyForm, safety_form
from marketplace.teacher.views.room import blueprint
from marketplace.web.calendars import MIME_TYPE
from marketplace.web.documents import asked_language, pdf_answer
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/claims")
@for_roles("participant", "school_contact")
def claims() -> ResponseReturnValue:
    """One's own claims (what is to come with where it stands, then what is over), and those made with others."""
    at, who = now(), me().code
    found = claims_of(who)
    own = [each for each in found if each.person and each.person.code == who]
    coming = [each for each in reversed(own) if _is_coming(each, at)]
    return page(
        "teacher/claims.html",
        steps=() if found else first_steps(),
        coming=shown(coming, who, Counter(each.party for each in found), at),
        past=[claim_facts(each) for each in own if not _is_coming(each, at)],
        parties=parties_in([each for each in reversed(found) if each.slot.ends_at > at], who),
        state_names=STATE_NAMES,
    )


def _is_coming(claim: Claim, at: datetime) -> bool:
    return claim.is_living and claim.slot.ends_at > at


@blueprint.get("/claims/<code>")
@for_roles("participant", "school_contact")
def claimed(code: str) -> ResponseReturnValue:
    """One of one's own claims, with everything there is to know. One without a name is shown with its party."""
    found = claim_for(me().code, code)
    if found.person is None:
        return go_to(url_for("teacher.party", code=found.party))
    return _claim_page(found, safety_form(found))


@blueprint.post("/claims/<code>/safety")
@for_roles("participant")
def confirm_safety(code: str) -> ResponseReturnValue:
    """The participant read the safety notes as they are now."""
    found = claim_for(me().code, code)
    if found.person is None:
        raise NotFound
    form = safety_form(found)
    if not form.validate_on_submit():
        return _claim_page(found, form, status=422)
    try:
        actions.confirm_safety(claim=found, form=form.said(), by=me().code, now=now())
    except Refused as error:
        session.rollback()
        return _claim_page(claim_for(me().code, code), form, error.refusal, status=409)
    sentence = gettext("Thank you. It is noted that you read the safety notes.")
    return go_to(url_for("teacher.claimed", code=code), say_ok=sentence)


def _claim_page(
    claim: Claim, form: SafetyForm, refusal: Refusal | None = None, status: int = 200
) -> Response:
    (one,) = shown([claim], me().code, {claim.party: party_size(claim.party)}, now())
    form.show_version(claim.slot.brief.version)
    planned = planned_for(claim) if one.may_withdraw else None
    return page(
        "teacher/claim.html",
        status=status,
        shown=one,
        leaves_at=planned.due_at if planned else None,
        form=form if one.needs_safety else None,
        read_on=claim.slot.brief.changed_at,
        has_read_before=claim.brief_version is not None,
        refusal=say(refusal) if refusal else "",
        sizes=_sizes(claim.sizes),
        has_sheet=claim.holds_a_seat,
        calendars=_calendars(one.claim.visit, addresses.claim(claim.code)),
        diet=claim.diet,
        state_names=STATE_NAMES,
    )


def _calendars(visit: Visit, link: str) -> list[tuple[str, str]]:
    """The forms of online calendars that can take all of a visit, by name. They link to the safety notes, uncut."""
    details = gettext("What to bring and where to report: %(link)s", link=link)
    called = entries.summary(visit.offer)
    return entries.online_calendars(visit.offer, visit.slot, called=called, details=details)


def _sizes(chosen: Mapping[str, str]) -> list[str]:
    """What is lent, and in which size, in words."""
    items = [(catalogue()[code], size) for code, size in chosen.items()]
    return [f"{in_language(item.name)} {in_language(dict(sizes(item.size))[size])}" for item, size in items]


@blueprint.get("/claims/<code>/withdraw")
@for_roles("participant", "school_contact")
def withdraw(code: str) -> ResponseReturnValue:
    """Asks whether one is sure; a link in a mail leads here."""
    found = claim_for(me().code, code)
    return _withdraw_page(found, why_not_withdraw(found, now()))


def _withdraw_page(claim: Claim, refusal: Refusal | None, status: int = 200) -> Response:
    return page(
        "teacher/withdraw.html",
        status=status,
        claim=claim_facts(claim),
        back=_page_of(claim),
        refusal=say(refusal) if refusal else "",
    )


@blueprint.post("/claims/<code>/withdraw")
@for_roles("participant", "school_contact")
def withdraw_claim(code: str) -> ResponseReturnValue:
    """Withdraws: from a seat, from the waiting list, or from what was offered."""
    found = claim_for(me().code, code)
    old, version = ClaimState(found.state), request.form.get("version", type=int)
    try:
        actions.withdraw(claim=found, by=me().code, now=now(), version=version)
    except Refused as error:
        session.rollback()
        return _withdraw_page(claim_for(me().code, code), error.refusal, status=409)
    back = url_for("teacher.claims") if found.person else _page_of(found)
    return go_to(back, say_ok=_gone(found, old))


@blueprint.post("/claims/<code>/stay")
@for_roles("participant", "school_contact")
def stay(code: str) -> ResponseReturnValue:
    """The participant comes after all, whatever the calendar answered."""
    found = claim_for(me().code, code)
    if found.person is None:
        raise NotFound
    try:
        stay_with(claim=found, now=now())
    except Refused as error:
        session.rollback()
        found = claim_for(me().code, code)
        return _claim_page(found, safety_form(found), error.refusal, status=409)
    sentence = gettext("Good that you are coming. Put it into your calendar again, if it is gone there.")
    return go_to(url_for("teacher.claimed", code=code), say_ok=sentence)


def _page_of(claim: Claim) -> str:
    if claim.person is None:
        return url_for("teacher.party", code=claim.party)
    return url_for("teacher.claimed", code=claim.code)


def _gone(claim: Claim, old: ClaimState) -> str:
    if old == ClaimState.WAITLISTED:
        return gettext("You are off the waiting list.")
    if old == ClaimState.OFFERED:
        return gettext("You did not take the place. Who waits longest is asked next.")
    if claim.person is None:
        return gettext("This place is free again.")
    return gettext("You have withdrawn. Your place is free again.")


@blueprint.get("/claims/<code>.ics")
@for_roles("participant")
def claim_calendar(code: str) -> ResponseReturnValue:
    """One's own claim to import into a calendar once; what never had a seat is in no calendar."""
    found = claim_for(me().code, code)
    if not found.entries:
        raise NotFound
    answer = Response(document(entry.text for entry in found.entries))
    answer.headers["Content-Type"] = MIME_TYPE
    answer.headers["Content-Disposition"] = f'attachment; filename="meeloop-{found.code}.ics"'
    return answer


@blueprint.get("/claims/<code>/sheet.pdf")
@for_roles("participant")
def claim_sheet(code: str) -> ResponseReturnValue:
    """The safety sheet of one's own claim; what has no seat has none."""
    found = claim_for(me().code, code)
    if not found.holds_a_seat or found.person is None:
        raise NotFound
    with asked_language():
        data = sheets_data([sheet_for(found)])
    return pdf_answer(
        digest=digest(SHEETS, data),
        body=lambda: render(SHEETS, data, made_at=now()),
        filename=f"sheet-{found.code}.pdf",
    )
