"""Every letter, in both languages, filled with plain words and with hostile ones."""

import re
from dataclasses import fields, replace

import pytest

from marketplace.claims.facts import ClaimFacts, Participant, Visit
from marketplace.claims.states import ClaimState
from marketplace.kernel import addresses
from marketplace.kernel.texts import speaking
from marketplace.kernel.wording import day, day_of_year, hours
from marketplace.outbox.rendering import FOLDER
from marketplace.safety.facts import BriefFacts
from tests.letters.examples import (
    ABOUT_A_VISIT,
    CODE,
    FOR_CLAIM,
    LETTERS,
    PLAIN,
    SIGN_IN_CODE,
    STARTS,
    Words,
    claim,
    facts,
    visit,
)
from tests.letters.reading import all_words, both_languages, written

TAGS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "table",
        "tbody",
        "tr",
        "td",
        "p",
        "h1",
        "h2",
        "a",
        "b",
        "br",
        "span",
    }
)
ATTRIBUTES = frozenset(
    {"lang", "charset", "name", "content", "class", "style", "role", "href"}
    | {"align", "width", "cellspacing", "cellpadding", "border"}
)
NEVER_IN_A_LETTER = re.compile(
    r"\b(sizes?|maat|maten|diets?|dieet|dietary|vegetari\w*|allerg\w*)\b", re.IGNORECASE
)

every_letter = pytest.mark.parametrize("name", LETTERS)


def test_every_folder_is_a_letter_that_is_tried_here() -> None:
    folders = {each.name for each in (FOLDER / "letters").iterdir()}
    assert folders == {*LETTERS, "parts"}


@every_letter
@all_words
@both_languages
def test_a_subject_is_one_short_line(name: str, words: Words, language: str) -> None:
    subject, _, _ = written(name, language, words)
    assert subject.isprintable()
    assert 10 < len(subject) <= 125


@every_letter
@all_words
@both_languages
def test_nothing_that_people_type_becomes_markup(name: str, words: Words, language: str) -> None:
    _, _, html = written(name, language, words)
    assert html.tags <= TAGS
    assert html.attributes <= ATTRIBUTES
    assert all(link.startswith(addresses.front()) for link in html.links)
    assert html.says(words.name)
    assert html.language == language


@pytest.mark.parametrize("name", FOR_CLAIM)
@all_words
@both_languages
def test_text_and_html_say_what_when_and_where(name: str, words: Words, language: str) -> None:
    _, text, html = written(name, language, words)
    with speaking(language):
        when = f"{day(STARTS)}, {hours(STARTS, visit().slot.ends_at)}"
    for expected in (words.title, when, words.host, "Smidsvonkweg 14, 7944 XY Meppel"):
        assert expected in text
        assert html.says(expected)


@every_letter
@both_languages
def test_text_and_html_have_the_same_links_and_text_has_each_on_a_line_of_its_own(
    name: str, language: str
) -> None:
    _, text, html = written(name, language)
    own_lines = [line for line in text.splitlines() if line.startswith(addresses.front())]
    assert html.links
    assert set(own_lines) == set(html.links)


@pytest.mark.parametrize("name", ABOUT_A_VISIT)
@all_words
@both_languages
def test_whoever_may_come_reads_all_about_safety_with_what_to_bring_first(
    name: str, words: Words, language: str
) -> None:
    _, text, html = written(name, language, words)
    with speaking(language):
        safety = visit(words).safety
    assert all((safety.bring, safety.provided, safety.from_school, safety.mind, safety.notes, safety.health))
    for line in safety.strip:
        assert line.name in text and html.says(line.name)
        assert line.detail in text and html.says(line.detail)
    for sentence in (safety.notes, safety.access, safety.health, "Gerda Nijboer, receptie hal 2"):
        assert sentence in text and html.says(sentence)
    names = [line.name for line in safety.strip]
    assert sorted(names, key=text.index) == names
    assert sorted(names, key=html.words.rindex) == names


@pytest.mark.parametrize("name", ABOUT_A_VISIT)
@both_languages
def test_whoever_may_come_reads_how_to_withdraw(name: str, language: str) -> None:
    _, text, html = written(name, language)
    assert addresses.withdraw(CODE) in text.splitlines()
    assert addresses.withdraw(CODE) in html.links


@both_languages
def test_a_visit_without_particular_risks_says_so(language: str) -> None:
    known = claim()
    calm = replace(known.visit.slot, brief=BriefFacts(has_no_particular_risks=True))
    known = replace(known, visit=replace(known.visit, slot=calm))
    _, text, html = written("claim_approved", language, claim=known)
    with speaking(language):
        sentence = known.visit.safety.nothing_particular
    assert sentence and sentence in text and html.says(sentence)


