"""The search as a month and as a week: which day a moment stands on, school holidays, and the way to other days."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.kernel.database import session
from marketplace.market.facts.holidays import holiday_of, holidays_between
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferSearch
from marketplace.offers.queries import filled_days, next_day
from marketplace.regions.models import Region
from tests.cast import Cast, claim, plan
from tests.conftest import NOW
from tests.market.rows import TEXT, add_offer, add_offers
from tests.statements import again, statements
from tests.steps import offer_of

Visit = Callable[[str], FlaskClient]
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
WELDING = "Lassen en zetten: van plaat tot product"


def shown(client: FlaskClient, address: str) -> dict[str, list[str]]:
    """By day of the calendar at an address, the moments that stand there; days with none have an empty list."""
    answer = client.get(address)
    assert answer.status_code == 200
    days = {}
    for cell in re.findall(r'<td role="cell"[^>]*>(.*?)</td>', answer.text, re.S):
        if name := re.search(r'<p class="date">(.*?)</p>', cell, re.S):
            moments = re.findall(r"</span> ([\d:]+)</span> ([^<]*)</a>", cell)
            days[plain(name[1])] = [" ".join(each) for each in moments]
    return days


def plain(html: str) -> str:
    """Only the words."""
    return " ".join(re.sub("<[^>]*>", "", html).split())


def filled(client: FlaskClient, address: str) -> dict[str, list[str]]:
    """The same, of the days on which there is something."""
    return {day: moments for day, moments in shown(client, address).items() if moments}


def heading(client: FlaskClient, address: str) -> str:
    """What a page says that it shows."""
    found = re.search('<h2 id="found">(.*?)</h2>', client.get(address).text)
    assert found
    return plain(found[1])


def add_moment(cast: Cast, day: date, starts: time, ends: time) -> None:
    """One more moment of the cast's offer. Not committed."""
    offers.add_slots(
        offer=offer_of(cast),
        plan=replace(plan(cast.site, day=day), starts=starts, ends=ends),
        by="system",
        now=NOW,
    )


def test_a_month_shows_its_days_with_their_moments(client_of: Visit) -> None:
    client = client_of("nobody")
    days = shown(client, "/offers/month?day=2027-02-09")
    assert len(days) == 28
    assert next(iter(days)) == "Monday 1 February"
    assert days["Tuesday 9 February"] == [f"8:00 {WELDING}"]
    assert sum(len(each) for each in days.values()) == 1
    assert heading(client, "/offers/month?day=2027-02-09") == "February 2027: 1 moment"
    assert heading(client, "/offers/month") == "January 2027: 0 moments"


def test_a_week_runs_from_monday_to_sunday(client_of: Visit) -> None:
    client = client_of("nobody")
    assert list(shown(client, "/offers/week?day=2027-02-14")) == [
        *("Monday 8 February", "Tuesday 9 February", "Wednesday 10 February", "Thursday 11 February"),
        *("Friday 12 February", "Saturday 13 February", "Sunday 14 February"),
    ]
    assert heading(client, "/offers/week?day=2027-02-14").startswith("Week 6, ")
    assert "Meppel" in client.get("/offers/week?day=2027-02-14").text


@pytest.mark.parametrize("view", ["month", "week"])
@pytest.mark.parametrize("change", [date(2027, 3, 28), date(2027, 10, 31)], ids=["spring", "autumn"])
def test_moments_stand_on_the_day_of_the_wall_clock_around_a_change_of_it(
    app: Flask, client_of: Visit, cast: Cast, view: str, change: date
) -> None:
    times = {
        change - timedelta(days=1): (time(0, 10), time(23, 10)),
        change: (time(0, 10), time(5), time(23, 10)),
    }
    if change.month == 3:
        times[change + timedelta(days=3)] = (time(0, 10), time(23, 10))
    with app.app_context():
        for day, starts in times.items():
            for start in starts:
                add_moment(cast, day, start, start.replace(minute=40))
        session.commit()
    client = client_of("nobody")
    found: dict[str, list[str]] = {}
    for week in sorted(
        {day - timedelta(days=day.weekday()) for day in times} if view == "week" else [change]
    ):
        found |= filled(client, f"/offers/{view}?day={week}")
    assert found == {
        f"{day:%A} {day.day} {day:%B}": [f"{start.hour}:{start:%M} {WELDING}" for start in starts]
        for day, starts in times.items()
    }


