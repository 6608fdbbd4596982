"""What rules decide on, and what letters, pages and entries about claims are filled from."""

from marketplace.claims.facts.claims import (
    DIET_LIMIT,
    QUESTION_LIMIT,
    REASON_LIMIT,
    Checks,
    ClaimFacts,
    ClaimForm,
    ClaimingFacts,
    Participant,
    claim_facts,
    participant,
)
from marketplace.claims.facts.parties import PartyFacts, parties_in, party_facts
from marketplace.claims.facts.reservations import reservations
from marketplace.claims.facts.told import Difference, Told, differences, is_small
from marketplace.claims.facts.visits import Visit, visit_to

__all__ = [
    "DIET_LIMIT",
    "QUESTION_LIMIT",
    "REASON_LIMIT",
    "Checks",
    "ClaimFacts",
    "ClaimForm",
    "ClaimingFacts",
    "Difference",
    "Participant",
    "PartyFacts",
    "Told",
    "Visit",
    "claim_facts",
    "differences",
    "is_small",
    "participant",
    "parties_in",
    "party_facts",
    "reservations",
    "visit_to",
]
