"""Why not: the one place that says who may claim, decide or withdraw. Button, message and action ask here."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from marketplace.claims.facts import QUESTION_LIMIT, REASON_LIMIT, Checks, ClaimForm, ClaimingFacts
from marketplace.claims.models import Claim
from marketplace.claims.states import COVERS, TIME_BASES, ClaimState, Cover, TimeBasis, Verdict
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import wall_date
from marketplace.kernel.wording import moment
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy, SlotState
from marketplace.people.facts import CertificateFacts
from marketplace.people.models import Person
from marketplace.regions.rules import school_holiday
from marketplace.safety.catalogue import sizes
from marketplace.safety.facts import BriefFacts
from marketplace.safety.rules import SATISFIED_BY, has_access, lent_sizes

FULL = Refusal(N_("The last seat has just been taken. Choose another moment."))
ALREADY = Refusal(N_("You have already signed up for this moment."))


def why_not_claim(facts: ClaimingFacts, now: datetime) -> Refusal | None:
    """Why somebody may not claim a seat now."""
    return _why_not_open(facts, now) or _why_not_you(facts) or (FULL if facts.seats_left < 1 else None)


def _why_not_open(facts: ClaimingFacts, now: datetime) -> Refusal | None:
    if facts.slot_state == SlotState.CANCELLED:
        return Refusal(N_("This moment was cancelled. Choose another one."))
    if facts.starts_at <= now:
        return Refusal(N_("This moment has already begun."))
    if not facts.is_published or facts.slot_state == SlotState.CLOSED or facts.close_at <= now:
        return Refusal(N_("Sign-up for this moment is closed. Choose another one."))
    if facts.open_at and facts.open_at > now:
        return Refusal(N_("Sign-up opens on %(when)s."), {"when": Moment(facts.open_at)})
    return None


def _why_not_you(facts: ClaimingFacts) -> Refusal | None:
    if not facts.has_school:
        return Refusal(N_("Only people who work at a school can sign up."))
    if facts.has_living_claim:
        return ALREADY
    if facts.overlapping:
        return Refusal(
            N_("You have already signed up for “%(title)s” at that time. Withdraw there first."),
            {"title": facts.overlapping},
        )
    return None


class Moment:
    """An instant that a refusal shows in the language of whoever reads it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __str__(self) -> str:
        return moment(self.at)


def why_not_form(form: ClaimForm, brief: BriefFacts, version: int) -> Refusal | None:
    """What is missing or wrong in what a participant filled in; `version` is the brief's as it is now."""
    if not 0 < len(form.learning_question.strip()) <= QUESTION_LIMIT:
        return Refusal(
            N_("Write what you want to learn, in at most %(limit)s characters."), {"limit": QUESTION_LIMIT}
        )
    if form.time_basis not in TIME_BASES:
        return Refusal(N_("Choose in whose time you come."))
    if form.cover not in COVERS:
        return Refusal(N_("Choose whether your lessons are covered."))
    wanted = dict(lent_sizes(brief))
    if any(form.sizes.get(code) not in dict(sizes(kind)) for code, kind in wanted.items()):
        return Refusal(N_("Choose your size for what you get on loan."))
    if not form.has_read_safety:
        return Refusal(N_("Confirm that you have read the safety notes."))
    if form.read_version not in (None, version):
        return Refusal(N_("The safety notes have just changed. Read them again, and confirm that you have."))
    return None


def policy_for(slot: Slot, person: Person) -> Policy:
    """Who decides: what the offer says, but for people nobody knows yet always the coordinator."""
    return Policy(slot.offer.policy) if person.is_known else Policy.COORDINATOR


def why_not_decide(claim: Claim, verdict: Verdict, note: str, by: str, now: datetime) -> Refusal | None:
    """Why a claim cannot be decided now. The deadline for sign-up does not bind coordinators; the start does."""
    if claim.person.code == by:
        return Refusal(N_("You cannot decide about your own claim."))
    if claim.state != ClaimState.PENDING:
        return Refusal(N_("This claim no longer waits for a decision."))
    if claim.slot.starts_at <= now:
        return Refusal(N_("This moment has already begun."))
    if verdict == Verdict.REJECT and not note.strip():
        return Refusal(N_("Write the reason. The participant reads it in the mail."))
    if len(note) > REASON_LIMIT:
        return Refusal(N_("Shorten the reason to %(limit)s characters."), {"limit": REASON_LIMIT})
    return None


def can_decide(claim: Claim, region_ids: Collection[int]) -> bool:
    """Whether the coordinators of these regions decide: those of the school's region do, those of the host's look."""
    return claim.school.region_id in region_ids


def why_not_confirm_cover(claim: Claim) -> Refusal | None:
    """Why there are no lessons of which the school could say that they are covered."""
    if not claim.holds_a_seat:
        return Refusal(N_("This claim has ended already."))
    if claim.time_basis == TimeBasis.OWN or claim.cover == Cover.NOT_NEEDED:
        return Refusal(N_("No lessons have to be covered for this claim."))
    return None


def why_not_withdraw(claim: Claim, now: datetime) -> Refusal | None:
    """Why a participant cannot withdraw any more: of a series, one may until its last session ends."""
    if not claim.holds_a_seat:
        return Refusal(N_("This claim has ended already."))
    if claim.slot.ends_at <= now:
        return Refusal(N_("This moment is over."))
    return None


def lacks_certificate(person: Person, brief: BriefFacts, slot: Slot) -> bool:
    """Whether this person has no certificate for the gate that holds until the last session."""
    held = [(each.kind, each.valid_until) for each in person.certificates]
    return not has_access(brief.access, held, wall_date(slot.ends_at))


def needs_cover(time_basis: str, cover: str) -> bool:
    """Whether lessons still have to be covered."""
    return time_basis != TimeBasis.OWN and cover == "not_yet"


def checks(claim: Claim, overlapping: str) -> Checks:
    """What to weigh before deciding; `overlapping` comes from `queries.conflicts`. Holidays are those of the school."""
    zone = claim.school.region.holiday_zone
    holidays = (school_holiday(zone, wall_date(each.starts_at)) for each in claim.slot.sessions)
    brief = claim.slot.offer.brief.facts
    return Checks(
        is_known=claim.person.is_known,
        needs_cover=needs_cover(claim.time_basis, claim.cover),
        lacks_certificate=lacks_certificate(claim.person, brief, claim.slot),
        certificate=_longest_certificate(claim.person, brief),
        overlapping=overlapping,
        holiday=next((each for each in holidays if each), ""),
    )


def _longest_certificate(person: Person, brief: BriefFacts) -> CertificateFacts | None:
    wanted = SATISFIED_BY[brief.access]
    held = [
        CertificateFacts(each.kind, each.valid_until) for each in person.certificates if each.kind in wanted
    ]
    return max(held, key=lambda each: each.valid_until or date.max, default=None)


WIPE_AFTER = timedelta(days=14)
"""How long after a slot sizes and diet are kept: they are nobody's business any more."""
