"""Withdrawing, and a host who cancels: seats come back, people hear of it, calendars are cleared."""

from datetime import date, timedelta

import pytest

from marketplace import audit
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Verdict
from marketplace.kernel.journal import history
from marketplace.offers.facts import Rhythm
from marketplace.outbox.actions import send_due
from marketplace.outbox.facts import LetterState
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

REASON = "De lasrobot staat stil."


def one_entry(claim: Claim) -> tuple[str, str, int]:
    (entry,) = steps.entries_of(claim)
    return entry.status, entry.uid, entry.sequence


# --- Withdrawing --------------------------------------------------------------------------------------------


def test_withdrawing_frees_the_seat_and_clears_the_feed(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.withdraw(claim)
    assert (claim.state, claim.slot.seats_taken) == (ClaimState.WITHDRAWN, 0)
    assert one_entry(claim)[0] == "CANCELLED"
    assert "SUMMARY:Withdrawn: " in steps.entries_of(claim)[0].text
    assert [each.event for each in history("claim", claim.code)] == ["pending", "withdrawn"]
    assert audit.breaches(now=NOW) == []


def test_who_was_never_invited_gets_no_cancel(cast: Cast) -> None:
    steps.withdraw(steps.claim_seat(cast))
    letter = steps.the_letter("claim_withdrawn")
    assert (letter.calendar, letter.calendar_method) == (None, "")
    assert not steps.letters("participant_left")


def test_an_invite_that_left_is_cancelled_with_its_uid_and_a_higher_sequence(cast: Cast) -> None:
    claim = steps.approved(cast)
    _, uid, sequence = one_entry(claim)
    steps.send_everything()
    steps.withdraw(claim)
    letter = steps.the_letter("claim_withdrawn")
    assert letter.calendar_method == "CANCEL"
    assert steps.said(letter, "METHOD") == "CANCEL"
    assert steps.said(letter, "UID") == uid
    assert int(steps.said(letter, "SEQUENCE")) > sequence
    assert steps.said(letter, "STATUS") == "CANCELLED"
    assert steps.said(letter, "ATTENDEE").endswith(f":mailto:{cast.emails['teacher']}")
    assert steps.said(letter, "DTSTART") == steps.said(steps.the_letter("claim_approved"), "DTSTART")


def test_the_host_and_the_coordinators_hear_that_who_was_to_come_does_not(cast: Cast) -> None:
    steps.withdraw(steps.approved(cast))
    told = steps.letters("participant_left")
    assert sorted(each.receiver_address for each in told) == sorted(
        cast.emails[who] for who in ("host", "coordinator", "second coordinator")
    )
    assert all("Marieke Otten" in each.text for each in told)


def test_an_invite_that_never_left_is_dropped_together_with_its_cancel(cast: Cast) -> None:
    claim = steps.approved(cast)
    steps.withdraw(claim)
    assert steps.the_letter("claim_approved").state == LetterState.DROPPED
    withdrawn = steps.the_letter("claim_withdrawn")
    assert (withdrawn.state, withdrawn.calendar) == (LetterState.QUEUED, None)
    left = b"".join(steps.send_everything())
    assert b"text/calendar" not in left
    assert one_entry(claim)[0] == "CANCELLED"
    assert audit.breaches(now=NOW) == []


def test_an_update_of_an_invite_that_never_left_is_dropped_with_it(cast: Cast) -> None:
    claim = steps.approved(cast)
    steps.change_slot(cast, supervisor="Henk de Lange")
    assert steps.tell() == 1
    steps.withdraw(claim)
    assert [steps.the_letter(name).state for name in ("claim_approved", "claim_changed")] == ["dropped"] * 2
    assert b"text/calendar" not in b"".join(steps.send_everything())


def test_an_invite_that_a_worker_has_taken_may_have_left_and_is_cancelled(cast: Cast) -> None:
    claim = steps.approved(cast)

    def withdraw_meanwhile(sender: str, receiver: str, octets: bytes) -> None:
        if b"REQUEST" in octets and claim.state == ClaimState.APPROVED:
            steps.withdraw(claim)

    while send_due(now=NOW, deliver=withdraw_meanwhile):
        pass
    assert steps.the_letter("claim_approved").state == LetterState.SENT
    assert steps.the_letter("claim_withdrawn").calendar_method == "CANCEL"


def test_nobody_withdraws_twice_or_once_it_is_over(cast: Cast) -> None:
    claim = steps.approved(cast)
    assert "over" in steps.refusal(lambda: steps.withdraw(claim, now=claim.slot.ends_at))
    steps.withdraw(claim, now=claim.slot.ends_at - timedelta(seconds=1))
    assert "ended" in steps.refusal(lambda: steps.withdraw(claim))


def test_who_drops_out_of_a_series_does_so_until_its_last_session_ends(cast: Cast) -> None:
    ten = steps.add_slot(cast, day=date(2027, 3, 4), sessions=10, rhythm=Rhythm.WEEKLY)
    claim, coming = steps.approved(cast, slot=ten), steps.claim_seat(cast, "colleague", slot=ten)
    steps.send_everything()
    second = claim.slot.sessions[1].ends_at
    assert "begun" in steps.refusal(
        lambda: steps.decide(coming, cast, now=second)
    )  # that is for before the start
    steps.withdraw(claim, now=second)
    steps.withdraw(coming, now=second)
    assert {claim.state, coming.state} == {ClaimState.WITHDRAWN}
    assert claim.slot.seats_taken == 0
    assert len([each for each in steps.letters("claim_withdrawn") if each.calendar_method == "CANCEL"]) == 1
    steps.show_hosts(now=second)
    assert "(0 " in steps.host_entries(ten)[0].text
    assert audit.breaches(now=second) == []


def test_what_was_rejected_cannot_be_withdrawn(cast: Cast) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, Verdict.REJECT, note=REASON)
    assert "ended" in steps.refusal(lambda: steps.withdraw(claim))