@pytest.mark.parametrize("name", FOR_CLAIM)
@both_languages
def test_every_day_of_a_visit_is_named(name: str, language: str) -> None:
    known = claim(state=FOR_CLAIM[name][0], days=6)
    _, text, html = written(name, language, claim=known)
    with speaking(language):
        days = [day(each) for each in known.visit.slot.starts]
    assert len(set(days)) == 6
    assert all(each in text and html.says(each) for each in days)


@every_letter
@both_languages
def test_no_letter_speaks_of_what_the_roster_keeps(name: str, language: str) -> None:
    subject, text, html = written(name, language)
    assert not NEVER_IN_A_LETTER.search("\n".join((subject, text, html.words)))


def test_letters_cannot_know_sizes_or_diet() -> None:
    known = {field.name for kind in (ClaimFacts, Participant, Visit) for field in fields(kind)}
    assert known.isdisjoint({"sizes", "diet"})


@every_letter
@both_languages
def test_the_text_is_in_clear_blocks(name: str, language: str) -> None:
    _, text, _ = written(name, language)
    assert "\n\n\n" not in text
    assert "<" not in text and "&amp;" not in text
    assert all(line == line.strip() for line in text.splitlines())


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("claim_withdrawn", "Withdrawn: "),
        ("claim_cancelled", "Cancelled: "),
        ("participant_left", "Withdrawn: "),
    ],
)
def test_an_end_stands_in_the_subject_and_the_first_line(name: str, word: str) -> None:
    subject, text, html = written(name, "en")
    assert subject.startswith(word)
    assert text.splitlines()[0] == subject
    assert html.says(subject)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (ClaimState.APPROVED, "Cancelled: "),
        (ClaimState.CANCELLED, "Cancelled: "),
        (ClaimState.WITHDRAWN, "Withdrawn: "),
    ],
)
def test_a_part_that_falls_out_says_whose_doing_it_was(state: ClaimState, word: str) -> None:
    subject, text, html = written("claim_entry", "en", claim=claim(state=state), is_cancelled=True)
    assert subject.startswith(word) and text.startswith(word)
    with speaking("en"):
        assert day_of_year(facts("claim_entry")["starts_at"]) in subject
    goes_on = state == ClaimState.APPROVED
    assert (addresses.withdraw(CODE) in text) == (addresses.withdraw(CODE) in html.links) == goes_on


@both_languages
def test_a_change_comes_before_the_visit_anew(language: str) -> None:
    _, text, html = written("claim_changed", language)
    was, now = "Monday 8 February 2027, 8:00–16:00", "Tuesday 9 February 2027, 8:00–16:00"
    body = text.split("\n\n", 2)[2]
    assert was in body.split("\n\n")[0] and now in body.split("\n\n")[0]
    assert text.index(was) < text.index(PLAIN.title)
    assert html.says(was) and html.says(now)


def test_a_pending_claim_that_changed_is_still_undecided() -> None:
    _, text, html = written("claim_changed", "en", claim=claim(state=ClaimState.PENDING), has_invite=False)
    assert "not been decided yet" in text and html.says("not been decided yet")
    assert "invitation" not in text


def test_a_confirmation_says_how_the_visit_gets_into_the_calendar() -> None:
    _, text, html = written("claim_approved", "en")
    for expected in (
        "is attached to this mail",
        "2 more invitations follow",
        "meeloop@localhost",
        "Declining",
    ):
        assert expected in text and html.says(expected)
    _, alone, _ = written("claim_approved", "en", more=0)
    assert "more invitation" not in alone


def test_an_approval_by_nobody_names_nobody() -> None:
    _, text, html = written("claim_approved", "en", coordinator="")
    assert "Your claim has been approved." in text and html.says("Your claim has been approved.")
    assert "Haverkort" not in text


@pytest.mark.parametrize("name", ["claim_rejected", "claim_cancelled"])
@all_words
@both_languages
def test_a_refusal_gives_its_reason_and_a_way_on(name: str, words: Words, language: str) -> None:
    _, text, html = written(name, language, words)
    assert words.text in text and html.says(words.text)
    assert addresses.front() in text.splitlines()


@both_languages
def test_a_coordinator_reads_what_a_decision_needs(language: str) -> None:
    subject, text, html = written("claim_to_decide", language)
    with speaking(language):
        known = claim()
        said = (known.participant.function_name, known.time_basis_name, known.cover_name)
    assert PLAIN.name in subject and "Reestcollege Meppel" in subject
    for expected in (*said, PLAIN.name, "PIE", "Reestcollege Meppel", PLAIN.text):
        assert expected in text and html.says(expected)


@both_languages
def test_the_code_of_a_sign_in_stands_alone_and_never_in_the_subject(language: str) -> None:
    """The subject is kept when the letter is wiped."""
    subject, text, html = written("sign_in", language)
    assert SIGN_IN_CODE in text.splitlines() and html.says(SIGN_IN_CODE)
    assert SIGN_IN_CODE not in subject
