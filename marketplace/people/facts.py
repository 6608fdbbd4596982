"""What other rooms know of a person: frozen values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from marketplace.outbox.facts import Receiver
from marketplace.people.models import Certificate, Person

STOPPING = "unsubscribe"
"""What a link that stops an optional letter is signed for."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in: what guards decide on."""

    code: str
    name: str
    language: str
    roles: frozenset[str]
    organisations: frozenset[tuple[str, str]]
    regions: frozenset[tuple[int, str]]
    """Row ids and codes of the regions that they decide for."""
    """Each a role and the code of the organisation that it holds at."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate as it is shown and compared."""

    kind: str
    valid_until: date | None
    number: str = ""
    id: int = 0
    seen_by: str = ""
    """Code of the coordinator who saw it in the register; empty as long as nobody did."""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CompanySignUp:
    """A company and its first contact, as they fill in the form."""

    name: str
    email: str
    company: str
    kvk: str
    sector: str
    region: str
    street: str
    postcode: str
    town: str
    phone: str = ""
    website: str = ""
    language: str = "nl"
    """In which they filled it in, and are spoken to from then on."""


@dataclass(frozen=True, slots=True)
class StaffSignUp:
    """Somebody who works at a school, as they fill in the form. `school` is a code."""

    name: str
    email: str
    school: str
    function: str
    subjects: str = ""
    language: str = "nl"
    """In which they filled it in, and are spoken to from then on."""


SignUp = StaffSignUp | CompanySignUp


@dataclass(frozen=True, slots=True)
class Secret:
    """A one-time sign-in as it is mailed; the database only keeps digests."""

    token: str
    code: str = field(repr=False)


def certificate_facts(certificate: Certificate) -> CertificateFacts:
    """A certificate as facts."""
    return CertificateFacts(
        kind=certificate.kind,
        valid_until=certificate.valid_until,
        number=certificate.number,
        id=certificate.id,
        seen_by=certificate.seen_by or "",
        seen_at=certificate.seen_at,
    )


def receiver(person: Person) -> Receiver:
    """A person as the receiver of a letter."""
    return Receiver(person.name, person.email, person.language)
