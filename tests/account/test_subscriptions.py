"""Feeds of what one supervises and of regions, and what their owners choose to see (CALENDAR.md 5)."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import Client

from marketplace.feeds.models import Subscription
from marketplace.kernel.database import session, transaction
from marketplace.people.actions import Scope
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.regions.actions import add_region
from marketplace.regions.models import Region
from marketplace.web.door import Door
from tests import steps
from tests.account.subscribing import ask_link, choose, events, fetch, make_link, offered
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.statements import statements


def add_supervisor(app: Flask, cast: Cast, name: str = "Joris van Dam") -> str:
    """A second contact of the company takes the outsider's place; a moment names them. Returns its code."""
    with app.app_context():
        steps.lose_roles(cast, "outsider")
        steps.add_role(cast, "outsider", Role.HOST_CONTACT, Scope(steps.company_of(cast).id))
        with transaction():
            session.execute(update(Person).where(Person.code == cast.codes["outsider"]).values(name=name))
        slot = steps.add_slot(cast, day=date(2027, 3, 2), supervisor=name)
        steps.show_hosts()
        return slot


def part_of_region(app: Flask, cast: Cast) -> str:
    """A sub-region to which the cast's company moves. Returns its code."""
    with app.app_context(), transaction():
        whole = session.scalars(select(Region).where(Region.code == cast.region)).one()
        part = add_region(name="Vechtdal", holiday_zone="Noord", parent=whole, by="system", now=NOW)
        steps.company_of(cast).region = part
        return part.code


# --- What one supervises --------------------------------------------------------------------------------------


def test_a_supervisor_sees_only_the_moments_that_name_them(app: Flask, cast: Cast, client_of: Visit) -> None:
    slot = add_supervisor(app, cast)
    browser = client_of("outsider")
    hosted, supervised = f"hosted-{cast.company}", f"supervised-{cast.company}"
    assert offered(browser) == [hosted, supervised]
    assert len(events(app, make_link(browser, hosted))) == 2
    path = make_link(browser, supervised)
    (event,) = events(app, path)
    assert str(event["URL"]) == f"http://localhost/moments/{slot}"
    assert event["DTSTART"].dt.date() == date(2027, 3, 2)
    with app.app_context():
        steps.change_slot(cast, slot=slot, supervisor="Gerda Nijboer", now=NOW + timedelta(hours=1))
        steps.show_hosts(now=NOW + timedelta(hours=2))
    assert events(app, path) == []
    assert supervised in offered(client_of("host"))


@pytest.mark.parametrize("page", ["/host/offers/{offer}/slots", "/host/slots/{slot}/edit"])
def test_the_host_can_choose_a_colleague_who_then_follows_the_moment(
    app: Flask, cast: Cast, client_of: Visit, page: str
) -> None:
    add_supervisor(app, cast)
    text = client_of("host").get(page.format(offer=cast.offer, slot=cast.slot)).text
    assert '<option value="Joris van Dam">' in text
    assert re.search('<input[^>]*list="contacts"', text)
    assert "Rik Rivaal" not in text


def test_a_bare_name_has_no_feed(app: Flask, cast: Cast, client_of: Visit) -> None:
    """A name at a moment is nobody's without the role at that company."""
    with app.app_context():
        steps.change_slot(cast, supervisor="Marieke Otten", now=NOW + timedelta(hours=1))
    assert offered(client_of("teacher")) == ["own"]
    assert ask_link(client_of("teacher"), f"supervised-{cast.company}").status_code == 404
    assert f"supervised-{cast.company}" not in offered(client_of("host"))
    assert ask_link(client_of("outside host"), f"supervised-{cast.company}").status_code == 404


