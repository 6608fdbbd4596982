"""What a participant was told last, and what changed since: was, is now."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from marketplace.claims.facts.visits import Visit
from marketplace.kernel.texts import N_, gettext
from marketplace.kernel.wording import days
from marketplace.offers.facts import SessionFacts, hours_of
from marketplace.safety.facts import BriefFacts, SafetyText
from marketplace.safety.rules import safety_text


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
    emergency: str = ""
    assembly_point: str = ""

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
            brief=slot.brief.as_data(),
            emergency=slot.emergency,
            assembly_point=slot.assembly_point,
        )

    def as_data(self) -> dict[str, Any]:
        """For a JSON column."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

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


def is_small(was: Told, now: Told) -> bool:
    """Whether nobody would stay away because of what changed: neither times nor place nor safety (RFC 5546 2.1.4)."""
    old, new = (BriefFacts.from_data(each.brief) for each in (was, now))
    return (was.sessions, was.address, old) == (now.sessions, now.address, new)


_PLAIN_LABELS = {
    "title": N_("Title"),
    "address": N_("Address"),
    "report_at": N_("Report at"),
    "supervisor": N_("Supervisor"),
    "emergency": N_("In an emergency"),
    "assembly_point": N_("Assembly point"),
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
