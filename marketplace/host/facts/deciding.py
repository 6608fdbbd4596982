"""What those who receive people see of a claim: everything but the name, until it is approved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.claims.facts import ClaimFacts, claim_facts
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.rules import is_own, why_not_decide
from marketplace.claims.states import SIDES, ClaimState, Side, Verdict
from marketplace.host.forms.claims import RejectForm
from marketplace.kernel.texts import say
from marketplace.offers.states import Policy


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as one host contact sees it: what was decided by whom, and whether it is theirs to decide."""

    claim: ClaimFacts
    """Without the participant's name, as long as nobody said yes."""
    is_ours: bool
    """Whether the host has a say in it."""
    is_theirs: bool
    """Whether a coordinator has."""
    why_not: str
    """Why the reader cannot decide now, in the language in force; empty if they can."""
    planned: PlannedDecision | None
    """What the host decided, until it takes effect."""
    said: PlannedDecision | None
    """What the coordinator decided, until it takes effect."""
    goes_out_at: datetime | None
    """When the host's decision takes effect; None if that depends on the coordinator too."""
    can_take_back: bool
    planned_by: str
    said_by: str
    decided_by: str
    """The names of who decided that, and of who approved or rejected it; empty for nobody, and for who has gone."""
    school_limit: int
    """How many of one school may come, where as many have a seat already; else 0."""
    form: RejectForm
    refusal: str = ""
    """What the reader's last try was told."""

    @property
    def can_decide(self) -> bool:
        """Whether the buttons stand there."""
        return self.is_ours and not self.planned and not self.why_not

    @property
    def waits_for_them(self) -> bool:
        """Whether the host's yes has to wait for that of the coordinator."""
        is_yes = self.planned is not None and self.planned.verdict == Verdict.APPROVE
        return is_yes and self.is_theirs and self.said is None

    @property
    def can_send_now(self) -> bool:
        """Whether it depends on the host alone that it does not take effect at once."""
        return self.can_take_back and self.planned is not None and self.goes_out_at == self.planned.due_at


def deciders(claim: Claim) -> list[str]:
    """Codes of those who decided about a claim, or planned to."""
    is_decided = claim.state in (ClaimState.APPROVED, ClaimState.REJECTED)
    return [each.decided_by for each in claim.planned] + ([claim.state_by] if is_decided else [])


def row_of(
    claim: Claim,
    reader: str,
    now: datetime,
    *,
    names: Mapping[str, str],
    colleagues: int,
    form: RejectForm | None = None,
    refusal: str = "",
) -> Row:
    """A claim as the contact with this code sees it.

    `names`, by code, are those of `deciders`; `colleagues` is how many others of the school have a seat there.
    """
    sides = SIDES[Policy(claim.policy)]
    planned = {each.side: each for each in claim.planned}
    ours, theirs = planned.get(Side.HOST), planned.get(Side.COORDINATOR)
    limit = claim.slot.offer.school_limit
    goes_out_at = _goes_out_at(ours, theirs, is_alone=Side.COORDINATOR not in sides)
    why_not = why_not_decide(claim, Verdict.APPROVE, "", reader, now, Side.HOST)
    return Row(
        claim=_without_name(claim),
        is_ours=Side.HOST in sides,
        is_theirs=Side.COORDINATOR in sides,
        why_not=say(why_not) if why_not else "",
        planned=ours,
        said=theirs,
        goes_out_at=goes_out_at,
        can_take_back=ours is not None
        and (goes_out_at is None or goes_out_at > now)
        and not is_own(claim, reader),
        planned_by=names.get(ours.decided_by, "") if ours else "",
        said_by=names.get(theirs.decided_by, "") if theirs else "",
        decided_by=names.get(claim.state_by, ""),
        school_limit=limit if 0 < limit <= colleagues else 0,
        form=(form or RejectForm(formdata=None)).about(claim.code),
        refusal=refusal,
    )


def _goes_out_at(
    ours: PlannedDecision | None, theirs: PlannedDecision | None, *, is_alone: bool
) -> datetime | None:
    """A no takes effect by itself; a yes only with that of the coordinator, where both decide."""
    if ours is None:
        return None
    if is_alone or ours.verdict == Verdict.REJECT:
        return ours.due_at
    return max(ours.due_at, theirs.due_at) if theirs and theirs.verdict == Verdict.APPROVE else None


def _without_name(claim: Claim) -> ClaimFacts:
    facts = claim_facts(claim)
    if claim.state == ClaimState.APPROVED or claim.person is None:
        return facts
    return replace(facts, participant=replace(facts.participant, name=""))
