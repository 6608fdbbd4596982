"""Nonsense, slips and other people's codes: a sentence, the right status, and nothing changed."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from tests.cast import Cast
from tests.conftest import Visit
from tests.host.drafts import NEW, PLAN, TEXTS
from tests.pages import form_of, post
from tests.rows import everything

SENTENCE = "Choose between 1 and 200 seats."


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"ends": "16:00"}, "Choose an end time after the start time."),
        ({"ends": "17:00"}, "Choose an end time after the start time."),
        ({"capacity": "-1"}, SENTENCE),
        ({"capacity": "0"}, SENTENCE),
        ({"capacity": "1000000000"}, SENTENCE),
        ({"capacity": "9" * 5000}, SENTENCE),
        ({"capacity": "abc"}, SENTENCE),
        ({"capacity": ""}, SENTENCE),
        ({"day": "1900-01-01"}, "Choose a date in the future."),
        ({"day": "2999-01-01"}, "Choose a date within three years."),
        ({"day": "0001-01-01", "starts": "00:00"}, "Choose a day."),
        ({"day": "2027-02-30"}, "Choose a day."),
        ({"day": ""}, "Choose a day."),
        (
            {"day": "2027-03-28", "starts": "02:30", "ends": "03:15"},
            "Choose an end time after the start time.",
        ),
        ({"starts": "zeven"}, "Enter a time, such as 17:00."),
        ({"rhythm": "daily", "sessions": "1000"}, "Choose between 1 and 40 sessions."),
        ({"rhythm": "yearly"}, "Choose from the list."),
        ({"repeat": "hourly"}, "Choose from the list."),
        ({"repeat": "weekly"}, "Choose until when the moments repeat."),
        ({"repeat": "weekly", "until": "2027-01-12"}, "Choose until when the moments repeat."),
        ({"repeat": "weekly", "until": "ooit"}, "Choose a day."),
        ({"repeat": "weekly", "until": "2029-12-31"}, "Plan at most 40 moments in one go."),
        ({"site": "NERGENS"}, "Choose a location from the list."),
        ({"supervisor": "x" * 201}, "Shorten this to 200 characters."),
        ({"supervisor": "Ger\x00da"}, "Remove the invisible control characters"),
    ],
)
def test_a_plan_that_cannot_be_adds_no_moment(
    app: Flask, cast: Cast, client_of: Visit, fields: dict[str, Any], why: str
) -> None:
    refused(app, client_of, f"/host/offers/{cast.offer}/slots", why, **{**PLAN, **fields})


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({"ends": "16:00"}, "ends"),
        ({"repeat": "weekly"}, "until"),
        ({"day": "1900-01-01"}, "day"),
    ],
)
def test_what_a_rule_says_about_one_field_stands_beside_it(
    cast: Cast, client_of: Visit, fields: dict[str, Any], beside: str
) -> None:
    answer = post(client_of("host"), f"/host/offers/{cast.offer}/slots", **{**PLAN, **fields})
    assert f'id="{beside}-error"' in answer.text
    assert f'<a href="#{beside}">' in answer.text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": ""}, "Give the activity a title."),
        ({"title": "x" * 121}, "Shorten this to 120 characters."),
        ({"title": "Las\x07sen"}, "Remove the invisible control characters"),
        ({"summary": "x" * 301}, "Shorten this to 300 characters."),
        ({"activity": "  "}, "Describe what participants make, measure or operate themselves."),
        ({"activity": "a\x00b"}, "Remove the invisible control characters"),
        ({"kind": "picnic"}, "Choose a kind from the list."),
        ({"profiles": ["PIE", "XXX"]}, "Choose from the list."),
        ({"audiences": ["pupils"]}, "Choose from the list."),
        ({"policy": "nobody"}, "Choose who decides about claims."),
        ({"school_limit": "-1"}, "Choose at most 200 people of a school."),
        ({"school_limit": "201"}, "Choose at most 200 people of a school."),
        ({"school_limit": "veel"}, "Choose at most 200 people of a school."),
        ({"walk_in_minutes": "1000000000"}, "Enter a number of minutes from 0 to 120."),
        ({"walk_in_minutes": "een kwartier"}, "Enter a number of minutes from 0 to 120."),
        ({"one_time_key": "x" * 65}, "Shorten this to 64 characters."),
        ({"one_time_key": "a\x00b"}, "Remove the invisible control characters"),
    ],
)
def test_texts_that_cannot_be_make_no_offer(
    app: Flask, cast: Cast, client_of: Visit, fields: dict[str, Any], why: str
) -> None:
    refused(app, client_of, NEW, why, **{**TEXTS, **fields})


@pytest.mark.parametrize("slug", ["picnic", "school_visit", "../masterclass"])
def test_a_form_of_exchange_that_is_not_ours_to_host_is_refused(
    app: Flask, cast: Cast, client_of: Visit, slug: str
) -> None:
    host = client_of("host")
    fields = {**form_of(host.get(NEW).text), **TEXTS}
    with app.app_context():
        before = everything()
    for answer in (
        host.get("/host/offers/new", query_string={"format": slug}),
        host.post("/host/offers/new", query_string={"format": slug}, data=fields),
    ):
        assert answer.status_code == 422
        assert "Choose a form from the list." in answer.text
    with app.app_context():
        assert everything() == before


@pytest.mark.one_database
def test_a_title_of_ten_megabytes_is_too_much(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    fields = form_of(host.get(NEW).text)
    with app.app_context():
        before = everything()
    answer = host.post(NEW, data={**fields, **TEXTS, "title": "x" * 10_000_000})
    assert answer.status_code == 413
    assert "Shorten your text or choose a smaller file." in answer.text
    with app.app_context():
        assert everything() == before


@pytest.mark.one_database
@pytest.mark.parametrize("token", ["", "forged"])
@pytest.mark.parametrize(
    "page",
    [
        NEW,
        "/host/offers/{offer}/edit",
        "/host/offers/{offer}/safety",
        "/host/offers/{offer}/slots",
        "/host/offers/{offer}/close",
        "/host/offers/{offer}/duplicate",
        "/host/slots/{slot}/edit",
        "/host/slots/{slot}/safety",
        "/host/safety/new?organisation={company}",
        "/host/slots/{slot}/cancel",
        "/host/slots/{slot}/close",
        "/host/sites/{site}",
        "/host/sites/new?organisation={company}",
        "/host/organisations/{company}",
    ],
)
def test_a_forged_form_does_nothing(app: Flask, cast: Cast, client_of: Visit, page: str, token: str) -> None:
    host = client_of("host")
    url = page.format(offer=cast.offer, slot=cast.slot, site=cast.site, company=cast.company)
    fields = form_of(host.get(NEW).text)
    with app.app_context():
        before = everything()
    answer = host.post(url, data={**fields, **TEXTS, **PLAN, "reason": "Zomaar.", "csrf_token": token})
    assert answer.status_code == 400
    assert "Load the page again." in answer.text
    with app.app_context():
        assert everything() == before


PAGES = [
    "/host/offers/{offer}",
    "/host/offers/{offer}/edit",
    "/host/offers/{offer}/safety",
    "/host/offers/{offer}/slots",
    "/host/slots/{slot}",
    "/host/slots/{slot}/edit",
    "/host/slots/{slot}/safety",
    "/host/safety/new?organisation={company}",
    "/host/slots/{slot}/cancel",
    "/host/sites/{site}",
    "/host/sites/new?organisation={company}",
    "/host/organisations/{company}",
]
BUTTONS = [
    *PAGES[1:4],
    *PAGES[5:],
    "/host/offers/{offer}/publish",
    "/host/offers/{offer}/close",
    "/host/offers/{offer}/reopen",
    "/host/offers/{offer}/duplicate",
    "/host/slots/{slot}/close",
    "/host/slots/{slot}/open",
]


def test_another_company_finds_none_of_it(app: Flask, cast: Cast, client_of: Visit) -> None:
    rival = client_of("outside host")
    token = form_of(rival.get(NEW).text)["csrf_token"]
    with app.app_context():
        before = everything()
    codes = {"offer": cast.offer, "slot": cast.slot, "site": cast.site, "company": cast.company}
    for page in PAGES:
        assert rival.get(page.format(**codes)).status_code == 404, page
    for page in BUTTONS:
        fields = {"csrf_token": token, **TEXTS, **PLAN, "reason": "Zomaar.", "access": "none"}
        assert rival.post(page.format(**codes), data=fields).status_code == 404, page
    with app.app_context():
        assert everything() == before


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["teacher", "coordinator", "administrator", "school contact", "outsider"])
def test_who_receives_nobody_has_nothing_to_look_for_here(client_of: Visit, cast: Cast, who: str) -> None:
    client = client_of(who)
    for page in ("/host", NEW, *PAGES):
        url = page.format(offer=cast.offer, slot=cast.slot, site=cast.site, company=cast.company)
        assert client.get(url).status_code == 403, page


@pytest.mark.one_database
def test_who_is_not_signed_in_is_asked_to(client_of: Visit, cast: Cast) -> None:
    for page in ("/host", NEW, *PAGES):
        url = page.format(offer=cast.offer, slot=cast.slot, site=cast.site, company=cast.company)
        answer = client_of("nobody").get(url)
        assert answer.status_code == 303, page
        assert "/sign-in" in answer.location


def test_codes_that_are_none_are_not_found(client_of: Visit, cast: Cast) -> None:
    for code in ("0", "A" * 500, "%00", "é", "' OR 1=1"):
        for page in PAGES:
            url = page.format(offer=code, slot=code, site=code, company=quote(code))
            assert client_of("host").get(url).status_code == 404, url


def refused(app: Flask, client_of: Visit, url: str, why: str, **fields: Any) -> None:
    """The form of a page is refused with a sentence, and nothing changed."""
    with app.app_context():
        before = everything()
    answer = post(client_of("host"), url, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    with app.app_context():
        assert everything() == before
