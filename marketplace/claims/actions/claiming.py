"""What participants and their schools do: claim, withdraw, confirm cover."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.claims import entries, messages, queries, rules
from marketplace.claims.actions.deciding import approve
from marketplace.claims.actions.seats import give_back_seat, lock, take_seat
from marketplace.claims.facts import ClaimForm, Told, visit_to
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Cover, step
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import SYSTEM, record
from marketplace.kernel.texts import N_
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy
from marketplace.people.models import Person
from marketplace.safety.rules import lent_sizes


def claim_seat(*, slot: Slot, person: Person, form: ClaimForm, now: datetime) -> Claim:
    """Claims a seat for a person: it is held until somebody decides, or approved at once where the offer says so.

    Raises Refused with the reason: not open, full, already claimed, at the same time as another claim, or something
    missing in the form. The caller rolls back then, and the seat just taken with it.
    """
    brief = slot.offer.brief
    refusal = rules.why_not_claim(queries.claiming(slot, person), now)
    refusal = refusal or rules.why_not_form(form, brief.facts, brief.version)
    if refusal:
        raise Refused(refusal)
    take_seat(slot)
    _one_at_a_time(slot, person, now)
    claim = _new_claim(slot, person, form, now)
    record(kind="claim", subject=claim.code, event=ClaimState.PENDING, by=person.code, at=now)
    entries.write_for_participant(claim, now=now)
    if claim.policy == Policy.AUTOMATIC:
        approve(claim, by=SYSTEM, now=now)  # the confirmation says all that a receipt would
    else:
        messages.mail_received(claim, now=now)
        messages.mail_to_decide(claim, now=now)
        entries.write_for_host(slot, now=now)
    return claim


def _one_at_a_time(slot: Slot, person: Person, now: datetime) -> None:
    """Looks again with the person's row locked: two claims of one person at the same time do not both pass."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    again = queries.claiming(slot, person)
    if again.has_living_claim or again.overlapping:
        raise Refused(rules.why_not_claim(again, now) or rules.ALREADY)


def _new_claim(slot: Slot, person: Person, form: ClaimForm, now: datetime) -> Claim:
    school = person.school
    assert school is not None  # the rule asked for it
    wanted = dict(lent_sizes(slot.offer.brief.facts))
    claim = Claim(
        code=new_code(),
        slot=slot,
        person=person,
        school=school,
        state=ClaimState.PENDING,
        state_by=person.code,
        state_at=now,
        made_at=now,
        policy=rules.policy_for(slot, person),
        learning_question=form.learning_question.strip(),
        time_basis=form.time_basis,
        cover=form.cover,
        sizes={code: size for code, size in form.sizes.items() if code in wanted},
        diet=form.diet.strip(),
        brief_version=slot.offer.brief.version,
        told=Told.about(visit_to(slot)).as_data(),
        told_at=now,
        told_offer=slot.offer.version,
        told_slot=slot.version,
        told_site=slot.site.version,
        told_brief=slot.offer.brief.version,
    )
    session.add(claim)
    try:
        session.flush()
    except IntegrityError:  # the partial unique index: this person holds a seat here already
        raise Refused(rules.ALREADY) from None
    return claim


def withdraw(*, claim: Claim, by: str, now: datetime) -> None:
    """A participant does not come after all: the seat is free again, the calendar cleared, the host told."""
    if refusal := rules.why_not_withdraw(claim, now):
        raise Refused(refusal)
    lock(claim.slot)
    was_approved = claim.state == ClaimState.APPROVED
    try:
        step(claim, ClaimState.WITHDRAWN, by=by, now=now)
    except Overtaken:
        raise Refused(Refusal(N_("This claim has just been decided. Look at how it stands now."))) from None
    claim.planned.clear()
    give_back_seat(claim.slot)
    messages.mail_withdrawn(claim, entries.write_for_participant(claim, now=now), now=now)
    if was_approved:
        messages.mail_left(claim, now=now)
    entries.write_for_host(claim.slot, now=now)


def confirm_cover(*, claim: Claim, by: str, now: datetime) -> None:
    """The school's own word that the lessons are covered. Raises Refused where there is nothing to cover."""
    if refusal := rules.why_not_confirm_cover(claim):
        raise Refused(refusal)
    if claim.cover != Cover.CONFIRMED:
        claim.cover = Cover.CONFIRMED
        record(kind="claim", subject=claim.code, event="cover_confirmed", by=by, at=now)
