"""What rules decide on, and what letters, pages and entries about claims are filled from."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from marketplace.claims.models import Claim
from marketplace.claims.states import COVER_NAMES, TIME_BASES, ClaimState, Cover, TimeBasis
from marketplace.formats.playbooks import format_of
from marketplace.kernel.texts import N_, gettext
from marketplace.kernel.wording import day_of_year, days, hours, listing
from marketplace.offers.facts import OfferFacts, SessionFacts, SlotFacts, offer_facts, slot_facts
from marketplace.offers.models import Slot
from marketplace.people.facts import CertificateFacts
from marketplace.people.states import FUNCTIONS
from marketplace.safety.facts import BriefFacts, SafetyText
from marketplace.safety.rules import plain_text, safety_text

QUESTION_LIMIT = 1000
DIET_LIMIT = 200
REASON_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """What a participant says when claiming."""

    learning_question: str
    time_basis: str
    cover: str
    sizes: Mapping[str, str]
    diet: str
    has_read_safety: bool
    read_version: int | None = None
    """The version of the safety brief that stood on the page; None where there was no page."""


@dataclass(frozen=True, slots=True)
class ClaimingFacts:
    """What decides whether somebody may claim a seat."""

    is_published: bool
    slot_state: str
    starts_at: datetime
    open_at: datetime | None
    close_at: datetime
    seats_left: int
    has_school: bool
    has_living_claim: bool
    overlapping: str
    """The title of an own claim at the same time; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody goes: everything that a letter, an entry or a page says about it."""

    offer: OfferFacts
    slot: SlotFacts

    @property
    def safety(self) -> SafetyText:
        """The safety notes in the language in force."""
        return safety_text(self.offer.brief)

    @property
    def safety_plain(self) -> str:
        """The same as lines of plain text."""
        return plain_text(self.safety)

    @property
    def format_name(self) -> str:
        """Docentstage, masterclass, …: in the language in force."""
        return format_of(self.offer.format).name

    @property
    def days(self) -> str:
        """Its day or days, in words."""
        return days(self.slot.starts)

    @property
    def on_day(self) -> str:
        """On its day, or from the first of its days: the end of a subject line."""
        first = day_of_year(self.slot.starts_at)
        if len(self.slot.sessions) == 1:
            return gettext("on %(day)s", day=first)
        return gettext("from %(day)s", day=first)

    @property
    def hours(self) -> str:
        """8.00–16.00 uur; where sessions differ, those of each."""
        return hours_of(self.slot.sessions)


def visit_to(slot: Slot) -> Visit:
    """The visit that a seat in this slot is."""
    return Visit(offer_facts(slot.offer), slot_facts(slot))


def hours_of(sessions: Iterable[SessionFacts]) -> str:
    """The hours of sessions: once if they are the same, else one after the other."""
    said = dict.fromkeys(hours(each.starts_at, each.ends_at) for each in sessions)
    return listing(said)


@dataclass(frozen=True, slots=True)
class Told:
    """What a participant was told last; kept with the claim, so that changes can be named: was, is now."""

    title: str
    sessions: tuple[tuple[str, str], ...]
    address: str
    report_at: str
    supervisor: str
    walk_in_minutes: int
    clothing: str
    meal: str
    parking: str
    brief: dict[str, Any]

    @classmethod
    def about(cls, visit: Visit) -> "Told":
        """What is to be told about a visit."""
        offer, slot = visit.offer, visit.slot
        return cls(
            title=offer.title,
            sessions=tuple((each.starts_at.isoformat(), each.ends_at.isoformat()) for each in slot.sessions),
            address=slot.address,
            report_at=offer.report_at,
            supervisor=slot.supervisor,
            walk_in_minutes=offer.walk_in_minutes,
            clothing=offer.clothing,
            meal=offer.meal,
            parking=offer.parking,
            brief=offer.brief.as_data(),
        )

    def as_data(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Told":
        """From a JSON column."""
        return cls(**{**data, "sessions": tuple((start, end) for start, end in data["sessions"])})


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed, in words."""

    label: str
    was: str
    now: str