def test_a_year_ends_between_two_months_and_within_a_week(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_moment(cast, date(2027, 12, 31), time(23), time(23, 50))
        add_moment(cast, date(2028, 1, 1), time(0), time(1))
        session.commit()
    client = client_of("nobody")
    assert list(filled(client, "/offers/month?day=2027-12-31")) == ["Friday 31 December"]
    assert list(filled(client, "/offers/month?day=2028-01-01")) == ["Saturday 1 January"]
    assert list(filled(client, "/offers/week?day=2027-12-31")) == ["Friday 31 December", "Saturday 1 January"]
    assert (
        'href="/offers/month?day=2028-01-01#found" rel="next nofollow"'
        in client.get("/offers/month?day=2027-12-31").text
    )


def test_a_leap_day_is_shown(client_of: Visit) -> None:
    assert list(shown(client_of("nobody"), "/offers/month?day=2028-02-01"))[-1] == "Tuesday 29 February"


def test_a_day_shows_a_few_and_leads_to_all_of_them(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        for number in range(5):
            add_offer(cast, replace(TEXT, title=f"Spuitgieten {number}"), day=date(2027, 2, 18))
        session.commit()
    client = client_of("nobody")
    text = client.get("/offers/month?day=2027-02-01&format=docentstage").text
    assert len(filled(client, "/offers/month?day=2027-02-01")["Thursday 18 February"]) == 3
    way = "/offers?format=docentstage&amp;from=2027-02-18&amp;until=2027-02-18"
    assert f'<a href="{way}">and 2 more<' in text
    assert client.get(way.replace("&amp;", "&")).text.count("<article") == 5
    assert len(filled(client, "/offers/week?day=2027-02-18")["Thursday 18 February"]) == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=lassen", {"Tuesday 9 February"}),
        ("q=spuitgieten", {"Saturday 20 February", "Saturday 27 February"}),
        ("format=masterclass&until=2027-02-21", {"Saturday 20 February"}),
        ("from=2027-02-21", {"Saturday 27 February"}),
        ("month=2027-03", set()),
        ("time_basis=holiday_noord", {"Saturday 20 February", "Saturday 27 February"}),
        ("near=Meppel&within=10&profile=PIE", {"Tuesday 9 February"}),
        ("near=Maastricht&within=10", set()),
    ],
)
def test_a_month_shows_what_the_search_finds(
    app: Flask, client_of: Visit, cast: Cast, query: str, found: set[str]
) -> None:
    with app.app_context():
        add_offer(cast, replace(TEXT, format="masterclass"), moments=2)
        session.commit()
    assert set(filled(client_of("nobody"), f"/offers/month?day=2027-02-01&{query}")) == found


def test_the_calendar_opens_where_the_search_begins(client_of: Visit) -> None:
    client = client_of("nobody")
    assert heading(client, "/offers/month?from=2027-03-05").startswith("March 2027")
    assert heading(client, "/offers/month?month=2027-05&month=2027-04").startswith("April 2027")
    assert heading(client, "/offers/month?from=2020-03-05").startswith("January 2027")


def test_an_empty_month_leads_to_where_something_is(client_of: Visit) -> None:
    client = client_of("nobody")
    way = 'href="/offers/month?day=2027-02-09#found">Go to Tuesday 9 February 2027'
    assert way in client.get("/offers/month").text
    assert way in client.get("/offers/month?day=2027-06-01").text, "after the last one it leads back"


