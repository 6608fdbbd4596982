"""A claim as its participant, or who made it, sees it: what there is to know and to do now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims.facts import ClaimFacts, claim_facts
from marketplace.claims.models import Claim
from marketplace.claims.queries import places_of
from marketplace.claims.rules import (
    lacks_certificate,
    needs_safety,
    queue_closes_at,
    why_not_withdraw,
    why_waiting,
)
from marketplace.claims.states import ClaimState
from marketplace.kernel.texts import say


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on a waiting list, and why it does not move."""

    place: int
    seats: int
    why: str
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim as its page and its place in the list show it."""

    claim: ClaimFacts
    party: str
    party_size: int
    """How many were signed up in one go."""
    by: str
    """Who brought it where it stands, if somebody else."""
    is_over: bool
    is_kept: bool
    """Whether it has a seat."""
    is_living: bool
    may_withdraw: bool
    lacks_certificate: bool
    needs_safety: bool
    has_made: bool
    """Whether the reader made it, and so answers when a place is offered."""
    waiting: Waiting | None


def shown(claims: Iterable[Claim], reader: str, party_sizes: Mapping[str, int], now: datetime) -> list[Shown]:
    """These claims for the person with this code. One statement, however many there are."""
    found = list(claims)
    places = places_of(found)
    return [_shown(each, reader, party_sizes[each.party], places, now) for each in found]


def _shown(
    claim: Claim,
    reader: str,
    party_size: int,
    places: Mapping[str, tuple[int, int]],
    now: datetime,
) -> Shown:
    slot, person, is_over = claim.slot, claim.person, claim.slot.ends_at <= now
    return Shown(
        claim=claim_facts(claim),
        party=claim.party,
        party_size=party_size,
        by=claim.decider.name if claim.decider and claim.state_by != reader else "",
        is_over=is_over,
        is_kept=claim.holds_a_seat,
        is_living=claim.is_living,
        may_withdraw=why_not_withdraw(claim, now) is None,
        lacks_certificate=claim.holds_a_seat and person is not None and lacks_certificate(person, slot),
        needs_safety=needs_safety(claim) and not is_over,
        has_made=claim.made_by.code == reader,
        waiting=_waiting(claim, *places[claim.party], now) if claim.state == ClaimState.WAITLISTED else None,
    )


def _waiting(claim: Claim, place: int, seats: int, now: datetime) -> Waiting:
    why = say(why_waiting(claim.slot, seats, now))
    return Waiting(place, seats, why, queue_closes_at(claim.slot.starts_at))
