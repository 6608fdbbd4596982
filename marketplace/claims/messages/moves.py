"""Which letters an event sends: a claim made, decided, changed, ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from marketplace.claims.entries import Written
from marketplace.claims.facts import Difference
from marketplace.claims.messages.posting import (
    ahead,
    mail,
    mail_end,
    mail_entries,
    mail_hosts,
    mail_participant,
)
from marketplace.claims.models import Claim
from marketplace.claims.queries import place_of
from marketplace.claims.rules import lacks_certificate, lapses_at, needs_safety, queue_closes_at
from marketplace.claims.sheets import enclosed
from marketplace.claims.states import HOLDING, SIDES, ClaimState, Lapse, Side
from marketplace.kernel import addresses
from marketplace.offers.states import Policy
from marketplace.people.facts import CertificateFacts
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of, coordinators_of
from marketplace.people.states import CERTIFICATES

AT_ONCE = timedelta(days=7)
"""Coordinators hear at once of claims on moments that start so soon; of others in the digest of the day."""


def mail_received(claim: Claim, *, now: datetime) -> None:
    """To the participant, at once: your claim arrived, and until when you wait for an answer. No invite yet.

    Whom somebody else signed up hears that, and is asked to read the safety notes.
    """
    if claim.person_id not in (None, claim.made_by_id):
        mail_named(claim, now=now)
        return
    mail_participant("claim_received", claim, now, decide_by=_decide_by(claim))


def mail_waitlisted(party: Sequence[Claim], *, now: datetime) -> None:
    """To each of a party: you wait. With their place, as it is now, and until when the list moves."""
    place, seats = place_of(party[0])
    closes_at = queue_closes_at(party[0].slot.starts_at)
    for claim in party:
        mail_participant("claim_waitlisted", claim, now, place=place, seats=seats, closes_at=closes_at)


def mail_offered(party: Sequence[Claim], *, now: datetime) -> None:
    """To who made the claims of a party: a seat for each came free, until when can you say yes?"""
    claim = party[0]
    facts = {"seats": len(party), "answer_link": addresses.party(claim.party)}
    mail(
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
    mail_participant("seat_named", claim, now, version=f":{claim.version}")


def mail_to_decide(claim: Claim, *, now: datetime) -> None:
    """To who decides: somebody waits for you. To coordinators only if it starts soon; else the digest tells them."""
    for side, person, link in _deciders(claim, is_soon=claim.slot.starts_at <= now + AT_ONCE):
        stream = f"decide:{claim.code}:{person.code}"
        facts = {"link": link, "decide_by": _decide_by(claim)}
        mail(_TO_DECIDE[side], claim, person, f"{stream}:{claim.version}", now, facts, stream)


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
    """To the participant: the seat is yours. With the first entry's invite and a safety sheet; further ones follow.

    For a seat without a name: to who made the claim, that somebody can be named; without invite.
    """
    if claim.person is None:
        mail_participant("seat_to_name", claim, now, coordinator=by)
        return
    first, *more = [each for each in written if not each.is_cancelled]
    mail_participant(
        "claim_approved", claim, now, first, enclosure=enclosed(claim), coordinator=by, more=len(more)
    )
    mail_entries(claim, more, now)


def mail_conditional(claim: Claim, by: str, *, now: datetime) -> None:
    """To the participant: the seat is kept, until when must the certificate be there, and who pays? No invite yet."""
    facts: dict[str, Any] = {
        "coordinator": by,
        "has_entered": claim.person is not None and not lacks_certificate(claim.person, claim.slot),
    }
    mail_participant("claim_conditional", claim, now, version=f":{claim.version}", **facts)


def mail_to_look_up(claim: Claim, certificate: CertificateFacts, *, now: datetime) -> None:
    """To the coordinators: who was approved on condition has entered this certificate; look it up in the register."""
    with_names = {"kind": CERTIFICATES[certificate.kind], "valid_until": certificate.valid_until}
    facts = {**with_names, "number": certificate.number, "link": addresses.decide(claim.code)}
    for person in _coordinators(claim):
        key = f"certificate_to_look_up:{claim.code}:{certificate.id}:{person.code}"
        stream = f"decide:{claim.code}:{person.code}"
        mail("certificate_to_look_up", claim, person, key, now, facts, stream)


def _coordinators(claim: Claim) -> list[Person]:
    """Those of the school's region, but never about their own claim."""
    own = (claim.person_id, claim.made_by_id)
    return [each for each in coordinators_of(claim.school.region_id) if each.id not in own]


