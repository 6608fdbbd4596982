"""Mails about saved searches: what is new, once each, at the pace asked for, and never what cannot be claimed."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from marketplace import audit
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import insert_row, session, transaction
from marketplace.kernel.times import at_wall
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText
from marketplace.offers.models import Offer
from marketplace.offers.states import SlotState
from marketplace.outbox.models import Letter
from marketplace.people.models import Person
from marketplace.searches import actions as searches
from marketplace.searches.models import SavedSearch, ToldOffer
from marketplace.searches.states import Alert
from tests import steps
from tests.cast import Cast, person, plan
from tests.conftest import NOW
from tests.market.rows import TEXT, add_offer
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("app_context")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SETTLED = timedelta(minutes=10)
PUMPS = replace(TEXT, title="Warmtepompen inregelen", format="masterclass", profiles=("BWI",))


def keep(
    cast: Cast, query: str, alert: Alert = Alert.AT_ONCE, who: str = "teacher", now: datetime = NOW
) -> str:
    """That member of the cast saves a search. Returns its code."""
    with transaction():
        search = searches.save(person=person(cast, who), name=f"«{query}»", query=query, alert=alert, now=now)
        session.flush()
        return search.code


def post(cast: Cast, text: OfferText = PUMPS, *, now: datetime = NOW + MINUTE, **more: Any) -> str:
    """The cast's company publishes. Returns the code of the offer."""
    with transaction():
        return add_offer(cast, text, now=now, **more).code


def offer_with(code: str) -> Offer:
    return session.scalars(select(Offer).where(Offer.code == code)).one()


def told(now: datetime) -> list[tuple[str, str]]:
    """The worker looks. Returns to whom it wrote, by the name before the @, and the subjects."""
    before = len(steps.letters("saved_search"))
    searches.alert_due(now=now)
    session.expire_all()
    new = steps.letters("saved_search")[before:]
    return sorted((each.receiver_address.partition("@")[0], each.subject) for each in new)


@pytest.mark.parametrize(
    "query", ["time_basis=at_night", "within=far", "from=32-13-2027", "month=never", "near=Atlantis"]
)
def test_a_search_that_is_not_understood_any_more_holds_up_no_other(cast: Cast, query: str) -> None:
    keep(cast, query)
    keep(cast, "q=warmtepomp", who="colleague")
    post(cast)
    assert [name for name, _ in told(NOW + MINUTE + SETTLED)] == ["colleague"]


# --- What -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "is_told"),
    [
        ("", True),
        ("q=warmtepomp", True),
        ("q=lassen", False),
        ("q=WARMTEPOMPEN+reestdal&format=masterclass", True),
        ("format=docentstage", False),
        ("profile=BWI&profile=PIE", True),
        ("near=Meppel&within=10", True),
        ("near=Maastricht&within=25", False),
        ("near=Meppel&sort=distance", True),
        ("month=2027-02", True),
        ("month=2027-03", False),
        ("from=2027-02-20&until=2027-02-20&free=1", True),
        ("time_basis=own_time&time_basis=holiday_noord&duration=day", True),
        ("time_basis=school_time", False),
        ("ease=nothing&access=none", True),
    ],
)
def test_only_what_fits_the_search_is_told(cast: Cast, query: str, is_told: bool) -> None:
    keep(cast, query)
    post(cast)
    expected = [("teacher", f"1 new activity: «{query}»")] if is_told else []
    assert told(NOW + HOUR) == expected


def test_what_was_there_already_is_not_new(cast: Cast) -> None:
    keep(cast, "q=lassen", now=NOW + MINUTE)
    assert told(NOW + HOUR) == []


def test_a_letter_says_what_is_new_with_ways_to_it_and_out(cast: Cast) -> None:
    keep(cast, "q=warmtepomp&format=masterclass")
    code = post(cast)
    told(NOW + HOUR)
    (letter,) = steps.letters("saved_search")
    for link in (f"/offers/{code}", "/offers?q=warmtepomp&format=masterclass", "/searches"):
        assert f"http://localhost{link}" in letter.text.splitlines()
    assert "Warmtepompen inregelen" in letter.text
    assert letter.unsubscribe in letter.text.splitlines()
    assert letter.region == "", "what somebody looks for stands in no mail log"
    octets = steps.send_everything(now=NOW + HOUR)
    assert any(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in each for each in octets)


