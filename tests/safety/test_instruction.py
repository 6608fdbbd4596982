"""A company's own instruction: a link that is told with what the gate asks for, and nothing that could run."""

import pytest

from marketplace.kernel.texts import speaking
from marketplace.safety.facts import Access, BriefFacts
from marketplace.safety.rules import plain_text, safety_text, why_not_brief

PAGE = "https://www.reestdal.example/poort?taal=nl"
BRIEF = BriefFacts(notes="Blijf op het looppad.", access=Access.B_VCA, instruction=PAGE)


def test_it_is_told_behind_what_the_gate_asks_for() -> None:
    with speaking("en"):
        said = safety_text(BRIEF)
        assert said.access == (
            "You need a valid B-VCA certificate. VOL-VCA is good too."
            f" Do the company's own instruction before you come: {PAGE}"
        )
        assert PAGE in plain_text(said)
    assert why_not_brief(BRIEF) is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://a",
        "www.company.nl",
        "ftp://company.nl/x",
        "https://company.nl/een pagina",
        "https://company.nl/\n<script>",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "https://company.nl/" + "x" * 200,
    ],
)
def test_what_is_no_address_of_a_page_is_refused(address: str) -> None:
    refusal = why_not_brief(BriefFacts(notes="Let op.", instruction=address))
    assert refusal and "whole address" in refusal.message


def test_it_is_kept_with_the_brief_and_one_from_before_has_none() -> None:
    data = BRIEF.as_data()
    assert BriefFacts.from_data(data) == BRIEF
    del data["instruction"]
    assert BriefFacts.from_data(data).instruction == ""


def test_what_adds_to_a_brief_keeps_its_instruction_or_has_its_own() -> None:
    added = BriefFacts(notes="Vandaag ook een helm.")
    assert added.on_top_of(BRIEF).instruction == PAGE
    other = BriefFacts(instruction="https://other.example/")
    assert other.on_top_of(BRIEF).instruction == "https://other.example/"
    assert added.on_top_of(BRIEF).beyond(BRIEF) == added
