"""Calendar subscriptions: the page with the links, and the secret feeds behind them."""

import logging
import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar, Component
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.claims.states import Verdict
from marketplace.feeds.models import Subscription
from marketplace.kernel.database import session, transaction
from marketplace.kernel.texts import gettext, speaking
from marketplace.people.actions import Scope
from marketplace.people.states import Role
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, forms_of, has_form, post
from tests.rows import everything


def make_link(browser: FlaskClient) -> str:
    """Makes the first link of the page and returns its path."""
    assert post(browser, "/calendar", "/calendar/links").status_code == 303
    return links(browser)[0]


def links(browser: FlaskClient) -> list[str]:
    return re.findall(r'value="http://localhost(/feeds/[^"]+\.ics)"', browser.get("/calendar").text)


def events(app: Flask, path: str) -> list[Component]:
    """What a calendar program finds there, without any cookie."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.text).walk("VEVENT"))


def statuses(app: Flask, path: str) -> list[str]:
    return [str(event["STATUS"]) for event in events(app, path)]


def test_everybody_finds_the_feed_of_all_that_is_on_offer(app: Flask) -> None:
    answer = app.test_client().get("/calendar")
    assert 'href="webcal://localhost/offers.ics"' in answer.text
    assert "/sign-in?next=/calendar" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not has_form(answer.text, "/calendar/links")


def test_looking_at_the_page_makes_no_link(app: Flask, cast: Cast, client_of: Visit) -> None:
    assert links(client_of("teacher")) == []
    with app.app_context():
        assert session.scalars(select(Subscription)).all() == []


def test_a_teacher_makes_a_link_in_three_forms(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    path = make_link(browser)
    text = browser.get("/calendar").text
    assert f'href="webcal://localhost{path}"' in text
    google = "https://calendar.google.com/calendar/render?cid="
    assert f'href="{google}{quote(f"webcal://localhost{path}", safe="")}"' in text
    assert "No calendar has fetched it yet." in text
    assert len(path) > len("/feeds/.ics") + 40
    with app.app_context():
        kept = session.scalars(select(Subscription)).one()
        assert path not in {kept.nonce, kept.token_digest}  # a stolen database opens nothing


def test_the_database_itself_keeps_one_link_to_ones_own_claims(app: Flask, cast: Cast) -> None:
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        number = casting.person(cast, "teacher").id
        for token in ("one", "two"):
            session.add(Subscription(person_id=number, nonce=token, token_digest=token, made_at=NOW))


def test_a_feed_shows_where_each_claim_stands(app: Flask, cast: Cast, client_of: Visit) -> None:
    path = make_link(client_of("teacher"))
    assert events(app, path) == []
    with app.app_context():
        claim = steps.claim_seat(cast)
    assert statuses(app, path) == ["TENTATIVE"]
    with app.app_context():
        claim = steps.decide(session.merge(claim), cast)
    (event,) = events(app, path)
    assert str(event["STATUS"]) == "CONFIRMED"
    assert "Meppel" in str(event["LOCATION"])
    assert {"ATTENDEE", "ORGANIZER"}.isdisjoint(event)
    assert event.walk("VALARM") == []
    with app.app_context():
        steps.withdraw(session.merge(claim))
    (event,) = events(app, path)
    assert str(event["STATUS"]) == "CANCELLED"
    assert str(event["SUMMARY"]).startswith("Withdrawn")


def test_what_was_cancelled_stays_for_thirty_days_and_the_rest_for_ninety(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    teacher, colleague = make_link(client_of("teacher")), make_link(client_of("colleague"))
    with app.app_context():
        steps.decide(steps.claim_seat(cast), cast, Verdict.REJECT, note="Vol.")
        steps.approved(cast, "colleague")
    day = date(2027, 2, 9)
    for days, expected in ((30, (1, 1)), (31, (0, 1)), (90, (0, 1)), (91, (0, 0))):
        clock.move_to(f"{day + timedelta(days=days)}T11:00:00Z")
        assert (len(events(app, teacher)), len(events(app, colleague))) == expected


def test_a_host_sees_what_the_company_receives_without_names(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    path = make_link(client_of("host"))
    with app.app_context():
        steps.approved(cast)
        steps.show_hosts()
    answer = app.test_client().get(path)
    assert "Meeloop: Reestdal Metaalwerken" in answer.text
    assert "Marieke" not in answer.text
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    assert "Lassen en zetten" in str(event["SUMMARY"])
    assert str(event["STATUS"]) == "CONFIRMED"


def test_who_has_both_roles_gets_a_link_for_each(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        steps.add_role(cast, "teacher", Role.HOST_CONTACT, Scope(steps.company_of(cast).id))
    browser = client_of("teacher")
    offered = [
        fields for action, fields in forms_of(browser.get("/calendar").text) if action == "/calendar/links"
    ]
    assert [fields["feed"] for fields in offered] == ["own", f"hosted-{cast.company}"]
    for fields in offered:
        browser.post("/calendar/links", data=fields)
    own, hosted = links(browser)
    assert "Meeloop: my claims" in app.test_client().get(own).text
    assert "Meeloop: Reestdal Metaalwerken" in app.test_client().get(hosted).text


@pytest.mark.parametrize("who", ["teacher", "outsider", "outside host", "coordinator"])
def test_nobody_else_makes_a_link_to_what_a_company_receives(
    app: Flask, cast: Cast, client_of: Visit, who: str
) -> None:
    browser = client_of(who)
    token = form_of(browser.get("/profile").text)["csrf_token"]
    answer = browser.post("/calendar/links", data={"csrf_token": token, "feed": f"hosted-{cast.company}"})
    assert answer.status_code == 404
    with app.app_context():
        assert session.scalars(select(Subscription)).all() == []


def test_a_host_makes_no_link_to_claims_it_cannot_have(cast: Cast, client_of: Visit) -> None:
    browser = client_of("host")
    token = form_of(browser.get("/profile").text)["csrf_token"]
    assert browser.post("/calendar/links", data={"csrf_token": token, "feed": "own"}).status_code == 404


def test_a_new_link_ends_the_old_one_at_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    old = make_link(browser)
    new = make_link(browser)
    assert old != new
    assert app.test_client().get(old).status_code == 404
    assert app.test_client().get(new).status_code == 200


def test_a_link_ends_with_the_role(app: Flask, cast: Cast, client_of: Visit) -> None:
    teacher, host = make_link(client_of("teacher")), make_link(client_of("host"))
    with app.app_context():
        steps.lose_roles(cast, "teacher")
        steps.lose_roles(cast, "host")
    assert app.test_client().get(teacher).status_code == 404
    assert app.test_client().get(host).status_code == 404


def test_every_link_that_does_not_work_gets_the_same_answer(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    revoked = make_link(browser)
    token = make_link(browser).removeprefix("/feeds/").removesuffix(".ics")
    tried = [
        revoked,
        f"/feeds/{token[:-1]}.ics",
        "/feeds/x.ics",
        "/feeds/%00%FF.ics",
        "/feeds/%F0%9F%90%B1.ics",
    ]
    answers = []
    for path in tried:
        answer = app.test_client().get(path)
        assert answer.status_code == 404
        answers.append(re.sub(r'name="next" value="[^"]*"', "", answer.text))
    assert len(set(answers)) == 1


def test_a_feed_that_did_not_change_is_not_sent_again(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    path, program = make_link(client_of("teacher")), app.test_client()
    with app.app_context():
        claim = steps.claim_seat(cast)
    first = program.get(path)
    known = {"If-None-Match": first.headers["ETag"]}
    clock.shift(timedelta(hours=3))
    again = program.get(path, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Last-Modified", "Cache-Control"):
        assert again.headers[name] == first.headers[name]
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert program.get(path, headers=since).status_code == 304
    assert program.get(path).data == first.data
    with app.app_context():
        steps.decide(session.merge(claim), cast, now=NOW + timedelta(hours=3))
    assert program.get(path, headers=known).status_code == 200
    assert program.get(path, headers=since).status_code == 200


def test_the_window_moves_at_midnight(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    path, program = make_link(client_of("teacher")), app.test_client()
    first = program.get(path)
    clock.move_to("2027-01-11T22:59:59Z")
    assert program.get(path).headers["ETag"] == first.headers["ETag"]
    clock.move_to("2027-01-11T23:00:00Z")
    moved = program.get(path)
    assert moved.headers["ETag"] != first.headers["ETag"]
    assert moved.last_modified
    assert first.last_modified
    assert moved.last_modified > first.last_modified


def test_a_feed_knows_no_cookie(app: Flask, cast: Cast, client_of: Visit) -> None:
    path = make_link(client_of("teacher"))
    answer = client_of("outsider").get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_feed_is_only_read(app: Flask, cast: Cast, client_of: Visit) -> None:
    path, program = make_link(client_of("teacher")), app.test_client()
    head = program.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == program.get(path).headers["ETag"]
    assert program.post(path).status_code == 405
    assert program.put(path).status_code == 405


def test_the_last_use_is_noted_once_a_day(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    browser = client_of("teacher")
    path = make_link(browser)
    with app.test_client().get(path):
        pass  # it is noted when the answer has left
    assert "Last fetched by a calendar on 11 January 2027." in browser.get("/calendar").text
    with app.app_context():
        before = everything()
    with app.test_client().get(path):
        pass
    with app.app_context():
        assert everything() == before
    clock.shift(timedelta(days=1))
    with app.test_client().get(path):
        pass
    assert "on 12 January 2027." in browser.get("/calendar").text


def test_the_token_stands_in_no_log(
    app: Flask, cast: Cast, client_of: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = make_link(client_of("teacher"))
    app.test_client().get(path).close()
    assert path.removeprefix("/feeds/").removesuffix(".ics") not in caplog.text


def test_a_feed_speaks_the_language_of_its_reader(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser, program = client_of("teacher"), app.test_client()
    path = make_link(browser)
    english = program.get(path)
    post(browser, "/calendar", "/language", language="nl")
    dutch = program.get(path)
    with speaking("nl"):
        assert f"NAME:Meeloop: {gettext('my claims')}\r\n" in dutch.text
    assert dutch.headers["ETag"] != english.headers["ETag"]


def test_after_a_change_of_the_servers_key_a_link_is_made_anew(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser = client_of("teacher")
    old = make_link(browser)
    with app.app_context():
        kept = session.scalars(select(Subscription)).one()
        kept.nonce = "made with another key"
        session.commit()
    assert links(browser) == []
    assert make_link(browser) != old
