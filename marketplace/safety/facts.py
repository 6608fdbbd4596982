"""What a safety brief says: as it is stored, and as it is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

NOTES_LIMIT = 3000
"""Characters of free notes; nothing about safety is ever cut, so it is limited where it is typed."""
WHOLE_LIMIT = 6500
"""Characters of a whole brief in words: with title, place and people it fits in the 8,000 of a calendar entry."""
LINES_LIMIT = 40
LINE_NOTE_LIMIT = 200


class Provider(StrEnum):
    """Who sees to it that the equipment is there."""

    HOST = "host"
    SCHOOL = "school"
    PARTICIPANT = "participant"


class Access(StrEnum):
    """What is asked at the gate, in rising order; see the trade's table of certificates (VCA Infra, SSVV)."""

    NONE = "none"
    GATE_INSTRUCTION = "gate_instruction"
    GPI = "gpi"
    B_VCA = "b_vca"
    VOL_VCA = "vol_vca"


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One piece of equipment or one sign, as the host chose it. A sign is provided by nobody and has no size."""

    code: str
    is_required: bool = True
    provided_by: Provider | None = None
    is_size_needed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class BriefFacts:
    """A whole brief. It is answered when it has something to say or says that there are no particular risks."""

    lines: tuple[BriefLine, ...] = ()
    notes: str = ""
    access: Access = Access.NONE
    has_no_particular_risks: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the host has said what holds, so that the offer may be published."""
        return self.has_no_particular_risks or bool(self.lines or self.notes.strip())

    def as_data(self) -> dict[str, Any]:
        """The brief as plain data, for a JSON column."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "BriefFacts":
        """The brief again, from what `as_data` gave."""
        lines = tuple(
            BriefLine(**{**line, "provided_by": line["provided_by"] and Provider(line["provided_by"])})
            for line in data["lines"]
        )
        return cls(lines, data["notes"], Access(data["access"]), data["has_no_particular_risks"])


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line in words: what to show, with which pictogram, and what to add in a smaller type."""

    code: str
    name: str
    short: str
    pictogram: str
    detail: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class SafetyText:
    """A brief in the reader's language, in the order of the gate: bring, provided, mind, access."""

    bring: tuple[SaidLine, ...] = ()
    provided: tuple[SaidLine, ...] = ()
    from_school: tuple[SaidLine, ...] = ()
    mind: tuple[SaidLine, ...] = ()
    notes: str = ""
    access: str = ""
    access_badge: str = ""
    is_access_certificate: bool = False
    nothing_particular: str = ""
    health: str = ""

    @property
    def strip(self) -> tuple[SaidLine, ...]:
        """All lines, in the order of a card's strip: what to bring first."""
        return self.bring + self.provided + self.from_school + self.mind


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the catalogue: equipment (kind "ppe") or a sign."""

    code: str
    kind: str
    pictogram: str
    name: Mapping[str, str]
    short: Mapping[str, str]
    standard: str = ""
    classes: tuple[str, ...] = ()
    size: str = "none"
    usually_from: str = ""
    text: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_equipment(self) -> bool:
        """Whether it is worn, and so provided by somebody; otherwise it is a sign."""
        return self.kind == "ppe"

    @property
    def norm(self) -> str:
        """EN ISO 20345 · S1P, S3: the standard and its classes, so that a note can name one; empty if there is none."""
        classes = ", ".join(each for each in self.classes if each != self.standard)
        return " · ".join(part for part in (self.standard, classes) if part)
