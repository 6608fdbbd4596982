"""What the pages of those who receive people show: the list, what is missing, what to think of, what to put ready."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.formats.playbooks import format_of
from marketplace.kernel.texts import N_, gettext, in_language, say
from marketplace.kernel.times import wall_date
from marketplace.kernel.wording import day_of_year
from marketplace.offers.facts import OfferFacts
from marketplace.offers.models import Offer, Slot
from marketplace.offers.rules import is_posted_late, missing
from marketplace.offers.states import OFFER_STATE_NAMES, OfferState, SlotState
from marketplace.regions.rules import school_holiday
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.facts import BriefFacts, BriefLine, Item, Provider
from marketplace.safety.rules import lent_sizes


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
            gettext("This is less than %(weeks)s weeks ahead. Many will have other plans.", weeks=weeks)
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


@dataclass(frozen=True, slots=True)
class Packed:
    """So many of one thing, in one size, to put ready."""

    count: int
    name: str
    pictogram: str
    size: str


def packing(brief: BriefFacts, coming: Sequence[Claim]) -> list[Packed]:
    """What the host puts ready for those who come, counted by size."""
    lent = dict(lent_sizes(brief))
    lines = [line for line in brief.lines if line.provided_by == Provider.HOST]
    return [packed for line in lines for packed in _packed(line, lent.get(line.code, ""), coming)]


def _packed(line: BriefLine, kind: str, coming: Sequence[Claim]) -> Iterable[Packed]:
    item = catalogue()[line.code]
    counted = Counter(claim.sizes.get(line.code, "") for claim in coming) if kind else {"": len(coming)}
    for size, count in sorted(counted.items(), key=lambda pair: _place(kind, pair[0])):
        if count:
            words = size_in_words(item, size) or (gettext("size not known") if kind else "")
            yield Packed(count, in_language(item.name), item.pictogram, words)


def _place(kind: str, size: str) -> int:
    return [code for code, _ in sizes(kind)].index(size) if size in dict(sizes(kind)) else -1


def size_in_words(item: Item, size: str) -> str:
    """Size 43; where the size is a word ("Wears glasses"), that word."""
    label = in_language(dict(sizes(item.size))[size]) if size in dict(sizes(item.size)) else ""
    return gettext("size %(size)s", size=label) if label == size and size else label


def sizes_of(claim: Claim) -> list[str]:
    """The sizes that a participant gave: what and which."""
    known = [(catalogue()[code], size) for code, size in claim.sizes.items() if code in catalogue()]
    return [f"{in_language(item.name)}: {size_in_words(item, size)}" for item, size in known]
