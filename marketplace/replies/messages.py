"""Which letters follow from what came back, and to whom. A mail that a machine wrote is never answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketplace.claims.facts import claim_facts
from marketplace.claims.models import Claim
from marketplace.kernel import addresses
from marketplace.kernel.texts import N_, gettext, speaking
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft
from marketplace.people.facts import receiver
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of, coordinators_of
from marketplace.regions.models import Region
from marketplace.replies.facts import Mail


class Kind(StrEnum):
    """Why coordinators get to read something."""

    WORDS = "words"
    COMMENT = "comment"
    COUNTER = "counter"
    DELEGATED = "delegated"
    STRANGER = "stranger"
    TOO_LARGE = "too_large"


SENTENCES = {
    Kind.WORDS: N_("%(sender)s answered one of our mails."),
    Kind.COMMENT: N_("%(sender)s wrote this when answering the calendar invitation."),
    Kind.COUNTER: N_("%(sender)s asks in the calendar for another time."),
    Kind.DELEGATED: N_(
        "%(sender)s passed the calendar invitation on to somebody else. That changes nothing here."
    ),
    Kind.STRANGER: N_(
        "%(sender)s answered a calendar invitation that was meant for somebody else. That does not count."
    ),
    Kind.TOO_LARGE: N_("%(sender)s answered one of our mails with one that is too large to be read here."),
}


@dataclass(frozen=True, slots=True)
class Message:
    """Something for coordinators to read: what it is, in whose words, and the other time that they ask for."""

    kind: Kind
    mail: Mail
    text: str = ""
    proposed_at: datetime | None = None

    @property
    def sender(self) -> str:
        """Who wrote it."""
        return self.mail.sender_name or self.mail.sender


def mail_declined(claim: Claim, due_at: datetime, *, now: datetime) -> None:
    """To the participant: your calendar says that you do not come. Is that right, and until when can it be undone?"""
    person = claim.receiver
    key = f"calendar_declined:{claim.code}:{now.isoformat()}"
    with speaking(person.language):
        facts = {
            "claim": claim_facts(claim),
            "due_at": due_at,
            "claim_link": addresses.claim(claim.code),
            "withdraw_link": addresses.withdraw(claim.code),
        }
    _write("calendar_declined", claim, person, key, f"claim:{claim.code}", facts, now)


def mail_partly_declined(claim: Claim, days: Sequence[datetime], answer: str, *, now: datetime) -> None:
    """To the host's contacts: this participant comes, but not on these days; one letter for an `answer`."""
    link = addresses.hosted_slot(claim.slot.code)
    for person in contacts_of(claim.slot.offer.organisation_id):
        key = f"partly_declined:{claim.code}:{answer}:{person.code}"
        with speaking(person.language):
            facts = {"claim": claim_facts(claim), "declined": days, "link": link}
        _write("partly_declined", claim, person, key, f"host:{claim.code}:{person.code}", facts, now)


def mail_about_claim(claim: Claim, message: Message, *, now: datetime) -> bool:
    """To the coordinators of the school's region, never to the participant; says whether there is one."""
    found = [each for each in coordinators_of(claim.school.region_id) if each.id != claim.person_id]
    for person in found:
        with speaking(person.language):
            facts = {"claim": claim_facts(claim), "link": addresses.decide(claim.code), **_said(message)}
        _write("answer_received", claim, person, _key(message, person), "", facts, now)
    return bool(found)


def mail_about_letter(region: Region, subject: str, message: Message, *, now: datetime) -> bool:
    """To the coordinators of a region: an answer to a letter that is about no claim. Says whether there is one."""
    found = coordinators_of(region.id)
    for person in found:
        with speaking(person.language):
            facts = {"claim": None, "link": "", "about": subject, **_said(message)}
        key, about = _key(message, person), {"person": person.code}
        draft = Draft("answer_received", receiver(person), key, key, facts, about, region=region.code)
        outbox.write(draft, now=now)
    return bool(found)


def _said(message: Message) -> dict[str, Any]:
    return {
        "sentence": gettext(SENTENCES[message.kind], sender=message.sender),
        "sender": message.mail.sender,
        "text": message.text,
        "proposed_at": message.proposed_at,
        "is_too_large": message.kind is Kind.TOO_LARGE,
    }


def _key(message: Message, person: Person) -> str:
    return f"answer:{message.kind}:{message.mail.key[:32]}:{person.code}"


def _write(
    name: str, claim: Claim, person: Person, key: str, stream: str, facts: Mapping[str, Any], now: datetime
) -> None:
    about = {"claim": claim.code, "person": person.code}
    draft = Draft(name, receiver(person), key, stream or key, facts, about, region=claim.school.region.code)
    outbox.write(draft, now=now)
