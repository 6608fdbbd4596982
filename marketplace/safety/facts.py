"""What a safety brief says: as it is stored, and as it is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

NOTES_LIMIT = 3000
"""Characters of free notes; nothing about safety is ever cut, so it is limited where it is typed."""
WHOLE_LIMIT = 6500
"""Characters of a whole brief in words: with title, place and people it fits in the 8,000 of a calendar entry."""
LINES_LIMIT = 40
LINE_NOTE_LIMIT = 200
PART_LIMIT = 60
INSTRUCTION_LIMIT = 200


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


class Ease(StrEnum):
    """What a brief leaves out, so that somebody can just come."""

    NOTHING = "nothing"
    """Nothing to wear and no certificate."""
    NO_VCA = "no_vca"
    PROVIDED = "provided"
    """Nobody has to bring equipment."""


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One piece of equipment or one sign, as the host chose it. A sign is provided by nobody and has no size."""

    code: str
    is_required: bool = True
    provided_by: Provider | None = None
    is_size_needed: bool = False
    note: str = ""
    grade: str = ""
    """Which of the item's classes is asked for ("S3"); empty if any will do."""
    part: str = ""
    """For which part of the programme ("at the welding bench"); empty if for all of it."""


@dataclass(frozen=True, slots=True)
class BriefFacts:
    """A whole brief. It is answered when it has something to say or says that there are no particular risks."""

    lines: tuple[BriefLine, ...] = ()
    notes: str = ""
    access: Access = Access.NONE
    has_no_particular_risks: bool = False
    instruction: str = ""
    """Where on the web the company has an instruction of its own, to do before one comes; empty if it has none."""

    @property
    def is_answered(self) -> bool:
        """Whether the host has said what holds, so that the offer may be published."""
        return self.has_no_particular_risks or bool(self.lines or self.notes.strip())

    def on_top_of(self, base: "BriefFacts") -> "BriefFacts":
        """What holds where this adds to `base`: lines of both, base first, notes of both, and the stricter access.

        A line that both have is told as this one says, but what is required stays so: adding never weakens.
        """
        added = {line.code: line for line in self.lines}
        kept = tuple(
            replace(own, is_required=own.is_required or line.is_required)
            if (own := added.pop(line.code, None))
            else line
            for line in base.lines
        )
        lines = (*kept, *added.values())
        notes = "\n\n".join(each.strip() for each in (base.notes, self.notes) if each.strip())
        is_calm = base.has_no_particular_risks or self.has_no_particular_risks
        access = max(base.access, self.access, key=list(Access).index)
        instruction = self.instruction or base.instruction
        return BriefFacts(lines, notes, access, is_calm and not lines, instruction)

    def beyond(self, base: "BriefFacts") -> "BriefFacts":
        """What this says that `base` does not, where this adds to it; nothing if both say the same."""
        lines = tuple(line for line in self.lines if line not in base.lines)
        notes = self.notes.removeprefix(base.notes.strip()).strip()
        access = self.access if self.access != base.access else Access.NONE
        instruction = self.instruction if self.instruction != base.instruction else ""
        return BriefFacts(lines, notes, access, instruction=instruction)

    def as_data(self) -> dict[str, Any]:
        """The brief as plain data, for a JSON column."""
        return {**_columns(self), "lines": tuple(_columns(line) for line in self.lines)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "BriefFacts":
        """The brief again, from what `as_data` gave."""
        lines = tuple(
            BriefLine(**{**line, "provided_by": line["provided_by"] and Provider(line["provided_by"])})
            for line in data["lines"]
        )
        is_calm, instruction = data["has_no_particular_risks"], data.get("instruction", "")
        return cls(lines, data["notes"], Access(data["access"]), is_calm, instruction)


def _columns(row: "BriefFacts | BriefLine") -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a brief as plain data, whatever the order of its keys: by it a version is known again."""
    said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(said.encode()).hexdigest()


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
    reminder: str = ""
    """What a calendar says the evening before; empty if there is nothing to bring."""

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
    class_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What a class is in words, where the class alone says nothing: "ear muffs, EN 352-1"."""
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
