"""Safety briefs: what they may hold, what they ask of people, and that every place says the same."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.calendars.entries import DESCRIPTION_LIMIT
from marketplace.kernel.texts import LANGUAGES, speaking
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.facts import (
    LINE_NOTE_LIMIT,
    LINES_LIMIT,
    NOTES_LIMIT,
    WHOLE_LIMIT,
    Access,
    BriefFacts,
    BriefLine,
    Provider,
)
from marketplace.safety.rules import has_access, lent_sizes, plain_text, safety_text, why_not_brief
from tests.cast import BRIEF, GLOVES, HELMET, JEWELLERY, SHOES

TODAY = date(2027, 2, 9)
EQUIPMENT = [item.code for item in catalogue().values() if item.is_equipment]
SIGNS = [item.code for item in catalogue().values() if not item.is_equipment]


def as_long_as_possible(note: int, notes: int) -> BriefFacts:
    """As many lines as may be, with notes so long."""
    codes = [*EQUIPMENT, *SIGNS][:LINES_LIMIT]
    lines = tuple(
        BriefLine(code, True, Provider.HOST if code in EQUIPMENT else None, note="x" * note) for code in codes
    )
    return BriefFacts(lines, "y" * notes, Access.VOL_VCA)


# --- What a brief may hold ----------------------------------------------------------------------------------


def test_the_brief_of_the_cast_is_fine() -> None:
    assert why_not_brief(BRIEF) is None
    assert BRIEF.is_answered


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        (BriefFacts((BriefLine("M000"),)), "There is no safety sign"),
        (BriefFacts((SHOES, SHOES)), "each sign once"),
        (BriefFacts((BriefLine("M019"),)), "who provides it"),
        (BriefFacts((HELMET,), has_no_particular_risks=True), "Keep one of the two"),
        (BriefFacts(notes="x" * (NOTES_LIMIT + 1)), "Shorten the notes"),
        (BriefFacts((replace(SHOES, note="x" * (LINE_NOTE_LIMIT + 1)),)), "Shorten the notes"),
        (BriefFacts(tuple(BriefLine(code) for code in [*EQUIPMENT, *SIGNS][: LINES_LIMIT + 1])), "at most"),
        (as_long_as_possible(LINE_NOTE_LIMIT, NOTES_LIMIT), "does not fit in a calendar"),
    ],
)
def test_a_brief_that_cannot_be_is_refused(brief: BriefFacts, words: str) -> None:
    refusal = why_not_brief(brief)
    assert refusal
    assert words in refusal.message


def test_a_refusal_says_how_much_is_too_much() -> None:
    too_long = as_long_as_possible(100, NOTES_LIMIT)
    refusal = why_not_brief(too_long)
    assert refusal
    excess = refusal.params["count"]
    assert isinstance(excess, int)
    assert why_not_brief(replace(too_long, notes="y" * (NOTES_LIMIT - excess))) is None
    assert why_not_brief(replace(too_long, notes="y" * (NOTES_LIMIT - excess + 1)))


def test_a_whole_brief_leaves_room_for_the_rest_of_a_calendar_entry() -> None:
    title, short_texts, links_and_labels = 120, 4 * 200, 400
    assert WHOLE_LIMIT + title + short_texts + links_and_labels < DESCRIPTION_LIMIT


@pytest.mark.parametrize(
    ("brief", "is_answered"),
    [
        (BriefFacts(), False),
        (BriefFacts(notes=" \n"), False),
        (BriefFacts(access=Access.GPI), False),
        (BriefFacts(notes="Loop niet weg."), True),
        (BriefFacts((JEWELLERY,)), True),
        (BriefFacts(has_no_particular_risks=True), True),
    ],
)
def test_saying_nothing_is_no_answer(brief: BriefFacts, is_answered: bool) -> None:
    assert brief.is_answered is is_answered


def any_brief() -> st.SearchStrategy[BriefFacts]:
    line = st.builds(
        BriefLine,
        st.sampled_from(EQUIPMENT),
        st.booleans(),
        st.sampled_from(Provider),
        st.booleans(),
        st.text(max_size=20),
    )
    sign = st.builds(BriefLine, st.sampled_from(SIGNS), note=st.text(max_size=20))
    lines = st.lists(line | sign, max_size=8, unique_by=lambda each: each.code).map(tuple)
    return st.builds(BriefFacts, lines, st.text(max_size=50), st.sampled_from(Access))


@given(any_brief())
def test_a_brief_survives_the_database(brief: BriefFacts) -> None:
    assert BriefFacts.from_data(brief.as_data()) == brief


@given(any_brief())
def test_nothing_about_safety_is_lost_in_any_language(brief: BriefFacts) -> None:
    for language in LANGUAGES:
        with speaking(language):
            said = safety_text(brief)
            text = plain_text(said)
        assert sorted(each.code for each in said.strip) == sorted(each.code for each in brief.lines)
        assert all(each.name in text for each in said.strip)
        assert all(line.note.strip() in text for line in brief.lines)
        assert brief.notes.strip() in text
        assert said.access in text


def test_what_to_bring_comes_first() -> None:
    with speaking("nl"):
        text = plain_text(safety_text(BRIEF))
    places = [text.index(word) for word in ("Veiligheidsschoenen", "Lashelm", "looppad")]
    assert places == sorted(places)
    assert "S3" in text


def test_nobody_is_asked_about_their_health() -> None:
    with speaking("en"):
        assert "You need not say why" in safety_text(BRIEF).health
        assert safety_text(BriefFacts(has_no_particular_risks=True)).health == ""


def test_what_is_only_recommended_says_so() -> None:
    with speaking("en"):
        (line,) = safety_text(BriefFacts((replace(SHOES, is_required=False),))).bring
    assert line.detail == "Recommended. S3"


# --- What it asks of people ---------------------------------------------------------------------------------


def test_sizes_are_asked_of_what_is_lent_in_a_size() -> None:
    own_gloves = replace(GLOVES, provided_by=Provider.PARTICIPANT)
    from_school = replace(GLOVES, provided_by=Provider.SCHOOL)
    assert lent_sizes(BRIEF) == [("M009", "glove")]
    assert lent_sizes(BriefFacts((own_gloves, HELMET))) == []
    assert lent_sizes(BriefFacts((from_school,))) == [("M009", "glove")]


def test_there_are_sizes_for_every_kind_of_size() -> None:
    for kind in {item.size for item in catalogue().values()} - {"none"}:
        assert sizes(kind), kind
    assert sizes("hat") == ()


@pytest.mark.parametrize(
    ("access", "held", "opens"),
    [
        (Access.NONE, [], True),
        (Access.GATE_INSTRUCTION, [], True),
        (Access.GPI, [], False),
        (Access.GPI, [("gpi", TODAY)], True),
        (Access.GPI, [("vol_vca", TODAY)], False),
        (Access.B_VCA, [("b_vca", TODAY)], True),
        (Access.B_VCA, [("vol_vca", TODAY)], True),
        (Access.B_VCA, [("mvk", None)], True),
        (Access.B_VCA, [("b_vca", date(2027, 2, 8))], False),
        (Access.B_VCA, [("b_vca", date(2020, 1, 1)), ("b_vca", date(2030, 1, 1))], True),
        (Access.VOL_VCA, [("b_vca", TODAY)], False),
        (Access.VOL_VCA, [("hvk", None)], True),
    ],
)
def test_a_gate_opens_for_the_right_certificate_that_is_still_valid(
    access: Access, held: list[tuple[str, date | None]], opens: bool
) -> None:
    assert has_access(access, held, TODAY) is opens
