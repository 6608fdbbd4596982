"""What an offer page says to search engines: schema.org events, beside the words that say the same to people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from marketplace.kernel import addresses
from marketplace.kernel.site import site
from marketplace.kernel.texts import DEFAULT
from marketplace.kernel.times import wall
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState
from marketplace.organisations.facts import place_data

_SCHEMA = "https://schema.org"


def events(offer: Offer, slots: Iterable[Slot], now: datetime) -> list[dict[str, Any]]:
    """An Event for each moment (schema.org, and what Google asks of it). To be written into HTML as JSON-LD."""
    return [_event(offer, slot, now) for slot in slots]


def _event(offer: Offer, slot: Slot, now: datetime) -> dict[str, Any]:
    address, is_off = addresses.offer(offer.code), slot.state == SlotState.CANCELLED
    return {
        "@context": _SCHEMA,
        "@type": "EducationEvent",
        "name": offer.title,
        "description": offer.summary or offer.activity,
        "startDate": wall(slot.starts_at, slot.zone).isoformat(),
        "endDate": wall(slot.ends_at, slot.zone).isoformat(),
        "eventStatus": f"{_SCHEMA}/Event{'Cancelled' if is_off else 'Scheduled'}",
        "eventAttendanceMode": f"{_SCHEMA}/OfflineEventAttendanceMode",
        "inLanguage": DEFAULT,
        "url": address,
        "location": place_data(offer.organisation, slot.site),
        "organizer": _organizer(offer),
        "maximumAttendeeCapacity": slot.capacity,
        "remainingAttendeeCapacity": max(slot.seats_left, 0),
        "offers": _offer(slot, address, now),
    }


def _organizer(offer: Offer) -> dict[str, Any]:
    """The host, with its website if that is one."""
    host = offer.organisation
    has_site = host.website.startswith(("https://", "http://"))
    return {"@type": "Organization", "name": host.name} | ({"url": host.website} if has_site else {})


def _offer(slot: Slot, address: str, now: datetime) -> dict[str, Any]:
    """Whether there is a place, and from when until when one can claim it. Nothing is sold, so there is no price."""
    can_claim = slot.state == SlotState.OPEN and slot.close_at > now and not slot.is_full
    opens = {"validFrom": slot.open_at.isoformat()} if slot.open_at else {}
    return {
        "@type": "Offer",
        "url": address,
        "availability": f"{_SCHEMA}/{'InStock' if can_claim else 'SoldOut'}",
        "validThrough": slot.close_at.isoformat(),
        "seller": {"@type": "Organization", "name": site().name},
        **opens,
    }
