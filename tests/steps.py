"""Steps that tests of several rooms take, and what they look at afterwards. All of them commit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace.claims import actions as claims
from marketplace.claims import rules
from marketplace.claims.models import Claim, Entry
from marketplace.claims.states import Condition, Payer, Side, Verdict
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.offers import actions as offers
from marketplace.offers.facts import SessionFacts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState
from marketplace.organisations.models import Organisation
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import LetterState
from marketplace.outbox.models import Letter
from marketplace.people import actions as people
from marketplace.people.actions import Scope, add_person, give_role, vouch_for
from marketplace.people.models import Certificate, Membership, Person
from marketplace.people.states import Role
from marketplace.safety.facts import Access
from tests.calendars.examples import values
from tests.cast import FORM, Cast, person, plan
from tests.conftest import NOW
from tests.rows import everything

AT_ONCE = timedelta(0)
LATER = timedelta(minutes=10)


# --- Steps --------------------------------------------------------------------------------------------------


def claim_seat(
    cast: Cast, who: str = "teacher", *, slot: str = "", now: datetime = NOW, **changes: Any
) -> Claim:
    """That member of the cast claims a seat, in the cast's slot or another."""
    with transaction():
        return claims.claim_seat(
            slot=slot_with(slot or cast.slot),
            person=person(cast, who),
            form=replace(FORM, **changes),
            now=now,
        )


def wait(cast: Cast, who: str, *, slot: str = "", now: datetime = NOW, **changes: Any) -> Claim:
    """That member of the cast claims a seat and is content with a place on the waiting list."""
    return claim_seat(cast, who, slot=slot, now=now, may_wait=True, **changes)


def claim_together(
    cast: Cast,
    *people: str | None,
    maker: str = "teacher",
    slot: str = "",
    now: datetime = NOW,
    **changes: Any,
) -> list[Claim]:
    """One of the cast claims for several people of the cast's school at once; None is named later."""
    with transaction():
        return claims.claim_together(
            slot=slot_with(slot or cast.slot),
            maker=person(cast, maker),
            school=school_of(cast),
            people=[person(cast, each) if each else None for each in people],
            form=replace(FORM, may_wait=True, **changes),
            now=now,
        )


def accept(*party: Claim, now: datetime = NOW) -> None:
    """Who made the claims accepts the seats that were offered."""
    with transaction():
        claims.accept(party=party, by=party[0].made_by.code, now=now)


def refuse(*party: Claim, now: datetime = NOW) -> None:
    """Who made the claims says no to the seats that were offered."""
    with transaction():
        claims.refuse(party=party, by=party[0].made_by.code, now=now)


def name_seat(claim: Claim, cast: Cast, who: str, *, now: datetime = NOW) -> Claim:
    """Who made the claim says who comes."""
    with transaction():
        claims.name_seat(claim=claim, person=person(cast, who), by=claim.made_by.code, now=now)
    return claim


def confirm_safety(claim: Claim, *, now: datetime = NOW, **changes: Any) -> None:
    """The participant says that they read the safety notes."""
    with transaction():
        form = replace(FORM, **changes)
        claims.confirm_safety(claim=claim, form=form, by=claim.receiver.code, now=now)


def decide(
    claim: Claim,
    cast: Cast,
    verdict: Verdict = Verdict.APPROVE,
    *,
    who: str = "coordinator",
    note: str = "",
    now: datetime = NOW,
    delay: timedelta = AT_ONCE,
    **more: Any,
) -> Claim:
    """A coordinator, or with `side=Side.HOST` the host, decides about a claim."""
    with transaction():
        by = cast.codes[who]
        claims.decide(claim=claim, verdict=verdict, note=note, by=by, now=now, delay=delay, **more)
    return claim


def demand(cast: Cast, access: Access) -> None:
    """The cast's offer asks for this at the gate from now on; nobody is told, for this is before anything happened."""
    with transaction():
        offer = offer_of(cast)
        brief = replace(offer.brief.facts, access=access)
        offers.change_brief(offer=offer, brief=brief, by=cast.codes["host"], now=NOW)