def test_a_new_claim_after_withdrawing_has_a_uid_of_its_own(cast: Cast) -> None:
    first = steps.approved(cast)
    steps.send_everything()
    steps.withdraw(first)
    again = steps.approved(cast)
    assert one_entry(again)[1] != one_entry(first)[1]
    assert audit.breaches(now=NOW) == []


# --- A host who cancels -------------------------------------------------------------------------------------


def test_everybody_who_holds_a_seat_is_told_once_with_the_reason(cast: Cast) -> None:
    pending, coming = steps.claim_seat(cast), steps.approved(cast, "colleague")
    steps.send_everything()
    steps.cancel_slot(cast, reason=REASON)
    told = steps.letters("claim_cancelled")
    assert sorted(each.receiver_address for each in told) == sorted(
        [cast.emails["teacher"], cast.emails["colleague"]]
    )
    assert all(REASON in each.text for each in told)
    assert {pending.state, coming.state} == {ClaimState.CANCELLED}
    assert {pending.reason, coming.reason} == {REASON}
    assert pending.slot.seats_taken == 0
    assert audit.breaches(now=NOW) == []


def test_each_calendar_that_has_the_moment_is_cleared(cast: Cast) -> None:
    steps.claim_seat(cast)
    coming = steps.approved(cast, "colleague")
    _, uid, sequence = one_entry(coming)
    steps.send_everything()
    steps.cancel_slot(cast)
    by_receiver = {each.receiver_address: each for each in steps.letters("claim_cancelled")}
    assert by_receiver[cast.emails["teacher"]].calendar is None
    cancel = by_receiver[cast.emails["colleague"]]
    assert steps.said(cancel, "METHOD") == "CANCEL"
    assert steps.said(cancel, "UID") == uid
    assert int(steps.said(cancel, "SEQUENCE")) > sequence
    assert steps.said(cancel, "SUMMARY").startswith("Cancelled by the host: ")


def test_a_cancelled_moment_stays_visible_as_such_in_every_feed(cast: Cast) -> None:
    claim = steps.approved(cast)
    steps.cancel_slot(cast)
    for text in (steps.entries_of(claim)[0].text, steps.host_entries(cast.slot)[0].text):
        assert "STATUS:CANCELLED" in text
        assert "Cancelled by the host" in text or "Vervallen" in text


def test_who_withdrew_before_hears_nothing(cast: Cast) -> None:
    steps.withdraw(steps.claim_seat(cast))
    steps.cancel_slot(cast)
    assert not steps.letters("claim_cancelled")


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 1001])
def test_a_moment_is_not_cancelled_without_a_reason(cast: Cast, reason: str) -> None:
    steps.claim_seat(cast)
    assert "Write why" in steps.refusal(lambda: steps.cancel_slot(cast, reason=reason))


def test_a_moment_is_cancelled_once_and_not_after_it_is_over(cast: Cast) -> None:
    ends_at = steps.slot_with(cast.slot).ends_at
    assert "over" in steps.refusal(lambda: steps.cancel_slot(cast, now=ends_at))
    steps.cancel_slot(cast)
    assert "cancelled" in steps.refusal(lambda: steps.cancel_slot(cast))


def test_the_letters_of_one_claim_leave_in_the_order_of_its_life(cast: Cast) -> None:
    steps.approved(cast)
    sent = steps.send_everything()
    steps.cancel_slot(cast)
    sent += steps.send_everything()
    mine = [octets for octets in sent if f"<{cast.emails['teacher']}>".encode() in octets]
    methods = [method for octets in mine for method in (b"REQUEST", b"CANCEL") if method + b'"' in octets]
    assert len(mine) == 3
    assert methods == [b"REQUEST", b"CANCEL"]
