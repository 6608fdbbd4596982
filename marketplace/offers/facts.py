"""What templates, rules and letters know of an offer: frozen values, taken from rows once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from math import sqrt
from typing import Any, NamedTuple

from marketplace.kernel.texts import N_
from marketplace.kernel.wording import hours, listing
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState
from marketplace.regions.towns import Town
from marketplace.safety.facts import BriefFacts

TITLE_LIMIT = 120
SUMMARY_LIMIT = 300
TEXT_LIMIT = 4000
SHORT_LIMIT = 200
CAPACITY_LIMIT = 200
SESSIONS_LIMIT = 40
SLOTS_AT_ONCE_LIMIT = 40

AUDIENCES = {
    "vmbo_teacher": N_("vmbo teachers"),
    "careers_adviser": N_("careers advisers"),
    "mentor": N_("mentors"),
    "mbo_teacher": N_("mbo teachers"),
    "team_leader": N_("team leaders"),
    "all_staff": N_("all school staff"),
}


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """From when to when, in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A moment, with what is needed to show it and to decide on a claim."""

    code: str
    state: SlotState
    sessions: tuple[SessionFacts, ...]
    address: str
    town: str
    supervisor: str
    capacity: int
    seats_taken: int
    is_own_time: bool
    open_at: datetime | None
    close_at: datetime
    brief: BriefFacts
    """What holds at this moment: the offer's, and what the moment adds."""
    cancel_reason: str = ""
    announce_at: datetime | None = None
    emergency: str = ""
    """Whom to warn there in an emergency, …"""
    assembly_point: str = ""
    """… and where to gather."""

    @property
    def starts_at(self) -> datetime:
        """Start of the first session."""
        return self.sessions[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """End of the last session."""
        return self.sessions[-1].ends_at

    @property
    def seats_left(self) -> int:
        """How many may still claim."""
        return max(self.capacity - self.seats_taken, 0)

    @property
    def starts(self) -> tuple[datetime, ...]:
        """The starts of all sessions, for the wording of their days."""
        return tuple(each.starts_at for each in self.sessions)

    @property
    def hours(self) -> str:
        """8.00–16.00 uur; where sessions differ, those of each."""
        return hours_of(self.sessions)


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as everybody may see it."""

    code: str
    state: str
    format: str
    kind: str
    title: str
    summary: str
    activity: str
    learning: str
    report_at: str
    parking: str
    meal: str
    walk_in_minutes: int
    clothing: str
    organisation: str
    organisation_code: str
    website: str
    phone: str
    sector: str
    brief: BriefFacts


@dataclass(frozen=True, slots=True)
class Card:
    """One offer in a list: its next matching moment, and how many more there are."""

    offer: str
    title: str
    format: str
    kind: str
    organisation: str
    town: str
    slot: str
    slot_id: int
    starts_at: datetime
    ends_at: datetime
    session_count: int
    is_own_time: bool
    open_at: datetime | None
    close_at: datetime
    capacity: int
    seats_taken: int
    more_moments: int
    brief: BriefFacts
    holiday_zone: str = ""
    """Which school holidays hold at the host; empty if that does not matter."""
    distance: int | None = None
    """Whole kilometres as the crow flies, where a town was asked for."""

    @property
    def seats_left(self) -> int:
        """How many may still claim."""
        return max(self.capacity - self.seats_taken, 0)


class Sort(StrEnum):
    """In which order what is found comes. By date, what has a word of the search in its title comes first."""

    DATE = "date"
    DISTANCE = "distance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class OfferSearch:
    """What somebody looks for. Empty means no wish; the address of a search holds just the wishes."""

    q: str = ""
    format: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    """Codes."""
    access: tuple[str, ...] = ()
    ease: tuple[str, ...] = ()
    """Of these all must hold."""
    time_basis: tuple[str, ...] = ()
    duration: tuple[str, ...] = ()
    month: tuple[str, ...] = ()
    """As "2027-02"."""
    from_day: date | None = None
    until_day: date | None = None
    near: Town | None = None
    within: int = 0
    """Kilometres from there, as the crow flies; 0 is any distance."""
    free: bool = False
    sort: Sort = Sort.DATE


class Hit(NamedTuple):
    """An offer that was found, by its next moment that fits: just what tells whether a card that was kept will do.

    A row as the database gives it: there are 25 in each list, and the list is what is read most.
    """

    rank: int
    place: int
    slot_id: int
    stamp: str
    capacity: int
    seats_taken: int
    is_closed: bool
    is_early: bool
    """Whether claiming is still to open."""
    more_moments: int
    distance_squared: int | None
    shown: tuple[Any, ...] = ()
    """What its card shows besides, as the database gives it: see `queries.card_of`."""

    @property
    def distance(self) -> int | None:
        """Whole kilometres, where a town was asked for and the site's is known."""
        return None if self.distance_squared is None else round(sqrt(self.distance_squared))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what is found, and the key at which the next one begins ("" if this is the last)."""

    hits: tuple[Hit, ...]
    next_key: str


@dataclass(frozen=True, slots=True)
class MomentFacts:
    """A moment as a calendar shows it."""

    offer: str
    title: str
    format: str
    organisation: str
    town: str
    starts_at: datetime
    ends_at: datetime
    session_count: int
    capacity: int
    seats_taken: int
    close_at: datetime

    @property
    def seats_left(self) -> int:
        """How many may still claim."""
        return max(self.capacity - self.seats_taken, 0)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day on which moments start: how many, and the first of them."""

    on: date
    count: int
    moments: tuple[MomentFacts, ...]


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """How many offers there are at a place, in degrees (WGS 84); None for those that lie nobody knows where."""

    latitude: float | None
    longitude: float | None
    count: int


class Rhythm(StrEnum):
    """How the sessions of one moment follow each other."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Repeat(StrEnum):
    """How moments follow each other when several are planned in one go."""

    NEVER = "never"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class OfferText:
    """What a host writes about an offer."""

    format: str
    kind: str
    title: str
    summary: str = ""
    activity: str = ""
    learning: str = ""
    report_at: str = ""
    parking: str = ""
    meal: str = ""
    walk_in_minutes: int = 0
    clothing: str = ""
    policy: str = "coordinator"
    school_limit: int = 0
    profiles: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """One or more moments as a host plans them, in wall time; `until` is the last day that a repetition may reach."""

    day: date
    starts: time
    ends: time
    capacity: int
    site: str
    supervisor: str = ""
    sessions: int = 1
    rhythm: Rhythm = Rhythm.DAILY
    repeat: Repeat = Repeat.NEVER
    until: date | None = None


def hours_of(sessions: Iterable[SessionFacts]) -> str:
    """The hours of sessions: once if they are the same, else one after the other."""
    said = dict.fromkeys(hours(each.starts_at, each.ends_at) for each in sessions)
    return listing(said)


def slot_facts(slot: Slot) -> SlotFacts:
    """A slot, with its site and sessions, as facts."""
    return SlotFacts(
        code=slot.code,
        state=SlotState(slot.state),
        sessions=tuple(SessionFacts(each.starts_at, each.ends_at) for each in slot.sessions),
        address=slot.site.address,
        town=slot.site.town,
        supervisor=slot.supervisor,
        capacity=slot.capacity,
        seats_taken=slot.seats_taken,
        is_own_time=slot.is_own_time,
        open_at=slot.open_at,
        close_at=slot.close_at,
        brief=slot.brief.facts,
        cancel_reason=slot.cancel_reason,
        announce_at=slot.announce_at,
        emergency=slot.site.emergency,
        assembly_point=slot.site.assembly_point,
    )


def offer_facts(offer: Offer) -> OfferFacts:
    """An offer, with its organisation and brief, as facts."""
    host = offer.organisation
    return OfferFacts(
        code=offer.code,
        state=offer.state,
        format=offer.format,
        kind=offer.kind,
        title=offer.title,
        summary=offer.summary,
        activity=offer.activity,
        learning=offer.learning,
        report_at=offer.report_at,
        parking=offer.parking,
        meal=offer.meal,
        walk_in_minutes=offer.walk_in_minutes,
        clothing=offer.clothing,
        organisation=host.name,
        organisation_code=host.code,
        website=host.website,
        phone=host.phone,
        sector=host.sector,
        brief=offer.brief.facts,
    )


def suited(offer: Offer) -> set[str]:
    """Codes of the profiles and audiences that an offer is for: shown with it alone, and not with each claim."""
    return {each.profile for each in offer.profiles} | {each.audience for each in offer.audiences}
