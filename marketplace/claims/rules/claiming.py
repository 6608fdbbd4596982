"""Who may claim a seat, for whom, and who may leave."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.claims.facts import QUESTION_LIMIT, ClaimForm, ClaimingFacts
from marketplace.claims.models import Claim
from marketplace.claims.rules.certifying import is_certified
from marketplace.claims.rules.waiting import can_wait, name_by
from marketplace.claims.states import COVERS, TIME_BASES, ClaimState
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.wording import moment
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy, SlotState
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.safety.catalogue import sizes
from marketplace.safety.facts import BriefFacts
from marketplace.safety.rules import lent_sizes

PARTY_LIMIT = 30
"""People that one can sign up together, where the offer itself sets no limit."""

FULL = Refusal(N_("The last seat has just been taken. Choose another moment."))
FULL_MAY_WAIT = Refusal(N_("The last seat has just been taken. You can still go on the waiting list."))
TOO_FEW = N_("Free seats: %(free)s. You need %(seats)s. Sign up fewer people.")
TOO_FEW_MAY_WAIT = N_(
    "Free seats: %(free)s. You need %(seats)s. Sign up fewer people, or go on the waiting list together."
)
ALREADY = Refusal(N_("You have already signed up for this moment."))


def why_not_claim(
    facts: ClaimingFacts, now: datetime, *, seats: int = 1, may_wait: bool = False
) -> Refusal | None:
    """Why somebody may not claim so many seats now; where the waiting list will do, a full moment is no reason."""
    return why_not_open(facts, now) or why_not_you(facts) or _why_not_seats(facts, now, seats, may_wait)


def why_not_open(facts: ClaimingFacts, now: datetime) -> Refusal | None:
    """Why nobody may claim a seat now."""
    if facts.slot_state == SlotState.CANCELLED:
        return Refusal(N_("This moment was cancelled. Choose another one."))
    if facts.starts_at <= now:
        return Refusal(N_("This moment has already begun."))
    if not facts.is_published or facts.slot_state == SlotState.CLOSED or facts.close_at <= now:
        return Refusal(N_("Sign-up for this moment is closed. Choose another one."))
    if facts.open_at and facts.open_at > now:
        return Refusal(N_("Sign-up opens on %(when)s."), {"when": Moment(facts.open_at)})
    return None


def why_not_you(facts: ClaimingFacts) -> Refusal | None:
    """Why this person may not come, whatever there is free."""
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


def why_not_colleague(facts: ClaimingFacts, person: Person, school: Organisation) -> Refusal | None:
    """Why somebody else cannot be signed up for a school: that they cannot come, not where they are instead."""
    if not any(each.role == Role.PARTICIPANT and each.organisation is school for each in person.memberships):
        return Refusal(
            N_("%(name)s does not work at %(school)s."), {"name": person.name, "school": school.name}
        )
    if why_not_you(facts):
        return Refusal(
            N_("%(name)s cannot come: already signed up here, or elsewhere at that time."),
            {"name": person.name},
        )
    return None


def _why_not_seats(facts: ClaimingFacts, now: datetime, seats: int, may_wait: bool) -> Refusal | None:
    if seats <= facts.seats_left:
        return None
    if seats > facts.capacity:
        return Refusal(
            N_("There are %(seats)s seats in all. Sign up fewer people."), {"seats": facts.capacity}
        )
    is_list_open = can_wait(facts.starts_at, now)
    if may_wait and is_list_open:
        return None
    if facts.seats_left > 0:
        message = TOO_FEW_MAY_WAIT if is_list_open else TOO_FEW
        return Refusal(message, {"free": facts.seats_left, "seats": seats})
    return FULL_MAY_WAIT if is_list_open else FULL


def lets_wait(refusal: Refusal) -> bool:
    """Whether it is a refusal for want of seats, where a place on the waiting list is still to be had."""
    return refusal.message in (FULL_MAY_WAIT.message, TOO_FEW_MAY_WAIT)


def why_not_party(slot: Slot, people: Sequence[Person | None], now: datetime) -> Refusal | None:
    """Why these people cannot be signed up together; None stands for somebody who is named later."""
    limit = slot.offer.school_limit or PARTY_LIMIT
    if not people:
        return Refusal(N_("Say for whom you sign up."))
    if len(people) > limit:
        return Refusal(N_("At most %(limit)s people of a school can come. Sign up fewer."), {"limit": limit})
    named = [each.code for each in people if each]
    if len(set(named)) < len(named):
        return Refusal(N_("Somebody stands twice on your list. Name each person once."))
    if None in people and name_by(slot.starts_at) <= now:
        return Refusal(N_("This moment is within a week. Name everybody you sign up."))
    return None


class Moment:
    """An instant that a refusal shows in the language of whoever reads it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __str__(self) -> str:
        return moment(self.at)


def why_not_form(form: ClaimForm, brief: BriefFacts, version: int) -> Refusal | None:
    """What is missing or wrong in what a participant filled in; `version` is the brief's as it is now.

    Who is content to wait is asked about safety only when they have a seat.
    """
    refusal = why_not_plans(form)
    if form.may_wait and not form.has_read_safety:
        return refusal
    return refusal or why_not_safety(form, brief, version)


def why_not_plans(form: ClaimForm) -> Refusal | None:
    """What is missing or wrong in why and when somebody wants to come."""
    if not 0 < len(form.learning_question.strip()) <= QUESTION_LIMIT:
        return Refusal(
            N_("Write what you want to learn, in at most %(limit)s characters."), {"limit": QUESTION_LIMIT}
        )
    if form.time_basis not in TIME_BASES:
        return Refusal(N_("Choose in whose time you come."))
    if form.cover not in COVERS:
        return Refusal(N_("Choose whether your lessons are covered."))
    return None


def why_not_safety(form: ClaimForm, brief: BriefFacts, version: int) -> Refusal | None:
    """What is missing of what a participant says about safety: sizes, and having read the notes as they are now."""
    wanted = dict(lent_sizes(brief))
    if any(form.sizes.get(code) not in dict(sizes(kind)) for code, kind in wanted.items()):
        return Refusal(N_("Choose your size for what you get on loan."))
    if not form.has_read_safety:
        return Refusal(N_("Confirm that you have read the safety notes."))
    if form.read_version not in (None, version):
        return Refusal(N_("The safety notes have just changed. Read them again, and confirm that you have."))
    return None


def needs_safety(claim: Claim) -> bool:
    """Whether a participant with a seat has not said yet that they read the safety notes as they are now."""
    has_seat = claim.person is not None and claim.holds_a_seat and claim.state != ClaimState.OFFERED
    return has_seat and claim.brief_version != claim.slot.brief.version


def policy_for(slot: Slot, person: Person | None) -> Policy:
    """Who decides: what the offer says, but the coordinator too about people nobody knows or has named yet.

    And about those of whom nobody saw the certificate that the gate asks for: nobody is turned away for want of one.
    """
    policy = Policy(slot.offer.policy)
    is_settled = person is not None and person.is_known and is_certified(person, slot)
    return policy if is_settled else policy.with_coordinator


def why_not_withdraw(claim: Claim, now: datetime) -> Refusal | None:
    """Why a participant cannot withdraw any more: of a series, one may until its last session ends."""
    if not claim.is_living:
        return Refusal(N_("This claim has ended already."))
    if claim.slot.ends_at <= now:
        return Refusal(N_("This moment is over."))
    return None
