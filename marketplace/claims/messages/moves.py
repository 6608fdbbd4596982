"""Which letters an event sends: a claim made, decided, changed, ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marketplace.calendars.facts import Method
from marketplace.calendars.invites import invite
from marketplace.claims.entries import Written
from marketplace.claims.facts import Difference, claim_facts
from marketplace.claims.models import Claim
from marketplace.claims.queries import place_of
from marketplace.claims.rules import lapses_at, name_by, queue_closes_at
from marketplace.claims.states import HOLDING, SIDES, ClaimState, Lapse, Side
from marketplace.kernel import addresses
from marketplace.kernel.party import Party
from marketplace.kernel.site import site
from marketplace.kernel.texts import gettext, speaking
from marketplace.offers.states import Policy
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft, Invite
from marketplace.people.facts import receiver
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of, coordinators_of

AT_ONCE = timedelta(days=7)
"""Coordinators hear at once of claims on moments that start so soon; of others in the digest of the day."""


def mail_received(claim: Claim, *, now: datetime) -> None:
    """To the participant, at once: your claim arrived, and until when you wait for an answer. No invite yet.

    Whom somebody else signed up hears that, and is asked to read the safety notes.
    """
    if claim.person_id not in (None, claim.made_by_id):
        mail_named(claim, now=now)
        return
    _mail_participant("claim_received", claim, now, decide_by=_decide_by(claim))


def mail_waitlisted(party: Sequence[Claim], *, now: datetime) -> None:
    """To each of a party: you wait. With their place, as it is now, and until when the list moves."""
    place, seats = place_of(party[0])
    closes_at = queue_closes_at(party[0].slot.starts_at)
    for claim in party:
        _mail_participant("claim_waitlisted", claim, now, place=place, seats=seats, closes_at=closes_at)


def mail_offered(party: Sequence[Claim], *, now: datetime) -> None:
    """To who made the claims of a party: a seat for each came free, until when can you say yes?"""
    claim = party[0]
    facts = {"seats": len(party), "answer_link": addresses.party(claim.party)}
    _mail(
        "seat_offered",
        claim,
        claim.made_by,
        f"seat_offered:{claim.party}",
        now,
        facts,
        f"claim:{claim.party}",
    )


def mail_named(claim: Claim, *, now: datetime) -> None:
    """To who was named for a seat, and again when it moves up: somebody signed you up, read the safety notes."""
    _mail_participant("seat_named", claim, now, version=f":{claim.version}")


def mail_to_decide(claim: Claim, *, now: datetime) -> None:
    """To who decides: somebody waits for you. To coordinators only if it starts soon; else the digest tells them."""
    for side, person, link in _deciders(claim, is_soon=claim.slot.starts_at <= now + AT_ONCE):
        stream = f"decide:{claim.code}:{person.code}"
        facts = {"link": link, "decide_by": _decide_by(claim)}
        _mail(_TO_DECIDE[side], claim, person, f"{stream}:{claim.version}", now, facts, stream)


_TO_DECIDE = {Side.COORDINATOR: "claim_to_decide", Side.HOST: "claim_to_decide_host"}
_UNDECIDED = {Side.COORDINATOR: "claim_undecided", Side.HOST: "claim_undecided_host"}
"""Hosts have letters of their own: they read no name before they said yes."""


def _decide_by(claim: Claim) -> datetime:
    return lapses_at(claim.state_at, claim.slot.starts_at)


def _deciders(claim: Claim, *, is_soon: bool = True) -> list[tuple[Side, Person, str]]:
    """Who decides about a claim, never about their own, each with where; coordinators only if it `is_soon`."""
    sides, own = SIDES[Policy(claim.policy)], (claim.person_id, claim.made_by_id)
    found: list[tuple[Side, Person, str]] = []
    if Side.COORDINATOR in sides and is_soon:
        link = addresses.decide(claim.code, claim.version)
        found += [(Side.COORDINATOR, person, link) for person in coordinators_of(claim.school.region_id)]
    if Side.HOST in sides:
        link = addresses.decide_as_host(claim.code, claim.version)
        contacts = contacts_of(claim.slot.offer.organisation_id)
        found += [(Side.HOST, person, link) for person in contacts]
    return [each for each in found if each[1].id not in own]


def mail_approved(claim: Claim, written: Sequence[Written], by: str, *, now: datetime) -> None:
    """To the participant: the seat is yours. With the first entry's invite; further ones follow in own letters.

    For a seat without a name: to who made the claim, that somebody can be named; without invite.
    """
    if claim.person is None:
        _mail_participant("seat_to_name", claim, now, coordinator=by)
        return
    first, *more = [each for each in written if not each.is_cancelled]
    _mail_participant("claim_approved", claim, now, first, coordinator=by, more=len(more))
    _mail_more(claim, more, now)


def mail_rejected(claim: Claim, by: str, *, now: datetime) -> None:
    """To the participant: no, and why."""
    _mail_participant("claim_rejected", claim, now, coordinator=by)


def mail_withdrawn(claim: Claim, written: Sequence[Written], old: ClaimState, *, now: datetime) -> None:
    """To the participant: you do not come, nor wait, any more, and are out of the calendar if you were in it.

    And to the host's contacts and the coordinators, who counted on them, if they had been approved.
    """
    _mail_ended("claim_withdrawn", claim, written, now, had_seat=old in HOLDING)
    if old == ClaimState.APPROVED and claim.person:
        mail_left(claim, now=now)


def mail_lapsed(claim: Claim, written: Sequence[Written], *, now: datetime) -> None:
    """To the participant, honestly: what was not done in time. Where nobody decided, to who should have, too."""
    _mail_ended("claim_lapsed", claim, written, now)
    if claim.lapsed_as == Lapse.UNDECIDED:
        for side, person, link in _deciders(claim):
            stream = f"decide:{claim.code}:{person.code}"
            key = f"undecided:{claim.code}:{claim.version}:{person.code}"
            _mail(_UNDECIDED[side], claim, person, key, now, {"link": link}, stream)


def mail_cancelled(claim: Claim, written: Sequence[Written], *, now: datetime) -> None:
    """To the participant: the host cancelled."""
    _mail_ended("claim_cancelled", claim, written, now)


def mail_changed(
    claim: Claim,
    written: Sequence[Written],
    changes: Sequence[Difference],
    is_invited: bool,
    clash: str,
    *,
    now: datetime,
) -> None:
    """To the participant: what was and is now, with an updated invite; what is new or falls out has own letters.

    `clash` is the title of what they have at the new time; empty if there is nothing.
    """
    invites = (
        [each for each in written if each.entry.is_invited or not each.is_cancelled] if is_invited else []
    )
    updated = next((each for each in invites if each.entry.is_invited and not each.is_cancelled), None)
    version = f":{claim.told_slot}.{claim.told_offer}.{claim.told_site}.{claim.told_brief}"
    _mail_participant("claim_changed", claim, now, updated, version=version, changes=changes, clash=clash)
    _mail_more(claim, [each for each in invites if each is not updated], now)


def mail_clash(claim: Claim, clash: str, *, now: datetime) -> None:
    """To the coordinators of the school's region: the host moved this, and the participant has `clash` at that time."""
    facts = {"clash": clash, "link": addresses.decide(claim.code)}
    for person in coordinators_of(claim.school.region_id):
        if person.id != claim.person_id:
            key = f"claim_clash:{claim.code}:{claim.told_slot}:{person.code}"
            _mail("claim_clash", claim, person, key, now, facts, f"decide:{claim.code}:{person.code}")


