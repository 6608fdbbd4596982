"""An offer with its moments, as everybody and as who signed up sees it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.models import Offer
from marketplace.offers.states import SlotState
from tests.cast import Cast, claim, plan, slot_of
from tests.conftest import NOW
from tests.market.rows import add_offer
from tests.statements import statements

Visit = Callable[[str], FlaskClient]


def offer_of(cast: Cast) -> Offer:
    return session.scalars(select(Offer).where(Offer.code == cast.offer)).one()


def test_everybody_reads_all_there_is_to_know(app: Flask, client_of: Visit, cast: Cast) -> None:
    answer = client_of("nobody").get(f"/offers/{cast.offer}")
    assert answer.status_code == 200
    for words in (
        "Lassen en zetten: van plaat tot product",
        "gereedschapsbakje",
        "Smidsvonkweg 14, 7944 XY Meppel",
        "Receptie, hal 2",
        'href="tel:0522000101"',
        "Bring yourself",
        "Blijf op het looppad.",
        "Tuesday 9 February 2027",
        f'href="/slots/{cast.slot}/claim"',
        "Afterwards",
    ):
        assert words in answer.text
    assert "Set-Cookie" not in app.test_client().get(f"/offers/{cast.offer}").headers


def test_who_signed_up_sees_that_instead_of_the_button(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        code = claim(cast, "teacher", now=NOW)
    assert f'href="/claims/{code}"' in client_of("teacher").get(f"/offers/{cast.offer}").text
    assert code not in client_of("colleague").get(f"/offers/{cast.offer}").text


def test_a_host_gets_no_button_to_sign_up(client_of: Visit, cast: Cast) -> None:
    assert f"/slots/{cast.slot}/claim" not in client_of("host").get(f"/offers/{cast.offer}").text


def fill(app: Flask, cast: Cast) -> None:
    with app.app_context():
        claim(cast, "teacher", now=NOW)
        claim(cast, "colleague", now=NOW)


def test_a_full_moment_leads_to_its_waiting_list(app: Flask, client_of: Visit, cast: Cast) -> None:
    fill(app, cast)
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "Full, waiting list open" in text
    assert f'href="/slots/{cast.slot}/claim">On the waiting list' in text


def test_a_full_moment_that_starts_soon_has_no_button(
    app: Flask, client_of: Visit, cast: Cast, clock: time_machine.Traveller
) -> None:
    fill(app, cast)
    clock.move_to("2027-02-06 09:00:00+00:00")
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "waiting list" not in text
    assert "/claim" not in text
    assert "Look for another activity" in text


def test_a_cancelled_moment_says_why(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        offers.close_slot(
            slot=slot_of(cast), to=SlotState.CANCELLED, reason="De hal wordt verbouwd.", by="system", now=NOW
        )
        session.commit()
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "De hal wordt verbouwd." in text
    assert "/claim" not in text


def test_a_closed_moment_has_no_button(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        offers.close_slot(slot=slot_of(cast), to=SlotState.CLOSED, reason="", by="system", now=NOW)
        session.commit()
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "Closed" in text
    assert "/claim" not in text


def test_a_moment_that_is_over_is_gone(client_of: Visit, cast: Cast, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=60))
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "No moments are planned now." in text


def test_one_page_takes_as_many_statements_for_thirty_moments_as_for_one(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    client, address = client_of("teacher"), f"/offers/{cast.offer}"
    with statements(app) as for_one:
        client.get(address)
    with app.app_context():
        for number in range(30):
            day = date(2027, 3, 1) + timedelta(days=number)
            offers.add_slots(offer=offer_of(cast), plan=plan(cast.site, day=day), by="system", now=NOW)
        session.commit()
    with statements(app) as for_thirty:
        text = client.get(address).text
    assert "26 later moments" in text
    assert len(for_one) == len(for_thirty)


@pytest.mark.parametrize("path", ["", "/moments"])
@pytest.mark.parametrize("who, most", [("nobody", 2), ("teacher", 3)])
def test_an_offer_costs_few_statements(
    app: Flask, client_of: Visit, cast: Cast, who: str, most: int, path: str
) -> None:
    client = client_of(who)
    with statements(app) as sent:
        client.get(f"/offers/{cast.offer}{path}")
    assert len(sent) == most, "one looks whether a page is kept, one who it is"


@pytest.mark.parametrize("address", ["/offers/NOSUCHCODE", "/offers/%00", "/offers/" + "A" * 5000])
def test_what_is_not_there_is_not_found(client_of: Visit, address: str) -> None:
    assert client_of("nobody").get(address).status_code == 404


def test_a_draft_is_nobodys_business(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        offer = add_offer(cast)
        offer.state = "draft"
        session.commit()
        code = offer.code
    assert client_of("outsider").get(f"/offers/{code}").status_code == 404


def test_what_people_wrote_stays_text(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        offer = offer_of(cast)
        offer.activity = "<script>alert(1)</script> 100% zelf"
        offer.organisation.website = "javascript:alert(1)"
        session.commit()
    text = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 100% zelf" in text
    assert 'href="javascript:' not in text
