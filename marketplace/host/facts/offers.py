"""What the pages about offers show: the list, what is missing, and what to think of again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims.states import ClaimState
from marketplace.formats.playbooks import format_of
from marketplace.kernel.texts import N_, gettext, say
from marketplace.kernel.times import wall_date
from marketplace.kernel.wording import day_of_year
from marketplace.offers.facts import OfferFacts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.rules import is_posted_late, missing
from marketplace.offers.states import OFFER_STATE_NAMES, OfferState, SlotState
from marketplace.regions.rules import school_holiday


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer in the host's list: its coming moments and the claims on them."""

    code: str
    title: str
    state: str
    state_name: str
    moments: int
    first_at: datetime | None
    next_slot: str
    approved: int
    waiting: int


def offer_line(offer: Offer, counts: Mapping[int, Mapping[str, int]], now: datetime) -> OfferLine:
    """An offer as a line of the list; `counts` is how many claims there are by slot and state."""
    coming = coming_slots(offer, now)
    is_over = offer.state == OfferState.PUBLISHED and bool(offer.slots) and not coming
    return OfferLine(
        code=offer.code,
        title=offer.title,
        state="over" if is_over else offer.state,
        state_name=N_("Over") if is_over else OFFER_STATE_NAMES[OfferState(offer.state)],
        moments=len(coming),
        first_at=coming[0].starts_at if coming else None,
        next_slot=coming[0].code if coming else "",
        approved=sum(counts.get(slot.id, {}).get(ClaimState.APPROVED, 0) for slot in coming),
        waiting=sum(counts.get(slot.id, {}).get(ClaimState.PENDING, 0) for slot in coming),
    )


def coming_slots(offer: Offer, now: datetime) -> list[Slot]:
    """The moments that go on and are not over, a series on its way among them, first one first."""
    found = [slot for slot in offer.slots if slot.ends_at > now and slot.state != SlotState.CANCELLED]
    return sorted(found, key=lambda slot: slot.starts_at)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to do before everybody can see an offer; `why` is what is missing, empty when it is done."""

    part: str
    title: str
    why: str


_CHECKS = {
    "texts": (N_("Texts"), ("summary", "activity")),
    "safety": (N_("Safety notes"), ("safety",)),
    "moments": (N_("Moments"), ("moments",)),
}


def checklist(offer: OfferFacts, has_slots: bool) -> list[Check]:
    """What to do before everybody can see an offer, with what of it is missing."""
    found = missing(offer, has_slots)
    return [
        Check(part, gettext(title), " ".join(say(found[each]) for each in asked if each in found))
        for part, (title, asked) in _CHECKS.items()
    ]


def cautions(slot: Slot, now: datetime) -> list[str]:
    """What a host may want to think of again: the moment is allowed, but not the best one for schools."""
    if slot.state == SlotState.CANCELLED or slot.starts_at <= now:
        return []
    offer, form = slot.offer, format_of(slot.offer.format)
    found = [_holiday(slot, offer.organisation.region.holiday_zone)]
    if form.defaults.own_time and not slot.is_own_time:
        found.append(gettext("This is in lesson time. Schools seldom want to lose lessons for it."))
    if is_posted_late(form, slot.starts_at, _posted_at(slot, now)):
        weeks = form.defaults.announce_days // 7
        found.append(
            gettext(
                "This is less than %(weeks)s weeks ahead. It is announced at once, and many will have other plans.",
                weeks=weeks,
            )
        )
    return [each for each in found if each]


def _holiday(slot: Slot, zone: str) -> str:
    for each in slot.sessions:
        if name := school_holiday(zone, wall_date(each.starts_at)):
            day = day_of_year(each.starts_at)
            return gettext("School holiday on %(day)s: %(name)s (%(zone)s).", day=day, name=name, zone=zone)
    return ""


def _posted_at(slot: Slot, now: datetime) -> datetime:
    """When everybody could see the moment as it stands; what nobody sees yet is posted now at the earliest."""
    published_at = slot.offer.published_at
    return max(published_at, slot.changed_at) if published_at else now