def mail_coming(claim: Claim, *, now: datetime) -> None:
    """To the host's contacts: this participant comes."""
    if claim.person:
        _mail_host("participant_coming", claim, now)


def mail_left(claim: Claim, *, now: datetime) -> None:
    """To the host's contacts and the coordinators: this participant does not come after all."""
    _mail_host("participant_left", claim, now)
    for person in coordinators_of(claim.school.region_id):
        if person.id != claim.person_id:
            key = f"participant_left:{claim.code}:{person.code}"
            facts = {"link": addresses.decide(claim.code), "is_host": False}
            _mail("participant_left", claim, person, key, now, facts)


def _mail_ended(name: str, claim: Claim, written: Sequence[Written], now: datetime, **facts: Any) -> None:
    """With the CANCEL of each entry that was invited; where the first invite never left, both are dropped."""
    sent = [
        each for each in written if each.entry.is_invited and not outbox.drop(_invite_key(each.entry.uid))
    ]
    _mail_participant(name, claim, now, sent[0] if sent else None, **facts)
    _mail_more(claim, sent[1:], now)


def _mail_more(claim: Claim, written: Sequence[Written], now: datetime) -> None:
    for each in written:
        starts_at = each.facts.occurrences[0].starts_at
        _mail_participant(
            "claim_entry", claim, now, each, is_cancelled=each.is_cancelled, starts_at=starts_at
        )


def _mail_participant(
    name: str, claim: Claim, now: datetime, written: Written | None = None, *, version: str = "", **facts: Any
) -> None:
    """To the participant. What befalls a party's seats without a name at once is one letter, to who made it."""
    subject, at = (claim.code, "") if claim.person else (claim.party, f":{now.isoformat()}")
    key = f"{name}:{subject}{version}{at}"
    attached = None
    if written:
        uid, is_first = written.entry.uid, not written.entry.is_invited
        key = _invite_key(uid) if is_first else f"{_invite_key(uid)}:{written.facts.sequence}"
        attached = _invite(claim, written)
        written.entry.is_invited = True
    _mail(name, claim, claim.receiver, key, now, facts, f"claim:{subject}", attached)


def _invite_key(uid: str) -> str:
    return f"invite:{uid}"


def _invite(claim: Claim, written: Written) -> Invite:
    method = Method.CANCEL if written.is_cancelled else Method.REQUEST
    person = claim.receiver
    with speaking(person.language):
        name = gettext(
            "%(site)s on behalf of %(host)s", site=site().name, host=claim.slot.offer.organisation.name
        )
    organizer = Party(name, site().sender)
    attendee = Party(person.name, person.email)
    return Invite(invite(written.facts, method=method, organizer=organizer, attendee=attendee), method)


def _mail_host(name: str, claim: Claim, now: datetime) -> None:
    link = addresses.hosted_slot(claim.slot.code)
    for person in contacts_of(claim.slot.offer.organisation_id):
        stream = f"host:{claim.code}:{person.code}"
        facts = {"link": link, "is_host": True}
        _mail(name, claim, person, f"{name}:{claim.code}:{person.code}", now, facts, stream)


def _mail(
    name: str,
    claim: Claim,
    person: Person,
    key: str,
    now: datetime,
    facts: Mapping[str, Any],
    stream: str = "",
    attached: Invite | None = None,
) -> None:
    party_link = addresses.party(claim.party)
    with speaking(person.language):
        known = {
            "claim": claim_facts(claim),
            "claim_link": addresses.claim(claim.code) if claim.person else party_link,
            "withdraw_link": addresses.withdraw(claim.code) if claim.person else party_link,
            "party_link": party_link,
            "name_by": name_by(claim.slot.starts_at),
            "has_invite": attached is not None,
            **facts,
        }
    about = {"claim": claim.code, "person": person.code}
    draft = Draft(
        name,
        receiver(person),
        key,
        stream or key,
        known,
        about,
        attached,
        region=claim.school.region.code,
    )
    outbox.write(draft, now=now)
