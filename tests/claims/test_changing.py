"""What changes after people claimed: they are told once, what was and what is now, and their calendars follow."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from marketplace import audit
from marketplace.claims.models import Claim
from marketplace.kernel.database import session, transaction
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText, Rhythm, SessionFacts
from marketplace.organisations.actions import change_address
from marketplace.safety.facts import BriefFacts, BriefLine, Provider
from tests import steps
from tests.calendars.examples import content_lines
from tests.cast import BRIEF, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

QUIET = timedelta(minutes=2)
GLASSES = BriefLine("M004", True, Provider.PARTICIPANT)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def sent_before(cast: Cast, *, slot: str = "") -> Claim:
    """An approved claim of which all letters have left."""
    claim = steps.approved(cast, slot=slot)
    steps.send_everything()
    return claim


def sessions(cast: Cast, slot: str = "") -> list[SessionFacts]:
    return steps.sessions_of(steps.slot_with(slot or cast.slot))


def text_of(cast: Cast) -> OfferText:
    """What the cast's offer says now."""
    offer = steps.offer_of(cast)
    plain = {
        name: getattr(offer, name)
        for name in OfferText.__dataclass_fields__
        if name not in {"profiles", "audiences"}
    }
    return OfferText(
        **plain,
        profiles=tuple(each.profile for each in offer.profiles),
        audiences=tuple(each.audience for each in offer.audiences),
    )


def change_offer(cast: Cast, *, now: datetime = NOW, **changes: str) -> None:
    with transaction():
        text = replace(text_of(cast), **changes)
        offers.change_offer(offer=steps.offer_of(cast), text=text, by=cast.codes["host"], now=now)


def change_brief(cast: Cast, brief: BriefFacts) -> None:
    with transaction():
        offers.change_brief(offer=steps.offer_of(cast), brief=brief, by=cast.codes["host"], now=NOW)


def move_house(cast: Cast, *, now: datetime = NOW) -> None:
    with transaction():
        company = steps.company_of(cast)
        change_address(
            site=company.sites[0],
            street="Nijverheidsweg 2",
            postcode="7944 AA",
            town="Meppel",
            by="system",
            now=now,
        )
        offers.refresh_host(organisation=company, now=now)


def add_glasses(cast: Cast) -> None:
    change_brief(cast, replace(BRIEF, lines=(*BRIEF.lines, GLASSES)))


# --- Each change is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cast: steps.change_slot(cast, supervisor="Henk Lange"), ["Gerda Nijboer", "Henk Lange"]),
        (
            lambda cast: steps.change_slot(
                cast, sessions=[steps.moved(each, days=1) for each in sessions(cast)]
            ),
            ["Tuesday 9 February 2027", "Wednesday 10 February 2027"],
        ),
        (
            lambda cast: steps.change_slot(
                cast, sessions=[steps.moved(each, hours=1) for each in sessions(cast)]
            ),
            ["8:00–16:00", "9:00–17:00"],
        ),
        (lambda cast: change_offer(cast, report_at="Poort 3"), ["Receptie, hal 2", "Poort 3"]),
        (lambda cast: change_offer(cast, title="Lassen met de robot"), ["van plaat", "met de robot"]),
        (lambda cast: change_offer(cast, clothing="Overall"), ["Overall"]),
        (move_house, ["Smidsvonkweg 14", "Nijverheidsweg 2"]),
        (add_glasses, ["Safety glasses"]),
        (lambda cast: change_brief(cast, replace(BRIEF, notes="Meld u bij de BHV.")), ["looppad", "BHV"]),
    ],
    ids=["supervisor", "day", "hours", "report at", "title", "clothing", "address", "equipment", "notes"],
)
def test_a_change_is_told_in_one_letter_with_what_was_and_what_is_now(
    cast: Cast, change: Callable[[Cast], None], words: list[str]
) -> None:
    claim = sent_before(cast)
    (before,) = [(each.uid, each.sequence) for each in steps.entries_of(claim)]
    change(cast)
    assert [steps.tell() for _ in range(2)] == [1, 0]
    letter = steps.the_letter("claim_changed")
    assert [word for word in words if word not in letter.text] == []
    assert (letter.receiver_address, letter.calendar_method) == (cast.emails["teacher"], "REQUEST")
    assert steps.said(letter, "UID") == before[0]
    assert steps.said(letter, "SEQUENCE") == str(before[1] + 1)
    assert steps.waiting_letters() == ["claim_changed"]
    assert audit.breaches(now=NOW) == []


@pytest.mark.parametrize("field", ["meal", "parking"])
def test_what_no_calendar_shows_is_told_without_an_invite(cast: Cast, field: str) -> None:
    claim = sent_before(cast)
    change_offer(cast, **{field: "Een broodje in de kantine"})
    assert steps.tell() == 1
    letter = steps.the_letter("claim_changed")
    assert "kantine" in letter.text
    assert letter.calendar is None
    assert steps.entries_of(claim)[0].sequence == 1


@pytest.mark.parametrize("field", ["summary", "activity", "learning"])
def test_what_concerns_no_participant_is_told_to_nobody(cast: Cast, field: str) -> None:
    sent_before(cast)
    change_offer(cast, **{field: "Iets anders."})
    assert steps.tell() == 0


