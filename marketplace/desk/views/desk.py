"""What all pages of the desk share: the guard, the regions of the reader, the tabs with their numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, g

from marketplace.claims import queries as claims
from marketplace.claims.states import LIVING, STATE_NAMES
from marketplace.kernel.clock import now
from marketplace.kernel.database import at_once
from marketplace.offers import queries as offers
from marketplace.offers.facts import AUDIENCES
from marketplace.offers.rules import open_moments
from marketplace.offers.states import OFFER_STATE_NAMES
from marketplace.organisations.facts import PROFILES
from marketplace.outbox import queries as outbox
from marketplace.outbox.facts import Silence
from marketplace.outbox.states import STATE_NAMES as LETTER_STATE_NAMES
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


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is wrong with the mail."""

    failing: int
    """Letters that failed and that nobody did anything about."""
    silence: Silence | None
    """Since when nothing is sent or done on time; None where all is well."""


def my_regions() -> set[int]:
    """Row ids of the regions that the visitor decides for."""
    return {row_id for row_id, _ in me().regions}


def my_region_codes() -> list[str] | None:
    """Codes of the regions whose mail the visitor sees; None for all mail, which administrators see."""
    return None if me().has("administrator") else [code for _, code in me().regions]


@blueprint.context_processor
def known_at_the_desk() -> dict[str, Any]:
    """What the templates of the desk may ask for."""
    return {
        "queues": queues,
        "troubles": troubles,
        "state_names": STATE_NAMES,
        "letter_state_names": LETTER_STATE_NAMES,
        "living": LIVING,
        "offer_state_names": OFFER_STATE_NAMES,
        "certificates": CERTIFICATES,
        "profiles": PROFILES,
        "audiences": AUDIENCES,
        "open_moments": open_moments,
    }


def queues() -> Queues:
    """What waits in the visitor's regions."""
    return _standing()[0]


def troubles() -> Troubles:
    """What is wrong with the mail in the visitor's regions."""
    return _standing()[1]


def _standing() -> tuple[Queues, Troubles]:
    """What all pages of the desk say, asked once a request in one statement."""
    if "standing" not in g:
        at = now()
        waiting, oldest_at, to_check, failed, heard_at = at_once(
            *claims.how_many_wait(my_regions(), now=at),
            offers.how_many_to_check(my_regions()),
            outbox.failed(my_region_codes()),
            outbox.heard(),
        )
        silence = outbox.silence(heard_at, at)
        g.standing = Queues(waiting, oldest_at, to_check), Troubles(failed, silence)
    found: tuple[Queues, Troubles] = g.standing
    return found
