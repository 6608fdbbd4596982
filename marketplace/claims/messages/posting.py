"""How a letter about a claim goes out: what it knows, to whom, and with which invite."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marketplace.calendars.facts import Answer, Method
from marketplace.calendars.invites import invite
from marketplace.claims.entries import Written
from marketplace.claims.facts import claim_facts, reservations
from marketplace.claims.models import Claim
from marketplace.claims.queries import answer_to
from marketplace.claims.rules import name_by
from marketplace.kernel import addresses
from marketplace.kernel.party import Party
from marketplace.kernel.site import site
from marketplace.kernel.texts import gettext, speaking
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft, Enclosure, Invite
from marketplace.people.facts import receiver
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of


def mail_end(name: str, claim: Claim, written: Sequence[Written], now: datetime, **facts: Any) -> None:
    """To the participant, with the CANCEL of each entry that was invited.

    Where the first invite never left, both are dropped.
    """
    invited = [each for each in ahead(written, now) if each.entry.is_invited]
    sent = [each for each in invited if not outbox.drop(_invite_key(each.entry.uid))]
    mail_participant(name, claim, now, sent[0] if sent else None, **facts)
    mail_entries(claim, sent[1:], now)


def ahead(written: Sequence[Written], now: datetime) -> list[Written]:
    """Those that are not over: what was is neither changed in a calendar nor taken out of it."""
    return [each for each in written if each.entry.ends_at > now]


def mail_entries(claim: Claim, written: Sequence[Written], now: datetime) -> None:
    """To the participant: a letter for each entry, with its invite or its CANCEL."""
    for each in written:
        times = each.facts.occurrences
        part: dict[str, Any] = {
            "is_cancelled": each.is_cancelled,
            "starts_at": times[0].starts_at,
            "is_one_day": len(times) == 1,
        }
        mail_participant("claim_entry", claim, now, each, **part)


def mail_participant(
    name: str,
    claim: Claim,
    now: datetime,
    written: Written | None = None,
    *,
    version: str = "",
    enclosure: Enclosure | None = None,
    **facts: Any,
) -> None:
    """To the participant, with what was `written` as an invite or a CANCEL.

    What befalls a party's seats without a name at once is one letter, to who made it.
    """
    subject, at = (claim.code, "") if claim.person else (claim.party, f":{now.isoformat()}")
    key = f"{name}:{subject}{version}{at}"
    attached, not_after = None, None
    if written:
        uid, is_first = written.entry.uid, not written.entry.is_invited
        key = _invite_key(uid) if is_first else f"{_invite_key(uid)}:{written.facts.stamp.isoformat()}"
        answer = Answer.NEEDS_ACTION if is_first or written.is_cancelled else answer_to(written.entry)
        attached = _invite(claim, written, answer)
        facts["reservations"] = reservations(claim, written.facts)
        written.entry.is_invited = True
        not_after = written.entry.ends_at  # nothing is put into or taken out of a calendar once it is over
    mail(name, claim, claim.receiver, key, now, facts, f"claim:{subject}", attached, not_after, enclosure)


def _invite_key(uid: str) -> str:
    return f"invite:{uid}"


def _invite(claim: Claim, written: Written, answer: Answer) -> Invite:
    method = Method.CANCEL if written.is_cancelled else Method.REQUEST
    person = claim.receiver
    with speaking(person.language):
        name = gettext(
            "%(site)s on behalf of %(host)s", site=site().name, host=claim.slot.offer.organisation.name
        )
    organizer = Party(name, site().sender)
    attendee = Party(person.name, person.email)
    octets = invite(written.facts, method=method, organizer=organizer, attendee=attendee, partstat=answer)
    return Invite(octets, method)


def mail_hosts(name: str, claim: Claim, now: datetime) -> None:
    """To each of the host's contacts."""
    link = addresses.hosted_slot(claim.slot.code)
    for person in contacts_of(claim.slot.offer.organisation_id):
        stream = f"host:{claim.code}:{person.code}"
        facts = {"link": link, "is_host": True}
        mail(name, claim, person, f"{name}:{claim.code}:{person.code}", now, facts, stream)


def mail(
    name: str,
    claim: Claim,
    person: Person,
    key: str,
    now: datetime,
    facts: Mapping[str, Any],
    stream: str = "",
    attached: Invite | None = None,
    not_after: datetime | None = None,
    enclosure: Enclosure | None = None,
) -> None:
    """To this person, with what every letter about a claim knows, and these `facts`."""
    party_link = addresses.party(claim.party)
    with speaking(person.language):
        known = {
            "claim": claim_facts(claim),
            "claim_link": addresses.claim(claim.code) if claim.person else party_link,
            "withdraw_link": addresses.withdraw(claim.code) if claim.person else party_link,
            "party_link": party_link,
            "name_by": name_by(claim.slot.starts_at),
            "has_invite": attached is not None,
            "has_sheet": enclosure is not None,
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
        enclosure,
        not_after=not_after,
        region=claim.school.region.code,
    )
    outbox.write(draft, now=now)
