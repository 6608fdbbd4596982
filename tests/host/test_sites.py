"""Where an organisation receives people, and how it is reached."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.kernel.journal import history
from marketplace.offers.models import PublicEntry
from marketplace.organisations.models import Site
from tests.cast import Cast
from tests.conftest import Visit
from tests.documents.sheets import pages
from tests.host.drafts import planned
from tests.pages import form_of, post
from tests.rows import everything
from tests.steps import company_of, offer_of, slot_with

HALL: dict[str, Any] = {"street": "Draaibankweg 22", "postcode": "7742xy", "town": "Coevorden"}


def new_site(cast: Cast) -> str:
    """The page to add a location of the cast's company."""
    return f"/host/sites/new?organisation={cast.company}"


def test_a_second_location_can_be_chosen_for_a_moment(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    assert f'href="{new_site(cast)}"' in host.get("/host").text
    answer = post(host, new_site(cast), **HALL)
    assert answer.status_code == 303
    page = host.get(answer.location).text
    assert "The location is added." in page
    assert "Draaibankweg 22, 7742 XY Coevorden" in page
    with app.app_context():
        hall = session.scalars(select(Site).where(Site.town == "Coevorden")).one().code
        assert [each.event for each in history("site", hall)] == ["added"]
        assert "coevorden" in offer_of(cast).search_text
    for page in (f"/host/offers/{cast.offer}/slots", f"/host/slots/{cast.slot}/edit"):
        assert f'value="{hall}"' in host.get(page).text
    assert planned(host, cast.offer, site=hall).status_code == 303
    assert post(host, f"/host/slots/{cast.slot}/edit", site=hall).status_code == 303
    with app.app_context():
        assert slot_with(cast.slot).site.code == hall


def test_the_same_address_twice_is_one_location(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    for _ in range(2):
        assert post(host, new_site(cast), **HALL).status_code == 303
    with app.app_context():
        assert [each.town for each in company_of(cast).sites] == ["Meppel", "Coevorden"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"street": ""}, "Enter a street and number."),
        ({"postcode": "0000"}, "Enter a postcode such as 7941 AB."),
        ({"town": "x" * 81}, "Shorten this to 80 characters."),
    ],
)
def test_an_address_that_is_none_adds_nothing(
    app: Flask, cast: Cast, client_of: Visit, fields: dict[str, Any], why: str
) -> None:
    refused(app, client_of, new_site(cast), why, **{**HALL, **fields})


def test_a_new_telephone_number_stands_in_the_public_calendar(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host, url = client_of("host"), f"/host/organisations/{cast.company}"
    assert f'href="{url}"' in host.get("/host").text
    assert form_of(host.get(url).text)["phone"] == "(0522) 00 01 01"
    answer = post(host, url, phone="(0524) 00 02 02", website="www.reestdal.example")
    assert answer.status_code == 303
    with app.app_context():
        company = company_of(cast)
        assert (company.phone, company.website) == ("(0524) 00 02 02", "https://www.reestdal.example")
        assert [each.event for each in history("organisation", cast.company)][-1] == "contact"
        texts = list(session.scalars(select(PublicEntry.text)))
        assert texts and all("(0524) 00 02 02" in text for text in texts)


def test_a_website_that_is_none_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    url = f"/host/organisations/{cast.company}"
    for website in ("javascript:alert(1)", "geen website"):
        refused(app, client_of, url, "Enter a website such as www.company.nl.", website=website)


def test_a_location_of_no_organisation_is_not_found(cast: Cast, client_of: Visit) -> None:
    for url in ("/host/sites/new", "/host/sites/new?organisation=0", "/host/organisations/0"):
        assert client_of("host").get(url).status_code == 404


def refused(app: Flask, client_of: Visit, url: str, why: str, **fields: Any) -> None:
    """The form of a page is refused with a sentence, and nothing changed."""
    with app.app_context():
        before = everything()
    answer = post(client_of("host"), url, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    with app.app_context():
        assert everything() == before


def test_whom_to_warn_and_where_to_gather_stand_on_the_papers(cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/sites/{cast.site}"
    said: dict[str, Any] = {"emergency": "de bhv'er, toestel 8", "assembly_point": "het fietsenrek"}
    assert post(host, url, **said).status_code == 303
    form = form_of(host.get(url).text)
    assert {name: form[name] for name in said} == said
    for paper in ("sheet", "poster"):
        (page,) = pages(host.get(f"/host/slots/{cast.slot}/{paper}.pdf").data)
        assert "Then warn: de bhv'er, toestel 8" in page
        assert "Assembly point: het fietsenrek" in page


def test_an_assembly_point_that_is_a_story_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    url, why = f"/host/sites/{cast.site}", "Shorten this to 80 characters."
    refused(app, client_of, url, why, assembly_point="x" * 81)


def test_a_new_location_says_so_at_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    fields = {**HALL, "assembly_point": "het fietsenrek"}
    assert post(client_of("host"), new_site(cast), **fields).status_code == 303
    with app.app_context():
        hall = session.scalars(select(Site).where(Site.town == "Coevorden")).one()
        assert hall.assembly_point == "het fietsenrek"
        assert [each.event for each in history("site", hall.code)] == ["added", "emergency"]