def mail_rejected(claim: Claim, by: str, *, now: datetime) -> None:
    """To the participant: no, and why."""
    mail_participant("claim_rejected", claim, now, coordinator=by)


def mail_withdrawn(claim: Claim, written: Sequence[Written], old: ClaimState, *, now: datetime) -> None:
    """To the participant: you do not come, nor wait, any more, and are out of the calendar if you were in it.

    And to the host's contacts and the coordinators, who counted on them, if they had been approved.
    """
    mail_end("claim_withdrawn", claim, written, now, had_seat=old in HOLDING)
    if old == ClaimState.APPROVED and claim.person:
        mail_left(claim, now=now)


def mail_lapsed(claim: Claim, written: Sequence[Written], *, now: datetime) -> None:
    """To the participant, honestly: what was not done in time. To who decided, or should have, too."""
    version = f":{claim.version}" if claim.person else ""  # revived, it may lapse once more
    mail_end("claim_lapsed", claim, written, now, version=version)
    if claim.lapsed_as == Lapse.UNCERTIFIED:
        _mail_uncertified(claim, now)
    if claim.lapsed_as == Lapse.UNDECIDED:
        for side, person, link in _deciders(claim):
            stream = f"decide:{claim.code}:{person.code}"
            key = f"undecided:{claim.code}:{claim.version}:{person.code}"
            mail(_UNDECIDED[side], claim, person, key, now, {"link": link}, stream)


def _mail_uncertified(claim: Claim, now: datetime) -> None:
    """To the coordinators, who had approved it on condition."""
    for person in _coordinators(claim):
        key = f"claim_uncertified:{claim.code}:{claim.version}:{person.code}"
        stream = f"decide:{claim.code}:{person.code}"
        mail("claim_uncertified", claim, person, key, now, {"link": addresses.decide(claim.code)}, stream)


def mail_cancelled(claim: Claim, written: Sequence[Written], *, now: datetime) -> None:
    """To the participant: the host cancelled."""
    mail_end("claim_cancelled", claim, written, now)


def mail_changed(
    claim: Claim,
    written: Sequence[Written],
    changes: Sequence[Difference],
    is_invited: bool,
    clash: str,
    *,
    now: datetime,
) -> None:
    """To the participant: what was and is now, with an updated invite and a new sheet; what is new or falls out has own
    letters.

    `clash` is the title of what they have at the new time; empty if there is nothing.
    """
    invites = (
        [each for each in ahead(written, now) if each.entry.is_invited or not each.is_cancelled]
        if is_invited
        else []
    )
    updated = next((each for each in invites if each.entry.is_invited and not each.is_cancelled), None)
    version = f":{claim.told_slot}.{claim.told_offer}.{claim.told_site}.{claim.told_brief}"
    sheet = enclosed(claim) if is_invited else None
    is_to_confirm = claim.brief_version is not None and needs_safety(claim)
    facts = {"changes": changes, "clash": clash, "is_to_confirm": is_to_confirm}
    mail_participant("claim_changed", claim, now, updated, version=version, enclosure=sheet, **facts)
    mail_entries(claim, [each for each in invites if each is not updated], now)


def mail_clash(claim: Claim, clash: str, *, now: datetime) -> None:
    """To the coordinators of the school's region: the host moved this, and the participant has `clash` at that time."""
    facts = {"clash": clash, "link": addresses.decide(claim.code)}
    for person in coordinators_of(claim.school.region_id):
        if person.id != claim.person_id:
            key = f"claim_clash:{claim.code}:{claim.told_slot}:{person.code}"
            mail("claim_clash", claim, person, key, now, facts, f"decide:{claim.code}:{person.code}")


def mail_coming(claim: Claim, *, now: datetime) -> None:
    """To the host's contacts: this participant comes."""
    if claim.person:
        mail_hosts("participant_coming", claim, now)


def mail_left(claim: Claim, *, now: datetime) -> None:
    """To the host's contacts and the coordinators: this participant does not come after all."""
    mail_hosts("participant_left", claim, now)
    for person in coordinators_of(claim.school.region_id):
        if person.id != claim.person_id:
            key = f"participant_left:{claim.code}:{person.code}"
            facts = {"link": addresses.decide(claim.code), "is_host": False}
            mail("participant_left", claim, person, key, now, facts)