def test_where_nothing_fits_at_all_the_calendar_says_so_as_the_list_does(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers/month?q=zzz").text
    assert "Nothing found" in text
    assert "Show all activities" in text
    assert "<table" not in text


def test_one_goes_on_to_other_months_but_not_to_what_is_over(client_of: Visit) -> None:
    client = client_of("nobody")
    first = client.get("/offers/month?q=lassen").text
    assert 'rel="prev' not in first
    assert ">Today<" not in first
    assert 'href="/offers/month?q=lassen&amp;day=2027-02-01#found" rel="next nofollow"' in first
    later = client.get("/offers/month?q=lassen&day=2027-02-01").text
    assert 'href="/offers/month?q=lassen&amp;day=2027-01-01#found" rel="prev nofollow"' in later
    assert 'rel="next' not in client.get("/offers/month?day=2100-12-01").text


def test_a_search_keeps_the_day_and_the_other_ways_keep_the_search(client_of: Visit) -> None:
    client = client_of("nobody")
    text = client.get("/offers/month?day=2027-02-01&q=lassen&sort=newest").text
    assert '<input type="hidden" name="day" value="2027-02-01" form="search">' in text
    assert '<input type="hidden" name="sort" value="newest" form="search">' in text
    for path in ("/offers", "/offers/table", "/offers/map"):
        assert f'href="{path}?q=lassen&amp;sort=newest"' in text
    assert 'href="/offers/week?q=lassen&amp;sort=newest&amp;day=2027-02-01"' in text
    assert 'class="chip" href="/offers/month?sort=newest&amp;day=2027-02-01#found"' in text
    assert '<a href="/offers/month?day=2027-02-01#found">Clear all</a>' in text
    assert 'hx-get="/offers/month"' in text
    assert 'id="search" class="plate finder" role="search" action="/offers/month"' in text


def test_without_a_town_the_order_by_distance_is_forgotten(client_of: Visit) -> None:
    hidden = '<input type="hidden" name="sort" value="{}" form="search">'
    client = client_of("nobody")
    assert hidden.format("distance") in client.get("/offers/month?near=Zwolle&sort=distance").text
    text = client.get("/offers/month?near=&sort=distance", headers=PART).text
    assert hidden.format("date") in text, "the next answer does not complain any more"


def test_htmx_gets_the_calendar_alone(client_of: Visit) -> None:
    answer = client_of("nobody").get("/offers/month?q=lassen&day=2027-02-09&from=", headers=PART)
    assert "<html" not in answer.text
    assert '<table class="calendar"' in answer.text
    assert "<title>February 2027: 1 moment, “lassen” · Meeloop</title>" in answer.text
    assert answer.headers["HX-Replace-Url"] == "/offers/month?q=lassen&day=2027-02-09"


def test_it_is_a_table_of_days_with_links_for_every_keyboard(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers/month?day=2027-01-11").text
    assert text.count('<th role="columnheader" scope="col"') == 7
    assert text.count('<tr role="row">') == 6, "a row of names and five weeks"
    assert text.count('role="cell"') == 35
    assert 'aria-labelledby="found"' in text
    assert text.count('aria-current="date"') == 1
    assert re.search(r'aria-current="date"><p class="date"><span class="full">Monday </span>11<', text)
    february = client_of("nobody").get("/offers/month?day=2027-02-01").text
    assert 'aria-current="date"' not in february
    assert (
        '<a href="/offers?from=2027-02-09&amp;until=2027-02-09"><span class="full">Tuesday </span>9'
        in february
    )


def test_a_full_and_a_closed_moment_say_so(
    app: Flask, client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    client = client_of("nobody")
    with app.app_context():
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)
    assert "Meppel · Full<" in client.get("/offers/week?day=2027-02-09").text
    clock.move_to(datetime(2027, 2, 8, 22, tzinfo=UTC))
    assert "Meppel · Closed<" in client.get("/offers/week").text


# --- School holidays ---------------------------------------------------------------------------------------------


def holidays_on(text: str) -> dict[str, str]:
    """By day the school holiday that a calendar says it is in."""
    cells = re.findall(r'class="date">(.*?)</p><p class="holiday[^"]*">(.*?)</p>', text, re.S)
    return {plain(day): plain(name) for day, name in cells}


def test_who_has_no_school_sees_the_holidays_of_all_zones(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers/month?day=2027-02-01").text
    said = holidays_on(text)
    assert said["Monday 15 February"] == "Voorjaarsvakantie (Zuid)"
    assert said["Saturday 20 February"] == "Voorjaarsvakantie", "all zones have it"
    assert said["Monday 22 February"] == "Voorjaarsvakantie (Midden and Noord)"
    assert "Monday 1 February" not in said
    assert "Voorjaarsvakantie (Zuid): Saturday 13 to Sunday 21 February 2027" in text


def test_a_teacher_sees_those_of_the_own_school(client_of: Visit) -> None:
    said = holidays_on(client_of("teacher").get("/offers/month?day=2027-02-01").text)
    assert "Monday 15 February" not in said
    assert said["Monday 22 February"] == "Voorjaarsvakantie"


def test_a_search_in_a_region_shows_those_of_the_region(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        session.execute(update(Region).where(Region.code == cast.region).values(holiday_zone="Zuid"))
        session.commit()
    said = holidays_on(client_of("nobody").get(f"/offers/month?day=2027-02-01&region={cast.region}").text)
    assert said["Monday 15 February"] == "Voorjaarsvakantie"
    assert "Monday 22 February" not in said


def test_holidays_are_said_from_their_first_day_to_their_last_over_the_new_year() -> None:
    (name, span), *others = holidays_between(frozenset({"Noord"}), date(2027, 1, 1), date(2027, 1, 31))
    assert (name, others) == ("Kerstvakantie (Noord)", [])
    assert "2026" in span
    assert "2027" in span


def test_years_of_which_no_holidays_are_known_have_none() -> None:
    zones = frozenset({"Noord", "Midden", "Zuid"})
    assert holiday_of(zones, date(2100, 7, 25)) == ""
    assert holidays_between(zones, date(2100, 7, 1), date(2100, 7, 31)) == []


# --- Bad input, statements ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["32-13-2027", "2027-02-30", "😀", "2027", "9" * 400, "0000-00-00", "2027-W06"]
)
@pytest.mark.parametrize("view", ["month", "week"])
def test_a_day_that_is_none_is_said_and_today_is_shown(client_of: Visit, view: str, day: str) -> None:
    answer = client_of("nobody").get(f"/offers/{view}", query_string={"day": day})
    assert answer.status_code == 200
    assert "A date was not understood" in answer.text
    assert "Monday </span>11<" in answer.text


def test_a_month_that_is_over_is_said_and_this_one_is_shown(client_of: Visit) -> None:
    text = client_of("nobody").get("/offers/month?day=2026-12-31").text
    assert "Those days are over" in text
    assert 'id="found">January 2027' in text
    assert "Those days are over" not in client_of("nobody").get("/offers/month?day=2027-01-02").text


@pytest.mark.parametrize("view", ["month", "week"])
def test_the_number_of_statements_does_not_grow(app: Flask, client_of: Visit, cast: Cast, view: str) -> None:
    client = client_of("nobody")
    with statements(app) as for_one:
        client.get(f"/offers/{view}?day=2027-02-09")
    with app.app_context():
        add_offers(cast, 30, first=date(2027, 2, 8))
    with statements(app) as for_thirty:
        client.get(f"/offers/{view}?day=2027-02-09")
    kept = again(app, lambda: client.get(f"/offers/{view}?day=2027-02-09"))
    with statements(app) as for_words:
        client.get(f"/offers/{view}?day=2027-02-09&q=spuitgieten")
    with statements(app) as of_a_teacher:
        client_of("teacher").get(f"/offers/{view}?day=2027-02-09")
    assert len(for_one) == len(for_thirty) == 3, "one looks whether a page is kept"
    assert len(kept) == 1, "the page is kept"
    assert len(for_words) == 4
    assert len(of_a_teacher) == 6, "the visitor, and the school with its sites"


def test_rows_are_bounded_whatever_there_is(app: Flask, cast: Cast) -> None:
    with app.app_context():
        add_offers(cast, 30, first=date(2027, 2, 20))
        days = filled_days(OfferSearch(), date(2027, 2, 1), date(2027, 2, 28), now=NOW, most=1)
        assert [each.count for each in days] == [1] + [2] * 9
        assert {len(each.moments) for each in days} == {1}


def test_the_next_day_is_the_first_that_fits(app: Flask, cast: Cast) -> None:
    with app.app_context():
        add_offers(cast, 4)
        assert next_day(OfferSearch(), date(2027, 1, 1), now=NOW) == date(2027, 2, 9)
        assert next_day(OfferSearch(q="spuitgieten"), date(2027, 1, 1), now=NOW) == date(2027, 2, 20)
        assert next_day(OfferSearch(), date(2027, 2, 10), now=NOW) == date(2027, 2, 20)
        assert next_day(OfferSearch(), date(2027, 3, 1), now=NOW) is None
        assert next_day(OfferSearch(until_day=date(2027, 1, 1)), date(2027, 1, 1), now=NOW) is None
