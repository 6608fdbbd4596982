"""The safety sheet and the poster for the gate: all there, in the order of the gate, on one page."""

import logging
from dataclasses import replace

import pytest

from marketplace.documents.facts import Sheet, SheetLine
from marketplace.documents.sheets import sheets_data
from marketplace.kernel.texts import speaking
from marketplace.safety.catalogue import catalogue
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider, SaidLine
from marketplace.safety.rules import safety_text, why_not_brief
from tests.documents.sheets import assert_in_order, headings, pages, poster_pdf, sheet, sheets_pdf, squeezed

SENTENCE = "Blijf bij uw begeleider en loop niet voorbij de gele lijn. "
PROVIDERS = (Provider.PARTICIPANT, Provider.HOST, Provider.HOST, Provider.SCHOOL)


def a_brief(lines: int, notes: int) -> BriefFacts:
    """A brief with so many lines, equipment first, and notes of at most so many characters."""
    chosen = tuple(
        BriefLine(item.code, provided_by=PROVIDERS[number % 4] if item.is_equipment else None)
        for number, item in enumerate(list(catalogue().values())[:lines])
    )
    return BriefFacts(chosen, (SENTENCE * 60)[:notes].strip(), Access.B_VCA)


def the_longest_brief() -> BriefFacts:
    """As many lines and notes as the rules admit, and on the lines what they admit besides."""
    brief = a_brief(40, 3000)
    for number, line in enumerate(brief.lines):
        longer = replace(line, note=(SENTENCE * 4)[:200].strip())
        lines = (*brief.lines[:number], longer, *brief.lines[number + 1 :])
        if why_not_brief(replace(brief, lines=lines)) is None:
            brief = replace(brief, lines=lines)
    assert why_not_brief(brief) is None
    return brief


def filled(brief: BriefFacts) -> Sheet:
    said = safety_text(brief)
    return sheet(
        bring=_lines(said.bring),
        provided=_lines(said.provided),
        from_school=_lines(said.from_school),
        mind=_lines(said.mind),
        notes=said.notes,
        nothing_particular=said.nothing_particular,
        access=said.access,
        health=said.health,
    )


def _lines(said: tuple[SaidLine, ...]) -> tuple[SheetLine, ...]:
    return tuple(
        SheetLine(line.code, line.name, line.detail, line.pictogram, line.is_required) for line in said
    )


def test_a_sheet_reads_in_the_order_of_the_gate() -> None:
    with speaking("en"):
        (page,) = pages(sheets_pdf(sheet()))
    assert_in_order(
        page,
        "This sheet is for Marieke Otten",
        "Lassen en zetten",
        "Reestdal Metaalwerken",
        "dinsdag 9 februari 2027, 8.00–16.00 uur",
        "Address Smidsvonkweg 14, 7944 XY Meppel",
        "Report at Receptie, ingang B",
        "Supervisor Harm Dekker",
        "Phone (0522) 00 01 01",
        "In an emergency",
        "call 112",
        "de bhv'er, toestel 8",
        "het grasveld naast de fietsenstalling",
        "Safety: this holds at the gate",
        "Bring yourself",
        "Veiligheidsschoenen M008 Geen eigen paar? Bel ons vooraf.",
        "Provided there",
        "Veiligheidsbril M004 Ook als u toekijkt.",
        "Gehoorbescherming M003 Aanbevolen.",
        "From your school",
        "Beschermende handschoenen M009",
        "Mind",
        "Geen horloge, ringen of sieraden P008",
        "De vloer kan nat zijn.",
        "Access",
        "Geen VCA nodig.",
        "Draagt u een pacemaker?",
    )


def test_headings_tell_the_parts() -> None:
    assert headings(sheets_pdf(sheet())) == ["H1", "H2", "H2", "H3", "H3", "H3", "H3", "H3"]
    assert headings(poster_pdf(sheet())) == ["H1", "H2", "H2", "H2"]


def test_a_sheet_without_a_participant_is_for_the_moment() -> None:
    with speaking("en"):
        (page,) = pages(sheets_pdf(sheet(participant="")))
    assert "This sheet is for" not in page


def test_what_is_not_known_leaves_no_empty_label() -> None:
    with speaking("en"):
        (page,) = pages(
            sheets_pdf(sheet(address="", phone="", emergency="", assembly_point="", bring=(), from_school=()))
        )
    for label in ("Address", "Phone", "Then warn", "Assembly point:", "Bring yourself", "From your school"):
        assert label not in page
    assert "Ask on arrival where the assembly point is." in page


def test_no_particular_risks_is_said() -> None:
    (page,) = pages(sheets_pdf(filled(BriefFacts(has_no_particular_risks=True))))
    with speaking("nl"):
        assert safety_text(BriefFacts(has_no_particular_risks=True)).nothing_particular in page


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("lines", "notes"), [(1, 0), (6, 300), (12, 1500), (20, 800), (24, 500)])
def test_a_brief_of_usual_length_stays_on_one_page(lines: int, notes: int, language: str) -> None:
    with speaking(language):
        assert len(pages(sheets_pdf(filled(a_brief(lines, notes))))) == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_of_the_longest_brief_nothing_is_cut(language: str) -> None:
    with speaking(language):
        longest = filled(the_longest_brief())
        both = pages(sheets_pdf(longest))
    assert len(both) <= 2
    text = squeezed("".join(both))
    for line in (*longest.bring, *longest.provided, *longest.from_school, *longest.mind):
        assert squeezed(line.name + line.code + line.detail) in text
    assert text.count(squeezed(SENTENCE)) >= longest.notes.count(SENTENCE.strip())
    assert squeezed(longest.access) in text
    assert squeezed(longest.health) in text


def test_who_holds_the_first_of_two_pages_is_told_to_turn() -> None:
    with speaking("en"):
        first, second = pages(sheets_pdf(filled(the_longest_brief())))
        (only,) = pages(sheets_pdf(sheet()))
    assert "Read the next page too." in first
    assert "Read the next page too." not in second + only


def test_each_participant_gets_a_page() -> None:
    names = [f"Deelnemer {number}" for number in range(12)]
    every = pages(sheets_pdf(*(sheet(participant=name) for name in names), sheet(title="Een ander moment")))
    assert len(every) == 13
    for name, page in zip(names, every, strict=False):
        assert f"{name} Lassen en zetten" in page
    assert "Een ander moment" in every[-1]


def test_a_document_without_a_sheet_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        sheets_data([])


def test_the_poster_carries_codes_and_names_and_is_no_safety_sign() -> None:
    with speaking("en"):
        (page,) = pages(poster_pdf(sheet()))
    assert_in_order(
        page,
        "Reestdal Metaalwerken",
        "Safety: this holds at the gate",
        "Wear this",
        "Veiligheidsschoenen M008 Bring yourself",
        "Veiligheidsbril M004",
        "Gehoorbescherming M003 Recommended",
        "Beschermende handschoenen M009",
        "Mind",
        "Geen horloge, ringen of sieraden P008",
        "Report at: Receptie, ingang B",
        "In an emergency",
        "het grasveld naast de fietsenstalling",
        "This is a reminder, not a safety sign: follow the signs and instructions on site.",
    )
    assert "Marieke" not in page


@pytest.mark.parametrize("lines", [0, 1, 4, 9, 16, 25, 40])
def test_a_poster_is_one_page(lines: int, caplog: pytest.LogCaptureFixture) -> None:
    brief = a_brief(lines, 0) if lines else BriefFacts(has_no_particular_risks=True)
    with caplog.at_level(logging.WARNING):
        assert len(pages(poster_pdf(filled(brief)))) == 1
    assert not caplog.records
