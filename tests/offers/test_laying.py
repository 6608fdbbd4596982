"""How sessions are laid over calendar entries, whatever changes and however often."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.calendars.facts import Occurrence
from marketplace.calendars.series import frequency
from marketplace.offers.entries import Laid, as_data, from_data, lay
from marketplace.offers.facts import SessionFacts
from tests.calendars.examples import session

MONDAY = date(2027, 3, 22)
"""The clock changes on the Sunday after."""


def on(*days: int, start: str = "09:00") -> list[SessionFacts]:
    """Sessions so many days after the Monday."""
    each = [session((MONDAY + timedelta(days=day)).isoformat(), start) for day in days]
    return [SessionFacts(one.starts_at, one.ends_at) for one in each]


def series_of(laid: list[Laid]) -> list[tuple[Occurrence, ...]]:
    return [each.series for each in laid]


def kept(laid: Laid) -> set[Occurrence]:
    return {each for each in laid.series if each.starts_at not in laid.excluded}


def test_a_single_session_that_moves_stays_in_its_entry() -> None:
    (laid,) = lay(series_of(lay([], on(0))), on(3))
    assert laid.old == 0
    assert laid.excluded == ()


def test_another_end_is_a_move_too() -> None:
    (before,) = on(0)
    longer = SessionFacts(before.starts_at, before.ends_at + timedelta(hours=1))
    (laid,) = lay(series_of(lay([], [before])), [longer])
    assert laid.old == 0
    assert laid.series[0].ends_at == longer.ends_at


def test_what_moves_out_of_a_series_is_excluded_and_laid_anew() -> None:
    first, second = lay(series_of(lay([], on(0, 1, 2))), on(0, 2, 8))
    assert (first.old, first.excluded) == (0, (on(1)[0].starts_at,))
    assert (second.old, second.excluded) == (None, ())


def test_an_entry_of_which_nothing_is_left_is_taken_over_or_left_out() -> None:
    before = series_of(lay([], on(0, 2, 7)))
    assert [each.old for each in lay(before, on(0, 2, 9))] == [0, 1, 2]
    assert [each.old for each in lay(before, on(0, 2))] == [0, 1]


def test_no_sessions_need_no_entries() -> None:
    assert lay(series_of(lay([], on(0, 1))), []) == []


def test_a_whole_series_that_moves_a_week_takes_its_entry_along() -> None:
    (laid,) = lay(series_of(lay([], on(0, 1, 2))), on(7, 8, 9))
    assert laid.old == 0
    assert len(laid.series) == 3


plans = st.lists(st.sets(st.integers(0, 20), min_size=1, max_size=8), min_size=1, max_size=5)


@given(plans)
def test_however_often_it_changes_each_session_is_in_exactly_one_entry(plans: list[set[int]]) -> None:
    entries: list[tuple[Occurrence, ...]] = []
    for plan in plans:
        laid = lay(entries, on(*plan))
        shown = [each for one in laid for each in kept(one)]
        assert sorted(each.starts_at for each in shown) == [each.starts_at for each in on(*sorted(plan))]
        olds = [each.old for each in laid if each.old is not None]
        assert len(olds) == len(set(olds))
        for one in laid:
            assert kept(one), "an entry without an occurrence"
            assert set(one.excluded) <= {each.starts_at for each in one.series}
            assert len(one.series) == 1 or frequency(one.series)
            if one.old is not None and kept(one) & set(entries[one.old]):
                assert one.series == entries[one.old], "a series that was sent keeps its rule"
        entries = series_of(laid)


@given(plans)
def test_what_does_not_change_stays_where_it_is(plans: list[set[int]]) -> None:
    for plan in plans:
        before = lay([], on(*plan))
        again = lay(series_of(before), on(*plan))
        assert [each.old for each in again] == list(range(len(before)))
        assert all(each.excluded == () for each in again)


def test_occurrences_survive_the_database() -> None:
    (laid,) = lay([], on(0, 1, 2))
    assert from_data(as_data(laid.series)) == laid.series
    assert isinstance(from_data(as_data(laid.series))[0].starts_at, datetime)
