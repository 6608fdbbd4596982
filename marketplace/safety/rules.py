"""What a brief may hold, whether a certificate satisfies it, and how it is told."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import LANGUAGES, N_, current_language, gettext, in_language, speaking
from marketplace.kernel.wording import listing
from marketplace.safety.catalogue import catalogue
from marketplace.safety.facts import (
    INSTRUCTION_LIMIT,
    LINE_NOTE_LIMIT,
    LINES_LIMIT,
    NOTES_LIMIT,
    PART_LIMIT,
    WHOLE_LIMIT,
    Access,
    BriefFacts,
    BriefLine,
    Ease,
    Item,
    Provider,
    SafetyText,
    SaidLine,
)

ACCESS_BADGES = {
    Access.NONE: "",
    Access.GATE_INSTRUCTION: N_("Gate instruction"),
    Access.GPI: N_("GPI required"),
    Access.B_VCA: N_("B-VCA required"),
    Access.VOL_VCA: N_("VOL-VCA required"),
}
ACCESS_SENTENCES = {
    Access.NONE: N_("No VCA needed."),
    Access.GATE_INSTRUCTION: N_("No VCA needed. You get a gate instruction on arrival."),
    Access.GPI: N_("You need a valid GPI (generic gate instruction, online, valid for 12 months)."),
    Access.B_VCA: N_("You need a valid B-VCA certificate. VOL-VCA is good too."),
    Access.VOL_VCA: N_("You need a valid VOL-VCA certificate."),
}
SATISFIED_BY = {
    Access.NONE: frozenset[str](),
    Access.GATE_INSTRUCTION: frozenset[str](),
    Access.GPI: frozenset({"gpi"}),
    Access.B_VCA: frozenset({"b_vca", "vol_vca", "mvk", "hvk"}),
    Access.VOL_VCA: frozenset({"vol_vca", "mvk", "hvk"}),
}
"""Which certificates open which gate: VOL satisfies B; MVK and HVK are exempt (vca.nl, frequently asked questions)."""


_PAGE = re.compile(r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/[!-~]*)?")


def is_certificate(access: Access) -> bool:
    """Whether the gate asks for a certificate, and not just for an instruction on the spot."""
    return bool(SATISFIED_BY[access])


def has_access(access: Access, certificates: Iterable[tuple[str, date | None]], on: date) -> bool:
    """Whether one of the certificates (kind, valid until; None is for life) opens the gate on the day `on`.

    Pass the day of the last session: a certificate must hold until the end.
    """
    wanted = SATISFIED_BY[access]
    return not wanted or any(
        kind in wanted and (valid_until is None or valid_until >= on) for kind, valid_until in certificates
    )


def eases(brief: BriefFacts) -> frozenset[Ease]:
    """What makes it easy to come, as people search for it. What is only recommended need not be brought."""
    worn = [line for line in brief.lines if catalogue()[line.code].is_equipment]
    is_free = {
        Ease.NOTHING: not worn and not is_certificate(brief.access),
        Ease.NO_VCA: brief.access not in (Access.B_VCA, Access.VOL_VCA),
        Ease.PROVIDED: not any(
            line.is_required and line.provided_by == Provider.PARTICIPANT for line in worn
        ),
    }
    return frozenset(ease for ease, holds in is_free.items() if holds)


def why_not_brief(brief: BriefFacts) -> Refusal | None:
    """Why a brief cannot be kept as it is: unknown codes, codes twice, equipment without provider, or too much text."""
    return _why_not_lines(brief) or _why_not_instruction(brief) or _why_not_texts(brief)


def _why_not_lines(brief: BriefFacts) -> Refusal | None:
    codes = [line.code for line in brief.lines]
    if len(codes) > LINES_LIMIT:
        return Refusal(N_("Choose at most %(limit)s lines."), {"limit": LINES_LIMIT})
    if unknown := [code for code in codes if code not in catalogue()]:
        return Refusal(N_("There is no safety sign %(code)s."), {"code": unknown[0][:16]})
    if len(codes) != len(set(codes)):
        return Refusal(N_("Choose each sign once."))
    if any(catalogue()[line.code].is_equipment and line.provided_by is None for line in brief.lines):
        return Refusal(N_("Say for all equipment who provides it."))
    if any(line.grade and line.grade not in catalogue()[line.code].classes for line in brief.lines):
        return Refusal(N_("Choose a class from the list."))
    if brief.has_no_particular_risks and brief.lines:
        return Refusal(N_("You chose signs and “no particular risks”. Keep one of the two."))
    return None


def _why_not_instruction(brief: BriefFacts) -> Refusal | None:
    """It becomes a link: `javascript:` would run in the reader's page."""
    if len(brief.instruction) <= INSTRUCTION_LIMIT and _PAGE.fullmatch(brief.instruction or "https://a.b"):
        return None
    return Refusal(
        N_("Enter the whole address of your own instruction, such as https://www.company.nl/instruction.")
    )