def test_an_activity_is_told_once_however_often_it_changes_or_gets_moments(cast: Cast) -> None:
    keep(cast, "q=warmtepomp")
    code = post(cast, moments=2)
    assert told(NOW + HOUR) == [("teacher", "1 new activity: «q=warmtepomp»")]
    with transaction():
        offers.add_slots(
            offer=offer_with(code),
            plan=plan(cast.site, day=date(2027, 4, 6)),
            by="system",
            now=NOW + 2 * HOUR,
        )
    assert told(NOW + DAY) == []


def test_a_new_moment_of_what_was_there_is_news_too(cast: Cast) -> None:
    keep(cast, "month=2027-04")
    with transaction():
        offers.add_slots(
            offer=offer_with(cast.offer),
            plan=plan(cast.site, day=date(2027, 4, 6)),
            by="system",
            now=NOW + MINUTE,
        )
    assert [who for who, _ in told(NOW + HOUR)] == ["teacher"]
    assert "6 April" in steps.letters("saved_search")[0].text


def test_a_moment_that_was_planned_on_a_closed_offer_is_news_when_that_opens_again(cast: Cast) -> None:
    keep(cast, "month=2027-02&month=2027-04")
    with transaction():
        offer, day = offer_with(cast.offer), date(2027, 4, 6)
        offers.close_offer(offer=offer, by="system", now=NOW + MINUTE)
        offers.add_slots(offer=offer, plan=plan(cast.site, day=day), by="system", now=NOW + MINUTE)
    assert told(NOW + HOUR) == []
    assert audit.breaches(now=NOW + HOUR) == []
    with transaction():
        offers.reopen_offer(offer=offer_with(cast.offer), by="system", now=NOW + 2 * HOUR)
    assert [who for who, _ in told(NOW + DAY)] == ["teacher"]
    text = steps.letters("saved_search")[0].text
    assert "6 April" in text and "9 February" not in text
    assert audit.breaches(now=NOW + DAY) == []


def test_a_moment_that_moves_is_not_new(cast: Cast) -> None:
    keep(cast, "month=2027-02", now=NOW + MINUTE)
    sessions = [steps.moved(each, days=7) for each in steps.sessions_of(steps.slot_with(cast.slot))]
    steps.change_slot(cast, slot=cast.slot, sessions=sessions, now=NOW + 2 * MINUTE)
    assert told(NOW + HOUR) == []


def test_ten_stand_in_a_letter_and_the_rest_are_counted(cast: Cast) -> None:
    keep(cast, "q=spuitgieten")
    for number in range(13):
        post(cast, replace(TEXT, title=f"Spuitgieten {number}"), day=date(2027, 2, 1) + number * DAY)
    assert told(NOW + HOUR) == [("teacher", "13 new activities: «q=spuitgieten»")]
    text = steps.letters("saved_search")[0].text
    assert text.count("/offers/") == 10
    assert "And 3 more." in text
    assert told(NOW + 3 * HOUR) == [], "those that were only counted are not told later"


def test_what_cannot_be_claimed_is_not_told(cast: Cast) -> None:
    keep(cast, "q=warmtepomp")
    full, closed, off, gone, soon = (post(cast, day=date(2027, 2, 1) + number * DAY) for number in range(5))
    with transaction():
        offer_with(full).slots[0].seats_taken = 2
        offer_with(closed).slots[0].close_at = NOW + 30 * MINUTE
        slot = offer_with(off).slots[0]
        offers.close_slot(slot=slot, to=SlotState.CANCELLED, reason="Storm", by="system", now=NOW + MINUTE)
        offers.close_offer(offer=offer_with(gone), by="system", now=NOW + MINUTE)
        offer_with(soon).slots[0].close_at = NOW + HOUR
    assert told(NOW + HOUR) == []


