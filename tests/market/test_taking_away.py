"""What an offer page gives away: calendar files and links, the poster, offers like it, and words for search engines."""

import json
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from marketplace.calendars.checking import look_at
from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.states import SlotState
from tests.cast import Cast, claim, plan, slot_of
from tests.conftest import NOW, Visit
from tests.documents.sheets import pages
from tests.market.rows import add_offer, add_offers
from tests.statements import statements


def events_of(text: str) -> list[dict[str, Any]]:
    """What the page says to search engines."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    said: list[dict[str, Any]] = json.loads(found[1]) if found else []
    return said


def add_moment(app: Flask, cast: Cast, **changes: Any) -> None:
    with app.app_context():
        offers.add_slots(offer=slot_of(cast).offer, plan=plan(cast.site, **changes), by="system", now=NOW)
        session.commit()


def off(app: Flask, cast: Cast, to: SlotState = SlotState.CANCELLED) -> None:
    with app.app_context():
        offers.close_slot(slot=slot_of(cast), to=to, reason="Verbouwing.", by="system", now=NOW)
        session.commit()


# --- Calendars -----------------------------------------------------------------------------------------------


def test_a_moment_is_a_file_that_claims_nobodys_time(client_of: Visit, cast: Cast) -> None:
    client, address = client_of("nobody"), f"/slots/{cast.slot}.ics"
    assert f'href="{address}"' in client.get(f"/offers/{cast.offer}").text
    answer = client.get(address)
    assert answer.mimetype == "text/calendar" and f"{cast.slot}.ics" in answer.headers["Content-Disposition"]
    look = look_at(answer.data)
    assert look.problems == () and len(look.appointments) == 1
    assert "Lassen en zetten" in look.appointments[0].summary
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert entry["TRANSP"] == "TRANSPARENT" and "METHOD" not in Calendar.from_ical(answer.data)


def test_the_file_has_the_identifier_of_the_feed(client_of: Visit, cast: Cast) -> None:
    client = client_of("nobody")
    one, all_ = (
        {str(each["UID"]) for each in Calendar.from_ical(client.get(address).data).walk("VEVENT")}
        for address in (f"/slots/{cast.slot}.ics", "/offers.ics?language=en")
    )
    assert len(one) == 1 and one == all_


def test_who_has_the_file_is_told_only_that(app: Flask, client_of: Visit, cast: Cast) -> None:
    client, address = client_of("nobody"), f"/offers/{cast.offer}.ics"
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    add_moment(app, cast, day=date(2027, 3, 9))
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_all_moments_to_come_are_in_one_file(app: Flask, client_of: Visit, cast: Cast) -> None:
    add_moment(app, cast, day=date(2027, 3, 9))
    client = client_of("nobody")
    assert f'href="/offers/{cast.offer}.ics"' in client.get(f"/offers/{cast.offer}").text
    assert len(look_at(client.get(f"/offers/{cast.offer}.ics").data).appointments) == 2


@pytest.mark.parametrize(
    "path", ["/offers/{}.ics", "/slots/{}.ics", "/offers/{}/poster.pdf", "/offers/{}/moments"]
)
def test_what_is_nobodys_business_is_not_found(app: Flask, client_of: Visit, cast: Cast, path: str) -> None:
    with app.app_context():
        offer = add_offer(cast)
        offer.state = "draft"
        session.commit()
        codes = [offer.code, offer.slots[0].code, "NOSUCHCODE"]
    for code in codes:
        assert client_of("outsider").get(path.format(code)).status_code == 404


def test_a_moment_that_is_off_is_in_no_calendar(app: Flask, client_of: Visit, cast: Cast) -> None:
    off(app, cast)
    client = client_of("nobody")
    assert client.get(f"/slots/{cast.slot}.ics").status_code == 404
    assert f"/slots/{cast.slot}.ics" not in client.get(f"/offers/{cast.offer}").text


def test_online_calendars_get_the_moment_filled_in(client_of: Visit, cast: Cast) -> None:
    text = client_of("nobody").get(f"/offers/{cast.offer}").text.replace("&amp;", "&")
    google = re.search(r'href="(https://calendar\.google\.com/[^"]+)"', text)
    outlook = re.search(r'href="(https://outlook\.office\.com/[^"]+)"', text)
    assert google and outlook
    said = parse_qs(urlsplit(google[1]).query)
    assert said["dates"] == ["20270209T080000/20270209T160000"] and said["ctz"] == ["Europe/Amsterdam"]
    assert f"/offers/{cast.offer}" in said["details"][0]
    assert parse_qs(urlsplit(outlook[1]).query)["startdt"] == ["2027-02-09T07:00:00Z"]


def test_outlook_takes_no_days_in_a_row(app: Flask, client_of: Visit, cast: Cast) -> None:
    add_moment(app, cast, day=date(2027, 3, 9), sessions=3)
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert text.count("calendar.google.com") == 2
    assert text.count("outlook.office.com") == 1  # its form repeats nothing


def test_who_signed_up_has_an_invite_of_their_own(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        claim(cast, "teacher", now=NOW)
    assert f"/slots/{cast.slot}.ics" not in client_of("teacher").get(f"/offers/{cast.offer}").text


# --- The poster ----------------------------------------------------------------------------------------------


def test_the_poster_says_what_when_and_where_to_sign_up(client_of: Visit, cast: Cast) -> None:
    answer = client_of("nobody").get(f"/offers/{cast.offer}/poster.pdf")
    assert answer.mimetype == "application/pdf" and "noindex" in answer.headers["X-Robots-Tag"]
    (text,) = pages(answer.data)
    for words in ("Lassen en zetten", "Reestdal Metaalwerken", "9 February 2027", "Meppel", cast.offer):
        assert words in text


def test_the_poster_speaks_the_language_that_is_asked_for(client_of: Visit, cast: Cast) -> None:
    answer = client_of("nobody").get(f"/offers/{cast.offer}/poster.pdf?language=nl")
    assert "dinsdag 9 februari 2027" in pages(answer.data)[0]


def test_the_poster_stays_as_it_is_while_seats_are_taken(app: Flask, client_of: Visit, cast: Cast) -> None:
    client, address = client_of("nobody"), f"/offers/{cast.offer}/poster.pdf"
    first = client.get(address)
    with app.app_context():
        claim(cast, "teacher", now=NOW)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    add_moment(app, cast, day=date(2027, 3, 9))
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert "9 March 2027" in pages(again.data)[0]


def test_a_moment_that_is_off_is_on_no_poster(app: Flask, client_of: Visit, cast: Cast) -> None:
    off(app, cast)
    assert "9 February" not in pages(client_of("nobody").get(f"/offers/{cast.offer}/poster.pdf").data)[0]


# --- Offers like it ------------------------------------------------------------------------------------------

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_page_leads_to_what_is_like_it(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        add_offers(cast, 5, first=date(2027, 2, 15), now=NOW)
    client = client_of("nobody")
    address = f"/offers/{cast.offer}/similar?near=Meppel"
    assert f'hx-get="{address}"' in client.get(f"/offers/{cast.offer}").text
    part, whole = client.get(address, headers=PART).text, client.get(address).text
    assert len(set(re.findall(r'href="/offers/(\w{10})"', part))) == 3 and f"/offers/{cast.offer}" not in part
    assert "<!doctype" not in part and "<!doctype" in whole and part.strip() in whole


def test_where_nothing_is_like_it_nothing_is_said(client_of: Visit, cast: Cast) -> None:
    address = f"/offers/{cast.offer}/similar?near=Meppel"
    assert client_of("nobody").get(address, headers=PART).text.strip() == ""
    assert "No similar activity" in client_of("nobody").get(address).text


def test_nonsense_for_a_town_is_no_mishap(client_of: Visit, cast: Cast) -> None:
    assert client_of("nobody").get(f"/offers/{cast.offer}/similar?near=Atlantis%00'--").status_code == 200


def test_what_is_like_it_takes_a_few_statements_whatever_there_is(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        add_offers(cast, 40, first=date(2027, 2, 15), now=NOW)
    with statements(app) as sent:
        client_of("nobody").get(f"/offers/{cast.offer}/similar?near=Meppel", headers=PART)
    assert len(sent) <= 4


# --- Fresh places --------------------------------------------------------------------------------------------


def test_an_open_page_asks_only_for_its_moments(app: Flask, client_of: Visit, cast: Cast) -> None:
    client, address = client_of("nobody"), f"/offers/{cast.offer}/moments"
    assert f'hx-get="{address}"' in client.get(f"/offers/{cast.offer}").text
    before = client.get(address, headers=PART)
    assert "<!doctype" not in before.text and "Bring yourself" not in before.text
    assert f'href="/slots/{cast.slot}/claim"' in before.text
    etag = before.headers["ETag"]
    assert client.get(address, headers={**PART, "If-None-Match": etag}).status_code == 304
    with app.app_context():
        claim(cast, "teacher", now=NOW)
    after = client.get(address, headers={**PART, "If-None-Match": etag})
    assert after.status_code == 200 and "Last place" in after.text


def test_whoever_signed_in_sees_their_own_claim_in_it(app: Flask, client_of: Visit, cast: Cast) -> None:
    address = f"/offers/{cast.offer}/moments"
    with app.app_context():
        code = claim(cast, "teacher", now=NOW)
    assert code in client_of("teacher").get(address, headers=PART).text
    assert code not in client_of("colleague").get(address, headers=PART).text


def test_the_moments_of_a_page_are_not_made_anew_while_nothing_changes(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    client, address = client_of("teacher"), f"/offers/{cast.offer}/moments"
    etag = client.get(address, headers=PART).headers["ETag"]
    with statements(app) as sent:
        client.get(address, headers={**PART, "If-None-Match": etag})
    assert len(sent) == 1


def test_the_next_minute_the_same_is_still_the_same(
    client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    client, address = client_of("teacher"), f"/offers/{cast.offer}/moments"
    etag = client.get(address, headers=PART).headers["ETag"]
    clock.shift(61)
    assert client.get(address, headers={**PART, "If-None-Match": etag}).status_code == 304


# --- Search engines ------------------------------------------------------------------------------------------


def test_search_engines_read_each_moment_as_an_event(client_of: Visit, cast: Cast) -> None:
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    (event,) = events_of(text)
    assert event["startDate"] == "2027-02-09T08:00:00+01:00" and event["eventStatus"].endswith(
        "EventScheduled"
    )
    assert event["location"]["address"]["postalCode"] == "7944 XY"
    assert event["offers"]["availability"].endswith("InStock")
    assert event["url"] == f"http://localhost/offers/{cast.offer}"
    assert f'<link rel="canonical" href="{event["url"]}">' in text
    assert 'property="og:title"' in text and "noindex" not in text


def test_who_is_signed_in_is_no_search_engine(client_of: Visit, cast: Cast) -> None:
    assert events_of(client_of("teacher").get(f"/offers/{cast.offer}").text) == []


def test_they_hear_that_it_is_full_or_off(app: Flask, client_of: Visit, cast: Cast) -> None:
    client, address = client_of("nobody"), f"/offers/{cast.offer}"
    with app.app_context():
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)
    (event,) = events_of(client.get(address).text)
    assert event["offers"]["availability"].endswith("SoldOut") and event["remainingAttendeeCapacity"] == 0
    off(app, cast)
    assert events_of(client.get(address).text)[0]["eventStatus"].endswith("EventCancelled")


def test_what_people_wrote_ends_no_block_of_data(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        slot_of(cast).offer.summary = "</script><script>alert(1)</script>"
        session.commit()
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "<script>alert" not in text
    assert events_of(text)[0]["description"] == "</script><script>alert(1)</script>"


def test_a_closed_offer_is_in_no_index_and_gives_away_no_calendars(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    page = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert f"/slots/{cast.slot}.ics" in page and "noindex" not in page
    with app.app_context():
        offers.close_offer(offer=slot_of(cast).offer, by="system", now=NOW)
        session.commit()
    add_moment(app, cast)
    page = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert '<meta name="robots" content="noindex">' in page
    assert ".ics" not in page and "google.com" not in page
    assert client_of("nobody").get(f"/offers/{cast.offer}.ics").status_code == 200, "who has it may ask again"


def in_sitemap(app: Flask) -> list[str]:
    """The addresses that search engines are given."""
    answer = app.test_client().get("/sitemap.xml")
    assert answer.mimetype == "application/xml" and "Set-Cookie" not in answer.headers
    return [
        str(each.text) for each in ElementTree.fromstring(answer.data).iter() if each.tag.endswith("}loc")
    ]


def test_search_engines_find_what_is_to_come_in_one_statement(
    app: Flask, cast: Cast, clock: time_machine.Traveller
) -> None:
    assert "Sitemap: http://localhost/sitemap.xml" in app.test_client().get("/robots.txt").text
    with statements(app) as sent:
        assert f"http://localhost/offers/{cast.offer}" in in_sitemap(app)
    assert len(sent) == 1
    clock.move_to("2027-02-10 09:00:00+00:00")
    assert f"http://localhost/offers/{cast.offer}" not in in_sitemap(app)