def _why_not_texts(brief: BriefFacts) -> Refusal | None:
    limits = [(brief.notes, NOTES_LIMIT), *((line.note, LINE_NOTE_LIMIT) for line in brief.lines)]
    limits += [(line.part, PART_LIMIT) for line in brief.lines]
    if broken := [limit for text, limit in limits if len(text) > limit]:
        return Refusal(N_("Shorten the notes to %(limit)s characters."), {"limit": broken[0]})
    if (excess := _length(brief) - WHOLE_LIMIT) > 0:
        return Refusal(
            N_("This does not fit in a calendar. Shorten your notes by %(count)s characters."),
            {"count": excess},
        )
    return None


def _length(brief: BriefFacts) -> int:
    """The characters of the whole brief as plain text, in the language in which it is longest."""
    lengths = []
    for language in LANGUAGES:
        with speaking(language):
            lengths.append(len(plain_text(safety_text(brief))))
    return max(lengths)


def lent_sizes(brief: BriefFacts) -> list[tuple[str, str]]:
    """Which sizes to ask of a participant: code and kind of size ("shoe", …) of what is lent in a size."""
    return [
        (line.code, catalogue()[line.code].size)
        for line in brief.lines
        if line.is_size_needed
        and line.provided_by != Provider.PARTICIPANT
        and catalogue()[line.code].size != "none"
    ]


def safety_text(brief: BriefFacts) -> SafetyText:
    """The brief in the language in force. The one source of what page, letter, invite and feed say about safety."""
    return _safety_text(brief, current_language())


@lru_cache(maxsize=1000)
def _safety_text(brief: BriefFacts, language: str) -> SafetyText:
    """Kept, for one claim alone asks it six times; `language` is that in force."""
    equipment = [line for line in brief.lines if catalogue()[line.code].is_equipment]
    signs = [line for line in brief.lines if not catalogue()[line.code].is_equipment]

    def provided_by(provider: Provider) -> tuple[SaidLine, ...]:
        return tuple(_said(line) for line in equipment if line.provided_by == provider)

    bring = provided_by(Provider.PARTICIPANT)
    return SafetyText(
        bring=bring,
        provided=provided_by(Provider.HOST),
        from_school=provided_by(Provider.SCHOOL),
        mind=tuple(_said(line) for line in signs),
        notes=brief.notes.strip(),
        access=_access(brief),
        access_badge=gettext(ACCESS_BADGES[brief.access]),
        is_access_certificate=is_certificate(brief.access),
        nothing_particular=gettext("There are no particular risks.") if brief.has_no_particular_risks else "",
        health=_health(brief),
        reminder=_reminder(bring),
    )


def _access(brief: BriefFacts) -> str:
    said = gettext(ACCESS_SENTENCES[brief.access])
    if not brief.instruction:
        return said
    own = gettext("Do the company's own instruction before you come: %(address)s", address=brief.instruction)
    return f"{said} {own}"


def _said(line: BriefLine) -> SaidLine:
    item = catalogue()[line.code]
    degree = "" if line.is_required or not item.is_equipment else gettext("Recommended.")
    part = f"{line.part[:1].upper()}{line.part[1:]}." if line.part else ""
    detail = line.note.strip() or (in_language(item.text) if item.text else "")
    return SaidLine(
        code=line.code,
        name=_graded(in_language(item.name), item, line.grade),
        short=" ".join(each for each in (in_language(item.short), _short_grade(item, line.grade)) if each),
        pictogram=item.pictogram,
        detail=" ".join(each for each in (degree, part, detail) if each),
        is_required=line.is_required,
    )


def _graded(name: str, item: Item, grade: str) -> str:
    """Safety shoes S3; Ear protection (muffs, EN 352-1)."""
    if grade in item.class_names:
        return f"{name} ({in_language(item.class_names[grade])})"
    return f"{name} {grade}".rstrip()


def _short_grade(item: Item, grade: str) -> str:
    """Beside a small sign only what people know by heart: S3, FFP2."""
    return "" if grade in item.class_names else grade


def _reminder(bring: Iterable[SaidLine]) -> str:
    """Tomorrow: bring safety shoes S3."""
    things = [_in_a_sentence(line.name) for line in bring]
    return gettext("Tomorrow: bring %(things)s", things=listing(things)) if things else ""


def _in_a_sentence(name: str) -> str:
    """With a small letter, but for what is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _health(brief: BriefFacts) -> str:
    """Nobody is ever asked about their health; who has a reason to ask is told whom to ask."""
    if brief.has_no_particular_risks:
        return ""
    return gettext(
        "Do you have a pacemaker or are you pregnant? Then contact the supervisor beforehand. You need not say why."
    )


def plain_text(safety: SafetyText) -> str:
    """The same as lines of plain text, for the text of letters and the description of calendar entries."""
    access = gettext("Access")
    parts = [
        _block(gettext("Bring yourself"), safety.bring),
        _block(gettext("Provided there"), safety.provided),
        _block(gettext("From your school"), safety.from_school),
        _block(gettext("Mind"), safety.mind),
        safety.nothing_particular,
        safety.notes,
        f"{access}: {safety.access}",
        safety.health,
    ]
    return "\n\n".join(part for part in parts if part)


def _block(title: str, lines: Iterable[SaidLine]) -> str:
    said = [f"- {line.name}" + (f": {line.detail}" if line.detail else "") for line in lines]
    return "\n".join([f"{title}:", *said]) if said else ""
