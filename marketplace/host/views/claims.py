"""Claims that those who receive people decide about."""

from collections.abc import Sequence

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions, queries
from marketplace.claims.models import Claim
from marketplace.claims.states import STATE_NAMES, ClaimState, Side, Verdict
from marketplace.host.facts.deciding import Row, deciders, row_of
from marketplace.host.forms.claims import RejectForm
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import N_, gettext, say
from marketplace.people.queries import names_of
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, is_fragment, local_path, page
from marketplace.web.visitors import me

DONE = {Verdict.APPROVE: N_("You said yes to this claim."), Verdict.REJECT: N_("You turned this claim down.")}


@blueprint.get("/host/claims/<code>")
@for_roles("host_contact")
def claim(code: str) -> ResponseReturnValue:
    """One claim: where the letter leads to, with the version that it was about. Looking changes nothing."""
    found = queries.claim_for_host(ours(), code)
    return _show(found, has_changed=0 < request.args.get("version", default=0, type=int) < found.version)


@blueprint.post("/host/claims/<code>/approve")
@for_roles("host_contact")
def approve(code: str) -> ResponseReturnValue:
    """Yes."""
    return _decide(queries.claim_for_host(ours(), code), Verdict.APPROVE)


@blueprint.post("/host/claims/<code>/reject")
@for_roles("host_contact")
def reject(code: str) -> ResponseReturnValue:
    """No, and why."""
    found, form = queries.claim_for_host(ours(), code), RejectForm()
    if not form.validate():
        form.reason.render_kw = {**form.reason.render_kw, "autofocus": True}
        return _show(found, form=form, status=422)
    return _decide(found, Verdict.REJECT, form.reason.data or "")


def _decide(found: Claim, verdict: Verdict, note: str = "") -> ResponseReturnValue:
    code, version = found.code, request.form.get("version", default=0, type=int)
    delay = current_app.config["SETTINGS"].decision_delay
    try:
        actions.decide(
            claim=found,
            verdict=verdict,
            note=note,
            by=me().code,
            now=now(),
            delay=delay,
            side=Side.HOST,
            version=version,
        )
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext(DONE[verdict]))


@blueprint.post("/host/claims/<code>/take-back")
@for_roles("host_contact")
def take_back(code: str) -> ResponseReturnValue:
    """After all not: until the decision takes effect."""
    found = queries.claim_for_host(ours(), code)
    try:
        actions.take_back(claim=found, by=me().code, now=now(), side=Side.HOST, verdict=_seen())
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext("The decision was taken back."))


@blueprint.post("/host/claims/<code>/send-now")
@for_roles("host_contact")
def send_now(code: str) -> ResponseReturnValue:
    """Without waiting for its time."""
    found = queries.claim_for_host(ours(), code)
    try:
        actions.send_now(claim=found, by=me().code, now=now(), side=Side.HOST, verdict=_seen())
    except Refused as refused:
        return _refuse(code, refused)
    if found.state == ClaimState.PENDING:
        return _answer(found, gettext("Your decision stands. It goes out with that of the coordinator."))
    return _answer(found, gettext("The decision was sent."))


def _seen() -> str:
    """The verdict that stood on the page as planned."""
    return request.form.get("verdict", "")


def _answer(found: Claim, done: str) -> ResponseReturnValue:
    """In place, the row as it is now; else back to where the form stood."""
    if is_fragment():
        return _show(found)
    back = local_path(request.form.get("next", "")) or url_for("host.claim", code=found.code)
    return go_to(back, say_ok=done)


def _refuse(code: str, refused: Refused) -> ResponseReturnValue:
    """The claim as it stands by now, with the reason above it."""
    session.rollback()
    return _show(queries.claim_for_host(ours(), code), refusal=say(refused.refusal), status=409)


def _show(
    found: Claim,
    *,
    form: RejectForm | None = None,
    refusal: str = "",
    has_changed: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    template = "host/waiting_row.html" if is_fragment() else "host/claim.html"
    (row,) = rows([found], form=form, refusal=refusal)
    return page(
        template,
        row=row,
        is_alone=True,
        has_changed=has_changed,
        state_names=STATE_NAMES,
        now=now(),
        status=status,
    )


def rows(found: Sequence[Claim], *, form: RejectForm | None = None, refusal: str = "") -> list[Row]:
    """Claims as the visitor sees them, in a constant number of statements."""
    names = names_of(code for each in found for code in deciders(each))
    colleagues = queries.colleagues(found)
    return [
        row_of(
            each,
            me().code,
            now(),
            names=names,
            colleagues=colleagues.get(each.id, 0),
            form=form,
            refusal=refusal,
        )
        for each in found
    ]
