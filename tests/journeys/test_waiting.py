"""From a full moment to who came, and a team of which one is named later; on both databases, mailed for real."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests import steps
from tests.cast import Cast
from tests.conftest import Visit
from tests.journeys.mails import invite_of, link_in, mails_to, text_of
from tests.pages import form_of, post
from tests.rows import everything
from tests.servers import Mail, Mailbox
from tests.teacher.parties import OWN, PLANS, row, send_together
from tests.teacher.test_claiming import FILLED

NEXT_MORNING = datetime(2027, 1, 12, 6, 45, tzinfo=UTC)
WEEK_AHEAD, DAY_AHEAD = datetime(2027, 2, 2, 8, tzinfo=UTC), datetime(2027, 2, 8, 8, tzinfo=UTC)
DAY_AFTER = datetime(2027, 2, 10, 8, tzinfo=UTC)


def subjects(mails: list[Mail]) -> list[str]:
    return [str(mail.message["Subject"]) for mail in mails]


def sign_in_to(app: Flask, mailbox: Mailbox, browser: FlaskClient, link: str, email: str) -> str:
    """Opens the link of a letter in a browser that nobody is signed in to. Returns the page it leads to in the end."""
    asked = browser.get(link)
    assert asked.status_code == 303 and asked.location.startswith("/sign-in")
    post(browser, asked.location, "/sign-in", email=email)
    code = re.search(r"\b\d{6}\b", text_of(mails_to(app, mailbox, email)[-1]))
    assert code
    answer = post(browser, "/sign-in/code", "/sign-in/code", code=code[0])
    return browser.get(answer.location, follow_redirects=True).text


def test_from_a_full_moment_to_who_came(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, mailing: Mailbox
) -> None:
    first, coordinator, host = (client_of(who) for who in ("teacher", "coordinator", "host"))
    claim_page = f"/slots/{cast.slot}/claim"
    answers: dict[str, Any] = FILLED
    claimed = post(first, claim_page, "/claim", **answers).location
    other = post(client_of("colleague"), claim_page, "/claim", **answers).location.rpartition("/")[2]

    second = client_of("newcomer")
    assert "This moment is full. You can go on the waiting list." in second.get(claim_page).text
    waiting = post(second, claim_page, "/claim", **PLANS, may_wait="1").location
    assert "You are at place 1 on the waiting list." in second.get(waiting).text
    [receipt] = mails_to(app, mailing, cast.emails["newcomer"])
    assert "text/calendar" not in receipt.octets.decode()

    clock.shift(timedelta(minutes=5))
    assert post(first, f"{claimed}/withdraw").status_code == 303
    *_, offer = mails_to(app, mailing, cast.emails["newcomer"])
    browser = app.test_client()
    page = sign_in_to(app, mailing, browser, link_in(offer, "/parties/"), cast.emails["newcomer"])
    code = waiting.rpartition("/")[2]
    with app.app_context():
        assert steps.claim_with(code).state == "offered"  # looking took nothing
    accept = form_of(page, "/accept")
    assert browser.post(f"/parties/{code}/accept", data=accept).status_code == 303
    assert post(browser, waiting, "/safety", **OWN).status_code == 303

    clock.move_to(NEXT_MORNING)
    [digest] = mails_to(app, mailing, cast.emails["coordinator"])
    for each in (code, other):
        assert f"/desk/claims/{each}?version=" in text_of(digest)
    desk = link_in(digest, "/desk/claims")
    versions = re.findall(r'name="claim" value="(\w+\.\d+)"', coordinator.get(desk).text)
    assert {each.partition(".")[0] for each in versions} == {code, other}
    decided = post(coordinator, desk, "/decide", claim=versions, verdict="approve")
    assert "You approved 2 claims" in coordinator.get(decided.location).text

    *_, approved = mails_to(app, mailing, cast.emails["newcomer"])
    method, event = invite_of(approved)
    assert (method, event.dtstart.value.isoformat()) == ("REQUEST", "2027-02-09T08:00:00+01:00")
    assert "Bring yourself" in event.description.value

    for day, words in ((WEEK_AHEAD, "9 February"), (DAY_AHEAD, "Tomorrow")):
        clock.move_to(day)
        reminder = mails_to(app, mailing, cast.emails["newcomer"])[-1]
        assert words in subjects([reminder])[0]
        assert "Safety shoes" in text_of(reminder)
        assert mails_to(app, mailing, cast.emails["newcomer"])[-1] is reminder

    clock.move_to(DAY_AFTER)
    asked = mails_to(app, mailing, cast.emails["host"])[-1]
    sheet = link_in(asked, r"/host/slots/\w+/attendance")
    for each, has_come in ((code, "yes"), (other, "no")):
        assert post(host, sheet, "/attendance", claim=each, has_come=has_come).status_code == 303
    assert "1 of 2 present" in host.get(sheet).text
    assert "Did not come on" in coordinator.get(f"/desk/claims/{other}").text
    assert "Did not come on" not in coordinator.get(f"/desk/claims/{code}").text
    assert "Did not come" not in client_of("colleague").get(f"/claims/{other}").text
    assert (
        len(mails_to(app, mailing, cast.emails["teacher"])) == 2
    )  # received, withdrawn: no reminder, no thanks


def test_a_team_of_which_one_is_named_later(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, mailing: Mailbox
) -> None:
    contact, coordinator = client_of("school contact"), client_of("coordinator")
    known: dict[str, Any] = {**row(0, "Jeroen Slomp", cast.emails["colleague"]), "unnamed": "1"}
    made = send_together(contact, cast.slot, **known).location
    page = contact.get(made).text
    assert "Jeroen Slomp" in page and page.count("Name to follow") == 1
    [invited] = mails_to(app, mailing, cast.emails["colleague"])
    assert "Truus Bijker signed you up" in subjects([invited])[0]

    colleague = client_of("colleague")
    mine = link_in(invited, "/claims/")
    assert post(colleague, mine, "/safety", **OWN).status_code == 303
    queue = coordinator.get("/desk/claims").text
    versions = re.findall(r'name="claim" value="(\w+\.\d+)"', queue)
    assert len(versions) == 2
    post(coordinator, "/desk/claims", "/decide", claim=versions, verdict="approve")
    method, event = invite_of(mails_to(app, mailing, cast.emails["colleague"])[-1])
    assert (method, event.attendee.value) == ("REQUEST", f"mailto:{cast.emails['colleague']}")
    to_name = mails_to(app, mailing, cast.emails["school contact"])[-1]
    assert "text/calendar" not in to_name.octets.decode()

    clock.shift(timedelta(days=2))
    party = link_in(to_name, "/parties/")
    unnamed = re.search(rf'action="{party}/(\w+)/name"', contact.get(party).text)
    assert unnamed
    seat = unnamed[1]
    said: dict[str, Any] = {f"{seat}-name": "Marieke Otten", f"{seat}-email": cast.emails["teacher"]}
    assert post(contact, party, f"/{seat}/name", **said).status_code == 303
    [confirmation] = mails_to(app, mailing, cast.emails["teacher"])
    method, event = invite_of(confirmation)
    assert (method, event.attendee.value) == ("REQUEST", f"mailto:{cast.emails['teacher']}")
    teacher, claim = client_of("teacher"), f"/claims/{seat}"
    assert post(teacher, claim, "/safety", **OWN).status_code == 303
    roster = client_of("host").get(f"/host/slots/{cast.slot}").text
    assert "Marieke Otten" in roster and "Jeroen Slomp" in roster
    assert "Name to follow" not in contact.get(party).text
    mails_to(app, mailing, cast.emails["teacher"])


@pytest.mark.parametrize("who", ["outsider", "outside coordinator", "host"])
def test_the_links_of_those_letters_are_nobody_elses(
    app: Flask, cast: Cast, client_of: Visit, who: str, mailing: Mailbox
) -> None:
    made = send_together(client_of("school contact"), cast.slot, unnamed="2").location
    assert client_of(who).get(made).status_code in (403, 404)
    with app.app_context():
        [seat, _] = [claim["code"] for claim in everything()["claim"]]
    assert client_of(who).get(f"/desk/claims/{seat}?version=1").status_code in (403, 404)
