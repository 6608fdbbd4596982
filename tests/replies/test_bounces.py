"""Letters that come back: the letter failed after all, and the address is marked until it is heard from."""

import pytest

from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import LetterState
from marketplace.replies.facts import Outcome
from marketplace.replies.queries import dead_addresses
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW
from tests.replies.answering import arrives
from tests.replies.posts import bounce, words

pytestmark = pytest.mark.usefixtures("app_context")


def sent_from(cast: Cast) -> dict[str, str]:
    """By receiver: the address that the mail server was told to return the confirmation to."""
    steps.approved(cast)
    found: dict[str, str] = {}
    while outbox.send_due(now=NOW, deliver=lambda sender, receiver, octets: found.update({receiver: sender})):
        pass
    return found


def test_every_letter_has_a_return_path_of_its_own(cast: Cast) -> None:
    senders = sent_from(cast)
    assert len(set(senders.values())) == len(senders) > 1
    letter = steps.letters(to=cast.emails["teacher"])[-1]
    assert senders[cast.emails["teacher"]] == f"meeloop+{letter.code}@meeloop.example"
    assert b"From: Meeloop <meeloop@meeloop.example>" in (letter.octets or b"")


def test_a_bounce_marks_the_letter_and_the_address(cast: Cast) -> None:
    back = sent_from(cast)[cast.emails["teacher"]]
    assert arrives(bounce(back.lower())) is Outcome.BOUNCED
    letter = steps.the_letter("claim_approved")
    assert (letter.state, letter.last_error) == (LetterState.FAILED, "smtp; 550 5.1.1 User unknown")
    dead = dead_addresses([cast.emails["teacher"], cast.emails["host"]])
    assert {each.address: each.reason for each in dead.values()} == {
        cast.emails["teacher"]: "smtp; 550 5.1.1 User unknown"
    }


def test_what_is_heard_from_an_address_brings_it_to_life(cast: Cast) -> None:
    back = sent_from(cast)[cast.emails["teacher"]]
    arrives(bounce(back))
    arrives(words("Ik ben er weer.", cast.emails["teacher"]))
    assert dead_addresses([cast.emails["teacher"]]) == {}


def test_a_second_bounce_says_the_last_reason(cast: Cast) -> None:
    back = sent_from(cast)[cast.emails["teacher"]]
    arrives(bounce(back))
    arrives(bounce(back, said="smtp; 552 5.2.2 Mailbox full"))
    (dead,) = dead_addresses([cast.emails["teacher"]]).values()
    assert "Mailbox full" in dead.reason


def test_a_letter_that_only_takes_long_is_left_alone(cast: Cast) -> None:
    back = sent_from(cast)[cast.emails["teacher"]]
    assert arrives(bounce(back, action="delayed")) is Outcome.IGNORED
    assert steps.the_letter("claim_approved").state == LetterState.SENT
    assert dead_addresses([cast.emails["teacher"]]) == {}


@pytest.mark.parametrize(
    "to", ["meeloop+2222222222@meeloop.example", "meeloop@meeloop.example", "x@y.example"]
)
def test_a_bounce_of_no_letter_of_ours_is_put_aside(cast: Cast, to: str) -> None:
    sent_from(cast)
    assert arrives(bounce(to)) is Outcome.UNKNOWN


def test_an_absence_note_to_the_return_path_is_no_bounce(cast: Cast) -> None:
    back = sent_from(cast)[cast.emails["teacher"]]
    away = words("Ik ben er niet.", cast.emails["teacher"], "Auto-Submitted: auto-replied", to=back)
    assert arrives(away) is Outcome.IGNORED
    assert dead_addresses([cast.emails["teacher"]]) == {}
