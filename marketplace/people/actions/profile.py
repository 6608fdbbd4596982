"""What people keep about themselves: name, language, sizes, and which letters they want."""

from collections.abc import Collection, Mapping
from datetime import datetime

from marketplace.kernel.journal import record
from marketplace.people.models import Person
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


def keep_sizes(*, person: Person, sizes: Mapping[str, str], now: datetime) -> None:
    """Keeps sizes by kind ("shoe": "43") beside those that are kept already. The journal does not say which."""
    kept = {**person.sizes, **sizes}
    if kept != person.sizes:
        person.sizes = kept
        record(kind="person", subject=person.code, event="sizes_kept", by=person.code, at=now)


def forget_sizes(*, person: Person, now: datetime) -> None:
    """Forgets the sizes that were kept. Those of claims stay with the claims, until two weeks after the visit."""
    if person.sizes:
        person.sizes = {}
        record(kind="person", subject=person.code, event="sizes_forgotten", by=person.code, at=now)


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
