"""What people keep about themselves: name, language, certificates."""

from datetime import date, datetime

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.journal import record
from marketplace.people import rules
from marketplace.people.models import Certificate, Person


def change_profile(
    *, person: Person, name: str, function: str, subjects: str, language: str, now: datetime
) -> None:
    """Writes what a person says about themselves."""
    person.name, person.function = name.strip(), function
    person.subjects, person.language = subjects.strip(), language
    record(kind="person", subject=person.code, event="profile", by=person.code, at=now)


def change_language(*, person: Person, language: str) -> None:
    """From now on pages and letters speak to this person in `language`: "nl" or "en"."""
    person.language = language


def add_certificate(
    *, person: Person, kind: str, number: str, valid_until: date | None, now: datetime
) -> None:
    """Keeps a certificate that a person says to have; said twice, it is kept once. Raises Refused."""
    if refusal := rules.why_not_certificate(kind, valid_until, now.date()):
        raise Refused(refusal)
    said = (kind, number.strip(), valid_until)
    if said in [(each.kind, each.number, each.valid_until) for each in person.certificates]:
        return
    session.add(Certificate(person_id=person.id, kind=kind, number=number.strip(), valid_until=valid_until))
    record(
        kind="person",
        subject=person.code,
        event="certificate_added",
        by=person.code,
        at=now,
        certificate=kind,
    )


def remove_certificate(*, person: Person, certificate_id: int, now: datetime) -> None:
    """Forgets one of a person's own certificates; NotFound if it is not theirs."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None or certificate.person_id != person.id:
        raise NotFound
    session.delete(certificate)
    record(kind="person", subject=person.code, event="certificate_removed", by=person.code, at=now)
