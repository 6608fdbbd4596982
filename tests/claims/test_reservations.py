"""What a mail says to machines: a reservation that stands where an invite goes along, and says the same."""

import json
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import update

from marketplace.kernel.database import session, transaction
from marketplace.offers.facts import Rhythm
from marketplace.organisations.models import Organisation
from marketplace.outbox.models import Letter
from marketplace.outbox.rendering import render
from tests import steps
from tests.calendars.examples import hostile
from tests.cast import Cast
from tests.claims.changes import sent_before, sessions
from tests.letters.examples import facts

SCHEMA = "https://schema.org"
with_rows = pytest.mark.usefixtures("app_context")


class Scripts(HTMLParser):
    """The scripts of a page, by type, as a mail program finds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._is_inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._is_inside = True
            self.found.append((dict(attrs).get("type") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            kind, before = self.found[-1]
            self.found[-1] = kind, before + data


def said(html: str) -> list[dict[str, Any]]:
    """The reservations in a letter; that it has no other script."""
    found = Scripts(html).found
    assert [kind for kind, _ in found] in ([], ["application/ld+json"])
    return [each for _, text in found for each in json.loads(text)]


def reservation(letter: Letter) -> dict[str, Any]:
    (only,) = said(letter.html)
    return only


@with_rows
def test_a_confirmation_says_what_when_where_and_for_whom(cast: Cast) -> None:
    """The properties that mail programs ask for (schema.org/EventReservation), and the head keeps when it is styled."""
    claim = steps.approved(cast)
    letter = steps.the_letter("claim_approved")
    found = reservation(letter)
    assert found["@context"] == SCHEMA
    assert found["@type"] == "EventReservation"
    assert found["reservationNumber"] == claim.code
    assert found["reservationStatus"] == f"{SCHEMA}/ReservationConfirmed"
    assert found["underName"] == {"@type": "Person", "name": "Marieke Otten"}
    assert found["url"].endswith(f"/claims/{claim.code}")
    event = found["reservationFor"]
    assert event["name"] == steps.said(letter, "SUMMARY")
    assert (event["startDate"], event["endDate"]) == (
        "2027-02-09T08:00:00+01:00",
        "2027-02-09T16:00:00+01:00",
    )
    assert event["location"]["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Smidsvonkweg 14",
        "postalCode": "7944 XY",
        "addressLocality": "Meppel",
        "addressCountry": "NL",
    }


@with_rows
def test_a_change_confirms_the_new_time(cast: Cast) -> None:
    sent_before(cast)
    steps.change_slot(cast, sessions=[steps.moved(each, days=49) for each in sessions(cast)])
    steps.tell()
    found = reservation(steps.the_letter("claim_changed"))
    assert found["reservationFor"]["startDate"] == "2027-03-30T09:00:00+02:00"
    assert found["reservationStatus"] == f"{SCHEMA}/ReservationConfirmed"


@with_rows
@pytest.mark.parametrize("is_by_host", [True, False], ids=["host", "participant"])
def test_an_end_cancels_it(cast: Cast, is_by_host: bool) -> None:
    claim = sent_before(cast)
    steps.cancel_slot(cast) if is_by_host else steps.withdraw(claim)
    found = reservation(steps.the_letter("claim_cancelled" if is_by_host else "claim_withdrawn"))
    assert found["reservationStatus"] == f"{SCHEMA}/ReservationCancelled"
    assert found["reservationNumber"] == claim.code


@with_rows
def test_each_day_of_a_series_is_reserved_and_what_fell_out_is_not(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 3, 25), sessions=3, rhythm=Rhythm.WEEKLY)
    sent_before(cast, slot=slot)
    first, _, third = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, third])
    steps.tell()
    found = said(steps.the_letter("claim_changed").html)
    assert [each["reservationFor"]["startDate"] for each in found] == [
        "2027-03-25T08:00:00+01:00",
        "2027-04-01T08:00:00+02:00",
        "2027-04-08T08:00:00+02:00",
    ]
    statuses = [each["reservationStatus"].removeprefix(f"{SCHEMA}/Reservation") for each in found]
    assert statuses == ["Confirmed", "Cancelled", "Confirmed"]


@with_rows
def test_a_mail_without_an_invite_reserves_nothing(cast: Cast) -> None:
    steps.reject(steps.claim_seat(cast), cast)
    assert [said(each.html) for each in steps.letters()] == [[] for _ in steps.letters()]


@with_rows
def test_a_name_of_markup_stays_a_name(cast: Cast) -> None:
    name = "</script><script>alert(1)</script><!-- ' \" &amp; \\u003c ]]> 't Diep"
    with transaction():
        session.execute(update(Organisation).where(Organisation.code == cast.company).values(name=name))
    steps.approved(cast)
    found = reservation(steps.the_letter("claim_approved"))
    assert found["reservationFor"]["organizer"]["name"] == name


@given(hostile)
def test_any_text_in_it_reads_back_and_ends_nothing(text: str) -> None:
    told = {"reservations": [{"name": text}], "receiver": facts("claim_approved")["receiver"]}
    _, _, html = render("claim_approved", facts("claim_approved") | told)
    assert said(html) == [{"name": text}]
