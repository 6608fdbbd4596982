"""What the pages of the desk show of a claim."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims import rules
from marketplace.claims.facts import Checks, ClaimFacts, claim_facts
from marketplace.claims.models import Claim, PlannedDecision
from marketplace.claims.states import ClaimState, Side, Verdict
from marketplace.desk.forms import ConditionForm, RejectForm
from marketplace.kernel.texts import say


@dataclass(frozen=True, slots=True)
class Row:
    """A claim as one coordinator sees it: with what to weigh, what was decided, and whether it is theirs to decide."""

    claim: ClaimFacts
    checks: Checks
    maker: str
    """Who signed somebody else up; empty for those who did so themselves."""
    name_by: datetime
    """Until when somebody can be named, where nobody was yet."""
    region: str
    """The name of the region that decides."""
    zone: str
    """Its school holidays: "Noord", "Midden" or "Zuid"."""
    is_ours: bool
    policy: str
    """Whose yes it takes."""
    why_not: str
    """Why the reader cannot decide now, in the language in force; empty if they can."""
    planned: PlannedDecision | None
    """What the coordinators decided."""
    by_host: PlannedDecision | None
    """What the host decided."""
    takes_effect_at: datetime | None
    """When what was decided goes out; None as long as the other side's word is missing."""
    can_take_back: bool
    can_send_now: bool
    decided_by: str
    """The name of who decided or planned to; empty for nobody, and for those who have gone."""
    is_by_reader: bool
    """Whether the reader is who decided."""
    host_contact: str
    """The name of who decided for the host."""
    form: RejectForm
    condition_form: ConditionForm | None
    """To approve on condition; None where no certificate is missing, or too little time is left for one."""
    may_look_up: bool
    """Whether the reader can say that they saw the certificate in the register."""
    seen_by: str
    """The name of who saw it there; empty for nobody, and for those who have gone."""
    refusal: str = ""
    """What the reader's last try was told."""

    @property
    def can_decide(self) -> bool:
        """Whether the buttons stand there."""
        return self.is_ours and not self.planned and not self.why_not

    @property
    def is_conditional(self) -> bool:
        """Whether a certificate is still to come."""
        return self.claim.state == ClaimState.CONDITIONAL

    @property
    def has_lapsed(self) -> bool:
        """Whether it is the past that can be made good: then there is only a yes, and at once."""
        return self.claim.state == ClaimState.LAPSED


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when."""

    code: str
    region_ids: Collection[int]
    now: datetime


def deciders(claim: Claim) -> list[str]:
    """Codes of those whose names a row shows."""
    is_decided = claim.state in (ClaimState.CONDITIONAL, ClaimState.APPROVED, ClaimState.REJECTED)
    decided = [claim.state_by] if is_decided else []
    held = claim.person.certificates if claim.person else []
    return [
        *decided,
        *(each.decided_by for each in claim.planned),
        *(each.seen_by for each in held if each.seen_by),
    ]


def row(
    claim: Claim,
    reader: Reader,
    *,
    overlapping: str,
    colleagues: int,
    names: Mapping[str, str],
    form: RejectForm | None = None,
    condition_form: ConditionForm | None = None,
    refusal: str = "",
) -> Row:
    """A claim with what stands around it; `overlapping`, `colleagues` and `names` come from queries for all at once."""
    sides = {each.side: each for each in claim.planned}
    planned, by_host = sides.get(Side.COORDINATOR), sides.get(Side.HOST)
    is_ours = rules.can_decide(claim, reader.region_ids)
    why_not = rules.why_not_decide(claim, Verdict.APPROVE, "", reader.code, reader.now)
    at = rules.takes_effect_at(claim)
    decider = planned.decided_by if planned else claim.state_by
    is_open = planned is not None and (at is None or at > reader.now)
    is_theirs = is_ours and not rules.is_own(claim, reader.code)
    may_touch = is_open and is_theirs
    checks = rules.checks(claim, overlapping, colleagues)
    held = checks.certificate
    return Row(
        claim=claim_facts(claim),
        checks=checks,
        maker=claim.made_by.name if claim.made_by_id != claim.person_id else "",
        name_by=rules.name_by(claim.slot.starts_at),
        region=claim.school.region.name,
        zone=claim.school.region.holiday_zone,
        is_ours=is_ours,
        policy=claim.policy,
        why_not=say(why_not) if why_not else "",
        planned=planned,
        by_host=by_host,
        takes_effect_at=at,
        can_take_back=may_touch,
        can_send_now=may_touch and at is not None and planned is not None and planned.due_at > reader.now,
        decided_by=names.get(decider, ""),
        is_by_reader=decider == reader.code,
        host_contact=names.get(by_host.decided_by, "") if by_host else "",
        form=(form or RejectForm(formdata=None)).about(claim.code),
        condition_form=condition_form or _condition_form(claim, checks, reader.now),
        may_look_up=is_theirs and held is not None and held.seen_at is None and not checks.lacks_certificate,
        seen_by=names.get(held.seen_by, "") if held else "",
        refusal=refusal,
    )


def _condition_form(claim: Claim, checks: Checks, now: datetime) -> ConditionForm | None:
    """Filled in with the last day there is."""
    last = rules.last_certificate_day(claim.slot.starts_at, now)
    if not checks.lacks_certificate or claim.state == ClaimState.CONDITIONAL or last is None:
        return None
    return ConditionForm(formdata=None, data={"until": last}).about(claim.code)
