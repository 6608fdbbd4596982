"""The queue of claims, and deciding about one."""

from collections.abc import Sequence

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions, queries, rules
from marketplace.claims.models import Claim
from marketplace.claims.states import Verdict
from marketplace.desk.facts import Reader, Row, deciders, row
from marketplace.desk.forms import RejectForm
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import N_, gettext, say
from marketplace.people.queries import names_of
from marketplace.web.pages import go_to, is_fragment, local_path, page
from marketplace.web.visitors import me

LIMIT = 100
DONE = {
    Verdict.APPROVE: N_("You approved the claim of %(name)s."),
    Verdict.REJECT: N_("You rejected the claim of %(name)s."),
}


@blueprint.get("/desk/claims")
@for_desk
def claims() -> ResponseReturnValue:
    """The queue, oldest first, and what comes to hosts here from elsewhere."""
    at = now()
    return page(
        "desk/claims.html",
        rows=rows(queries.waiting(my_regions(), now=at, limit=LIMIT)),
        elsewhere=rows(queries.on_hosts_in(my_regions(), now=at, limit=LIMIT)),
        limit=LIMIT,
        now=at,
    )


@blueprint.get("/desk/claims/<code>")
@for_desk
def claim(code: str) -> ResponseReturnValue:
    """One claim: where the coordinators' letter leads to. Looking changes nothing."""
    return _show(queries.claim_for_desk(my_regions(), code))


@blueprint.post("/desk/claims/<code>/approve")
@for_desk
def approve(code: str) -> ResponseReturnValue:
    """Yes."""
    return _decide(_mine(code), Verdict.APPROVE)


@blueprint.post("/desk/claims/<code>/reject")
@for_desk
def reject(code: str) -> ResponseReturnValue:
    """No, and why."""
    found, form = _mine(code), RejectForm()
    if not form.validate():
        form.reason.render_kw = {**form.reason.render_kw, "autofocus": True}
        return _show(found, form=form, status=422)
    return _decide(found, Verdict.REJECT, form.reason.data or "")


@blueprint.post("/desk/claims/<code>/take-back")
@for_desk
def take_back(code: str) -> ResponseReturnValue:
    """After all not: until the decision takes effect."""
    found = _mine(code)
    try:
        actions.take_back(claim=found, by=me().code, now=now())
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext("The decision was taken back."))


def _mine(code: str) -> Claim:
    """A claim that the visitor decides about: NotFound for strangers, 403 for those who may only look."""
    found = queries.claim_for_desk(my_regions(), code)
    if not rules.can_decide(found, my_regions()):
        abort(403)
    return found


def _decide(found: Claim, verdict: Verdict, note: str = "") -> ResponseReturnValue:
    code, name = found.code, found.person.name
    delay = current_app.config["SETTINGS"].decision_delay
    try:
        actions.decide(claim=found, verdict=verdict, note=note, by=me().code, now=now(), delay=delay)
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext(DONE[verdict], name=name))


def _answer(found: Claim, done: str) -> ResponseReturnValue:
    """In place, the row as it is now; else back to where the form stood."""
    if is_fragment():
        return _show(found)
    back = local_path(request.form.get("next", "")) or url_for("desk.claim", code=found.code)
    return go_to(back, say_ok=done)


def _refuse(code: str, refused: Refused) -> ResponseReturnValue:
    """The claim as it stands by now, with the reason above it."""
    session.rollback()
    found = queries.claim_for_desk(my_regions(), code)
    return _show(found, refusal=say(refused.refusal), status=409)


def _show(
    found: Claim, *, form: RejectForm | None = None, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    template = "desk/waiting_row.html" if is_fragment() else "desk/claim.html"
    (shown,) = rows([found], form=form, refusal=refusal)
    return page(template, row=shown, is_alone=True, now=now(), status=status)


def rows(found: Sequence[Claim], *, form: RejectForm | None = None, refusal: str = "") -> list[Row]:
    """Claims as the visitor sees them, in a constant number of statements."""
    reader = Reader(me().code, my_regions(), now())
    conflicts = queries.conflicts(found)
    names = names_of(code for each in found for code in deciders(each))
    return [
        row(each, reader, overlapping=conflicts.get(each.id, ""), names=names, form=form, refusal=refusal)
        for each in found
    ]