def test_nothing_is_told_before_it_is_published(cast: Cast) -> None:
    keep(cast, "q=warmtepomp")
    with transaction():
        steps.company_of(cast).trusted_at = None
    code = post(cast)
    assert told(NOW + HOUR) == []
    with transaction():
        offers.publish(offer=offer_with(code), by=cast.codes["coordinator"], now=NOW + DAY)
    assert [who for who, _ in told(NOW + DAY + HOUR)] == ["teacher"]


# --- When -------------------------------------------------------------------------------------------------------


def test_at_once_is_when_it_has_settled(cast: Cast) -> None:
    keep(cast, "q=warmtepomp")
    post(cast, now=NOW + MINUTE)
    post(cast, now=NOW + MINUTE)
    assert told(NOW + MINUTE + SETTLED - timedelta(seconds=1)) == []
    assert told(NOW + MINUTE + SETTLED) == [("teacher", "2 new activities: «q=warmtepomp»")]
    assert told(NOW + MINUTE + SETTLED) == []


def test_at_once_is_at_most_once_an_hour(cast: Cast) -> None:
    keep(cast, "q=warmtepomp")
    post(cast)
    first = NOW + MINUTE + SETTLED
    assert len(told(first)) == 1
    post(cast, now=first)
    post(cast, now=first + 20 * MINUTE)
    assert told(first + HOUR - MINUTE) == []
    assert told(first + HOUR) == [("teacher", "2 new activities: «q=warmtepomp»")]


EIGHT = at_wall(date(2027, 1, 12), time(8))
MONDAY = at_wall(date(2027, 1, 18), time(8))


@pytest.mark.parametrize(("alert", "at"), [(Alert.DAILY, EIGHT), (Alert.WEEKLY, MONDAY)])
def test_mails_of_the_day_and_the_week_go_in_the_morning(cast: Cast, alert: Alert, at: datetime) -> None:
    keep(cast, "q=warmtepomp", alert)
    post(cast)
    assert told(at - MINUTE) == []
    assert [who for who, _ in told(at)] == ["teacher"]
    post(cast, now=at + MINUTE)
    assert told(at + 11 * HOUR) == []


@pytest.mark.parametrize(
    ("day", "eight"),
    [(date(2027, 3, 28), 6), (date(2027, 3, 27), 7), (date(2027, 10, 31), 7), (date(2027, 10, 30), 6)],
)
def test_eight_is_eight_on_the_wall(cast: Cast, day: date, eight: int) -> None:
    keep(cast, "q=warmtepomp", Alert.DAILY)
    at = datetime(day.year, day.month, day.day, eight, tzinfo=NOW.tzinfo)
    post(cast, day=date(2027, 12, 1), now=at - HOUR)
    assert told(at - MINUTE) == []
    assert len(told(at)) == 1


def test_a_morning_that_was_missed_is_left_out_and_the_next_one_tells_it(cast: Cast) -> None:
    keep(cast, "q=warmtepomp", Alert.DAILY)
    post(cast)
    assert told(EIGHT + 12 * HOUR) == []
    assert told(EIGHT + DAY) == [("teacher", "1 new activity: «q=warmtepomp»")]


def test_old_news_is_none(cast: Cast) -> None:
    keep(cast, "q=warmtepomp", Alert.WEEKLY)
    post(cast)
    assert told(MONDAY + timedelta(days=14)) == []


def test_no_mails_are_no_mails_and_what_appeared_meanwhile_is_not_told(cast: Cast) -> None:
    code = keep(cast, "q=warmtepomp", Alert.NONE)
    post(cast)
    assert told(NOW + HOUR) == []
    with transaction():
        search = session.scalars(select(SavedSearch).where(SavedSearch.code == code)).one()
        searches.change(search=search, name="Pompen", alert=Alert.AT_ONCE, now=NOW + HOUR)
    assert told(NOW + 2 * HOUR) == []
    post(cast, now=NOW + 2 * HOUR)
    assert told(NOW + 3 * HOUR) == [("teacher", "1 new activity: Pompen")]


