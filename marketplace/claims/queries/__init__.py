"""Questions about claims, a module for each who asks."""

from marketplace.claims.queries.desk import (
    claim_for_desk,
    conflicts,
    count_on_the_way,
    count_waiting,
    on_hosts_in,
    waiting,
)
from marketplace.claims.queries.due import hosts_behind, planned_due, slot_with, untold, whole_claim
from marketplace.claims.queries.host import counts, living_claims, roster
from marketplace.claims.queries.own import claim_for, claiming, claims_of, living_claim_on, living_claims_on
from marketplace.claims.queries.school import claim_for_school, claims_of_school

__all__ = [
    "claim_for",
    "claim_for_desk",
    "claim_for_school",
    "claiming",
    "claims_of",
    "claims_of_school",
    "conflicts",
    "count_on_the_way",
    "count_waiting",
    "counts",
    "hosts_behind",
    "living_claim_on",
    "living_claims",
    "living_claims_on",
    "on_hosts_in",
    "planned_due",
    "roster",
    "slot_with",
    "untold",
    "waiting",
    "whole_claim",
]
