"""What the letters of claims keep from some, and owe to others."""

from datetime import datetime, timedelta

import pytest

from marketplace.claims.models import Claim
from marketplace.claims.states import Verdict
from marketplace.offers.states import Policy
from marketplace.outbox.models import Letter
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

STARTS_AT = datetime.fromisoformat("2027-02-09T07:00:00Z")


def words(letter: Letter) -> str:
    return f"{letter.subject}\n{letter.text}\n{letter.html}"


@pytest.mark.parametrize("policy", [Policy.HOST, Policy.BOTH])
def test_a_host_who_decides_reads_no_name(cast: Cast, policy: Policy) -> None:
    steps.set_policy(cast, policy)
    steps.claim_seat(cast)
    letter = steps.the_letter("claim_to_decide_host")
    assert letter.receiver_address == cast.emails["host"]
    assert "Reestcollege" in words(letter) and "Otten" not in words(letter)


def test_a_host_reads_no_name_of_whoever_they_let_wait_too_long(cast: Cast) -> None:
    steps.set_policy(cast, Policy.BOTH)
    claim = steps.claim_seat(cast)
    steps.lapse(now=STARTS_AT - timedelta(hours=48))
    letter = steps.the_letter("claim_undecided_host")
    assert letter.receiver_address == cast.emails["host"]
    assert "Otten" not in words(letter)
    to_coordinators = steps.letters("claim_undecided")
    assert {each.receiver_address for each in to_coordinators} == {
        cast.emails["coordinator"],
        cast.emails["second coordinator"],
    }
    assert all(claim.receiver.name in each.subject for each in to_coordinators)


def test_coordinators_hear_that_somebody_approved_does_not_come(cast: Cast) -> None:
    steps.withdraw(steps.approved(cast))
    told = {each.receiver_address: each for each in steps.letters("participant_left")}
    assert set(told) == {cast.emails[who] for who in ("host", "coordinator", "second coordinator")}
    assert f"/host/slots/{cast.slot}" in told[cast.emails["host"]].text
    assert "/desk/claims/" in told[cast.emails["coordinator"]].text


def test_each_rejection_of_a_seat_without_a_name_gives_its_reason(cast: Cast) -> None:
    first, second = steps.claim_together(cast, None, None, maker="school contact")
    for claim, note, minutes in ((first, "De hal is dicht.", 1), (second, "Er is een te veel.", 2)):
        steps.decide(claim, cast, Verdict.REJECT, note=note, now=NOW + timedelta(minutes=minutes))
    assert [each.receiver_address for each in steps.letters("claim_rejected")] == 2 * [
        cast.emails["school contact"]
    ]
    one, other = steps.letters("claim_rejected")
    assert "De hal is dicht." in one.text and "Er is een te veel." in other.text


def test_whoever_was_named_while_waiting_hears_when_a_seat_is_kept(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1)
    holder = steps.claim_seat(cast, "outsider", slot=slot)
    (claim,) = steps.claim_together(cast, None, maker="school contact", slot=slot)
    steps.name_seat(claim, cast, "colleague")
    steps.withdraw(holder)
    steps.accept(claim)
    waits, kept = steps.letters("seat_named")
    assert _is_about_the_list(waits) and not _is_about_the_list(kept)


def _is_about_the_list(letter: Letter) -> bool:
    return "wachtlijst" in letter.text or "waiting list" in letter.text


def test_who_leaves_the_waiting_list_is_not_told_of_a_seat(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1)
    steps.claim_seat(cast, "outsider", slot=slot)
    steps.withdraw(steps.wait(cast, "teacher", slot=slot))
    letter = steps.the_letter("claim_withdrawn")
    assert "wachtlijst" in letter.text or "waiting list" in letter.text


def test_the_letters_for_seats_without_a_name_lead_to_the_page_of_the_party(cast: Cast) -> None:
    claims: list[Claim] = steps.claim_together(cast, None, None, maker="school contact")
    letter = steps.the_letter("claim_received")
    assert f"/parties/{claims[0].party}" in letter.text
    assert "/claims/" not in letter.text
