"""The first offer of a host is looked at before everybody sees it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText
from marketplace.offers.models import Offer
from marketplace.offers.states import SlotState
from marketplace.organisations.models import Organisation
from marketplace.outbox.models import Letter
from tests import cast as casting
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post

TITLE = "Warmtepompen inregelen & meten"


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """An offer that a company nobody trusts yet sent in. The company is of the coordinator's region."""
    with app.app_context():
        company = session.scalars(select(Organisation).where(Organisation.kvk == "00000199")).one()
        company.region_id = casting.slot_of(cast).offer.organisation.region_id
        text = OfferText(
            format="docentstage", kind="exploratory", title=TITLE, summary="Een dag.", activity="U meet zelf."
        )
        host = cast.codes["outside host"]
        offer = offers.draft_offer(organisation=company, text=text, made_with=None, by=host, now=NOW)
        offers.change_brief(offer=offer, brief=casting.BRIEF, by=host, now=NOW)
        plan = casting.plan(company.sites[0].code, day=date(2027, 3, 9))
        offers.add_slots(offer=offer, plan=plan, by=host, now=NOW)
        offers.submit(offer=offer, by=host, now=NOW)
        session.commit()
        return offer.code


def offer_of(app: Flask, code: str) -> tuple[str, bool]:
    """Its state, and whether its host is trusted."""
    with app.app_context():
        offer = session.scalars(select(Offer).where(Offer.code == code)).one()
        return offer.state, offer.organisation.is_trusted


def letters(app: Flask, name: str) -> list[Letter]:
    with app.app_context():
        return list(session.scalars(select(Letter).where(Letter.name == name)))


def test_the_coordinator_sees_the_offer_as_participants_will(app: Flask, client_of: Visit, code: str) -> None:
    coordinator = client_of("coordinator")
    for address in ("/desk", "/desk/offers"):
        page = coordinator.get(address).text
        assert "Warmtepompen inregelen &amp; meten" in page and f"/desk/offers/{code}" in page
        assert "To be checked (1)" in page and "first activity" in page
    page = coordinator.get(f"/desk/offers/{code}").text
    for text in ("U meet zelf.", "Tuesday 9 March 2027", "Safety shoes", "Blijf op het looppad."):
        assert text in page
    assert f"/desk/offers/{code}" in letters(app, "offer_submitted")[0].text
    assert offer_of(app, code) == ("submitted", False)


def test_a_yes_publishes_it_and_trusts_the_host(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    coordinator = client_of("coordinator")
    answer = post(coordinator, f"/desk/offers/{code}", "/publish")
    assert answer.status_code == 303 and answer.location == "/desk/offers"
    assert offer_of(app, code) == ("published", True)
    (letter,) = letters(app, "offer_published")
    assert letter.receiver_address == cast.emails["outside host"]
    page = coordinator.get("/desk/offers").text
    assert "is published." in page and "No activities to check" in page
    assert not has_form(coordinator.get(f"/desk/offers/{code}").text, "/publish")


def test_a_not_yet_goes_back_with_advice(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    coordinator = client_of("coordinator")
    answer = post(coordinator, f"/desk/offers/{code}", "/send-back", reason="Noem de begeleider.")
    assert answer.status_code == 303
    assert offer_of(app, code) == ("draft", False)
    (letter,) = letters(app, "offer_sent_back")
    assert letter.receiver_address == cast.emails["outside host"] and "Noem de begeleider." in letter.text
    assert coordinator.get(f"/desk/offers/{code}").status_code == 404


def test_a_not_yet_needs_advice(app: Flask, client_of: Visit, code: str) -> None:
    answer = post(client_of("coordinator"), f"/desk/offers/{code}", "/send-back", reason=" ")
    assert answer.status_code == 422 and "Write what should change." in answer.text
    assert offer_of(app, code) == ("submitted", False)


def test_what_lost_its_only_moment_is_shown_and_not_published(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    with app.app_context():
        offer = session.scalars(select(Offer).where(Offer.code == code)).one()
        host = cast.codes["outside host"]
        offers.close_slot(slot=offer.slots[0], to=SlotState.CANCELLED, reason="Vol.", by=host, now=NOW)
        session.commit()
    coordinator = client_of("coordinator")
    for address in ("/desk", "/desk/offers"):
        page = coordinator.get(address).text
        assert f"/desk/offers/{code}" in page and "0 moments" in page
    answer = post(coordinator, f"/desk/offers/{code}", "/publish")
    assert answer.status_code == 409 and "not complete any more" in answer.text
    assert offer_of(app, code) == ("submitted", False)


def test_the_tile_is_of_the_first_moment_that_one_can_come_to(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    with app.app_context():
        offer = session.scalars(select(Offer).where(Offer.code == code)).one()
        host, site = cast.codes["outside host"], offer.organisation.sites[0].code
        offers.add_slots(offer=offer, plan=casting.plan(site, day=date(2027, 4, 22)), by=host, now=NOW)
        offers.close_slot(slot=offer.slots[0], to=SlotState.CANCELLED, reason="Vol.", by=host, now=NOW)
        session.commit()
    page = client_of("coordinator").get("/desk/offers").text
    assert "<b>22</b>" in page and "<b>9</b>" not in page
    assert "1 moment ·" in page


def test_the_second_coordinator_is_told(app: Flask, client_of: Visit, code: str) -> None:
    second = client_of("second coordinator")
    form = form_of(second.get(f"/desk/offers/{code}").text, "/publish")
    post(client_of("coordinator"), f"/desk/offers/{code}", "/publish")
    for action in ("publish", "send-back"):
        answer = second.post(f"/desk/offers/{code}/{action}", data={**form, "reason": "Nee."})
        assert answer.status_code == 409
    assert offer_of(app, code) == ("published", True) and not letters(app, "offer_sent_back")


def test_a_coordinator_of_elsewhere_finds_no_offer(app: Flask, client_of: Visit, code: str) -> None:
    stranger = client_of("outside coordinator")
    assert "Warmtepompen" not in stranger.get("/desk/offers").text
    assert stranger.get(f"/desk/offers/{code}").status_code == 404
    form = form_of(stranger.get("/desk/people").text)
    for action in ("publish", "send-back"):
        answer = stranger.post(f"/desk/offers/{code}/{action}", data={**form, "reason": "Nee."})
        assert answer.status_code == 404
    assert offer_of(app, code) == ("submitted", False)


def test_an_outsider_is_not_let_in(client_of: Visit, code: str) -> None:
    assert client_of("outsider").get(f"/desk/offers/{code}").status_code == 403
