"""Who may decide about a claim, and what there is to weigh."""

from collections.abc import Collection
from datetime import datetime

from marketplace.claims.facts import REASON_LIMIT, Checks
from marketplace.claims.models import Claim
from marketplace.claims.rules.certifying import certificate_for, lacks_certificate
from marketplace.claims.rules.waiting import name_by
from marketplace.claims.states import SIDES, ClaimState, Cover, Lapse, Side, TimeBasis, Verdict
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import wall_date
from marketplace.offers.states import Policy, SlotState
from marketplace.regions.rules import school_holiday

NO_SEAT = Refusal(N_("No seat is free any more."))
CHANGED = Refusal(N_("This claim has changed since you opened the page. Look at how it stands now."))
OWN = Refusal(N_("You cannot decide about your own claim."))


DECIDABLE = (ClaimState.PENDING, ClaimState.CONDITIONAL)
"""The states in which somebody may still say yes or no."""


def sides_of(claim: Claim) -> frozenset[Side]:
    """Who has to say yes; the host has no part in what was approved on condition, or has said yes already."""
    is_conditional = claim.state == ClaimState.CONDITIONAL
    return frozenset({Side.COORDINATOR}) if is_conditional else SIDES[Policy(claim.policy)]


def why_not_decide(
    claim: Claim, verdict: Verdict, note: str, by: str, now: datetime, side: Side = Side.COORDINATOR
) -> Refusal | None:
    """Why a claim cannot be decided now. The deadline for sign-up does not bind coordinators; the start does.

    What lapsed because nobody decided, a coordinator may still approve.
    """
    if is_own(claim, by):
        return OWN
    is_open = claim.state == ClaimState.CONDITIONAL and side == Side.COORDINATOR
    is_open = is_open or claim.state == ClaimState.PENDING
    if not is_open and not (verdict == Verdict.APPROVE and can_revive(claim, side)):
        return Refusal(N_("This claim no longer waits for a decision."))
    if claim.slot.starts_at <= now:
        return Refusal(N_("This moment has already begun."))
    if claim.state == ClaimState.LAPSED:
        return _why_not_revive(claim, now)
    if side not in sides_of(claim):
        return Refusal(
            N_("The host decides about this claim.")
            if side == Side.COORDINATOR
            else N_("The coordinator decides about this claim.")
        )
    if verdict == Verdict.REJECT and not note.strip():
        return Refusal(N_("Write the reason. The participant reads it in the mail."))
    if len(note) > REASON_LIMIT:
        return Refusal(N_("Shorten the reason to %(limit)s characters."), {"limit": REASON_LIMIT})
    return None


def _why_not_revive(claim: Claim, now: datetime) -> Refusal | None:
    if claim.slot.is_full or claim.slot.state == SlotState.CANCELLED:
        return NO_SEAT
    if claim.person is None and name_by(claim.slot.starts_at) <= now:
        return Refusal(N_("The time to name somebody is over."))
    return None


def is_own(claim: Claim, by: str) -> bool:
    """Whether a claim is for the person with this code, or was made by them: then others decide about it."""
    return by in (claim.receiver.code, claim.made_by.code)


def can_revive(claim: Claim, side: Side = Side.COORDINATOR) -> bool:
    """Whether it lapsed only because nobody decided: while a seat is free, a coordinator may still say yes."""
    return side == Side.COORDINATOR and claim.lapsed_as == Lapse.UNDECIDED


def takes_effect_at(claim: Claim) -> datetime | None:
    """When what was decided takes effect: the first rejection, or all approvals; None as long as one is missing."""
    rejections = [each.due_at for each in claim.planned if each.verdict == Verdict.REJECT]
    if rejections:
        return min(rejections)
    has_all = {each.side for each in claim.planned} >= sides_of(claim)
    return max(each.due_at for each in claim.planned) if claim.planned and has_all else None


def can_decide(claim: Claim, region_ids: Collection[int]) -> bool:
    """Whether the coordinators of these regions decide: those of the school's region do, those of the host's look."""
    return claim.school.region_id in region_ids


def why_not_confirm_cover(claim: Claim) -> Refusal | None:
    """Why there are no lessons of which the school could say that they are covered."""
    if not claim.is_living:
        return Refusal(N_("This claim has ended already."))
    if claim.person is None:
        return Refusal(N_("Nobody was named for this place yet: nobody knows whose lessons it takes."))
    if claim.time_basis == TimeBasis.OWN or claim.cover == Cover.NOT_NEEDED:
        return Refusal(N_("No lessons have to be covered for this claim."))
    return None


def needs_cover(time_basis: str, cover: str) -> bool:
    """Whether lessons still have to be covered."""
    return time_basis != TimeBasis.OWN and cover == Cover.NOT_YET


def checks(claim: Claim, overlapping: str, colleagues: int) -> Checks:
    """What to weigh before deciding. Holidays are those of the school.

    `overlapping` comes from `queries.conflicts`; `colleagues`, how many others of the school have a seat in this
    moment, from `queries.colleagues`.
    """
    zone = claim.school.region.holiday_zone
    holidays = (school_holiday(zone, wall_date(each.starts_at)) for each in claim.slot.sessions)
    offer, person = claim.slot.offer, claim.person
    return Checks(
        is_known=person is None or person.is_known,
        needs_cover=needs_cover(claim.time_basis, claim.cover),
        lacks_certificate=person is not None and lacks_certificate(person, claim.slot),
        certificate=certificate_for(person, claim.slot) if person else None,
        overlapping=overlapping,
        holiday=next((each for each in holidays if each), ""),
        is_in_lessons=claim.time_basis == TimeBasis.OWN and not claim.slot.is_own_time,
        school_limit=offer.school_limit if 0 < offer.school_limit <= colleagues else 0,
    )
