"""What all pages of the desk share: the guard, the regions of the reader, the tabs with their numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, g

from marketplace.claims import queries as claims
from marketplace.claims.states import STATE_NAMES
from marketplace.kernel.clock import now
from marketplace.offers import queries as offers
from marketplace.offers.facts import AUDIENCES, PROFILES
from marketplace.offers.rules import open_moments
from marketplace.offers.states import OFFER_STATE_NAMES
from marketplace.people.queries import regions_of
from marketplace.people.states import CERTIFICATES
from marketplace.web.guards import for_roles
from marketplace.web.visitors import me

blueprint = Blueprint("desk", __name__)
for_desk = for_roles("coordinator", "administrator")


@dataclass(frozen=True, slots=True)
class Queues:
    """How much waits."""

    claims: int
    oldest_at: datetime | None
    offers: int


def my_regions() -> set[int]:
    """Row ids of the regions that the visitor decides for, asked once a request."""
    if "my_regions" not in g:
        g.my_regions = regions_of(me().code)
    found: set[int] = g.my_regions
    return found


@blueprint.context_processor
def known_at_the_desk() -> dict[str, Any]:
    """What the templates of the desk may ask for."""
    return {
        "queues": queues,
        "state_names": STATE_NAMES,
        "offer_state_names": OFFER_STATE_NAMES,
        "certificates": CERTIFICATES,
        "profiles": PROFILES,
        "audiences": AUDIENCES,
        "open_moments": open_moments,
    }


def queues() -> Queues:
    """What waits in the visitor's regions."""
    count, oldest_at = claims.count_waiting(my_regions(), now=now())
    return Queues(count, oldest_at, offers.count_to_check(my_regions()))
