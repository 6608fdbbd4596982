"""Planning moments: what a plan becomes, what may change, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from marketplace import audit
from marketplace.formats.playbooks import format_of
from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import history
from marketplace.offers import actions as offers
from marketplace.offers import rules
from marketplace.offers.facts import SESSIONS_LIMIT, Repeat, Rhythm, SessionFacts, SlotPlan
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState
from tests import steps
from tests.cast import Cast, plan
from tests.claims.changes import change_offer
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

TUESDAY = date(2027, 2, 9)


def add(cast: Cast, **wishes: Any) -> list[str]:
    with transaction():
        wanted = replace(plan(cast.site), **wishes)
        made = offers.add_slots(offer=steps.offer_of(cast), plan=wanted, by=cast.codes["host"], now=NOW)
        return [each.code for each in made]


def days(wanted: SlotPlan) -> list[str]:
    return [f"{each:%d-%m}" for each in rules.days_of(wanted)]


def repeated(repeat: Repeat, until: date, day: date = TUESDAY) -> SlotPlan:
    return SlotPlan(day, time(8), time(16), 2, "X", repeat=repeat, until=until)


# --- What a plan becomes ------------------------------------------------------------------------------------


def test_a_moment_is_planned_on_the_wall_clock(cast: Cast) -> None:
    (winter,) = add(cast, day=date(2027, 2, 10))
    (summer,) = add(cast, day=date(2027, 6, 10))
    assert steps.slot_with(winter).starts_at == datetime(2027, 2, 10, 7, tzinfo=UTC)
    assert steps.slot_with(summer).starts_at == datetime(2027, 6, 10, 6, tzinfo=UTC)
    assert [each.event for each in history("slot", winter)] == ["open"]
    assert audit.breaches(now=NOW) == []


def test_ten_evenings_keep_their_hour_across_the_change_of_the_clock(cast: Cast) -> None:
    (code,) = add(cast, day=date(2027, 2, 11), sessions=10, rhythm=Rhythm.WEEKLY)
    hours = {(each.starts_at.hour, each.starts_at.month > 3) for each in steps.slot_with(code).sessions}
    assert hours == {(7, False), (6, True)}


def test_days_in_a_row_pass_over_the_weekend(cast: Cast) -> None:
    (code,) = add(cast, day=date(2027, 2, 11), sessions=3)
    assert [each.starts_at.day for each in steps.slot_with(code).sessions] == [11, 12, 15]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (repeated(Repeat.NEVER, TUESDAY), ["09-02"]),
        (repeated(Repeat.WEEKLY, date(2027, 3, 2)), ["09-02", "16-02", "23-02", "02-03"]),
        (repeated(Repeat.FORTNIGHTLY, date(2027, 3, 8)), ["09-02", "23-02"]),
        (repeated(Repeat.MONTHLY, date(2027, 5, 31)), ["09-02", "09-03", "13-04", "11-05"]),
        (
            repeated(Repeat.MONTHLY, date(2027, 7, 1), date(2027, 3, 31)),
            ["31-03", "28-04", "26-05", "30-06"],
        ),
        (repeated(Repeat.MONTHLY, date(2028, 2, 1), date(2027, 12, 14)), ["14-12", "11-01"]),
    ],
)
def test_moments_repeat(wanted: SlotPlan, expected: list[str]) -> None:
    assert days(wanted) == expected


def test_a_plan_without_end_is_never_counted_out() -> None:
    assert len(rules.days_of(repeated(Repeat.WEEKLY, date(2099, 1, 1)))) <= 41


@pytest.mark.parametrize(
    ("starts", "ends", "day", "is_own"),
    [
        (time(8), time(16), TUESDAY, False),
        (time(16, 30), time(20), TUESDAY, True),
        (time(16, 29), time(20), TUESDAY, False),
        (time(7), time(8, 15), TUESDAY, True),
        (time(8), time(16), date(2027, 2, 13), True),
        (time(8), time(16), date(2027, 4, 27), True),
    ],
    ids=["lessons", "evening", "a minute of lessons", "early", "Saturday", "King's Day"],
)
def test_own_time_is_outside_lessons(cast: Cast, starts: time, ends: time, day: date, is_own: bool) -> None:
    (code,) = add(cast, day=day, starts=starts, ends=ends)
    assert steps.slot_with(code).is_own_time is is_own


def test_claiming_opens_and_closes_by_the_playbook() -> None:
    starts_at = datetime(2027, 4, 8, 15, tzinfo=UTC)
    open_at, close_at = rules.open_and_close(format_of("masterclass"), starts_at, NOW)
    assert open_at == datetime(2027, 3, 10, 23, tzinfo=UTC), "four weeks before, at midnight in winter"
    assert close_at == starts_at - timedelta(days=3)


def test_what_is_posted_late_opens_at_once_and_closes_at_the_start() -> None:
    starts_at = NOW + timedelta(days=2)
    assert rules.open_and_close(format_of("masterclass"), starts_at, NOW) == (None, starts_at)
    assert rules.is_posted_late(format_of("masterclass"), starts_at, NOW)


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"ends": time(8)}, "end time after the start"),
        ({"capacity": 0}, "between 1 and 200 seats"),
        ({"capacity": 201}, "between 1 and 200 seats"),
        ({"sessions": 0}, "between 1 and 40 sessions"),
        ({"sessions": 41}, "between 1 and 40 sessions"),
        ({"day": date(2027, 1, 10)}, "in the future"),
        ({"day": date(2031, 1, 1)}, "within three years"),
        ({"repeat": Repeat.WEEKLY}, "until when"),
        ({"repeat": Repeat.WEEKLY, "until": date(2027, 2, 1)}, "until when"),
        ({"repeat": Repeat.WEEKLY, "until": date(2035, 1, 1)}, "within three years"),
        ({"repeat": Repeat.WEEKLY, "until": date(2029, 1, 1)}, "at most 40 moments"),
        ({"site": "ELSEWHERE1"}, "location from the list"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(cast: Cast, wishes: dict[str, Any], sentence: str) -> None:
    assert sentence in steps.refusal(lambda: add(cast, **wishes))


# --- Changing a moment --------------------------------------------------------------------------------------


def sessions(cast: Cast) -> list[SessionFacts]:
    return steps.sessions_of(steps.slot_with(cast.slot))


def test_a_moment_that_moves_spans_its_new_sessions(cast: Cast) -> None:
    (first,) = sessions(cast)
    later = [steps.moved(first, days=2), steps.moved(first, days=1)]
    steps.change_slot(cast, sessions=later)
    slot = steps.slot_with(cast.slot)
    assert (slot.starts_at, slot.ends_at) == (later[1].starts_at, later[0].ends_at)
    assert slot.session_count == 2
    assert slot.close_at == slot.starts_at - timedelta(days=3)
    assert (slot.version, slot.changed_at) == (2, NOW)
    assert audit.breaches(now=NOW) == []


def test_what_was_open_for_claims_stays_open_when_it_moves(cast: Cast) -> None:
    with transaction():
        session.execute(update(Offer).values(format="masterclass", kind=""))
    steps.change_slot(cast, sessions=[steps.moved(each, days=90) for each in sessions(cast)])
    assert steps.slot_with(cast.slot).open_at is None


def test_what_was_not_open_yet_moves_its_opening_along(cast: Cast) -> None:
    with transaction():
        session.execute(update(Offer).values(format="masterclass", kind=""))
        session.execute(update(Slot).values(open_at=NOW + timedelta(days=1)))
    steps.change_slot(cast, sessions=[steps.moved(each, days=90) for each in sessions(cast)])
    slot = steps.slot_with(cast.slot)
    assert slot.open_at
    assert timedelta(days=28) <= slot.starts_at - slot.open_at < timedelta(days=29)


def shifted(each: SessionFacts, **ends: float) -> SessionFacts:
    return SessionFacts(each.starts_at, each.ends_at + timedelta(**ends))


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda one: [], "Keep a session that is still to come"),
        (lambda one: [shifted(one, hours=-8)], "end time after the start"),
        (lambda one: [steps.moved(one, days=-60)], "in the future"),
        (lambda one: [one, steps.moved(one, days=-60)], "in the future"),
        (lambda one: [steps.moved(one, days=2000)], "within three years"),
        (lambda one: [one, steps.moved(one, hours=7)], "at the same time"),
        (
            lambda one: [steps.moved(one, days=day) for day in range(SESSIONS_LIMIT + 1)],
            "between 1 and 40 sessions",
        ),
    ],
)
def test_times_that_cannot_be_are_refused(cast: Cast, edit: Any, sentence: str) -> None:
    (one,) = sessions(cast)
    assert sentence in steps.refusal(lambda: steps.change_slot(cast, sessions=edit(one)))


def test_a_location_of_somebody_else_is_refused(cast: Cast) -> None:
    assert "location from the list" in steps.refusal(lambda: steps.change_slot(cast, site="ELSEWHERE1"))


def test_nobody_loses_a_seat_by_fewer_of_them(cast: Cast) -> None:
    for who in ("teacher", "colleague"):
        steps.claim_seat(cast, who)
    assert "2 seats are taken" in steps.refusal(lambda: steps.change_slot(cast, capacity=1))
    steps.change_slot(cast, capacity=3)
    assert steps.claim_seat(cast, "outsider")


@pytest.mark.parametrize("capacity", [0, -1, 201])
def test_a_number_of_seats_that_cannot_be_is_refused(cast: Cast, capacity: int) -> None:
    assert "between 1 and 200" in steps.refusal(lambda: steps.change_slot(cast, capacity=capacity))


def test_what_is_over_or_was_cancelled_is_not_changed(cast: Cast) -> None:
    ends_at = steps.slot_with(cast.slot).ends_at
    assert "is over" in steps.refusal(lambda: steps.change_slot(cast, now=ends_at))
    steps.cancel_slot(cast)
    assert "was cancelled" in steps.refusal(lambda: steps.change_slot(cast))


def test_sessions_whose_times_stay_keep_their_rows(cast: Cast) -> None:
    (code,) = add(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
    first, second, third = (each.id for each in steps.slot_with(code).sessions)
    before = steps.sessions_of(steps.slot_with(code))
    steps.change_slot(cast, slot=code, sessions=[before[0], steps.moved(before[1], days=1), before[2]])
    after = [each.id for each in steps.slot_with(code).sessions]
    assert (after[0], after[2]) == (first, third)
    assert after[1] != second
    steps.change_slot(cast, slot=code, sessions=[before[0], before[2]])
    assert [each.id for each in steps.slot_with(code).sessions] == [first, third]
    assert audit.breaches(now=NOW) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"policy": "nobody"}, "who decides"),
        ({"school_limit": -1}, "at most 200 people"),
        ({"school_limit": 201}, "at most 200 people"),
    ],
)
def test_who_decides_and_the_limit_of_a_school_are_what_can_be(
    cast: Cast, said: dict[str, Any], sentence: str
) -> None:
    assert sentence in steps.refusal(lambda: change_offer(cast, **said))


# --- A series that has begun --------------------------------------------------------------------------------


def on_its_way(cast: Cast) -> tuple[str, list[SessionFacts], datetime]:
    """Ten Thursdays, and an instant during the second one."""
    code = steps.add_slot(cast, day=date(2027, 3, 4), sessions=10, rhythm=Rhythm.WEEKLY)
    days = steps.sessions_of(steps.slot_with(code))
    return code, days, days[1].starts_at


def test_of_a_series_what_is_still_to_come_can_be_moved(cast: Cast) -> None:
    code, days, second = on_its_way(cast)
    close_at = steps.slot_with(code).close_at
    moved = [*days[:2], steps.moved(days[2], days=1), *days[3:]]
    steps.change_slot(cast, slot=code, sessions=moved, now=second)
    slot = steps.slot_with(code)
    assert steps.sessions_of(slot) == moved
    assert (slot.close_at, slot.version) == (close_at, 2)
    assert audit.breaches(now=second) == []


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda days: [steps.moved(days[0], hours=1), *days[1:]], "has begun stays as it was"),
        (lambda days: [days[0], shifted(days[1], hours=1), *days[2:]], "has begun stays as it was"),
        (lambda days: days[1:], "has begun stays as it was"),
        (lambda days: [*days[:2], steps.moved(days[2], days=-10), *days[3:]], "in the future"),
        (lambda days: [steps.moved(days[0], days=-7), *days], "in the future"),
    ],
)
def test_of_a_series_what_has_begun_stays_as_it_was(cast: Cast, edit: Any, sentence: str) -> None:
    code, days, second = on_its_way(cast)
    why = steps.refusal(lambda: steps.change_slot(cast, slot=code, sessions=edit(days), now=second))
    assert sentence in why


def test_a_series_does_not_end_by_leaving_out_what_is_still_to_come(cast: Cast) -> None:
    code, days, second = on_its_way(cast)
    later = second + timedelta(days=1)
    why = steps.refusal(lambda: steps.change_slot(cast, slot=code, sessions=days[:2], now=later))
    assert "or cancel this moment" in why
    steps.cancel_slot(cast, slot=code, now=days[-1].ends_at - timedelta(seconds=1))
    assert steps.slot_with(code).state == SlotState.CANCELLED
    assert audit.breaches(now=later) == []


def test_the_database_itself_sells_no_seat_twice(cast: Cast) -> None:
    for wrong in ("seats_taken = capacity + 1", "seats_taken = -1", "capacity = 0"):
        with pytest.raises(IntegrityError), transaction():
            session.execute(text(f"UPDATE slot SET {wrong}"))


# --- Closing and opening ------------------------------------------------------------------------------------


def close(cast: Cast, to: SlotState = SlotState.CLOSED, *, now: datetime = NOW) -> None:
    with transaction():
        slot = steps.slot_with(cast.slot)
        offers.close_slot(slot=slot, to=to, reason="", by=cast.codes["host"], now=now)


def reopen(cast: Cast, *, now: datetime = NOW) -> None:
    with transaction():
        offers.reopen_slot(slot=steps.slot_with(cast.slot), by=cast.codes["host"], now=now)


def test_a_closed_moment_opens_again_and_no_participant_is_told(cast: Cast) -> None:
    steps.approved(cast)
    close(cast)
    reopen(cast)
    assert steps.tell() == 0
    assert steps.slot_with(cast.slot).state == SlotState.OPEN
    assert [each.event for each in history("slot", cast.slot)] == ["open", "closed", "open"]
    assert audit.breaches(now=NOW) == []


def test_what_is_open_is_not_opened_and_what_is_closed_not_closed(cast: Cast) -> None:
    assert "cannot be done any more" in steps.refusal(lambda: reopen(cast))
    close(cast)
    assert "cannot be done any more" in steps.refusal(lambda: close(cast))


def test_what_was_cancelled_or_is_over_stays_so(cast: Cast) -> None:
    ends_at = steps.slot_with(cast.slot).ends_at
    assert "is over" in steps.refusal(lambda: close(cast, now=ends_at))
    steps.cancel_slot(cast)
    assert "was cancelled" in steps.refusal(lambda: reopen(cast))


def test_closing_a_moment_for_claims_postpones_no_letter_that_waits(cast: Cast) -> None:
    steps.approved(cast)
    steps.change_slot(cast, supervisor="Henk Lange")
    close(cast, now=NOW + timedelta(minutes=1))
    assert steps.tell(now=NOW + timedelta(minutes=3), quiet_time=timedelta(minutes=2)) == 1