def test_everybody_is_told_at_their_own_pace(cast: Cast) -> None:
    keep(cast, "q=warmtepomp", Alert.AT_ONCE, "teacher")
    keep(cast, "q=warmtepomp", Alert.DAILY, "host")
    keep(cast, "format=masterclass", Alert.AT_ONCE, "coordinator")
    post(cast)
    assert [who for who, _ in told(NOW + HOUR)] == ["coordinator", "teacher"]
    assert [who for who, _ in told(EIGHT)] == ["host"]


# --- How much work it is ----------------------------------------------------------------------------------------


def keep_many(cast: Cast, number: int, alert: Alert = Alert.AT_ONCE) -> None:
    """So many people look for one of two things."""
    with transaction():
        for each in range(number):
            code = new_code()
            insert_row(
                Person,
                code=code,
                email=f"{code}@school.example".lower(),
                name="Iemand",
                session_key=code,
                created_at=NOW,
            )
            owner = session.scalars(select(Person.id).where(Person.code == code)).one()
            insert_row(
                SavedSearch,
                code=code,
                person_id=owner,
                name="Iets",
                query=("q=lassen", "profile=PIE&near=Meppel&within=25")[each % 2],
                alert=alert,
                seen_until=NOW,
                made_at=NOW,
            )


def test_a_minute_without_news_costs_one_statement(app: Flask, cast: Cast) -> None:
    keep_many(cast, 30)
    with statements(app) as sent:
        searches.alert_due(now=NOW + HOUR)
    assert len(sent) == 1


def test_news_costs_as_many_statements_for_many_as_for_few(app: Flask, cast: Cast) -> None:
    counted = []
    for number in (4, 40):
        with transaction():
            session.execute(delete(SavedSearch))
        keep_many(cast, number)
        post(cast, now=NOW + MINUTE)
        session.commit()
        with statements(app) as sent:
            searches.alert_due(now=NOW + HOUR)
        counted.append(len(sent))
        seen = session.scalars(select(SavedSearch.seen_until).distinct()).all()
        assert list(seen) == [NOW + HOUR - SETTLED], "they are not looked at again"
        session.commit()
    assert counted[0] == counted[1] <= 8
    assert steps.letters("saved_search") == []


def test_what_else_is_due_need_not_wait_for_all_of_them(cast: Cast) -> None:
    keep_many(cast, 120)
    post(cast, now=NOW + MINUTE)
    waiting = []
    for minutes in range(3):
        searches.alert_due(now=NOW + HOUR + minutes * MINUTE)
        statement = select(func.count(SavedSearch.id)).where(SavedSearch.seen_until == NOW)
        waiting.append(session.scalar(statement))
        session.commit()
    assert waiting == [20, 0, 0]


def test_what_is_told_at_once_does_not_wait_behind_the_wave_of_the_morning(cast: Cast) -> None:
    keep_many(cast, 120, Alert.DAILY)
    keep(cast, "q=warmtepomp")
    post(cast)
    assert [who for who, _ in told(EIGHT)] == ["teacher"]


# --- Whose it is ------------------------------------------------------------------------------------------------


def test_a_search_goes_with_its_owner_and_takes_what_was_told_along(cast: Cast) -> None:
    code = keep(cast, "q=warmtepomp")
    post(cast)
    told(NOW + HOUR)
    assert session.scalar(select(func.count()).select_from(ToldOffer)) == 1
    with transaction():
        search = session.scalars(select(SavedSearch).where(SavedSearch.code == code)).one()
        searches.remove(search=search, now=NOW + HOUR)
    assert session.scalar(select(func.count()).select_from(ToldOffer)) == 0
    post(cast, now=NOW + HOUR)
    assert told(NOW + DAY) == []


def test_the_outbox_has_each_letter_once_whatever_the_worker_does(cast: Cast) -> None:
    keep(cast, "q=warmtepomp")
    post(cast)
    for minutes in range(0, 90, 5):
        searches.alert_due(now=NOW + minutes * MINUTE)
    assert session.scalar(select(func.count()).select_from(Letter).where(Letter.name == "saved_search")) == 1