def test_what_one_supervises_names_no_participant(app: Flask, cast: Cast, client_of: Visit) -> None:
    """CALENDAR.md 5: never other people's names in a feed."""
    path = make_link(client_of("host"), f"supervised-{cast.company}")
    with app.app_context():
        steps.approved(cast)
        steps.show_hosts()
    text = fetch(app, path).text.replace("\r\n ", "")
    assert "1 deelnemer van 2" in text or "1 participant of 2" in text
    for secret in ("Marieke", "Otten", "vegetarisch", "Reestcollege"):
        assert secret not in text


# --- Regions --------------------------------------------------------------------------------------------------


def test_a_coordinator_follows_the_region_with_its_parts_or_one_part(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser = client_of("coordinator")
    assert offered(browser) == [f"region-{cast.region}"]
    whole = make_link(browser, f"region-{cast.region}")
    with app.app_context():
        steps.show_hosts()
    assert len(events(app, whole)) == 1
    part = part_of_region(app, cast)
    assert offered(browser) == [f"region-{cast.region}", f"region-{part}"]
    path = make_link(browser, f"region-{part}")
    assert len(events(app, whole)) == len(events(app, path)) == 1
    assert "Meeloop: Vechtdal" in fetch(app, path).text
    with app.app_context(), transaction():
        company = steps.company_of(cast)
        company.region = session.scalars(select(Region).where(Region.name == "STO Elders")).one()
    assert len(events(app, whole)) == len(events(app, path)) == 0
    elsewhere = client_of("outside coordinator")
    with app.app_context():
        code = session.scalars(select(Region.code).where(Region.name == "STO Elders")).one()
    assert len(events(app, make_link(elsewhere, f"region-{code}"))) == 1


@pytest.mark.parametrize("who", ["teacher", "host", "outside coordinator", "school contact"])
def test_nobody_else_follows_a_region(app: Flask, cast: Cast, client_of: Visit, who: str) -> None:
    assert ask_link(client_of(who), f"region-{cast.region}").status_code == 404


def test_each_feed_has_a_link_of_its_own_that_ends_alone(app: Flask, cast: Cast, client_of: Visit) -> None:
    part = part_of_region(app, cast)
    browser = client_of("coordinator")
    first, second = make_link(browser, f"region-{cast.region}"), make_link(browser, f"region-{part}")
    assert first != second
    renewed = make_link(browser, f"region-{part}")
    assert [fetch(app, each).status_code for each in (first, second, renewed)] == [200, 404, 200]


def test_every_feed_ends_with_the_role(app: Flask, cast: Cast, client_of: Visit) -> None:
    """A feed shows only what its owner may see now."""
    paths = [
        make_link(client_of("coordinator"), f"region-{cast.region}"),
        make_link(client_of("host"), f"supervised-{cast.company}"),
    ]
    assert [fetch(app, each).status_code for each in paths] == [200, 200]
    with app.app_context():
        for who in ("coordinator", "host"):
            steps.lose_roles(cast, who)
    assert [fetch(app, each).status_code for each in paths] == [404, 404]


def test_a_region_notices_what_changes_at_its_companies(app: Flask, cast: Cast, client_of: Visit) -> None:
    """CALENDAR.md, Settled: the ETag follows the change number."""
    path = make_link(client_of("coordinator"), f"region-{cast.region}")
    with app.app_context():
        steps.show_hosts()
    first = fetch(app, path)
    known = first.headers["ETag"]
    assert fetch(app, path, If_None_Match=known).status_code == 304
    with app.app_context():
        steps.approved(cast)
        steps.show_hosts(now=NOW + timedelta(hours=1))
    second = fetch(app, path, If_None_Match=known, If_Modified_Since=first.headers["Last-Modified"])
    assert second.status_code == 200
    assert second.last_modified == NOW + timedelta(hours=1)


# --- The playbook ---------------------------------------------------------------------------------------------


def test_the_steps_of_the_playbook_are_days_that_claim_no_time(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    """RFC 5545 3.6.1: DTEND of a whole day is the day after it. No VTODO: Google and Outlook show none."""
    feed = f"region-{cast.region}"
    browser = client_of("coordinator")
    path = make_link(browser, feed)
    with app.app_context():
        steps.show_hosts()
    assert len(events(app, path)) == 1
    choose(browser, feed, steps="own")
    _, step = events(app, path)
    assert step["DTSTART"].dt == date(2027, 1, 12)
    assert step["DTEND"].dt == date(2027, 1, 13)
    assert str(step["TRANSP"]) == "TRANSPARENT"
    assert "Lassen en zetten" in str(step["SUMMARY"])
    assert str(step["SEQUENCE"]) == "0"
    choose(browser, feed, steps="all")
    everybody = events(app, path)
    assert len(everybody) > 10
    assert len({str(each["UID"]) for each in everybody}) == len(everybody)
    assert "VTODO" not in fetch(app, path).text


def test_steps_move_along_and_go_with_their_moment(app: Flask, cast: Cast, client_of: Visit) -> None:
    """RFC 5546 2.1.4: SEQUENCE rises when DTSTART or STATUS changes; 3.2.5: cancelled, with the same UID."""
    feed = f"region-{cast.region}"
    browser = client_of("coordinator")
    path = make_link(browser, feed)
    choose(browser, feed, steps="own")
    with app.app_context():
        steps.show_hosts()
    _, before = events(app, path)
    with app.app_context():
        later = [
            type(each)(each.starts_at + timedelta(days=7), each.ends_at + timedelta(days=7))
            for each in steps.sessions_of(steps.slot_with(cast.slot))
        ]
        steps.change_slot(cast, sessions=later, now=NOW + timedelta(hours=1))
        steps.show_hosts(now=NOW + timedelta(hours=2))
    _, moved = events(app, path)
    assert moved["DTSTART"].dt - before["DTSTART"].dt == timedelta(days=7)
    assert str(moved["UID"]) == str(before["UID"])
    assert int(moved["SEQUENCE"]) > int(before["SEQUENCE"])
    with app.app_context():
        steps.cancel_slot(cast, now=NOW + timedelta(hours=3))
    _, gone = events(app, path)
    assert str(gone["STATUS"]) == "CANCELLED"
    assert int(gone["SEQUENCE"]) > int(moved["SEQUENCE"])


# --- What is chosen -------------------------------------------------------------------------------------------


def test_who_wants_no_pending_claims_sees_them_once_approved(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser = client_of("teacher")
    path = make_link(browser)
    with app.app_context():
        claim = steps.claim_seat(cast)
    assert len(events(app, path)) == 1
    choose(browser, "own", has_pending="off")
    assert events(app, path) == []
    with app.app_context():
        steps.decide(session.merge(claim), cast)
    assert len(events(app, path)) == 1
    with app.app_context():
        steps.withdraw(session.merge(claim))
    (event,) = events(app, path)  # CALENDAR.md 5: never just vanish
    assert str(event["STATUS"]) == "CANCELLED"


def test_what_never_showed_does_not_show_as_cancelled(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    path = make_link(browser)
    choose(browser, "own", has_pending="off")
    with app.app_context():
        steps.reject(steps.claim_seat(cast), cast)
    assert events(app, path) == []


@pytest.mark.parametrize("days", [30, 90, 365])
def test_a_feed_goes_back_as_far_as_its_owner_wants(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, days: int
) -> None:
    browser = client_of("teacher")
    path = make_link(browser)
    with app.app_context():
        steps.approved(cast)
    choose(browser, "own", days_back=str(days))
    clock.move_to(f"{date(2027, 2, 9) + timedelta(days=days)}T11:00:00Z")
    assert len(events(app, path)) == 1
    clock.shift(timedelta(days=1))
    assert events(app, path) == []


def test_a_choice_changes_etag_and_last_modified_at_once(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    """CALENDAR.md, Settled: the ETag holds the choices; Apple asks by date alone (netbox-notices#67)."""
    browser = client_of("teacher")
    path = make_link(browser)
    first = fetch(app, path)
    clock.shift(timedelta(hours=2))
    choose(browser, "own", days_back="30")
    assert fetch(app, path, If_None_Match=first.headers["ETag"]).status_code == 200
    assert fetch(app, path, If_Modified_Since=first.headers["Last-Modified"]).status_code == 200


def test_a_new_link_keeps_what_was_chosen(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    make_link(browser)
    choose(browser, "own", days_back="365", has_pending="off")
    make_link(browser)
    with app.app_context():
        kept = session.scalars(select(Subscription)).one()
        assert (kept.days_back, kept.has_pending) == (365, False)


@pytest.mark.parametrize(("name", "value"), [("days_back", "1"), ("days_back", "x"), ("days_back", "")])
def test_a_choice_that_is_none_is_refused(
    app: Flask, cast: Cast, client_of: Visit, name: str, value: str
) -> None:
    browser = client_of("teacher")
    make_link(browser)
    answer = choose(browser, "own", **{name: value})
    assert answer.status_code == 422
    assert "Choose from the list." in answer.text


def test_nobody_chooses_for_somebody_else(app: Flask, cast: Cast, client_of: Visit) -> None:
    make_link(client_of("host"), f"hosted-{cast.company}")
    stranger = client_of("teacher")
    make_link(stranger)
    answer = choose(stranger, "own", days_back="30")
    assert answer.status_code == 303
    forms = stranger.get("/calendar").text
    assert cast.company not in forms
    with app.app_context():
        kept = session.scalars(select(Subscription.days_back).where(Subscription.kind == "hosted")).one()
        assert kept == 90


# --- Statements -----------------------------------------------------------------------------------------------


def test_every_feed_takes_two_statements_and_one_if_nothing_changed(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    """However much is in it."""
    region = f"region-{cast.region}"
    paths = [
        make_link(client_of("teacher")),
        make_link(client_of("host"), f"hosted-{cast.company}"),
        make_link(client_of("host"), f"supervised-{cast.company}"),
        make_link(client_of("coordinator"), region),
        make_link(client_of("second coordinator"), region),
    ]
    choose(client_of("second coordinator"), region, steps="all")
    with app.app_context():
        steps.approved(cast)
        for number in range(5):
            steps.approved(cast, slot=steps.add_slot(cast, day=date(2027, 3, 1 + number)))
        steps.show_hosts()
    for path in paths:
        fetch(app, path).close()  # from now on the door answers, and not only the application behind it
        for asked in (app.test_client(), inside(app)):
            with statements(app) as sent:
                answer = asked.get(path)
            assert answer.status_code == 200
            assert len(sent) == 2, "\n".join(each[:90] for each in sent)
            with statements(app) as sent:
                again = asked.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304
            assert len(sent) == 1, sent


def inside(app: Flask) -> Client:
    """The application behind its door."""
    assert isinstance(app.wsgi_app, Door)
    return Client(app.wsgi_app._inside)


# --- Where an entry leads to ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "leads_to"),
    [("host", "/host/slots/{slot}"), ("coordinator", "/offers/{offer}"), ("outside host", "/offers/{offer}")],
)
def test_the_link_in_an_entry_leads_each_reader_to_their_page(
    cast: Cast, client_of: Visit, who: str, leads_to: str
) -> None:
    answer = client_of(who).get(f"/moments/{cast.slot}")
    assert answer.status_code == 302
    assert answer.location == leads_to.format(slot=cast.slot, offer=cast.offer)


def test_a_moment_that_nobody_may_see_is_not_here(cast: Cast, client_of: Visit) -> None:
    assert client_of("coordinator").get("/moments/N0WHERE").status_code == 404
    answer = client_of("nobody").get(f"/moments/{cast.slot}")
    assert answer.location == f"/sign-in?next=/moments/{cast.slot}"