def approve_on_condition(
    claim: Claim, cast: Cast, *, paid_by: str = Payer.SCHOOL, until: date | None = None, **more: Any
) -> Claim:
    """A coordinator approves a claim of somebody who lacks a certificate, until the last day there is."""
    now = more.get("now", NOW)
    day = until or rules.last_certificate_day(claim.slot.starts_at, now)
    assert day
    return decide(claim, cast, condition=Condition(paid_by, rules.in_time_until(day)), **more)


def add_certificate(
    cast: Cast,
    who: str = "teacher",
    *,
    kind: str = "b_vca",
    valid_until: date | None = date(2030, 1, 1),
    now: datetime = NOW,
) -> Certificate:
    """That member of the cast enters a certificate."""
    with transaction():
        owner = person(cast, who)
        claims.add_certificate(person=owner, kind=kind, number="12-34", valid_until=valid_until, now=now)
    return person(cast, who).certificates[-1]


def forget_certificate(cast: Cast, who: str = "teacher") -> None:
    """That member of the cast removes their last certificate."""
    with transaction():
        owner = person(cast, who)
        people.remove_certificate(person=owner, certificate_id=owner.certificates[-1].id, now=NOW)
    session.expire_all()


def see_certificate(claim: Claim, cast: Cast, *, who: str = "coordinator", now: datetime = NOW) -> None:
    """A coordinator saw the last certificate of a claim's participant in the register."""
    with transaction():
        assert claim.person
        number = claim.person.certificates[-1].id
        claims.see_certificate(claim=claim, certificate_id=number, by=cast.codes[who], now=now)


def certified(cast: Cast, who: str = "teacher", *, kind: str = "b_vca", now: datetime = NOW) -> None:
    """That member of the cast has a certificate that a coordinator saw before."""
    certificate = add_certificate(cast, who, kind=kind, now=now)
    with transaction():
        owner, by = person(cast, who), cast.codes["coordinator"]
        people.see_certificate(person=owner, certificate_id=certificate.id, by=by, now=now)


def reject(claim: Claim, cast: Cast, *, note: str = "Deze dag is vol.", now: datetime = NOW) -> Claim:
    """A coordinator rejects a claim."""
    return decide(claim, cast, Verdict.REJECT, note=note, now=now)


def decide_as_host(
    claim: Claim, cast: Cast, verdict: Verdict = Verdict.APPROVE, *, now: datetime = NOW, **more: Any
) -> Claim:
    """The host decides about a claim."""
    return decide(claim, cast, verdict, who="host", side=Side.HOST, now=now, **more)


def take_back(
    claim: Claim, cast: Cast, *, who: str = "coordinator", now: datetime = NOW, **more: Any
) -> None:
    """A coordinator, or with `side=Side.HOST` the host, takes back what their side decided."""
    with transaction():
        claims.take_back(claim=claim, by=cast.codes[who], now=now, **more)


def send_now(claim: Claim, cast: Cast, *, who: str = "coordinator", now: datetime = NOW, **more: Any) -> None:
    """A coordinator, or with `side=Side.HOST` the host, lets what their side decided take effect now."""
    with transaction():
        claims.send_now(claim=claim, by=cast.codes[who], now=now, **more)


def approved(cast: Cast, who: str = "teacher", *, slot: str = "", now: datetime = NOW) -> Claim:
    """A claim of that member of the cast that a coordinator approved."""
    return decide(claim_seat(cast, who, slot=slot, now=now), cast, now=now)


def withdraw(claim: Claim, *, now: datetime = NOW) -> None:
    """The participant withdraws."""
    with transaction():
        claims.withdraw(claim=claim, by=claim.receiver.code, now=now)


def cancel_slot(
    cast: Cast, *, slot: str = "", reason: str = "De lasrobot staat stil.", now: datetime = NOW
) -> None:
    """The host cancels a moment."""
    with transaction():
        claims.cancel_slot(slot=slot_with(slot or cast.slot), reason=reason, by=cast.codes["host"], now=now)


