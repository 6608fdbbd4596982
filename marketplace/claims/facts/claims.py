"""What is said in a claim, what decides about it, and how it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims.facts.visits import Visit, visit_to
from marketplace.claims.models import Claim
from marketplace.claims.states import COVER_NAMES, PAYERS, TIME_BASES, ClaimState, Cover, Payer, TimeBasis
from marketplace.kernel.texts import gettext
from marketplace.people.facts import CertificateFacts
from marketplace.people.states import FUNCTIONS

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
    keeps_sizes: bool = False
    """Whether they want their sizes kept for the next time."""
    may_wait: bool = False
    """Whether a place on the waiting list will do, where no seat is left."""


@dataclass(frozen=True, slots=True)
class ClaimingFacts:
    """What decides whether somebody may claim a seat."""

    is_published: bool
    slot_state: str
    starts_at: datetime
    open_at: datetime | None
    close_at: datetime
    capacity: int
    seats_left: int
    has_school: bool
    has_living_claim: bool
    overlapping: str
    """The title of an own claim at the same time; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Who claims, as letters and lists name them; a seat whose participant is not known yet has no function."""

    name: str
    function: str
    subjects: str
    school: str
    is_named: bool = True

    @property
    def function_name(self) -> str:
        """The function in the language in force; empty if none was given."""
        return gettext(FUNCTIONS.get(self.function, ""))


def participant(claim: Claim) -> Participant:
    """The person of a claim, or that somebody is still to be named, in the language in force."""
    person, school = claim.person, claim.school.name
    if person is None:
        return Participant(gettext("Name to follow"), "", "", school, is_named=False)
    return Participant(person.name, person.function, person.subjects, school)


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
    is_in_lessons: bool
    """Whether it takes lesson time, though the participant comes in their own time."""
    school_limit: int
    """How many of one school may come, where as many have a seat without this one; else 0."""

    @property
    def has_warning(self) -> bool:
        """Whether approving takes a thought."""
        return bool(
            not self.is_known
            or self.needs_cover
            or self.is_in_lessons
            or self.school_limit
            or self.lacks_certificate
            or self.overlapping
            or self.holiday
        )


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim as its pages and letters show it."""

    code: str
    state: ClaimState
    version: int
    lapsed_as: str
    answer_by: datetime | None
    made_at: datetime
    state_at: datetime
    learning_question: str
    time_basis: str
    cover: str
    reason: str
    paid_by: str
    """Who pays for the certificate on which it was approved; empty where nobody said so, …"""
    certificate_by: datetime | None
    """… and until when that may come."""
    participant: Participant
    made_by: str
    """Who signed the participant up, or still has to name somebody; empty where they did so themselves."""
    has_read_safety: bool
    visit: Visit

    @property
    def time_basis_name(self) -> str:
        """In whose time, in the language in force."""
        return gettext(TIME_BASES[TimeBasis(self.time_basis)])

    @property
    def cover_name(self) -> str:
        """Whether the lessons are covered, in the language in force."""
        return gettext(COVER_NAMES[Cover(self.cover)])

    @property
    def payer(self) -> str:
        """Who pays for the certificate, in the language in force; empty where nobody said so."""
        return gettext(PAYERS[Payer(self.paid_by)]) if self.paid_by else ""


def claim_facts(claim: Claim) -> ClaimFacts:
    """A claim, with its slot and person, as facts."""
    return ClaimFacts(
        code=claim.code,
        state=ClaimState(claim.state),
        version=claim.version,
        lapsed_as=claim.lapsed_as,
        answer_by=claim.answer_by,
        made_at=claim.made_at,
        state_at=claim.state_at,
        learning_question=claim.learning_question,
        time_basis=claim.time_basis,
        cover=claim.cover,
        reason=claim.reason,
        paid_by=claim.paid_by,
        certificate_by=claim.certificate_by,
        participant=participant(claim),
        made_by="" if claim.person is claim.made_by else claim.made_by.name,
        has_read_safety=claim.brief_version is not None,
        visit=visit_to(claim.slot),
    )