_PLAIN_LABELS = {
    "title": N_("Title"),
    "address": N_("Address"),
    "report_at": N_("Report at"),
    "supervisor": N_("Supervisor"),
    "clothing": N_("Clothing"),
    "meal": N_("Meal"),
    "parking": N_("Parking"),
}


def differences(was: Told, now: Told) -> list[Difference]:
    """What changed, line by line, in the language in force; what matters most first."""
    found = [Difference(gettext("When"), _when(was), _when(now))] if was.sessions != now.sessions else []
    for name, label in _PLAIN_LABELS.items():
        old, new = getattr(was, name), getattr(now, name)
        if old != new:
            found.append(Difference(gettext(label), old, new))
    if was.walk_in_minutes != now.walk_in_minutes:
        found.append(Difference(gettext("Walk-in"), _minutes(was), _minutes(now)))
    return found + _safety_differences(was, now)


def _when(told: Told) -> str:
    sessions = [SessionFacts(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in told.sessions]
    return f"{days([each.starts_at for each in sessions])}, {hours_of(sessions)}"


def _minutes(told: Told) -> str:
    return gettext("%(minutes)s minutes", minutes=told.walk_in_minutes)


def _safety_differences(was: Told, now: Told) -> list[Difference]:
    old, new = (_safety_lines(safety_text(BriefFacts.from_data(each.brief))) for each in (was, now))
    keys = [*old, *(key for key in new if key not in old)]
    return [
        Difference(gettext("Safety"), old.get(key, ""), new.get(key, ""))
        for key in keys
        if old.get(key) != new.get(key)
    ]


def _safety_lines(safety: SafetyText) -> dict[str, str]:
    blocks = (
        (gettext("Bring yourself"), safety.bring),
        (gettext("Provided there"), safety.provided),
        (gettext("From your school"), safety.from_school),
        (gettext("Mind"), safety.mind),
    )
    lines = {
        line.code: f"{title}: {line.name}" + (f" ({line.detail})" if line.detail else "")
        for title, block in blocks
        for line in block
    }
    return {**lines, "notes": safety.notes, "access": safety.access, "nothing": safety.nothing_particular}


@dataclass(frozen=True, slots=True)
class Participant:
    """Who claims, as letters and lists name them."""

    name: str
    function: str
    subjects: str
    school: str

    @property
    def function_name(self) -> str:
        """The function in the language in force; empty if none was given."""
        return gettext(FUNCTIONS.get(self.function, ""))


def participant(claim: Claim) -> Participant:
    """The person of a claim."""
    person = claim.person
    return Participant(person.name, person.function, person.subjects, claim.school.name)


@dataclass(frozen=True, slots=True)
class Checks:
    """What a coordinator weighs before deciding."""

    is_known: bool
    needs_cover: bool
    lacks_certificate: bool
    certificate: CertificateFacts | None
    """The one for this gate that holds longest, even if that is not long enough."""
    overlapping: str
    """The title of another claim of the same person at the same time; empty if there is none."""
    holiday: str
    """The school holiday that one of its days falls in, where the school is; empty if there is none."""

    @property
    def has_warning(self) -> bool:
        """Whether approving takes a thought."""
        return bool(
            not self.is_known
            or self.needs_cover
            or self.lacks_certificate
            or self.overlapping
            or self.holiday
        )


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim as its pages and letters show it."""

    code: str
    state: ClaimState
    made_at: datetime
    state_at: datetime
    learning_question: str
    time_basis: str
    cover: str
    reason: str
    participant: Participant
    visit: Visit

    @property
    def time_basis_name(self) -> str:
        """In whose time, in the language in force."""
        return gettext(TIME_BASES[TimeBasis(self.time_basis)])

    @property
    def cover_name(self) -> str:
        """Whether the lessons are covered, in the language in force."""
        return gettext(COVER_NAMES[Cover(self.cover)])


def claim_facts(claim: Claim) -> ClaimFacts:
    """A claim, with its slot and person, as facts."""
    return ClaimFacts(
        code=claim.code,
        state=ClaimState(claim.state),
        made_at=claim.made_at,
        state_at=claim.state_at,
        learning_question=claim.learning_question,
        time_basis=claim.time_basis,
        cover=claim.cover,
        reason=claim.reason,
        participant=participant(claim),
        visit=visit_to(claim.slot),
    )