def write_something(cast: Cast) -> None:
    """Commits what no public page shows."""
    with transaction():
        person(cast, "teacher").mutes = ["digest"]


def add_slot(cast: Cast, *, now: datetime = NOW, **wishes: Any) -> str:
    """Another moment of the cast's offer, planned as `cast.plan` does. Returns its code."""
    with transaction():
        host = cast.codes["host"]
        made = offers.add_slots(offer=offer_of(cast), plan=_plan(cast, **wishes), by=host, now=now)
        return made[0].code


def _plan(cast: Cast, **wishes: Any) -> Any:
    own = {name: wishes.pop(name) for name in ("day", "capacity", "sessions") if name in wishes}
    return replace(plan(cast.site, **own), **wishes)


def change_slot(cast: Cast, *, slot: str = "", now: datetime = NOW, **changes: Any) -> None:
    """The host changes sessions, site, supervisor or capacity of a moment, and leaves the rest."""
    with transaction():
        row = slot_with(slot or cast.slot)
        known: dict[str, Any] = {
            "sessions": sessions_of(row),
            "site": row.site.code,
            "supervisor": row.supervisor,
            "capacity": row.capacity,
            "known_clashes": 99,
        }
        claims.change_slot(slot=row, by=cast.codes["host"], now=now, **(known | changes))


def set_capacity(cast: Cast, capacity: int, *, slot: str = "", now: datetime = NOW) -> None:
    """The host changes the number of seats."""
    with transaction():
        row = slot_with(slot or cast.slot)
        offers.set_capacity(slot=row, capacity=capacity, by=cast.codes["host"], now=now)


def close_slot(cast: Cast, *, slot: str = "", now: datetime = NOW) -> None:
    """The host closes a moment for claims."""
    with transaction():
        row = slot_with(slot or cast.slot)
        offers.close_slot(slot=row, to=SlotState.CLOSED, reason="", by=cast.codes["host"], now=now)


def reopen_slot(cast: Cast, *, slot: str = "", now: datetime = NOW) -> None:
    """The host opens it again."""
    with transaction():
        claims.reopen_slot(slot=slot_with(slot or cast.slot), by=cast.codes["host"], now=now)


def lapse(*, now: datetime) -> int:
    """The worker lets lapse what is over."""
    return claims.lapse_due(now=now)


def offer_free_seats(*, now: datetime = NOW) -> int:
    """The worker offers free seats to those who wait."""
    return claims.offer_free_seats(now=now)


def tell(*, now: datetime = NOW, quiet_time: timedelta = AT_ONCE) -> int:
    """The worker tells participants what changed."""
    return claims.tell_due(now=now, quiet_time=quiet_time)


def show_hosts(*, now: datetime = NOW) -> int:
    """The worker writes the calendars of hosts."""
    return claims.show_hosts(now=now)


def set_policy(cast: Cast, policy: str) -> None:
    """Claims on the cast's offer are decided about like this from now on."""
    with transaction():
        session.execute(update(Offer).where(Offer.code == cast.offer).values(policy=policy))


def crowd(cast: Cast, size: int, *, now: datetime = NOW) -> list[str]:
    """So many more teachers of the cast's school. Returns their codes."""
    with transaction():
        school = person(cast, "teacher").school
        assert school
        everybody = [
            add_person(name=f"Docent {number}", email=f"docent{number}@school.example", by="system", now=now)
            for number in range(size)
        ]
        for each in everybody:
            give_role(person=each, role=Role.PARTICIPANT, scope=Scope(school.id), by="system", now=now)
            vouch_for(person=each, by="system", now=now)
        return [each.code for each in everybody]


def add_role(cast: Cast, who: str, role: Role, scope: Scope) -> None:
    """That member of the cast has one more role."""
    with transaction():
        give_role(person=person(cast, who), role=role, scope=scope, by="system", now=NOW)


