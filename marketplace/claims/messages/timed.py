"""Letters that go out because time passes. Each is worth sending until some moment; after that it is only noted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from marketplace.claims.facts import claim_facts, visit_to
from marketplace.claims.models import Claim
from marketplace.claims.rules import timing
from marketplace.kernel import addresses
from marketplace.kernel.texts import speaking
from marketplace.kernel.times import wall_date
from marketplace.offers.models import Slot
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft
from marketplace.people.facts import receiver
from marketplace.people.messages import stop_link
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of
from marketplace.people.states import OptionalLetter

LISTED = 25
"""Claims in one digest; of others it says how many there are."""


def mail_reminder(claim: Claim, days: int, *, now: datetime) -> None:
    """To the participant, a week or a day ahead, with the safety notes; anew for a moment that moved to another day."""
    starts_at = claim.slot.starts_at
    key = f"reminder:{days}:{claim.code}:{wall_date(starts_at).isoformat()}"
    left = (wall_date(starts_at) - wall_date(now)).days
    draft = _to_participant("reminder", claim, key, {"days": max(min(days, left), 0)})
    if days == timing.WEEK_AHEAD:
        draft = _optional(draft, claim.receiver, OptionalLetter.WEEK_REMINDER)
    outbox.write(replace(draft, not_after=timing.remind_until(starts_at, days)), now=now)


def mail_certificate_reminder(claim: Claim, days: int, *, now: datetime) -> None:
    """To who was approved on condition, a week or a day ahead: your certificate is not there yet."""
    assert claim.certificate_by  # a condition has it
    key = f"certificate_reminder:{days}:{claim.code}:{claim.version}"
    draft = _to_participant("certificate_reminder", claim, key, {})
    outbox.write(replace(draft, not_after=timing.remind_until(claim.certificate_by, days)), now=now)


def mail_unread(claim: Claim, *, now: datetime) -> None:
    """To a participant, three days ahead: read the safety notes as they are now, and confirm that you did."""
    starts_at = claim.slot.starts_at
    key = f"safety_unread:{claim.code}:{wall_date(starts_at).isoformat()}"
    draft = _to_participant("safety_unread", claim, key, {"has_read_before": claim.brief_version is not None})
    outbox.write(replace(draft, not_after=starts_at), now=now)


def mail_unread_host(slot: Slot, number: int, *, now: datetime) -> None:
    """To the host's contacts: so many have not read the safety notes as they are now. Once for each day it is on."""
    host, link = slot.offer.organisation, addresses.hosted_slot(slot.code)
    facts = {"visit": visit_to(slot), "participants": number, "link": link}
    for person in contacts_of(host.id):
        key = f"safety_unread_host:{slot.code}:{wall_date(slot.starts_at).isoformat()}:{person.code}"
        about = {"slot": slot.code, "person": person.code}
        draft = Draft("safety_unread_host", receiver(person), key, key, facts, about)
        outbox.write(replace(draft, not_after=slot.starts_at, region=host.region.code), now=now)


def mail_thanks(claim: Claim, *, now: datetime) -> None:
    """To who took part, the morning after."""
    draft = _to_participant("visit_thanks", claim, f"thanks:{claim.code}", {})
    not_after = timing.looks_back_at(claim.slot.ends_at) + timing.LOOKED_BACK_WITHIN
    outbox.write(
        replace(_optional(draft, claim.receiver, OptionalLetter.THANKS), not_after=not_after), now=now
    )


def _to_participant(name: str, claim: Claim, key: str, facts: Mapping[str, Any]) -> Draft:
    person = claim.receiver
    with speaking(person.language):
        known = {
            "claim": claim_facts(claim),
            "claim_link": addresses.claim(claim.code),
            "withdraw_link": addresses.withdraw(claim.code),
            "has_invite": False,
            **facts,
        }
    about = {"claim": claim.code, "person": person.code}
    region = claim.school.region.code
    return Draft(name, receiver(person), key, f"claim:{claim.code}", known, about, region=region)


def mail_who_came(slot: Slot, missing: int, *, now: datetime) -> None:
    """To the host's contacts, the morning after: who came? `missing` is how many participants are still to be noted."""
    host, link = slot.offer.organisation, addresses.attendance(slot.code)
    facts = {"visit": visit_to(slot), "participants": missing, "link": link}
    not_after = timing.looks_back_at(slot.ends_at) + timing.LOOKED_BACK_WITHIN
    for person in contacts_of(host.id):
        if OptionalLetter.ATTENDANCE not in person.mutes:
            key = f"attendance:{slot.code}:{person.code}"
            about = {"slot": slot.code, "person": person.code}
            draft = Draft("attendance_request", receiver(person), key, key, facts, about)
            draft = replace(draft, not_after=not_after, region=host.region.code)
            outbox.write(_optional(draft, person, OptionalLetter.ATTENDANCE), now=now)


def mail_digest(person: Person, waiting: Sequence[Claim], due_at: datetime, *, now: datetime) -> None:
    """To a coordinator, on a working day before school: what waits for a decision, the first moment first."""
    with speaking(person.language):
        listed = [(claim_facts(each), addresses.decide(each.code, each.version)) for each in waiting[:LISTED]]
    oldest = min(each.state_at for each in waiting)
    regions = {each.school.region.code for each in waiting}
    draft = Draft(
        "digest",
        receiver(person),
        f"digest:{person.code}:{wall_date(due_at).isoformat()}",
        f"digest:{person.code}",
        {"waiting": listed, "number": len(waiting), "oldest": oldest},
        {"person": person.code},
        not_after=due_at + timing.DIGEST_WITHIN,
        region=regions.pop() if len(regions) == 1 else "",  # no mail log shows claims of another region
    )
    outbox.write(_optional(draft, person, OptionalLetter.DIGEST), now=now)


def mail_announcement(person: Person, slots: Sequence[Slot], more: int, *, now: datetime) -> None:
    """To somebody whom these moments suit, soonest first; `more` is how many others there are. One letter a week."""
    year, week, _ = wall_date(now).isocalendar()
    key = f"announcement:{person.code}:{year}-{week:02}"
    facts = {"moments": [visit_to(slot) for slot in slots], "more": more, "now": now}
    region = person.school.region.code if person.school else ""
    draft = Draft("announcement", receiver(person), key, key, facts, {"person": person.code}, region=region)
    outbox.write(_optional(draft, person, OptionalLetter.ANNOUNCEMENT), now=now)


def _optional(draft: Draft, person: Person, letter: OptionalLetter) -> Draft:
    """With the link behind which this person stops such letters."""
    return replace(draft, unsubscribe=stop_link(person, letter))
