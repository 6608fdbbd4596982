"""Certificates for the gate: who lacks one, on what they are approved meanwhile, and what becomes of that."""

from datetime import date, datetime, time

from marketplace.claims.models import Claim
from marketplace.claims.rules.timing import last_day, reminds_at
from marketplace.claims.rules.waiting import (
    ANSWER_WITHIN,
    ANSWERED_BEFORE,
    DECIDED_AT_LEAST,
    DECIDED_BEFORE,
)
from marketplace.claims.states import ClaimState, Condition, Lapse, Payer
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall, wall_date
from marketplace.kernel.wording import Day
from marketplace.offers.models import Slot
from marketplace.people.facts import CertificateFacts, certificate_facts
from marketplace.people.models import Person
from marketplace.safety.rules import SATISFIED_BY, has_access, is_certificate

CLOSES = time(17)
"""Until when a certificate that comes on its last day is in time."""
OFFERED_AGAIN_BEFORE = ANSWERED_BEFORE + ANSWER_WITHIN
"""How long before the start a seat is free again, so that it can still be offered for the whole time to answer."""


def lacks_certificate(person: Person, slot: Slot) -> bool:
    """Whether this person has no certificate for the gate that holds until the last session."""
    held = [(each.kind, each.valid_until) for each in person.certificates]
    return not has_access(slot.brief.facts.access, held, wall_date(slot.ends_at))


def is_certified(person: Person, slot: Slot) -> bool:
    """Whether no certificate is needed, or a coordinator saw one in the register that holds until the last session.

    The register is the only proof: a card is none (vca.nl, Centraal Diploma Register).
    """
    access = slot.brief.facts.access
    if not is_certificate(access):
        return True
    seen = [(each.kind, each.valid_until) for each in person.certificates if each.seen_at]
    return has_access(access, seen, wall_date(slot.ends_at))


def certificate_for(person: Person, slot: Slot) -> CertificateFacts | None:
    """The certificate that opens this gate best: one that holds until the end, and of those one that was seen."""
    wanted, last = SATISFIED_BY[slot.brief.facts.access], wall_date(slot.ends_at)
    held = [certificate_facts(each) for each in person.certificates if each.kind in wanted]
    return max(held, key=lambda each: _worth(each, last), default=None)


def _worth(certificate: CertificateFacts, last: date) -> tuple[bool, bool, date]:
    until = certificate.valid_until or date.max
    return (until >= last, certificate.seen_at is not None, until)


def meets_condition(claim: Claim) -> bool:
    """Whether what it was approved on is there by now; not where a decision about it is on its way."""
    is_open = claim.state == ClaimState.CONDITIONAL and not claim.planned
    return is_open and claim.person is not None and is_certified(claim.person, claim.slot)


def last_certificate_day(starts_at: datetime, now: datetime) -> date | None:
    """The last day on which a missing certificate is in time; None where too little time is left for one.

    After it the seat can still be offered to who waits, for 48 hours. Nearer to the start nobody can wait any more;
    then it is the last day before it.
    """
    for line in (starts_at - OFFERED_AGAIN_BEFORE, starts_at):
        day = last_day(line, CLOSES)
        if in_time_until(day) >= now + DECIDED_AT_LEAST:
            return day
    return None


def in_time_until(day: date) -> datetime:
    """Until when a certificate is in time that may come until this day."""
    return at_wall(day, CLOSES)


def why_not_condition(claim: Claim, condition: Condition, now: datetime) -> Refusal | None:
    """Why a claim cannot be approved on this condition."""
    if claim.state == ClaimState.CONDITIONAL:
        return Refusal(N_("This claim is approved on condition already."))
    if claim.person is None:
        return Refusal(
            N_("Nobody was named for this place yet. Approve it; who is named shows a certificate then.")
        )
    if is_certified(claim.person, claim.slot):
        return Refusal(N_("No certificate is missing here. Approve the claim."))
    if condition.paid_by not in set(Payer):
        return Refusal(N_("Choose who pays for the certificate."))
    last = last_certificate_day(claim.slot.starts_at, now)
    if last is None:
        return Refusal(N_("Too little time is left for a certificate."))
    if condition.certificate_by > in_time_until(last):
        return Refusal(
            N_("Choose a day until %(day)s. Later than that, nobody else could take the place."),
            {"day": Day(last)},
        )
    if condition.certificate_by < now:
        return Refusal(N_("Choose a day that is still to come."))
    return None


def condition_now(claim: Claim, condition: Condition, now: datetime) -> Condition:
    """The condition as it takes effect: where the host's yes came late, with a day that leaves time for it."""
    last = last_certificate_day(claim.slot.starts_at, now)
    if condition.certificate_by >= now + DECIDED_AT_LEAST or last is None:
        return condition
    return Condition(condition.paid_by, in_time_until(last))


def condition_for(claim: Claim, now: datetime) -> Condition:
    """On what somebody comes who was named for an approved seat and lacks a certificate: who pays nobody has said."""
    last = last_certificate_day(claim.slot.starts_at, now)
    return Condition("", in_time_until(last) if last else claim.slot.starts_at)


def needs_certificate_reminder(claim: Claim, days: int) -> bool:
    """Whether somebody is asked once more, so many days ahead: not who entered one, or heard of it since."""
    assert claim.certificate_by and claim.person  # a condition has both
    was_told_since = claim.state_at > reminds_at(claim.certificate_by, days)
    return not was_told_since and lacks_certificate(claim.person, claim.slot)


def why_condition_lapsed(claim: Claim, now: datetime) -> Lapse | None:
    """What was not done in time where somebody was approved on condition; None if its time is not over.

    They enter a certificate until the day that was said. Once they did it is the coordinators' turn to look it up in
    the register, until 48 hours before the start.
    """
    slot, person = claim.slot, claim.person
    assert claim.certificate_by and person  # a condition has both
    if is_certified(person, slot):
        return None
    until = min(claim.certificate_by, slot.starts_at)
    if lacks_certificate(person, slot):
        return Lapse.UNCERTIFIED if until <= now else None
    return Lapse.UNDECIDED if max(until, slot.starts_at - DECIDED_BEFORE) <= now else None
