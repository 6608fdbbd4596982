"""What the pages of the desk show of a claim."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims import rules
from marketplace.claims.facts import Checks, ClaimFacts, claim_facts
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.states import Verdict
from marketplace.desk.forms import RejectForm
from marketplace.kernel.texts import say


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as one coordinator sees it: with what to weigh, what was decided, and whether it is theirs to decide."""

    claim: ClaimFacts
    checks: Checks
    region: str
    """The name of the region that decides."""
    zone: str
    """Its school holidays: "Noord", "Midden" or "Zuid"."""
    is_ours: bool
    why_not: str
    """Why the reader cannot decide now, in the language in force; empty if they can."""
    planned: PlannedDecision | None
    can_take_back: bool
    decided_by: str
    """The name of who decided or planned to; empty for nobody, and for those who have gone."""
    form: RejectForm
    refusal: str = ""
    """What the reader's last try was told."""

    @property
    def can_decide(self) -> bool:
        """Whether the buttons stand there."""
        return self.is_ours and not self.planned and not self.why_not


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when."""

    code: str
    region_ids: Collection[int]
    now: datetime


def deciders(claim: Claim) -> list[str]:
    """Codes of those whose names a row shows."""
    return [claim.state_by, *(each.decided_by for each in claim.planned)]


def row(
    claim: Claim,
    reader: Reader,
    *,
    overlapping: str,
    names: Mapping[str, str],
    form: RejectForm | None = None,
    refusal: str = "",
) -> Row:
    """A claim with what stands around it; `overlapping` and `names` come from queries for all rows at once."""
    planned = claim.planned[0] if claim.planned else None
    is_ours = rules.can_decide(claim, reader.region_ids)
    why_not = rules.why_not_decide(claim, Verdict.APPROVE, "", reader.code, reader.now)
    return Row(
        claim=claim_facts(claim),
        checks=rules.checks(claim, overlapping),
        region=claim.school.region.name,
        zone=claim.school.region.holiday_zone,
        is_ours=is_ours,
        why_not=say(why_not) if why_not else "",
        planned=planned,
        can_take_back=planned is not None and is_ours and planned.due_at > reader.now,
        decided_by=names.get(planned.decided_by if planned else claim.state_by, ""),
        form=(form or RejectForm(formdata=None)).about(claim.code),
        refusal=refusal,
    )
