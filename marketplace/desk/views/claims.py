"""The queue of claims, and deciding about one."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions, queries, rules
from marketplace.claims.facts import participant
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Condition, Verdict
from marketplace.desk.facts import Reader, Row, deciders, row
from marketplace.desk.forms import BulkForm, ConditionForm, RejectForm
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import N_, gettext, say
from marketplace.web.pages import go_to, is_fragment, local_path, page
from marketplace.web.visitors import me

LIMIT = 100
DONE = {
    Verdict.APPROVE: N_("You approved the claim of %(name)s."),
    Verdict.REJECT: N_("You rejected the claim of %(name)s."),
}
DONE_ON_CONDITION = N_("You approved the claim of %(name)s on condition.")


@blueprint.get("/desk/claims")
@for_desk
def claims() -> ResponseReturnValue:
    """The queue, oldest first; what waits for a certificate or lapsed; and what others decide about."""
    return show_queue(BulkForm(formdata=None))


def show_queue(form: BulkForm, *, ticked: Sequence[str] = (), status: int = 200) -> ResponseReturnValue:
    """The queue, with what was ticked and filled in below it."""
    at = now()
    found = queries.queue(my_regions(), now=at, limit=LIMIT)
    shown = iter(rows([*found.waiting, *found.conditional, *found.lapsed, *found.elsewhere]))
    return page(
        "desk/claims.html",
        rows=list(islice(shown, len(found.waiting))),
        conditional=list(islice(shown, len(found.conditional))),
        lapsed=list(islice(shown, len(found.lapsed))),
        elsewhere=list(shown),
        limit=LIMIT,
        form=form,
        ticked=ticked,
        now=at,
        status=status,
    )


@blueprint.get("/desk/claims/<code>")
@for_desk
def claim(code: str) -> ResponseReturnValue:
    """One claim: where the coordinators' letters lead to, with its version then. Looking changes nothing."""
    found = queries.claim_for_desk(my_regions(), code)
    return _show(found, has_changed=0 < version_in(request.args.get("version", "")) < found.version)


@blueprint.post("/desk/claims/<code>/approve")
@for_desk
def approve(code: str) -> ResponseReturnValue:
    """Yes; also to what had lapsed."""
    return _decide(_mine(code), Verdict.APPROVE)


@blueprint.post("/desk/claims/<code>/approve-on-condition")
@for_desk
def approve_on_condition(code: str) -> ResponseReturnValue:
    """Yes, if a certificate comes in time."""
    found, form = _mine(code), ConditionForm().about(code)
    if not form.validate():
        return _show(found, condition_form=form, has_changed=_sent_version() != found.version, status=422)
    assert form.until.data  # the form asked for it
    condition = Condition(form.paid_by.data, rules.in_time_until(form.until.data))
    return _decide(found, Verdict.APPROVE, condition=condition)


@blueprint.post("/desk/claims/<code>/certificate")
@for_desk
def see_certificate(code: str) -> ResponseReturnValue:
    """The visitor saw the participant's certificate in the register."""
    found, number = _mine(code), request.form.get("certificate", "")
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise NotFound
    try:
        actions.see_certificate(claim=found, certificate_id=int(number), by=me().code, now=now())
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext("It is noted that you saw the certificate in the register."))


@blueprint.post("/desk/claims/<code>/reject")
@for_desk
def reject(code: str) -> ResponseReturnValue:
    """No, and why."""
    found, form = _mine(code), RejectForm()
    if not form.validate():
        form.reason.render_kw = {**form.reason.render_kw, "autofocus": True}
        return _show(found, form=form, has_changed=_sent_version() != found.version, status=422)
    return _decide(found, Verdict.REJECT, form.reason.data or "")


@blueprint.post("/desk/claims/<code>/take-back")
@for_desk
def take_back(code: str) -> ResponseReturnValue:
    """After all not: until the decision takes effect."""
    found = _mine(code)
    try:
        actions.take_back(claim=found, by=me().code, now=now(), verdict=request.form.get("verdict", ""))
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext("The decision was taken back."))


@blueprint.post("/desk/claims/<code>/send-now")
@for_desk
def send_now(code: str) -> ResponseReturnValue:
    """Without the pause in which it could be taken back."""
    found = _mine(code)
    try:
        actions.send_now(claim=found, by=me().code, now=now(), verdict=request.form.get("verdict", ""))
    except Refused as refused:
        return _refuse(code, refused)
    if found.state == ClaimState.PENDING:
        return _answer(found, gettext("Your decision stands. It goes out with that of the host."))
    return _answer(found, gettext("The decision was sent."))


def _mine(code: str) -> Claim:
    """A claim that the visitor decides about: NotFound for strangers, 403 for those who may only look."""
    found = queries.claim_for_desk(my_regions(), code)
    if not rules.can_decide(found, my_regions()):
        abort(403)
    return found


def _decide(
    found: Claim, verdict: Verdict, note: str = "", condition: Condition | None = None
) -> ResponseReturnValue:
    code, name = found.code, participant(found).name
    try:
        decide(found, verdict, note, _sent_version(), condition)
    except Refused as refused:
        return _refuse(code, refused)
    return _answer(found, gettext(DONE_ON_CONDITION if condition else DONE[verdict], name=name))


def decide(
    found: Claim, verdict: Verdict, note: str, version: int, condition: Condition | None = None
) -> None:
    """What the visitor decides about a claim as it was in that version. Raises Refused."""
    actions.decide(
        claim=found,
        verdict=verdict,
        note=note,
        by=me().code,
        now=now(),
        delay=current_app.config["SETTINGS"].decision_delay,
        version=version,
        condition=condition,
    )


def _sent_version() -> int:
    return version_in(request.form.get("version", ""))


def version_in(text: str) -> int:
    """The version of a claim as a link or a form says it; 0, which no claim has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


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
    found: Claim,
    *,
    form: RejectForm | None = None,
    condition_form: ConditionForm | None = None,
    refusal: str = "",
    has_changed: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    (shown,) = rows([found], form=form, condition_form=condition_form, refusal=refusal)
    facts: dict[str, Any] = {"row": shown, "has_changed": has_changed, "now": now()}
    if is_fragment():
        return page("desk/waiting_row.html", is_alone=True, **facts, status=status)
    missed = queries.missed(found) if shown.is_ours else []
    return page("desk/claim.html", missed=missed, **facts, status=status)


def rows(
    found: Sequence[Claim],
    *,
    form: RejectForm | None = None,
    condition_form: ConditionForm | None = None,
    refusal: str = "",
) -> list[Row]:
    """Claims as the visitor sees them, in a constant number of statements."""
    reader = Reader(me().code, my_regions(), now())
    beside = queries.beside(found, (code for each in found for code in deciders(each)))
    return [
        row(
            each,
            reader,
            overlapping=beside.overlapping.get(each.id, ""),
            colleagues=beside.colleagues.get(each.id, 0),
            names=beside.names,
            form=form,
            condition_form=condition_form,
            refusal=refusal,
        )
        for each in found
    ]
