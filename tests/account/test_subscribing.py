"""The page of subscriptions: every way to subscribe, also without scripts, and what a calendar then shows."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote, unquote

import pytest
import segno
import time_machine
from flask import Flask

from marketplace.kernel.database import session
from tests import steps
from tests.account.subscribing import choose, fetch, make_link
from tests.cast import Cast
from tests.conftest import Visit
from tests.statements import statements


def test_each_feed_is_there_in_every_form(app: Flask, cast: Cast, client_of: Visit) -> None:
    """CALENDAR.md 5: webcal, Google with webcal in it (calagator#556), https to copy."""
    browser = client_of("coordinator")
    path = make_link(browser, f"region-{cast.region}")
    text = browser.get("/calendar").text
    webcal = f"webcal://localhost{path}"
    assert f'href="{webcal}"' in text
    assert f'href="https://calendar.google.com/calendar/render?cid={quote(webcal, safe="")}"' in text
    assert re.search(rf'<input id="address-[^"]+" type="text" value="http://localhost{path}" readonly>', text)


def test_the_code_for_the_phone_says_webcal(app: Flask, cast: Cast, client_of: Visit) -> None:
    """An https address would be downloaded once instead of subscribed to (CALENDAR.md 5)."""
    browser = client_of("teacher")
    path = make_link(browser)
    text = unescape(browser.get("/calendar").text)
    wanted = segno.make(f"webcal://localhost{path}", error="m", micro=False)
    drawn = wanted.svg_data_uri(border=4, light="#fff", omitsize=True)
    assert f'<img src="{unescape(drawn)}" alt="QR code of this subscription"' in text
    assert "unsafe" not in browser.get("/calendar").headers["Content-Security-Policy"]
    assert unquote(drawn).startswith("data:image/svg+xml")


PROGRAMS = [
    "iPhone and iPad",
    "Mac",
    "Google Calendar",
    "Outlook: new",
    "Outlook: classic",
    "Thunderbird",
    "Android",
]


def test_every_program_has_its_instructions(client_of: Visit) -> None:
    text = client_of("nobody").get("/calendar").text
    for program in PROGRAMS:
        assert re.search(rf"<summary>{program}", text), program
    assert "nobody can hurry them" in text


def test_nothing_of_the_page_needs_a_script(app: Flask, cast: Cast, client_of: Visit) -> None:
    """The button that copies is hidden until a script shows it; the field can be selected."""
    browser = client_of("teacher")
    make_link(browser)
    text = browser.get("/calendar").text
    copying = re.findall(r"<button[^>]*data-copy[^>]*>", text)
    assert copying
    assert all(" hidden" in each for each in copying)
    assert "onclick" not in text


def test_the_page_takes_as_many_statements_for_one_feed_as_for_all(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser = client_of("coordinator")
    with statements(app) as before:
        browser.get("/calendar")
    make_link(browser, f"region-{cast.region}")
    with statements(app) as after:
        browser.get("/calendar")
    assert len(after) == len(before)


# --- Check my feed --------------------------------------------------------------------------------------------


def test_the_check_shows_what_a_calendar_would(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    make_link(browser)
    with app.app_context():
        claim = steps.claim_seat(cast)
    text = browser.get("/calendar/feeds/own").text
    assert "Reestdal Metaalwerken" in text
    assert "Tuesday 9 February 2027" in text
    assert "Tentative" in text
    with app.app_context():
        steps.withdraw(session.merge(claim))
    text = browser.get("/calendar/feeds/own").text
    assert "<s>Withdrawn: " in text
    assert "Does not go on" in text


def test_the_check_shows_no_more_than_was_chosen(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    make_link(browser)
    with app.app_context():
        steps.claim_seat(cast)
    choose(browser, "own", has_pending="off")
    text = browser.get("/calendar/feeds/own").text
    assert "Reestdal" not in text
    assert "Nothing to come" in text


def test_the_check_names_what_keeps_calendars_from_following(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    browser = client_of("teacher")
    path = make_link(browser)
    assert "No calendar has fetched it yet." in browser.get("/calendar/feeds/own").text
    fetch(app, path).close()
    text = browser.get("/calendar/feeds/own").text
    assert "No calendar has fetched it" not in text
    assert "11 January 2027" in text
    assert "Google and Outlook cannot reach it" in text  # the tests run on localhost
    clock.shift(timedelta(days=3))
    assert "No calendar has fetched it for days." in browser.get("/calendar/feeds/own").text


def test_looking_at_the_check_is_no_use_of_the_feed(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    make_link(browser)
    browser.get("/calendar/feeds/own").close()
    assert "No calendar has fetched it yet." in browser.get("/calendar").text


@pytest.mark.parametrize("feed", ["own", "hosted-{company}", "region-{region}", "own-", "x", "%00", "own%0d"])
def test_nobody_checks_a_feed_that_is_not_theirs(app: Flask, cast: Cast, client_of: Visit, feed: str) -> None:
    make_link(client_of("teacher"))
    make_link(client_of("host"), f"hosted-{cast.company}")
    make_link(client_of("coordinator"), f"region-{cast.region}")
    path = f"/calendar/feeds/{feed.format(company=cast.company, region=cast.region)}"
    assert client_of("outsider").get(path).status_code == 404
    assert client_of("nobody").get(path).status_code in (303, 404)


def test_a_feed_without_a_link_cannot_be_checked(cast: Cast, client_of: Visit) -> None:
    assert client_of("teacher").get("/calendar/feeds/own").status_code == 404


# --- On a claim ------------------------------------------------------------------------------------------------


def test_a_claim_can_be_put_into_an_online_calendar_or_taken_as_a_file(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        code = steps.approved(cast).code
    text = unescape(client_of("teacher").get(f"/claims/{code}").text)
    google = re.search(r'href="(https://calendar\.google\.com/calendar/render\?action=TEMPLATE[^"]*)"', text)
    outlook = re.search(r'href="(https://outlook\.office\.com/calendar[^"]*)"', text)
    assert google
    assert outlook
    assert "dates=20270209T080000%2F20270209T160000" in google[1]
    assert "startdt=2027-02-09T07%3A00%3A00Z" in outlook[1]
    assert quote(f"/claims/{code}", safe="") in google[1]
    assert f'href="/claims/{code}.ics"' in text
    assert client_of("outsider").get(f"/claims/{code}").status_code == 404


def test_what_is_withdrawn_is_put_nowhere(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        claim = steps.approved(cast)
        steps.withdraw(claim)
        code = claim.code
    assert "calendar.google.com" not in client_of("teacher").get(f"/claims/{code}").text
