"""Certificates: what people say to have, what coordinators saw in the register, and a word before one expires."""

from datetime import date, datetime

from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.journal import record
from marketplace.people import messages, queries, rules
from marketplace.people.models import Certificate, Person


def add_certificate(
    *, person: Person, kind: str, number: str, valid_until: date | None, now: datetime
) -> None:
    """Keeps a certificate that a person says to have; said twice, it is kept once. Raises Refused."""
    if refusal := rules.why_not_certificate(kind, valid_until, now.date()):
        raise Refused(refusal)
    queries.hold(person)
    session.refresh(person, ["certificates"])
    said = (kind, number.strip(), valid_until)
    if said in [(each.kind, each.number, each.valid_until) for each in person.certificates]:
        return
    person.certificates.append(Certificate(kind=kind, number=number.strip(), valid_until=valid_until))
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
    queries.hold(person)
    session.delete(_certificate(person, certificate_id))
    record(kind="person", subject=person.code, event="certificate_removed", by=person.code, at=now)


def see_certificate(*, person: Person, certificate_id: int, by: str, now: datetime) -> None:
    """A coordinator saw a certificate of this person in the register; NotFound if it is not theirs.

    Seen twice, the first time counts.
    """
    certificate = _certificate(person, certificate_id)
    if certificate.seen_at:
        return
    certificate.seen_by, certificate.seen_at = by, now
    said = {"certificate": certificate.kind, "valid_until": str(certificate.valid_until or "")}
    record(kind="person", subject=person.code, event="certificate_seen", by=by, at=now, **said)


def _certificate(person: Person, certificate_id: int) -> Certificate:
    certificate = session.get(Certificate, certificate_id, populate_existing=True)
    if certificate is None or certificate.person_id != person.id:
        raise NotFound
    return certificate


def warn_of_expiry_due(*, now: datetime) -> int:
    """Tells people sixty days ahead that a certificate of theirs expires. Returns how many letters that were."""
    with only_reading(), transaction():
        due = [each.id for each in queries.expiring(now=now) if rules.is_last_of_its_kind(each)]
    return in_turn(due, lambda certificate_id: _warn(certificate_id, now))


def _warn(certificate_id: int, now: datetime) -> None:
    """The person is held while it is written: of two workers the second finds the letter."""
    certificate = session.get_one(Certificate, certificate_id)
    queries.hold(certificate.person)
    messages.mail_expiring(certificate, now=now)
