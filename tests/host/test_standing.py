"""What always holds at an organisation, and what a moment adds, as a host writes it down."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace import audit
from marketplace.organisations.models import StandingBrief
from marketplace.organisations.queries import standing_briefs
from marketplace.safety.facts import Access
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, post

WORKSHOP = {
    "name": "Werkplaats",
    "chosen": ["M004", "W014"],
    "provider-M004": "host",
    "notes": "Blijf op het looppad.",
    "access": "gate_instruction",
}


def new(cast: Cast, host: FlaskClient, **fields: Any) -> str:
    """The host writes down what always holds."""
    url = f"/host/safety/new?organisation={cast.company}"
    form = {**form_of(host.get(url).text), **WORKSHOP, **fields}
    assert host.post(url, data=form).status_code == 303
    return str(form["one_time_key"])


def the_brief(cast: Cast) -> StandingBrief:
    """The only standing brief of the cast's company."""
    (found,) = standing_briefs([cast.company])
    return found


def base_on_it(app: Flask, cast: Cast, host: FlaskClient) -> str:
    """The cast's offer is based on it; its code."""
    with app.app_context():
        code = the_brief(cast).code
    assert post(host, f"/host/offers/{cast.offer}/safety", standing=code).status_code == 303
    return code


def test_what_always_holds_is_written_once_and_offers_are_based_on_it(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host = client_of("host")
    assert "Nothing written down yet." in host.get("/host/safety").text
    new(cast, host)
    base_on_it(app, cast, host)
    assert "1 offer is based on this." in host.get("/host/safety").text
    assert "Holds already" in host.get(f"/host/offers/{cast.offer}/safety").text
    assert "Safety glasses" in client_of("teacher").get(f"/offers/{cast.offer}").text
    with app.app_context():
        brief = steps.offer_of(cast).brief
        assert [each.code for each in brief.facts.lines[:2]] == ["M004", "W014"]
        assert [each.code for each in brief.own_facts.lines] == ["M008", "M019", "M009", "P008"]
        assert audit.breaches(now=NOW) == []


def test_changing_it_changes_the_offers_and_tells_who_claimed(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host = client_of("host")
    new(cast, host)
    code = base_on_it(app, cast, host)
    with app.app_context():
        steps.approved(cast)
        steps.send_everything()
    page = host.get(f"/host/safety/{code}").text
    assert "1 offer is based on this and changes with it." in page
    assert post(host, f"/host/safety/{code}", notes="Volg de begeleider.").status_code == 303
    assert "Volg de begeleider." in client_of("nobody").get(f"/offers/{cast.offer}").text
    with app.app_context():
        assert steps.tell() == 1
        assert "Volg de begeleider." in steps.the_letter("claim_changed").text


def test_the_form_sent_twice_makes_one(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    key = new(cast, host)
    new(cast, host, one_time_key=key)
    with app.app_context():
        assert the_brief(cast).name == "Werkplaats"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": " "}, "Give it a name."),
        ({"name": "x" * 81}, "Shorten this to 80 characters."),
        ({"site": "N0WHERE"}, "Choose from the list."),
        ({"chosen": ["M999"]}, "There is no safety sign M999."),
    ],
)
def test_what_cannot_be_is_told(
    app: Flask, cast: Cast, client_of: Visit, fields: dict[str, Any], why: str
) -> None:
    host, url = client_of("host"), f"/host/safety/new?organisation={cast.company}"
    answer = post(host, url, **{**WORKSHOP, **fields})
    assert (answer.status_code, why in answer.text, "Blijf op het looppad." in answer.text) == (
        422,
        True,
        True,
    )
    with app.app_context():
        assert standing_briefs([cast.company]) == []


@pytest.mark.parametrize(("who", "status"), [("outside host", 404), ("teacher", 403), ("coordinator", 403)])
def test_nobody_else_reads_or_writes_it(
    app: Flask, cast: Cast, client_of: Visit, who: str, status: int
) -> None:
    new(cast, client_of("host"))
    other = client_of(who)
    with app.app_context():
        code = the_brief(cast).code
    for url in (
        f"/host/safety/{code}",
        f"/host/safety/new?organisation={cast.company}",
        f"/host/slots/{cast.slot}/safety",
    ):
        assert other.get(url).status_code == status
    assert "Werkplaats" not in other.get("/host/safety").text


def test_a_moment_adds_to_what_holds_at_its_offer(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/slots/{cast.slot}/safety"
    assert "Holds already" in host.get(url).text
    fields: dict[str, Any] = {
        "chosen": ["M014"],
        "provider-M014": "host",
        "notes": "Die dag is er een kraan.",
        "access": "b_vca",
    }
    assert post(host, url, **fields).status_code == 303
    with app.app_context():
        slot = steps.slot_with(cast.slot)
        assert [each.code for each in slot.brief.facts.lines] == ["M008", "M019", "M009", "P008", "M014"]
        assert slot.brief.facts.access == Access.B_VCA
        assert slot.offer.brief.facts.access == Access.GATE_INSTRUCTION
    teacher = client_of("teacher")
    assert "Die dag is er een kraan." in teacher.get(f"/slots/{cast.slot}/claim").text
    assert "Die dag is er een kraan." in host.get(url).text
    assert post(host, url, chosen=[], notes="", access="none").status_code == 303
    with app.app_context():
        slot = steps.slot_with(cast.slot)
        assert slot.brief.facts == slot.offer.brief.facts
        assert audit.breaches(now=NOW) == []