def test_more_seats_are_told_to_nobody(cast: Cast) -> None:
    sent_before(cast)
    steps.change_slot(cast, capacity=8)
    assert steps.tell() == 0


def test_somebody_who_waits_is_told_without_an_invite(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.change_slot(cast, sessions=[steps.moved(each, days=1) for each in sessions(cast)])
    assert steps.tell() == 1
    letter = steps.the_letter("claim_changed")
    assert letter.calendar is None
    (entry,) = steps.entries_of(claim)
    assert (entry.status, entry.sequence, entry.is_invited) == ("TENTATIVE", 1, False)
    assert "20270210T080000" in entry.text


def test_everybody_who_holds_a_seat_is_told_and_nobody_else(cast: Cast) -> None:
    steps.withdraw(steps.claim_seat(cast, "outsider"))
    steps.approved(cast)
    steps.claim_seat(cast, "colleague")
    steps.change_slot(cast, supervisor="Henk Lange")
    assert steps.tell() == 2
    assert {each.receiver_address for each in steps.letters("claim_changed")} == {
        cast.emails["teacher"],
        cast.emails["colleague"],
    }


def test_nobody_is_told_about_a_visit_that_is_over(cast: Cast) -> None:
    claim = sent_before(cast)
    ends_at = claim.slot.ends_at
    change_offer(cast, report_at="Poort 3")
    assert steps.tell(now=ends_at) == 0


def test_who_claims_after_a_change_knows_it_already(cast: Cast) -> None:
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.claim_seat(cast)
    assert steps.tell() == 0


def test_a_claim_remembers_what_was_told_last(cast: Cast) -> None:
    sent_before(cast)
    for name in ("Henk Lange", "Ria Kort"):
        steps.change_slot(cast, supervisor=name)
        steps.tell()
    first, second = steps.letters("claim_changed")
    assert "Ria Kort" not in first.text
    assert "Henk Lange" in second.text
    assert "Gerda Nijboer" not in second.text


# --- When it is told ----------------------------------------------------------------------------------------


def test_three_quick_edits_make_one_letter(cast: Cast) -> None:
    claim = sent_before(cast)
    steps.change_slot(cast, supervisor="Henk Lange", now=NOW)
    move_house(cast)
    add_glasses(cast)
    assert steps.tell(now=NOW + QUIET, quiet_time=QUIET) == 1
    letter = steps.the_letter("claim_changed")
    assert all(word in letter.text for word in ("Henk Lange", "Nijverheidsweg 2", "Safety glasses"))
    assert steps.entries_of(claim)[0].sequence == 2


def test_changes_that_cancel_out_are_told_to_nobody(cast: Cast) -> None:
    claim = sent_before(cast)
    original = sessions(cast)
    steps.change_slot(
        cast, supervisor="Henk Lange", sessions=[steps.moved(each, days=1) for each in original]
    )
    steps.change_slot(cast, supervisor="Gerda Nijboer", sessions=original)
    assert [steps.tell() for _ in range(2)] == [1, 0]
    assert not steps.letters("claim_changed")
    assert steps.entries_of(claim)[0].sequence == 1
    assert audit.breaches(now=NOW + timedelta(hours=1)) == []


def test_writing_the_same_again_is_no_change(cast: Cast) -> None:
    sent_before(cast)
    version = steps.slot_with(cast.slot).version
    steps.change_slot(cast)
    change_brief(cast, BRIEF)
    change_offer(cast)
    assert steps.slot_with(cast.slot).version == version
    assert steps.tell() == 0


def test_nobody_is_told_before_it_has_been_quiet_for_a_while(cast: Cast) -> None:
    sent_before(cast)
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.change_slot(cast, supervisor="Ria Kort", now=NOW + minutes(1))
    assert steps.tell(now=NOW + minutes(2.9), quiet_time=QUIET) == 0
    assert steps.tell(now=NOW + minutes(3), quiet_time=QUIET) == 1


def edit_every_minute(cast: Cast, until: int) -> list[int]:
    """A host who edits every minute, and a worker that runs after each edit. Returns when people were told."""
    told = []
    for minute in range(until + 1):
        steps.change_slot(cast, supervisor=f"Begeleider {minute}", now=NOW + minutes(minute))
        if steps.tell(now=NOW + minutes(minute), quiet_time=QUIET):
            told.append(minute)
    return told


def test_a_host_who_keeps_editing_postpones_it_for_ten_minutes_at_most(cast: Cast) -> None:
    sent_before(cast)
    assert edit_every_minute(cast, 10) == [10]


def test_a_host_who_edits_for_half_an_hour_makes_a_letter_every_ten_minutes(cast: Cast) -> None:
    sent_before(cast)
    assert len(edit_every_minute(cast, 30)) == 3


def test_a_claim_left_untold_is_a_breach_after_fifteen_minutes(cast: Cast) -> None:
    claim = sent_before(cast)
    steps.change_slot(cast, supervisor="Henk Lange")
    assert audit.breaches(now=NOW + minutes(14)) == []
    (breach,) = audit.breaches(now=NOW + minutes(15))
    assert claim.code in breach


# --- Calendars follow ---------------------------------------------------------------------------------------


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
    assert steps.show_hosts(now=NOW + minutes(4)) == 0
