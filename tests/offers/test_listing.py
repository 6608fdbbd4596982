"""The list keeps up with what it is made from."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from marketplace import audit
from marketplace.kernel.changes import EVERYBODY, number_of
from marketplace.kernel.database import session, transaction
from marketplace.offers import actions as offers
from marketplace.offers import queries
from marketplace.offers.facts import OfferSearch, SessionFacts
from marketplace.offers.listed import duration_of, holidays_of, is_after_school, month_of, place_of, starts_of
from marketplace.offers.models import Listing, Offer
from marketplace.offers.rules import sessions_of
from marketplace.offers.states import SlotState
from tests.cast import Cast, plan, slot_of
from tests.conftest import NOW
from tests.market.rows import TEXT, add_offer
from tests.steps import offer_of

pytestmark = pytest.mark.usefixtures("app_context")


def found(**wishes: object) -> list[str]:
    """The titles that a search finds, in order."""
    page = queries.search(OfferSearch(**wishes), now=NOW)  # type: ignore[arg-type]
    return [queries.card_of(hit).title for hit in page.hits]


def rows() -> int:
    return session.scalar(select(func.count()).select_from(Listing)) or 0


def stamp(cast: Cast) -> str:
    return session.scalars(select(Listing.stamp).where(Listing.slot_id == slot_of(cast).id)).one()


def test_a_draft_is_in_no_list(cast: Cast) -> None:
    before = rows()
    with transaction():
        host = offer_of(cast).organisation
        draft = offers.draft_offer(organisation=host, text=TEXT, made_with=None, by="host", now=NOW)
        offers.add_slots(offer=draft, plan=plan(cast.site), by="host", now=NOW)
    assert rows() == before
    assert TEXT.title not in found()


def test_a_new_title_is_found_and_the_old_one_is_not(cast: Cast) -> None:
    with transaction():
        offer = add_offer(cast)
        offers.change_offer(offer=offer, text=replace(TEXT, title="Kantbank"), by="host", now=NOW)
    assert found(q="kantbank") == ["Kantbank"]
    assert found(q="spuitgieten") == []


def test_a_moment_that_moves_takes_its_place_in_the_order(cast: Cast) -> None:
    with transaction():
        add_offer(cast, day=date(2027, 2, 20))
    assert found() == ["Lassen en zetten: van plaat tot product", "Spuitgieten"]
    before = stamp(cast)
    with transaction():
        slot, later = slot_of(cast), plan(cast.site, day=date(2027, 3, 3))
        sessions = sessions_of(later.day, later)
        offers.change_slot(
            slot=slot, sessions=sessions, site=cast.site, supervisor="", capacity=2, by="host", now=NOW
        )
    assert found() == ["Spuitgieten", "Lassen en zetten: van plaat tot product"]
    assert stamp(cast) != before, "a card that was kept is of another day"


def test_what_is_closed_is_found_again_when_it_opens(cast: Cast) -> None:
    with transaction():
        offers.close_slot(slot=slot_of(cast), to=SlotState.CLOSED, reason="", by="host", now=NOW)
    assert found() == []
    with transaction():
        offers.reopen_slot(slot=slot_of(cast), by="host", now=NOW)
    assert len(found()) == 1
    with transaction():
        offers.close_offer(offer=offer_of(cast), by="host", now=NOW)
    assert found() == []
    assert rows() == 0
    with transaction():
        offers.reopen_offer(offer=offer_of(cast), by="host", now=NOW)
    assert len(found()) == 1


def test_what_begins_at_this_minute_has_begun(cast: Cast) -> None:
    slot = slot_of(cast)
    before = queries.search(OfferSearch(), now=slot.starts_at - timedelta(minutes=1))
    assert len(before.hits) == 1
    assert queries.search(OfferSearch(), now=slot.starts_at).hits == ()


def test_moments_of_before_there_was_a_list_are_listed_by_the_worker(cast: Cast) -> None:
    with transaction():
        add_offer(cast, moments=3)
    feed = number_of(EVERYBODY)
    with transaction():
        session.execute(delete(Listing))
        for offer in session.scalars(select(Offer)):
            offer.search_text = "lassen"
    assert found() == []
    assert any("in the list" in breach for breach in audit.breaches(now=NOW))
    assert offers.list_due(now=NOW) == 2
    assert found(q="spuitgiet") == ["Spuitgieten"]
    assert rows() == 4
    assert audit.breaches(now=NOW) == []
    assert offers.list_due(now=NOW) == 0
    assert number_of(EVERYBODY) == feed, "what calendars show did not change"


# --- What stands in a row -----------------------------------------------------------------------------------


def sessions(cast: Cast, day: date, count: int = 1, starts: int = 8, ends: int = 16) -> list[SessionFacts]:
    wanted = plan(cast.site, day=day, sessions=count)
    return sessions_of(
        day, replace(wanted, starts=wanted.starts.replace(hour=starts), ends=wanted.ends.replace(hour=ends))
    )


def test_a_place_tells_the_minute_and_goes_by_date(cast: Cast) -> None:
    first, second = NOW, NOW + timedelta(minutes=1)
    assert place_of(first, 2**31) < place_of(second, 1)
    assert starts_of(place_of(first, 7)) == NOW
    start, end = month_of("2026-12")
    assert start < place_of(NOW - timedelta(days=20), 1) < end < place_of(NOW, 1)


@pytest.mark.parametrize(
    ("count", "starts", "ends", "duration"),
    [(1, 8, 12, "half_day"), (1, 8, 13, "day"), (2, 8, 10, "several")],
)
def test_how_long_a_moment_takes(cast: Cast, count: int, starts: int, ends: int, duration: str) -> None:
    assert duration_of(sessions(cast, date(2027, 2, 9), count, starts, ends)) == duration


def test_after_school_is_a_working_day_after_the_lessons(cast: Cast) -> None:
    assert is_after_school(sessions(cast, date(2027, 2, 9), starts=17, ends=20))
    assert not is_after_school(sessions(cast, date(2027, 2, 9), starts=16, ends=20))
    assert not is_after_school(sessions(cast, date(2027, 2, 13), starts=17, ends=20)), "a Saturday"


def test_a_holiday_is_one_where_there_is_no_school_at_all(cast: Cast) -> None:
    assert holidays_of(sessions(cast, date(2027, 2, 22))) == 0b011, "spring, in the north and the middle"
    assert holidays_of(sessions(cast, date(2027, 2, 19), count=2)) == 0, (
        "Friday is a day of school in the north"
    )
    assert holidays_of(sessions(cast, date(2026, 12, 28))) == 0b111


def test_each_offer_stands_by_its_first_moment_whatever_happens_to_the_others(cast: Cast) -> None:
    with transaction():
        offer = add_offer(cast, day=date(2027, 2, 20), moments=3)
    first, second, third = sorted(offer.slots, key=lambda slot: slot.starts_at)

    def shown() -> list[tuple[str, int]]:
        hits = queries.search(OfferSearch(q="spuitgieten"), now=NOW).hits
        return [(queries.card_of(hit).slot, hit.more_moments) for hit in hits]

    assert shown() == [(first.code, 2)]
    with transaction():
        offers.close_slot(slot=first, to=SlotState.CANCELLED, reason="Storm", by="host", now=NOW)
    assert shown() == [(second.code, 1)]
    earlier = plan(cast.site, day=date(2027, 2, 1))
    with transaction():
        offers.change_slot(
            slot=third,
            sessions=sessions_of(earlier.day, earlier),
            site=cast.site,
            supervisor="",
            capacity=2,
            by="host",
            now=NOW,
        )
    assert shown() == [(third.code, 1)]
    later = queries.search(OfferSearch(q="spuitgieten"), now=third.starts_at)
    assert [hit.slot_id for hit in later.hits] == [second.id]
