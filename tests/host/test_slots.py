"""Moments: planning, changing and cancelling them, and who comes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.kernel.times import wall
from marketplace.offers.facts import Rhythm
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.models import Site
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.host.drafts import drafted, planned
from tests.pages import form_of, has_form, post
from tests.rows import everything
from tests.steps import (
    add_slot,
    approved,
    claim_seat,
    decide,
    letters,
    slot_with,
    tell,
    the_letter,
)


def slots_of(offer: str) -> list[Slot]:
    """The moments of an offer, first one first."""
    statement = select(Slot).join(Offer, Offer.id == Slot.offer_id).where(Offer.code == offer)
    return list(session.scalars(statement.order_by(Slot.starts_at)))


# --- Planning -----------------------------------------------------------------------------------------------


def test_the_form_begins_with_what_the_playbook_says(client_of: Visit, cast: Cast) -> None:
    host = client_of("host")
    fields = form_of(host.get(f"/host/offers/{drafted(host, kind='masterclass')}/slots").text)
    assert (fields["starts"], fields["ends"], fields["capacity"]) == ("17:00", "20:00", "12")
    assert (fields["rhythm"], fields["sessions"]) == ("once", "1")
    assert (fields["site"], fields["supervisor"]) == (cast.site, "Gerda Nijboer")
    fields = form_of(host.get(f"/host/offers/{drafted(host)}/slots").text)
    assert fields["capacity"] == "8"  # a workshop is smaller


def test_every_first_thursday_until_may(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    code = drafted(host)
    answer = planned(host, code, day="2027-02-04", repeat="monthly", until="2027-05-31")
    assert answer.status_code == 303
    assert "4 moments are added." in host.get(answer.location).text
    with app.app_context():
        days = [wall(slot.starts_at).date() for slot in slots_of(code)]
    assert days == [date(2027, 2, 4), date(2027, 3, 4), date(2027, 4, 1), date(2027, 5, 6)]


def test_ten_weekly_sessions_keep_their_time_when_the_clock_changes(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host = client_of("host")
    code = drafted(host)
    assert planned(host, code, day="2027-03-04", rhythm="weekly", sessions="10").status_code == 303
    with app.app_context():
        (slot,) = slots_of(code)
        starts = [each.starts_at for each in slot.sessions]
        assert len(starts) == 10
        assert {wall(each).hour for each in starts} == {17}
        assert {each.astimezone(UTC).hour for each in starts} == {16, 15}
        assert starts[9] - starts[0] == timedelta(weeks=9) - timedelta(hours=1)


def test_three_days_in_a_row_are_one_moment(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    code = drafted(host)
    planned(host, code, day="2027-04-12", rhythm="daily", sessions="3")
    with app.app_context():
        (slot,) = slots_of(code)
        assert [wall(each.starts_at).day for each in slot.sessions] == [12, 13, 14]


def test_one_session_is_one_session_whatever_the_number_says(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host = client_of("host")
    code = drafted(host)
    planned(host, code, rhythm="once", sessions="5")
    with app.app_context():
        assert [slot.session_count for slot in slots_of(code)] == [1]


@pytest.mark.parametrize(
    ("plan", "caution"),
    [
        ({"day": "2027-02-24"}, "School holiday on"),
        ({"day": "2027-04-15", "starts": "13:00", "ends": "16:00"}, "This is in lesson time."),
        ({"day": "2027-02-04"}, "This is less than 6 weeks ahead."),
    ],
)
def test_what_schools_would_rather_not_have_is_a_warning_and_no_refusal(
    client_of: Visit, cast: Cast, plan: dict[str, Any], caution: str
) -> None:
    host = client_of("host")
    code = drafted(host)
    assert planned(host, code, **plan).status_code == 303
    assert caution in host.get(f"/host/offers/{code}/slots").text


def test_a_good_moment_warns_of_nothing(client_of: Visit, cast: Cast) -> None:
    host = client_of("host")
    code = drafted(host)
    planned(host, code)
    assert "inline-warn" not in host.get(f"/host/offers/{code}/slots").text


# --- The roster ---------------------------------------------------------------------------------------------


def test_the_roster_names_who_comes_and_nobody_who_waits(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        approved(cast, "teacher")
        claim_seat(cast, "colleague", learning_question="Wat vraagt u van een stagiair?", diet="glutenvrij")
    page = client_of("host").get(f"/host/slots/{cast.slot}").text
    assert "Marieke Otten" in page
    assert "Hoe last u dun plaatwerk?" in page
    assert "vegetarisch" in page
    assert "Protective gloves: size 9" in page
    assert "Jeroen Slomp" not in page
    assert "glutenvrij" not in page
    assert "Teacher, Reestcollege" in page
    assert "Wat vraagt u van een stagiair?" in page
    for email in (cast.emails["teacher"], cast.emails["colleague"]):
        assert email not in page


def test_the_packing_list_counts_sizes_of_those_who_come(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        approved(cast, "teacher")
        decide(claim_seat(cast, "colleague", sizes={"M009": "10"}), cast)
    page = client_of("host").get(f"/host/slots/{cast.slot}").text
    packing = page[page.index('class="packing"') :]
    assert "<b>2 ×</b><span>Welding mask</span>" in packing
    assert packing.index("Protective gloves, size 9") < packing.index("Protective gloves, size 10")
    assert "Safety shoes" not in packing[: packing.index("</ul>")]  # participants bring those


def test_a_moment_is_closed_for_claims_and_opened_again(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/slots/{cast.slot}"
    assert post(host, url, "/close").status_code == 303
    with app.app_context():
        assert slot_with(cast.slot).state == "closed"
    assert post(host, url, "/open").status_code == 303
    with app.app_context():
        assert slot_with(cast.slot).state == "open"


# --- Changing -----------------------------------------------------------------------------------------------


def test_a_moved_moment_is_told_to_who_comes(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        approved(cast)
    url = f"/host/slots/{cast.slot}/edit"
    host = client_of("host")
    assert form_of(host.get(url).text)["sessions-0-starts"] == "08:00"
    moved: dict[str, Any] = {"sessions-0-day": "2027-02-16", "sessions-0-starts": "09:00", "capacity": "3"}
    answer = post(host, url, **moved)
    assert answer.status_code == 303
    assert "is told automatically" in host.get(answer.location).text
    with app.app_context():
        slot = slot_with(cast.slot)
        assert slot.starts_at == datetime(2027, 2, 16, 8, tzinfo=UTC)
        assert (slot.capacity, slot.version) == (3, 2)
        tell(now=NOW + timedelta(minutes=3))
        assert the_letter("claim_changed").receiver_address == cast.emails["teacher"]


def test_fewer_seats_than_are_taken_cannot_be(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        claim_seat(cast)
        claim_seat(cast, "colleague")
    unchanged(app, cast, client_of, "/edit", "2 seats are taken. You cannot offer fewer.", capacity="1")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"sessions-0-ends": "07:00"}, "Choose an end time after the start time."),
        ({"sessions-0-day": "1900-01-01"}, "Choose a date in the future."),
        ({"sessions-0-day": "2999-01-01"}, "Choose a date within three years."),
        ({"sessions-0-day": "morgen"}, "Choose a day."),
        ({"sessions-0-starts": "25:99"}, "Enter a time, such as 17:00."),
        ({"site": "NERGENS"}, "Choose a location from the list."),
        ({"capacity": "-1"}, "Choose between 1 and 200 seats."),
    ],
)
def test_nonsense_changes_nothing(
    app: Flask, cast: Cast, client_of: Visit, fields: dict[str, Any], why: str
) -> None:
    unchanged(app, cast, client_of, "/edit", why, **fields)


def test_a_form_without_sessions_changes_nothing(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/slots/{cast.slot}/edit"
    fields = form_of(host.get(url).text)
    with app.app_context():
        before = everything()
    answer = host.post(url, data={name: value for name, value in fields.items() if "sessions" not in name})
    assert answer.status_code == 422
    assert "Choose a day." in answer.text
    with app.app_context():
        assert everything() == before


def test_a_series_on_its_way_is_changed_and_cancelled_until_it_is_over(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        ten = add_slot(cast, day=date(2027, 3, 4), sessions=10, rhythm=Rhythm.WEEKLY)
        approved(cast, slot=ten)
    clock.move_to("2027-03-11 09:00:00+00:00")  # during the second one
    host = client_of("host")
    assert f'href="/host/slots/{ten}"' in host.get("/host").text
    assert f'href="/host/slots/{ten}"' in host.get(f"/host/offers/{cast.offer}").text
    page = host.get(f"/host/slots/{ten}").text
    assert f'href="/host/slots/{ten}/cancel"' in page
    assert not has_form(page, "/close")  # nobody can claim any more
    assert host.get(f"/host/slots/{ten}/edit").text.count("This session has begun") == 2
    edits: list[dict[str, Any]] = [{"sessions-1-starts": "10:00"}, {"sessions-2-day": "2027-03-19"}]
    wrong = post(host, f"/host/slots/{ten}/edit", **edits[0])
    assert wrong.status_code == 422
    assert "A session that has begun stays as it was." in wrong.text
    assert post(host, f"/host/slots/{ten}/edit", **edits[1]).status_code == 303
    with app.app_context():
        assert wall(slot_with(ten).sessions[2].starts_at).day == 19
    assert post(host, f"/host/slots/{ten}/cancel", reason="De hal is dicht.").status_code == 303
    with app.app_context():
        assert the_letter("claim_cancelled").receiver_address == cast.emails["teacher"]


# --- Cancelling ---------------------------------------------------------------------------------------------


def test_a_cancelled_moment_is_told_at_once_with_the_reason(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        approved(cast)
        claim_seat(cast, "colleague")
    host, url = client_of("host"), f"/host/slots/{cast.slot}/cancel"
    assert "2 people are told at once" in host.get(url).text
    answer = post(host, url, reason="De lasrobot staat stil.")
    assert answer.status_code == 303
    page = host.get(answer.location).text
    assert "De lasrobot staat stil." in page
    assert "Cancelled. 2 people are told." in page
    assert not has_form(page, "/close")
    with app.app_context():
        assert slot_with(cast.slot).state == "cancelled"
        told = letters("claim_cancelled")
        assert {each.receiver_address for each in told} == {cast.emails["teacher"], cast.emails["colleague"]}
        assert all("De lasrobot staat stil." in each.text for each in told)


def test_no_moment_is_cancelled_without_a_reason(app: Flask, cast: Cast, client_of: Visit) -> None:
    unchanged(app, cast, client_of, "/cancel", "Write why it is cancelled.", reason="   ")


def test_looking_at_the_question_cancels_nothing(app: Flask, cast: Cast, client_of: Visit) -> None:
    client_of("host").get(f"/host/slots/{cast.slot}/cancel")
    with app.app_context():
        assert slot_with(cast.slot).state == "open"


# --- Where ----------------------------------------------------------------------------------------------------


def test_a_new_address_is_told_and_found(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        approved(cast)
    url = f"/host/sites/{cast.site}"
    answer = post(client_of("host"), url, street="Draaibankweg 22", postcode="7742xy", town="Coevorden")
    assert answer.status_code == 303
    with app.app_context():
        site = session.scalars(select(Site).where(Site.code == cast.site)).one()
        assert site.address == "Draaibankweg 22, 7742 XY Coevorden"
        offer = session.scalars(select(Offer).where(Offer.code == cast.offer)).one()
        assert "coevorden" in offer.search_text
        tell(now=NOW + timedelta(minutes=3))
        assert "Draaibankweg 22" in the_letter("claim_changed").text


def test_a_postcode_that_is_none_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        before = everything()
    answer = post(client_of("host"), f"/host/sites/{cast.site}", postcode="0000")
    assert answer.status_code == 422
    assert "Enter a postcode such as 7941 AB." in answer.text
    with app.app_context():
        assert everything() == before


def unchanged(app: Flask, cast: Cast, client_of: Visit, page: str, why: str, **fields: Any) -> None:
    """The form of a page of the cast's slot is refused with a sentence, and nothing changed."""
    with app.app_context():
        before = everything()
    answer = post(client_of("host"), f"/host/slots/{cast.slot}{page}", **fields)
    assert answer.status_code == 422
    assert why in answer.text
    with app.app_context():
        assert everything() == before
