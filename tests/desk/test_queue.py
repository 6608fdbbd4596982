"""What the queue shows, so that a coordinator can decide from the row."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from marketplace.claims import actions as claims
from marketplace.claims.queries import claim_for
from marketplace.claims.states import Verdict
from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.people.actions import Scope, add_certificate, add_person, give_role
from marketplace.people.states import Role
from marketplace.safety.facts import Access
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import has_form, post
from tests.statements import statements

FILLED = '<button type="submit" class="small">Approve'
OUTLINED = '<button type="submit" class="small secondary">Approve'
STATEMENTS = {"/desk": 6, "/desk/claims": 4}
"""What the pages may cost, however long the queue is."""


def claim_on(
    cast: Cast, day: date, who: str = "teacher", access: Access | None = None, **said: object
) -> None:
    """That member claims a seat on a day of its own."""
    offer = casting.slot_of(cast).offer
    if access:
        brief = replace(casting.BRIEF, access=access)
        offers.change_brief(offer=offer, brief=brief, by="system", now=NOW)
    plan = casting.plan(cast.site, day=day, capacity=40)
    (slot,) = offers.add_slots(offer=offer, plan=plan, by="system", now=NOW)
    form = replace(casting.FORM, **said)  # type: ignore[arg-type]
    claims.claim_seat(slot=slot, person=casting.person(cast, who), form=form, now=NOW)
    session.commit()


def test_a_claim_without_a_worry_has_a_filled_button(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        casting.claim(cast, now=NOW - timedelta(days=4))
    page = client_of("coordinator").get("/desk/claims").text
    assert "Teacher, Reestcollege · 4 days ago" in page
    assert "Tuesday 9 February 2027, <b" in page and "8:00–16:00" in page and "School time" in page
    for check in ("Known here", "Lesson cover arranged", "No certificate needed"):
        assert check in page
    assert FILLED in page and OUTLINED not in page and 'class="warned"' not in page


@pytest.mark.parametrize(
    ("day", "said", "warning"),
    [
        (date(2027, 2, 9), {"cover": "not_yet"}, "Lesson cover not arranged yet"),
        (date(2027, 2, 9), {"time_basis": "own"}, "In own time, but it takes lesson time"),
        (date(2027, 2, 23), {}, "In the school holidays: Voorjaarsvakantie (Noord)"),
        (date(2027, 2, 9), {"who": "newcomer"}, "New: nobody has vouched for this person yet"),
        (date(2027, 2, 9), {"access": Access.B_VCA}, "B-VCA required, and there is none in the profile"),
    ],
)
def test_what_takes_a_thought_takes_the_filled_button_away(
    app: Flask, client_of: Visit, cast: Cast, day: date, said: dict[str, object], warning: str
) -> None:
    with app.app_context():
        claim_on(cast, day, **said)  # type: ignore[arg-type]
    page = client_of("coordinator").get("/desk/claims").text
    assert warning in page
    assert OUTLINED in page and FILLED not in page and 'class="warned"' in page


def test_a_certificate_must_hold_until_the_end(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        teacher = casting.person(cast, "teacher")
        add_certificate(person=teacher, kind="vol_vca", number="", valid_until=date(2027, 1, 31), now=NOW)
        claim_on(cast, date(2027, 2, 9), access=Access.B_VCA)
    coordinator = client_of("coordinator")
    assert "VOL-VCA until 31/01/2027, before this moment ends" in coordinator.get("/desk/claims").text
    with app.app_context():
        teacher = casting.person(cast, "teacher")
        add_certificate(person=teacher, kind="b_vca", number="", valid_until=date(2029, 5, 12), now=NOW)
        session.commit()
    page = coordinator.get("/desk/claims").text
    assert "B-VCA until 12/05/2029" in page and FILLED in page


def test_two_claims_at_the_same_time_warn_of_each_other(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        casting.claim(cast, now=NOW)
        claim_on(cast, date(2027, 2, 10))
        other = casting.slot_of(cast).offer.slots[-1]
        other.sessions[0].starts_at = casting.slot_of(cast).starts_at  # the host moved it afterwards
        session.commit()
    page = client_of("coordinator").get("/desk/claims").text
    assert page.count("At the same time as “Lassen en zetten: van plaat tot product”") == 2


def test_own_time_needs_no_cover(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        claim_on(cast, date(2027, 2, 13), time_basis="own", cover="not_yet")
    page = client_of("coordinator").get("/desk/claims").text
    assert "Own time" in page and "Lesson cover" not in page and FILLED in page
    assert "Outside lesson time" in page


def test_the_limit_of_a_school_is_a_warning(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        casting.slot_of(cast).offer.school_limit = 1
        session.commit()
        steps.approved(cast, "colleague")
        casting.claim(cast, now=NOW)
    coordinator = client_of("coordinator")
    page = coordinator.get("/desk/claims").text
    assert "The limit of 1 person of one school is reached" in page and OUTLINED in page
    assert post(coordinator, "/desk/claims", "/approve").status_code == 303


def test_holidays_are_those_of_the_school_and_not_of_the_host(
    app: Flask, client_of: Visit, cast: Cast
) -> None:
    with app.app_context():
        casting.person(cast, "teacher").school.region.holiday_zone = "Zuid"  # type: ignore[union-attr]
        claim_on(cast, date(2027, 2, 16))  # a week in which the north has school
    page = client_of("coordinator").get("/desk/claims").text
    assert "In the school holidays: Voorjaarsvakantie (Zuid)" in page


def test_the_oldest_comes_first(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        casting.claim(cast, "colleague", now=NOW - timedelta(hours=1))
        casting.claim(cast, "teacher", now=NOW - timedelta(hours=2))
    page = client_of("coordinator").get("/desk/claims").text
    assert page.index("Marieke Otten") < page.index("Jeroen Slomp")


def test_what_has_begun_no_longer_waits(app: Flask, client_of: Visit, cast: Cast, clock) -> None:
    with app.app_context():
        code = casting.claim(cast, now=NOW)
    clock.shift(timedelta(days=29))
    coordinator = client_of("coordinator")
    assert "Marieke Otten" not in coordinator.get("/desk/claims").text
    page = coordinator.get(f"/desk/claims/{code}").text
    assert "This moment has already begun." in page and not has_form(page, "/approve")


def test_the_front_page_counts_what_waits(app: Flask, client_of: Visit, cast: Cast) -> None:
    coordinator = client_of("coordinator")
    page = coordinator.get("/desk").text
    assert "Nothing waits for you" in page and "<b>0</b>people on the way this quarter" in page
    with app.app_context():
        casting.claim(cast, now=NOW - timedelta(days=4))
        code = casting.claim(cast, "colleague", now=NOW)
        claims.decide(
            claim=claim_for(cast.codes["colleague"], code),
            verdict=Verdict.APPROVE,
            note="",
            by="x",
            now=NOW,
            delay=timedelta(0),
        )
        session.commit()
    page = coordinator.get("/desk").text
    assert "<b>1</b>claim, oldest 4 days ago" in page
    assert "<b>1</b>person on the way this quarter" in page
    assert has_form(page, "/approve")
    assert "<b>0</b>claims" in client_of("outside coordinator").get("/desk").text


@pytest.mark.parametrize("address", STATEMENTS)
def test_a_long_queue_costs_no_more_statements(
    app: Flask, client_of: Visit, cast: Cast, address: str
) -> None:
    with app.app_context():
        claim_on(cast, date(2027, 2, 16))
    coordinator = client_of("coordinator")
    with statements(app) as for_one:
        assert coordinator.get(address).text.count(FILLED) == 1
    with app.app_context():
        school = casting.person(cast, "teacher").school
        assert school is not None
        slot = casting.slot_of(cast).offer.slots[-1]
        for number in range(29):
            email = f"staff{number}@school.example"
            person = add_person(name=f"Staff {number}", email=email, by="system", now=NOW, language="en")
            give_role(person=person, role=Role.PARTICIPANT, scope=Scope(school.id), by="system", now=NOW)
            claims.claim_seat(slot=slot, person=person, form=casting.FORM, now=NOW)
        session.commit()
    with statements(app) as for_thirty:
        page = coordinator.get(address).text
    assert "Claims (30)" in page
    assert len(for_thirty) == len(for_one) <= STATEMENTS[address]
