"""Claiming a seat: for oneself, or for several people at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from marketplace.claims import entries, messages, queries, rules
from marketplace.claims.actions.deciding import approve
from marketplace.claims.actions.ending import NOT_OFFERED
from marketplace.claims.actions.seats import lock, take_seats
from marketplace.claims.actions.telling import catch_up
from marketplace.claims.actions.waiting import move_up
from marketplace.claims.facts import ClaimForm, Told, visit_to
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, step
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import add_at_once, session
from marketplace.kernel.errors import Overtaken, Refusal, Refused
from marketplace.kernel.journal import SYSTEM, record
from marketplace.kernel.texts import N_
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy
from marketplace.organisations.models import Organisation
from marketplace.people import actions as people
from marketplace.people.models import Person
from marketplace.people.queries import hold
from marketplace.safety.rules import lent_sizes


@dataclass(frozen=True, slots=True)
class _Party:
    """Who claims, for which school, and for whom; None stands for somebody who is named later."""

    maker: Person
    school: Organisation
    people: Sequence[Person | None]
    made_with: str | None = None


def claim_seat(*, slot: Slot, person: Person, form: ClaimForm, now: datetime) -> Claim:
    """Claims a seat for a person: it is held until somebody decides, or approved at once where the offer says so.

    Where no seat is left and the form says that waiting will do, the claim goes on the waiting list; who waits may read
    the safety notes later. Raises Refused with the reason: not open, full, already claimed, at the same time as another
    claim, or something missing in the form. The caller rolls back then, and the seat just taken with it.
    """
    brief = slot.brief
    lock(slot)
    hold(person)
    facts = queries.claiming(slot, person)
    refusal = rules.why_not_open(facts, now) or rules.why_not_you(facts)
    if refusal := refusal or rules.why_not_form(form, brief.facts, brief.version):
        raise Refused(refusal)
    assert person.school is not None  # the rule asked for it
    return _place(slot, _Party(person, person.school, [person]), form, now)[0]


def claim_together(
    *,
    slot: Slot,
    maker: Person,
    school: Organisation,
    people: Sequence[Person | None],
    form: ClaimForm,
    now: datetime,
    made_with: str | None = None,
) -> list[Claim]:
    """Claims a seat for each of several people of one school, or for none of them; None is somebody named later.

    Each of them says later for themselves that they read the safety notes, the maker with the form. The same form sent
    twice (`made_with`, its one-time key) gives the claims of the first time. Raises Refused as `claim_seat` does, for
    any of them.
    """
    lock(slot)
    if made_with and (made := queries.claims_made_with(slot.id, maker.id, made_with)):
        return made
    refusal = rules.why_not_open(queries.claiming(slot, None), now) or rules.why_not_party(slot, people, now)
    brief = slot.brief
    is_own = maker in people
    refusal = refusal or (
        rules.why_not_form(form, brief.facts, brief.version) if is_own else rules.why_not_plans(form)
    )
    for person in sorted((each for each in people if each), key=lambda each: each.id):
        hold(person)
        refusal = refusal or _why_not_colleague(slot, school, person, maker)
    if refusal:
        raise Refused(refusal)
    return _place(slot, _Party(maker, school, people, made_with), form, now)


def _why_not_colleague(slot: Slot, school: Organisation, person: Person, maker: Person) -> Refusal | None:
    facts = queries.claiming(slot, person)
    if person is maker:
        return rules.why_not_you(facts)
    return rules.why_not_colleague(facts, person, school)


def _place(slot: Slot, party: _Party, form: ClaimForm, now: datetime) -> list[Claim]:
    """Gives a party seats in a locked slot, or a place on its waiting list."""
    move_up(slot, now=now)  # who waits comes first
    seats = len(party.people)
    refusal = rules.why_not_claim(queries.claiming(slot, None), now, seats=seats, may_wait=form.may_wait)
    if refusal:
        raise Refused(refusal)
    if party.maker in party.people and form.has_read_safety:
        keep_sizes(party.maker, slot, form, now)
    has_seats = slot.seats_left >= seats
    if has_seats:
        take_seats(slot, seats)
    state = ClaimState.PENDING if has_seats else ClaimState.WAITLISTED
    claims = _new_claims(slot, party, state, form, now)
    for claim in claims:
        read = slot.brief.mark if claim.brief_version else {}
        record(kind="claim", subject=claim.code, event=state, by=party.maker.code, at=now, **read)
    if has_seats:
        _seated(claims, now)
    else:
        messages.mail_waitlisted(claims, now=now)
    return claims


def keep_sizes(person: Person, slot: Slot, form: ClaimForm, now: datetime) -> None:
    """Keeps the sizes that a participant filled in with the person, where they want that."""
    kinds = dict(lent_sizes(slot.brief.facts))
    if form.keeps_sizes:
        said = {kinds[code]: size for code, size in form.sizes.items() if code in kinds}
        people.keep_sizes(person=person, sizes=said, now=now)


def _seated(claims: Sequence[Claim], now: datetime) -> None:
    """What follows when claims got their seats: at once approved, or waiting for a decision."""
    for claim in claims:
        if claim.policy == Policy.AUTOMATIC:
            approve(claim, by=SYSTEM, now=now)  # the confirmation says all that a receipt would
        else:
            entries.write_for_participant(claim, now=now)
            messages.mail_received(claim, now=now)
            messages.mail_to_decide(claim, now=now)


def _new_claims(slot: Slot, party: _Party, state: ClaimState, form: ClaimForm, now: datetime) -> list[Claim]:
    codes = [new_code() for _ in party.people]
    claims = [
        _new_claim(slot, party, person, code, codes[0], state, form, now)
        for person, code in zip(party.people, codes, strict=True)
    ]
    try:
        for claim in claims:
            add_at_once(claim)
    except IntegrityError:  # the partial unique index: this person holds a seat here already
        raise Refused(rules.ALREADY) from None
    return claims


def _new_claim(
    slot: Slot,
    party: _Party,
    person: Person | None,
    code: str,
    party_code: str,
    state: ClaimState,
    form: ClaimForm,
    now: datetime,
) -> Claim:
    """A claim; what goes with the safety notes is empty until the participant says that they read them."""
    has_read = person is party.maker and form.has_read_safety
    brief = slot.brief
    wanted = dict(lent_sizes(brief.facts))
    return Claim(
        code=code,
        party=party_code,
        slot_id=slot.id,
        person_id=person.id if person else None,
        made_by_id=party.maker.id,
        school_id=party.school.id,
        state=state,
        state_by=party.maker.code,
        state_at=now,
        made_at=now,
        made_with=party.made_with,
        policy=rules.policy_for(slot, person),
        learning_question=form.learning_question.strip(),
        time_basis=form.time_basis,
        cover=form.cover,
        sizes={item: size for item, size in form.sizes.items() if item in wanted} if has_read else {},
        diet=form.diet.strip() if has_read else "",
        brief_version=brief.version if has_read else None,
        brief_read_at=now if has_read else None,
        entries=[],
        **told_now(slot, now),
    )


def told_now(slot: Slot, now: datetime) -> dict[str, object]:
    """The columns that note what somebody is told about a slot as it is now."""
    return {
        "told": Told.about(visit_to(slot)).as_data(),
        "told_at": now,
        "told_offer": slot.offer.version,
        "told_slot": slot.version,
        "told_site": slot.site.version,
        "told_brief": slot.brief.version,
    }


def accept(*, party: Sequence[Claim], by: str, now: datetime) -> None:
    """Accepts the seats that were offered to a party, all of them: they wait for a decision, or are approved at once.

    Raises Refused when it is too late, and when one of the people has a seat elsewhere at that time by now.
    """
    if not party:
        raise Refused(NOT_OFFERED)
    slot = party[0].slot
    lock(slot)
    for claim in party:
        session.refresh(claim, ["state", "version", "answer_by", "person"])
    for person in sorted((claim.person for claim in party if claim.person), key=lambda each: each.id):
        hold(person)
    for claim in party:
        if refusal := _why_not_accept(claim, now):
            raise Refused(refusal)
    for claim in party:
        catch_up(claim=claim, now=now)
        if claim.policy != Policy.AUTOMATIC:
            _step(claim, ClaimState.PENDING, by, now)
    slot.is_host_behind = True
    _seated(party, now)


def _why_not_accept(claim: Claim, now: datetime) -> Refusal | None:
    if claim.state != ClaimState.OFFERED or claim.answer_by is None:
        return NOT_OFFERED
    if min(claim.answer_by, claim.slot.starts_at) <= now:
        return Refusal(N_("The time to accept this seat is over."))
    overlapping = claim.person and queries.claiming(claim.slot, claim.person).overlapping
    if overlapping and claim.person_id == claim.made_by_id:
        return Refusal(
            N_("You have already signed up for “%(title)s” at that time. Withdraw there first."),
            {"title": overlapping},
        )
    if overlapping:
        return Refusal(
            N_("%(name)s has signed up for something else at that time."), {"name": claim.receiver.name}
        )
    return None


def _step(claim: Claim, to: ClaimState, by: str, now: datetime) -> None:
    try:
        step(claim, to, by=by, now=now)
    except Overtaken:
        raise Refused(Refusal(N_("This claim has just changed. Look at how it stands now."))) from None
