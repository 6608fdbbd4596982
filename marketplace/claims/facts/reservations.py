"""What a confirmation says to machines: schema.org reservations, beside the invite that says the same to calendars."""

from collections.abc import Iterator
from typing import Any

from marketplace.calendars.facts import EntryFacts, Occurrence, Status
from marketplace.claims.models import Claim
from marketplace.kernel import addresses
from marketplace.kernel.site import site
from marketplace.kernel.times import wall
from marketplace.organisations.facts import place_data

_SCHEMA = "https://schema.org"


def reservations(claim: Claim, entry: EntryFacts) -> list[dict[str, Any]]:
    """An EventReservation for each time that an entry was made for; cancelled where that fell out (schema.org).

    Mail programs that read it show the visit beside the mail. To be written into HTML as JSON-LD.
    """
    return [
        {
            "@context": _SCHEMA,
            "@type": "EventReservation",
            "reservationNumber": claim.code,
            "reservationStatus": f"{_SCHEMA}/Reservation{'Confirmed' if is_on else 'Cancelled'}",
            "underName": {"@type": "Person", "name": claim.receiver.name},
            "reservationFor": _event(claim, entry, each),
            "provider": {"@type": "Organization", "name": site().name},
            "url": addresses.claim(claim.code),
            "modifyReservationUrl": addresses.claim(claim.code),
            "modifiedTime": entry.stamp.isoformat(),
        }
        for each, is_on in _occurrences(entry)
    ]


def _occurrences(entry: EntryFacts) -> Iterator[tuple[Occurrence, bool]]:
    for each in entry.occurrences:
        yield each, entry.status is not Status.CANCELLED and each.starts_at not in entry.excluded


def _event(claim: Claim, entry: EntryFacts, when: Occurrence) -> dict[str, Any]:
    host = claim.slot.offer.organisation
    return {
        "@type": "Event",
        "name": entry.summary,
        "startDate": wall(when.starts_at, entry.zone).isoformat(),
        "endDate": wall(when.ends_at, entry.zone).isoformat(),
        "organizer": {"@type": "Organization", "name": host.name},
        "location": place_data(host, claim.slot.site),
    }
