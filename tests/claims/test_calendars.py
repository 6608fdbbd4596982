"""Calendars follow what changes: the same UID for what moved, a new one for what is new, and an end for the rest."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from marketplace import audit
from marketplace.claims.models import Claim
from marketplace.kernel.database import session
from marketplace.offers.facts import Rhythm, SessionFacts
from tests import steps
from tests.calendars.examples import content_lines
from tests.cast import Cast
from tests.claims.changes import change_offer, minutes, move_house, sent_before, sessions
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")


def test_a_moved_day_keeps_its_uid(cast: Cast) -> None:
    claim = sent_before(cast)
    steps.change_slot(cast, sessions=[steps.moved(each, days=3, hours=2) for each in sessions(cast)])
    steps.tell()
    (entry,) = steps.entries_of(claim)
    letter = steps.the_letter("claim_changed")
    assert steps.said(letter, "UID") == entry.uid == steps.said(steps.the_letter("claim_approved"), "UID")
    assert steps.said(letter, "DTSTART").endswith(":20270212T100000")


def test_three_days_in_a_row_are_one_invite(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 3, 2), sessions=3)
    claim = sent_before(cast, slot=slot)
    assert len(steps.entries_of(claim)) == 1
    assert steps.said(steps.the_letter("claim_approved"), "RRULE") == "FREQ=DAILY;COUNT=3"


def test_ten_thursdays_across_the_change_of_the_clock_are_one_invite(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 2, 11), sessions=10, rhythm=Rhythm.WEEKLY)
    claim = sent_before(cast, slot=slot)
    assert len(steps.entries_of(claim)) == 1
    assert steps.said(steps.the_letter("claim_approved"), "RRULE") == "FREQ=WEEKLY;COUNT=10;BYDAY=TH"


def move_the_second_of_three_days(cast: Cast) -> tuple[Claim, str, list[SessionFacts]]:
    slot = steps.add_slot(cast, day=date(2027, 3, 2), sessions=3)
    claim = sent_before(cast, slot=slot)
    first, second, third = before = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, third, steps.moved(second, days=7)])
    steps.tell()
    return claim, slot, before


def test_one_of_three_days_that_moves_leaves_the_series_and_gets_an_invite_of_its_own(cast: Cast) -> None:
    claim, _, _ = move_the_second_of_three_days(cast)
    series, single = steps.entries_of(claim)
    changed, extra = steps.the_letter("claim_changed"), steps.the_letter("claim_entry")
    assert steps.said(changed, "UID") == series.uid == steps.said(steps.the_letter("claim_approved"), "UID")
    assert steps.said(changed, "EXDATE").endswith(":20270303T080000")
    assert steps.said(changed, "RRULE") == "FREQ=DAILY;COUNT=3"
    assert steps.said(extra, "UID") == single.uid != series.uid
    assert steps.said(extra, "DTSTART").endswith(":20270310T080000")
    assert (steps.said(extra, "METHOD"), steps.said(extra, "SEQUENCE")) == ("REQUEST", "0")
    assert extra.stream == changed.stream
    assert audit.breaches(now=NOW) == []


def test_a_day_that_moves_back_joins_its_series_again_and_the_extra_invite_is_cancelled(cast: Cast) -> None:
    claim, slot, before = move_the_second_of_three_days(cast)
    steps.send_everything()
    steps.change_slot(cast, slot=slot, sessions=before)
    steps.tell()
    series, single = steps.entries_of(claim)
    request, cancel = steps.letters("claim_changed")[1], steps.letters("claim_entry")[1]
    assert steps.said(request, "UID") == series.uid
    assert b"EXDATE" not in (request.calendar or b"")
    assert (steps.said(cancel, "METHOD"), steps.said(cancel, "UID")) == ("CANCEL", single.uid)
    assert audit.breaches(now=NOW) == []


def test_a_day_that_moves_twice_keeps_the_invite_it_got(cast: Cast) -> None:
    claim, slot, (first, second, third) = move_the_second_of_three_days(cast)
    steps.send_everything()
    steps.change_slot(cast, slot=slot, sessions=[first, third, steps.moved(second, days=14)])
    steps.tell()
    assert len(steps.entries_of(claim)) == 2
    moved_again = steps.letters("claim_changed")[1]
    assert steps.said(moved_again, "UID") == steps.entries_of(claim)[1].uid
    assert steps.said(moved_again, "DTSTART").endswith(":20270317T080000")


def irregular(cast: Cast) -> str:
    """A moment of three days that follow no rule. Returns its code."""
    slot = steps.add_slot(cast, day=date(2027, 3, 2))
    (first,) = sessions(cast, slot)
    steps.change_slot(
        cast, slot=slot, sessions=[first, steps.moved(first, days=2), steps.moved(first, days=7)]
    )
    return slot


def test_days_without_a_rule_are_invited_one_by_one_the_first_with_the_approval(cast: Cast) -> None:
    claim = sent_before(cast, slot=irregular(cast))
    uids = [each.uid for each in steps.entries_of(claim)]
    told = [steps.the_letter("claim_approved"), *steps.letters("claim_entry")]
    assert [steps.said(each, "UID") for each in told] == uids
    assert len(set(uids)) == 3
    assert audit.breaches(now=NOW) == []


def test_only_the_day_that_changed_is_invited_anew(cast: Cast) -> None:
    slot = irregular(cast)
    claim = sent_before(cast, slot=slot)
    first, second, third = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, second, steps.moved(third, hours=1)])
    steps.tell()
    assert [each.sequence for each in steps.entries_of(claim)] == [1, 1, 2]
    assert steps.said(steps.the_letter("claim_changed"), "UID") == steps.entries_of(claim)[2].uid
    assert steps.waiting_letters() == ["claim_changed"]


def test_a_day_that_falls_out_is_cancelled_and_the_others_stay(cast: Cast) -> None:
    slot = irregular(cast)
    claim = sent_before(cast, slot=slot)
    first, second, _ = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, second])
    steps.tell()
    assert [each.status for each in steps.entries_of(claim)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert steps.the_letter("claim_changed").calendar is None
    cancel = steps.letters("claim_entry")[2]
    assert (steps.said(cancel, "METHOD"), steps.said(cancel, "UID")) == (
        "CANCEL",
        steps.entries_of(claim)[2].uid,
    )
    assert audit.breaches(now=NOW) == []


def test_a_day_that_comes_back_after_its_cancel_has_a_uid_of_its_own(cast: Cast) -> None:
    slot = irregular(cast)
    claim = sent_before(cast, slot=slot)
    first, second, third = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, second])
    steps.tell()
    steps.send_everything()
    steps.change_slot(cast, slot=slot, sessions=[first, second, third])
    steps.tell()
    *_, cancelled, again = steps.entries_of(claim)
    assert (cancelled.status, again.status) == ("CANCELLED", "CONFIRMED")
    assert cancelled.uid != again.uid
    assert cancelled.sequence == 2


def test_a_further_day_does_not_take_over_a_cancelled_uid(cast: Cast) -> None:
    slot = irregular(cast)
    claim = sent_before(cast, slot=slot)
    first, second, third = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, second])
    steps.tell()
    steps.change_slot(cast, slot=slot, sessions=[first, second, steps.moved(third, days=9)])
    steps.tell()
    statuses = [each.status for each in steps.entries_of(claim)]
    assert statuses == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]


def test_days_that_fell_out_before_anybody_was_invited_are_not_cancelled_by_mail(cast: Cast) -> None:
    slot = irregular(cast)
    claim = steps.claim_seat(cast, slot=slot)
    first, *_ = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first])
    steps.decide(claim, cast)
    assert steps.the_letter("claim_approved").calendar_method == "REQUEST"
    assert not steps.letters("claim_entry")
    steps.tell()
    assert audit.breaches(now=NOW) == []


def test_days_that_fell_out_while_it_waited_need_no_invite_later(cast: Cast) -> None:
    slot = irregular(cast)
    claim = steps.claim_seat(cast, slot=slot)
    first, *_ = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first])
    steps.tell()
    steps.decide(claim, cast)
    assert not steps.letters("claim_entry")
    assert audit.breaches(now=NOW) == []


def test_an_approval_is_not_lost_when_its_first_day_falls_out_before_it_left(cast: Cast) -> None:
    slot = irregular(cast)
    steps.approved(cast, slot=slot)
    _, second, third = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[second, third])
    steps.tell()
    steps.send_everything()
    assert steps.the_letter("claim_approved").state == "sent"


def host_entry(cast: Cast) -> str:
    session.expire_all()
    (entry,) = steps.host_entries(cast.slot)
    return "".join(content_lines(entry.text.encode()))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda cast, now: steps.change_slot(
                cast, sessions=[steps.moved(each, days=1) for each in sessions(cast)], now=now
            ),
            "20270210T080000",
        ),
        (lambda cast, now: move_house(cast, now=now), "Nijverheidsweg 2"),
        (lambda cast, now: change_offer(cast, title="Lassen met de robot", now=now), "met de robot"),
        (lambda cast, now: steps.change_slot(cast, capacity=8, now=now), " 8)"),
    ],
    ids=["day", "address", "title", "capacity"],
)
@pytest.mark.parametrize("seconds", [0, 60])
def test_a_hosts_calendar_follows_even_a_change_in_the_second_in_which_it_was_written(
    cast: Cast, change: Callable[[Cast, datetime], None], words: str, seconds: int
) -> None:
    sent_before(cast)
    steps.show_hosts()
    uid = steps.host_entries(cast.slot)[0].uid
    change(cast, NOW + timedelta(seconds=seconds))
    assert words not in host_entry(cast)
    steps.show_hosts(now=NOW + minutes(2))
    assert words in host_entry(cast)
    assert uid in host_entry(cast)


def test_a_hosts_calendar_is_written_again_only_when_something_changed(cast: Cast) -> None:
    assert steps.show_hosts(now=NOW + minutes(1)) == 1
    assert steps.show_hosts(now=NOW + minutes(2)) == 0
    steps.approved(cast, now=NOW + minutes(3))
    assert [steps.show_hosts(now=NOW + minutes(number)) for number in (4, 5)] == [1, 0]
