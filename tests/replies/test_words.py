"""Answers in words go to the coordinators; what no people wrote, or answers nothing, does not."""

from datetime import timedelta

import pytest

from marketplace.claims.actions import brief_due
from marketplace.replies.facts import Outcome
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW
from tests.replies.answering import arrives
from tests.replies.posts import words

pytestmark = pytest.mark.usefixtures("app_context")

TEXT = "Kan ik met de trein komen?\nGroet, Marieke"


def in_answer_to(name: str) -> str:
    return f"In-Reply-To: {steps.letters(name)[0].message_id}"


def test_an_answer_to_a_letter_reaches_the_coordinators_with_the_claim(cast: Cast) -> None:
    claim = steps.approved(cast)
    outcome = arrives(words(TEXT, cast.emails["teacher"], in_answer_to("claim_approved")))
    assert outcome is Outcome.FORWARDED
    letters = steps.letters("answer_received")
    assert {each.receiver_address for each in letters} == {
        cast.emails["coordinator"],
        cast.emails["second coordinator"],
    }
    letter = letters[0]
    assert "> Kan ik met de trein komen?\n> Groet, Marieke" in letter.text
    assert f"/desk/claims/{claim.code}" in letter.text
    assert "Marieke Otten answered one of our mails." in letter.text
    assert cast.emails["teacher"] in letter.text
    assert "You can reply to this mail" not in letter.text
    assert letter.region == cast.region


def test_the_thread_is_found_in_references_too(cast: Cast) -> None:
    steps.approved(cast)
    sent = steps.the_letter("claim_approved").message_id
    headers = ("In-Reply-To: <other@school.example>", f"References: <first@school.example>\r\n {sent}")
    assert arrives(words(TEXT, cast.emails["teacher"], *headers)) is Outcome.FORWARDED


def test_what_is_quoted_is_left_out(cast: Cast) -> None:
    steps.approved(cast)
    quoted = f"{TEXT}\n\nOp ma 11 jan. 2027 om 10:00 schreef Meeloop <meeloop@meeloop.example>:\n> Uw plek"
    arrives(words(quoted, cast.emails["teacher"], in_answer_to("claim_approved")))
    letter = steps.letters("answer_received")[0]
    assert "Groet, Marieke" in letter.text
    assert "Uw plek" not in letter.text


def test_an_answer_from_another_address_says_from_which(cast: Cast) -> None:
    steps.approved(cast)
    arrives(words(TEXT, "marieke@thuis.example", in_answer_to("claim_approved")))
    assert "marieke@thuis.example" in steps.letters("answer_received")[0].text


def test_an_answer_to_a_letter_about_no_claim_reaches_the_coordinators_of_its_region(cast: Cast) -> None:
    steps.claim_seat(cast)
    brief_due(now=NOW + timedelta(days=1))
    sent = steps.letters("digest")[0]
    assert arrives(words(TEXT, sent.receiver_address, f"In-Reply-To: {sent.message_id}")) is Outcome.FORWARDED
    letter = steps.letters("answer_received")[0]
    assert sent.subject[:30] in letter.subject
    assert "> Kan ik" in letter.text


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "Precedence: bulk",
        "X-Autoreply: yes",
        "Return-Path: <>",
        "List-Id: <docenten.school.example>",
    ],
)
def test_automatic_mail_is_never_passed_on_or_answered(cast: Cast, header: str) -> None:
    steps.approved(cast)
    before = len(steps.letters())
    outcome = arrives(
        words("Ik ben met vakantie.", "t@school.example", in_answer_to("claim_approved"), header)
    )
    assert (outcome, len(steps.letters())) == (Outcome.IGNORED, before)


def test_auto_submitted_no_means_that_somebody_wrote_it(cast: Cast) -> None:
    steps.approved(cast)
    headers = (in_answer_to("claim_approved"), "Auto-Submitted: no")
    assert arrives(words(TEXT, cast.emails["teacher"], *headers)) is Outcome.FORWARDED


@pytest.mark.parametrize("headers", [(), ("In-Reply-To: <nothing@meeloop.example>",), ("In-Reply-To: <",)])
def test_what_answers_nothing_is_put_aside(cast: Cast, headers: tuple[str, ...]) -> None:
    assert arrives(words(TEXT, cast.emails["teacher"], *headers)) is Outcome.UNKNOWN


def test_an_answer_without_words_is_put_aside(cast: Cast) -> None:
    steps.approved(cast)
    assert arrives(words(" \n", "t@school.example", in_answer_to("claim_approved"))) is Outcome.UNKNOWN


def test_where_no_coordinator_is_left_to_read_it_it_is_put_aside(cast: Cast) -> None:
    steps.approved(cast)
    steps.lose_roles(cast, "coordinator")
    steps.lose_roles(cast, "second coordinator")
    assert arrives(words(TEXT, "t@school.example", in_answer_to("claim_approved"))) is Outcome.UNKNOWN


def test_an_answer_that_is_too_large_is_announced_without_being_read(cast: Cast) -> None:
    steps.approved(cast)
    head = words("", cast.emails["teacher"], in_answer_to("claim_approved"))
    assert arrives(head, is_whole=False) is Outcome.TOO_LARGE
    letter = steps.letters("answer_received")[0]
    assert "too large" in letter.text
    assert "Unclear" in letter.text


def test_markup_and_control_characters_stay_words(cast: Cast) -> None:
    steps.approved(cast)
    text = "Hoi\x07 <script>alert(1)</script>\x1b[2J {{ 7*7 }} %(name)s\r\n.\r\nBcc: x@y.example"
    arrives(words(text, cast.emails["teacher"], in_answer_to("claim_approved")))
    letter = steps.letters("answer_received")[0]
    assert "<script>" not in letter.html
    assert "{{ 7*7 }} %(name)s" in letter.text
    assert not any(each in letter.text for each in "\x07\x1b")
    assert steps.send_everything(now=NOW)
