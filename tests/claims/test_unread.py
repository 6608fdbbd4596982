"""Who has not read the safety notes as they are now is asked again, and the host hears of it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.kernel.database import transaction
from marketplace.kernel.times import at_wall
from marketplace.offers import actions as offers
from tests import steps
from tests.cast import BRIEF, FORM, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

THREE_DAYS_BEFORE = at_wall(date(2027, 2, 6), time(9))
"""The cast's moment is on Tuesday 9 February."""
MINUTE = timedelta(minutes=1)


def change_notes(cast: Cast, notes: str = "Blijf achter het hek.", now: datetime = NOW) -> None:
    """The host changes the safety notes, and who comes is told."""
    with transaction():
        brief = replace(BRIEF, notes=notes)
        offers.change_brief(offer=steps.offer_of(cast), brief=brief, by=cast.codes["host"], now=now)
    steps.tell(now=now)
    steps.send_everything()


def confirm(claim: Claim, now: datetime = NOW) -> None:
    """The participant says that they read them."""
    with transaction():
        claims.confirm_safety(claim=steps.claim_with(claim.code), form=FORM, by=claim.made_by.code, now=now)


def test_a_change_asks_to_confirm_again(cast: Cast) -> None:
    steps.approved(cast)
    steps.send_everything()
    change_notes(cast)
    assert "confirm on the page of your claim" in steps.the_letter("claim_changed").text


def test_a_change_of_something_else_asks_for_nothing(cast: Cast) -> None:
    steps.approved(cast)
    steps.send_everything()
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.tell()
    assert "confirm" not in steps.the_letter("claim_changed").text


def test_three_days_ahead_who_did_not_read_is_asked_and_the_host_is_told_once(cast: Cast) -> None:
    steps.approved(cast)
    reader = steps.approved(cast, "colleague")
    change_notes(cast)
    confirm(reader)
    assert claims.warn_unread_due(now=THREE_DAYS_BEFORE - MINUTE) == 0
    assert [claims.warn_unread_due(now=THREE_DAYS_BEFORE + each * MINUTE) for each in range(2)] == [1, 0]
    (letter,) = steps.letters("safety_unread")
    assert letter.receiver_address == cast.emails["teacher"]
    assert "Blijf achter het hek." in letter.text
    (told,) = steps.letters("safety_unread_host")
    assert (told.receiver_address, told.region) == (cast.emails["host"], cast.region)
    assert "1 participant has not confirmed" in told.text
    assert "Marieke" not in told.text
    assert audit.breaches(now=NOW) == []


def test_who_never_read_them_is_asked_too(cast: Cast) -> None:
    (mine, theirs) = steps.claim_together(cast, "teacher", "colleague")
    for each in (mine, theirs):
        steps.decide(each, cast)
    assert claims.warn_unread_due(now=THREE_DAYS_BEFORE) == 1
    (letter,) = steps.letters("safety_unread")
    assert letter.receiver_address == cast.emails["colleague"]
    assert "have not confirmed yet" in letter.text


def test_who_read_them_who_waits_and_who_left_hear_nothing(cast: Cast) -> None:
    steps.approved(cast)
    steps.withdraw(steps.approved(cast, "colleague"))
    steps.claim_seat(cast, "newcomer")
    change_notes(cast)
    confirm(steps.claim_with(steps.letters("claim_received")[0].about["claim"]))
    assert claims.warn_unread_due(now=THREE_DAYS_BEFORE) == 0


def test_what_changed_in_the_last_days_is_asked_in_the_letter_that_tells_it(cast: Cast) -> None:
    steps.approved(cast)
    steps.send_everything()
    change_notes(cast, now=THREE_DAYS_BEFORE + 60 * MINUTE)
    assert claims.warn_unread_due(now=THREE_DAYS_BEFORE + 61 * MINUTE) == 0
    assert steps.letters("safety_unread") == []


def test_what_is_not_told_yet_is_told_before_it_is_asked(cast: Cast) -> None:
    steps.approved(cast)
    with transaction():
        brief = replace(BRIEF, notes="Nog niet verteld.")
        offers.change_brief(offer=steps.offer_of(cast), brief=brief, by=cast.codes["host"], now=NOW)
    assert claims.warn_unread_due(now=THREE_DAYS_BEFORE) == 0
    steps.tell(now=NOW + MINUTE)
    assert claims.warn_unread_due(now=THREE_DAYS_BEFORE) == 1


def test_after_the_start_nobody_is_asked_any_more(cast: Cast) -> None:
    steps.approved(cast)
    change_notes(cast)
    assert claims.warn_unread_due(now=at_wall(date(2027, 2, 9), time(8))) == 0
