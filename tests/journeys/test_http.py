"""The whole job over HTTP, on both databases: posted, claimed, approved, moved, withdrawn; mailed for real."""

from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask

from tests.cast import Cast
from tests.conftest import Visit
from tests.journeys.mails import invite_of, mails_to
from tests.pages import post
from tests.servers import Mailbox


def test_from_posting_to_a_cleared_calendar(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, mailing: Mailbox
) -> None:
    host, teacher, coordinator = (client_of(who) for who in ("host", "teacher", "coordinator"))
    texts: dict[str, Any] = {
        "title": "Masterclass lasrobot",
        "summary": "Een avond.",
        "activity": "U programmeert.",
        "kind": "workshop",
    }
    made = post(host, "/host/offers/new?format=masterclass", **texts)
    offer = made.location.rpartition("/")[2]
    shoes: dict[str, Any] = {
        "chosen": ["M008"],
        "provider-M008": "participant",
        "required-M008": "y",
        "access": "none",
    }
    assert post(host, f"/host/offers/{offer}/safety", **shoes).status_code == 303
    plan: dict[str, Any] = {
        "day": "2027-02-04",
        "starts": "17:00",
        "ends": "20:00",
        "capacity": "1",
        "site": cast.site,
    }
    assert post(host, f"/host/offers/{offer}/slots", **plan).status_code == 303
    assert post(host, f"/host/offers/{offer}", "/publish").status_code == 303

    slot = teacher.get(f"/offers/{offer}").text.partition("/slots/")[2].partition("/")[0]
    answers: dict[str, Any] = {
        "learning_question": "Hoe?",
        "time_basis": "own",
        "cover": "not_needed",
        "has_read_safety": "y",
    }
    claimed = post(teacher, f"/slots/{slot}/claim", **answers)
    claim = claimed.location.rpartition("/")[2]
    [received] = mails_to(app, mailing, cast.emails["teacher"])
    assert "text/calendar" not in received.octets.decode()

    assert post(coordinator, f"/desk/claims/{claim}", "/approve").status_code == 303
    _, approved = mails_to(app, mailing, cast.emails["teacher"])
    method, event = invite_of(approved)
    assert method == "REQUEST"
    assert event.dtstart.value.isoformat() == "2027-02-04T17:00:00+01:00"
    assert "Bring yourself" in event.description.value
    assert event.organizer.value == f"mailto:{approved.sender}"

    clock.shift(timedelta(minutes=5))
    moved: dict[str, Any] = {"sessions-0-day": "2027-02-11"}
    assert post(host, f"/host/slots/{slot}/edit", **moved).status_code == 303
    *_, changed = mails_to(app, mailing, cast.emails["teacher"])
    method, update = invite_of(changed)
    assert (method, update.uid.value) == ("REQUEST", event.uid.value)
    assert int(update.sequence.value) > int(event.sequence.value)
    assert update.dtstart.value.isoformat() == "2027-02-11T17:00:00+01:00"

    assert post(teacher, f"/claims/{claim}/withdraw").status_code == 303
    *_, farewell = mails_to(app, mailing, cast.emails["teacher"])
    method, cancel = invite_of(farewell)
    assert (method, cancel.uid.value, cancel.status.value) == ("CANCEL", event.uid.value, "CANCELLED")
    assert int(cancel.sequence.value) > int(update.sequence.value)
    coming, left = mails_to(app, mailing, cast.emails["host"])
    assert ("Marieke Otten" in coming.message["Subject"], "Marieke Otten" in left.message["Subject"]) == (
        True,
        True,
    )
