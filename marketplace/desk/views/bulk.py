"""One decision about several claims, each in a transaction of its own."""

import logging
from collections.abc import Mapping

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import queries, rules
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Verdict
from marketplace.desk.facts import Row
from marketplace.desk.forms import BulkForm
from marketplace.desk.views.claims import decide, rows, show_queue, version_in
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.codes import ALPHABET, LENGTH
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import NotFound, Refusal, Refused
from marketplace.kernel.texts import N_
from marketplace.web.pages import go_to, page

log = logging.getLogger(__name__)

MOST = 200
"""Claims that one may decide about at once."""
OUTCOMES = {Verdict.APPROVE: ClaimState.APPROVED, Verdict.REJECT: ClaimState.REJECTED}


@blueprint.post("/desk/claims/decide")
@for_desk
def decide_several() -> ResponseReturnValue:
    """Decides about each claim that was ticked, as it was on that page, and goes on to what became of them."""
    form, chosen, verdict = BulkForm(), _chosen(), _verdict(request.form.get("verdict", ""))
    form.validate()
    if refusal := _why_not(chosen, verdict):
        form.refuse(refusal)
    if form.errors or verdict is None:
        return show_queue(form, ticked=list(chosen), status=422)
    session.rollback()  # what was read to know the visitor: each claim begins anew
    note = form.reason.data or "" if verdict == Verdict.REJECT else ""
    for code, version in chosen.items():
        _try(code, version, verdict, note)
    return go_to(url_for("desk.decided", verdict=verdict, claims=".".join(chosen)))


def _chosen() -> dict[str, int]:
    """By code, in which version the ticked claims were shown."""
    said = (each.partition(".") for each in request.form.getlist("claim"))
    return {code: version_in(version) for code, _, version in said if _is_code(code)}


def _is_code(text: str) -> bool:
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


def _verdict(text: str) -> Verdict | None:
    return Verdict(text) if text in set(Verdict) else None


def _why_not(chosen: Mapping[str, int], verdict: Verdict | None) -> Refusal | None:
    if not chosen:
        return Refusal(N_("Choose at least one claim: tick the box before the name."))
    if len(chosen) > MOST:
        return Refusal(N_("Choose at most %(limit)s claims at a time."), {"limit": MOST})
    if verdict is None:
        return Refusal(N_("Press one of the buttons below the list: approve, or reject."))
    return None


def _try(code: str, version: int, verdict: Verdict, note: str) -> None:
    """One of them. What was refused, or went wrong, holds up no other: the page that follows shows how each stands."""
    try:
        with transaction():
            found = queries.claim_for_desk(my_regions(), code)
            if rules.can_decide(found, my_regions()) and not _takes_a_look(found, verdict):
                decide(found, verdict, note, version)
    except (Refused, NotFound) as error:
        log.info("claim %s was not decided: %s", code, error)
    except Exception:
        log.exception("claim %s could not be decided", code)


def _takes_a_look(found: Claim, verdict: Verdict) -> bool:
    """Nobody without the certificate for the gate is approved in passing."""
    person = found.person
    return verdict == Verdict.APPROVE and person is not None and rules.lacks_certificate(person, found.slot)


@blueprint.get("/desk/claims/decided")
@for_desk
def decided() -> ResponseReturnValue:
    """How those claims stand now: which are decided like that by the visitor, and which are not and why.

    Nothing is kept for this page but its address: it may be loaded again, and then says what holds by then.
    """
    verdict = _verdict(request.args.get("verdict", ""))
    if verdict is None:
        raise NotFound
    codes = [each for each in request.args.get("claims", "").split(".") if _is_code(each)]
    found = rows(queries.claims_for_desk(my_regions(), codes[:MOST]))
    done = [each for each in found if _is_done(each, verdict)]
    others = [each for each in found if each not in done]
    return page("desk/decided.html", verdict=verdict, done=done, others=others, now=now())


def _is_done(row: Row, verdict: Verdict) -> bool:
    is_so = row.planned.verdict == verdict if row.planned else row.claim.state == OUTCOMES[verdict]
    return is_so and row.is_by_reader
