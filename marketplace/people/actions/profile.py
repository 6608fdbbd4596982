"""What people keep about themselves: name, language, certificates, and which letters they want."""

from collections.abc import Collection
from datetime import date, datetime

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.journal import record
from marketplace.people import rules
from marketplace.people.models import Certificate, Person
from marketplace.people.states import OptionalLetter


def change_profile(
    *,
    person: Person,
    name: str,
    function: str,
    subjects: str,
    profiles: Collection[str],
    language: str,
    now: datetime,
) -> None:
    """Writes what a person says about themselves; `profiles` are codes of vmbo profiles."""
    person.name, person.function = name.strip(), function
    person.subjects, person.language = subjects.strip(), language
    person.profiles = sorted(profiles)
    record(kind="person", subject=person.code, event="profile", by=person.code, at=now)


def change_language(*, person: Person, language: str) -> None:
    """From now on pages and letters speak to this person in `language`: "nl" or "en"."""
    person.language = language


def choose_letters(
    *, person: Person, wanted: Collection[str], among: Collection[OptionalLetter], now: datetime
) -> None:
    """Writes which of some optional letters a person wants; nothing changes about the others."""
    _mute(person, [each for each in person.mutes if each not in among] + sorted({*among} - {*wanted}), now)


def stop_letter(*, person: Person, letter: OptionalLetter, now: datetime) -> None:
    """From now on this person does not get one of the optional letters. Stopped twice, it is stopped once."""
    _mute(person, [*person.mutes, letter], now)


def _mute(person: Person, letters: Collection[str], now: datetime) -> None:
    mutes = sorted({*letters})
    if mutes != person.mutes:
        person.mutes = mutes
        record(kind="person", subject=person.code, event="letters", by=person.code, at=now, mutes=mutes)


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