def lose_roles(cast: Cast, who: str) -> None:
    """That member of the cast has no role any more."""
    with transaction():
        for each in session.scalars(select(Membership).where(Membership.person == person(cast, who))):
            session.delete(each)


def send_everything(*, now: datetime = NOW) -> list[bytes]:
    """The worker delivers until nothing is due. Returns the octets in the order in which they left."""
    sent: list[bytes] = []
    while outbox.send_due(now=now, deliver=lambda sender, receiver, octets: sent.append(octets)):
        pass
    return sent


# --- Looking ------------------------------------------------------------------------------------------------


def slot_with(code: str) -> Slot:
    """The slot with this code."""
    return session.scalars(select(Slot).where(Slot.code == code)).one()


def offer_of(cast: Cast) -> Offer:
    """The cast's offer."""
    return session.scalars(select(Offer).where(Offer.code == cast.offer)).one()


def company_of(cast: Cast) -> Organisation:
    """The cast's company."""
    return session.scalars(select(Organisation).where(Organisation.code == cast.company)).one()


def somebody(code: str) -> Person:
    """The person with this code."""
    return session.scalars(select(Person).where(Person.code == code)).one()


def school_of(cast: Cast) -> Organisation:
    """The school of the cast's teachers."""
    school = person(cast, "teacher").school
    assert school
    return school


def region_of(cast: Cast) -> Scope:
    """The region of the cast's coordinators, for a role."""
    return Scope(region_id=company_of(cast).region_id)


def sessions_of(slot: Slot) -> list[SessionFacts]:
    """The sessions of a slot as facts, to change some of them."""
    return [SessionFacts(each.starts_at, each.ends_at) for each in slot.sessions]


def moved(each: SessionFacts, **by: float) -> SessionFacts:
    """A session that much later: `moved(first, days=1)`."""
    return SessionFacts(each.starts_at + timedelta(**by), each.ends_at + timedelta(**by))


def claim_with(code: str) -> Claim:
    """The claim with this code."""
    return session.scalars(select(Claim).where(Claim.code == code)).one()


def entries_of(claim: Claim) -> list[Entry]:
    """The calendar entries of a claim, in order."""
    return list(session.scalars(select(Entry).where(Entry.claim_id == claim.id).order_by(Entry.position)))


def host_entries(slot: str) -> list[Entry]:
    """The host's calendar entries of a slot, in order."""
    statement = select(Entry).join(Slot, Slot.id == Entry.slot_id).where(Slot.code == slot)
    return list(session.scalars(statement.order_by(Entry.position)))


def letters(name: str = "", *, to: str = "") -> list[Letter]:
    """The letters that were written, oldest first: all, those of one kind, or those to one address."""
    statement = select(Letter).order_by(Letter.id)
    statement = statement.where(Letter.name == name) if name else statement
    return list(session.scalars(statement.where(Letter.receiver_address == to) if to else statement))


def the_letter(name: str) -> Letter:
    """The only letter of its kind."""
    (letter,) = letters(name)
    return letter


def waiting_letters() -> list[str]:
    """The kinds of the letters that have not left, oldest first."""
    return [each.name for each in letters() if each.state == LetterState.QUEUED]


def forget_letters() -> None:
    """Marks all letters as sent, so that a test sees what comes after them."""
    with transaction():
        session.execute(update(Letter).values(state=LetterState.SENT, tries=1))


def said(letter: Letter, name: str) -> str:
    """What the invite in a letter says behind a property that occurs once, parameters included."""
    assert letter.calendar, f"{letter.name} carries no invite"
    (value,) = values(_without_zone(letter.calendar), name)
    return value


def _without_zone(octets: bytes) -> bytes:
    before, _, rest = octets.partition(b"BEGIN:VTIMEZONE")
    return before + rest.partition(b"END:VTIMEZONE\r\n")[2]


def refusal(action: Callable[[], Any]) -> str:
    """The sentence with which an action refuses; a refusal leaves everything as it was."""
    before = everything()
    with pytest.raises(Refused) as why, transaction():
        action()
    assert everything() == before
    return str(why.value)
