"""Which letters an event sends, to whom, with which invite."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marketplace.calendars.facts import Method
from marketplace.calendars.invites import invite
from marketplace.claims.entries import Written
from marketplace.claims.facts import Difference, claim_facts
from marketplace.claims.models import Claim
from marketplace.kernel import addresses
from marketplace.kernel.party import Party
from marketplace.kernel.site import site
from marketplace.kernel.texts import gettext, speaking
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft, Invite
from marketplace.people.facts import receiver
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of, coordinators_of


def mail_received(claim: Claim, *, now: datetime) -> None:
    """To the participant, at once: your claim arrived. No invite yet."""
    _mail_participant("claim_received", claim, now)


def mail_to_decide(claim: Claim, *, now: datetime) -> None:
    """To the coordinators of the school's region: somebody waits for you."""
    for person in coordinators_of(claim.school.region_id):
        if person.id != claim.person_id:
            stream = key = f"decide:{claim.code}:{person.code}"
            _mail(
                "claim_to_decide",
                claim,
                person,
                stream,
                key,
                now,
                None,
                {"link": addresses.decide(claim.code)},
            )


def mail_approved(claim: Claim, written: Sequence[Written], by: str, *, now: datetime) -> None:
    """To the participant: the seat is yours. With the first entry's invite; further ones follow in own letters."""
    first, *more = [each for each in written if not each.is_cancelled]
    _mail_participant("claim_approved", claim, now, first, coordinator=by, more=len(more))
    _mail_more(claim, more, now)


def mail_rejected(claim: Claim, by: str, *, now: datetime) -> None:
    """To the participant: no, and why."""
    _mail_participant("claim_rejected", claim, now, coordinator=by)


def mail_withdrawn(claim: Claim, written: Sequence[Written], *, now: datetime) -> None:
    """To the participant: you are off the list, and out of the calendar if you were in it."""
    _mail_ended("claim_withdrawn", claim, written, now)


def mail_cancelled(claim: Claim, written: Sequence[Written], *, now: datetime) -> None:
    """To the participant: the host cancelled."""
    _mail_ended("claim_cancelled", claim, written, now)


def mail_changed(
    claim: Claim,
    written: Sequence[Written],
    changes: Sequence[Difference],
    is_invited: bool,
    *,
    now: datetime,
) -> None:
    """To the participant: what was and is now, with an updated invite; what is new or falls out has own letters."""
    invites = (
        [each for each in written if each.entry.is_invited or not each.is_cancelled] if is_invited else []
    )
    updated = next((each for each in invites if each.entry.is_invited and not each.is_cancelled), None)
    version = f":{claim.told_slot}.{claim.told_offer}.{claim.told_site}.{claim.told_brief}"
    _mail_participant("claim_changed", claim, now, updated, version=version, changes=changes)
    _mail_more(claim, [each for each in invites if each is not updated], now)


def mail_coming(claim: Claim, *, now: datetime) -> None:
    """To the host's contacts: this participant comes."""
    _mail_host("participant_coming", claim, now)


def mail_left(claim: Claim, *, now: datetime) -> None:
    """To the host's contacts: this participant does not come after all."""
    _mail_host("participant_left", claim, now)


def _mail_ended(name: str, claim: Claim, written: Sequence[Written], now: datetime) -> None:
    """With the CANCEL of each entry that was invited; where the first invite never left, both are dropped."""
    sent = [
        each for each in written if each.entry.is_invited and not outbox.drop(_invite_key(each.entry.uid))
    ]
    _mail_participant(name, claim, now, sent[0] if sent else None)
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
    key = f"{name}:{claim.code}{version}"
    attached = None
    if written:
        uid, is_first = written.entry.uid, not written.entry.is_invited
        key = _invite_key(uid) if is_first else f"{_invite_key(uid)}:{written.facts.sequence}"
        attached = _invite(claim, written)
        written.entry.is_invited = True
    _mail(name, claim, claim.person, f"claim:{claim.code}", key, now, attached, facts)


def _invite_key(uid: str) -> str:
    return f"invite:{uid}"


def _invite(claim: Claim, written: Written) -> Invite:
    method = Method.CANCEL if written.is_cancelled else Method.REQUEST
    with speaking(claim.person.language):
        name = gettext(
            "%(site)s on behalf of %(host)s", site=site().name, host=claim.slot.offer.organisation.name
        )
    organizer = Party(name, site().sender)
    attendee = Party(claim.person.name, claim.person.email)
    return Invite(invite(written.facts, method=method, organizer=organizer, attendee=attendee), method)


def _mail_host(name: str, claim: Claim, now: datetime) -> None:
    link = addresses.hosted_slot(claim.slot.code)
    for person in contacts_of(claim.slot.offer.organisation_id):
        stream = f"host:{claim.code}:{person.code}"
        _mail(name, claim, person, stream, f"{name}:{claim.code}:{person.code}", now, None, {"link": link})


def _mail(
    name: str,
    claim: Claim,
    person: Person,
    stream: str,
    key: str,
    now: datetime,
    attached: Invite | None,
    facts: Mapping[str, Any],
) -> None:
    known = {
        "claim": claim_facts(claim),
        "claim_link": addresses.claim(claim.code),
        "withdraw_link": addresses.withdraw(claim.code),
        "has_invite": attached is not None,
        **facts,
    }
    about = {"claim": claim.code, "person": person.code}
    outbox.write(Draft(name, receiver(person), key, stream, known, about, attached), now=now)
