"""Announcements by the playbook's clock: to whom they suit, once a week, never of what is full, closed or old."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from marketplace.claims import actions as claims
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session, transaction
from marketplace.kernel.times import at_wall
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState
from marketplace.people.actions import Scope, stop_letter
from marketplace.people.models import Person
from marketplace.people.states import OptionalLetter, Role
from marketplace.regions.models import Region
from tests import steps
from tests.cast import BRIEF, Cast, person, plan
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

TEXT = OfferText(
    format="masterclass",
    kind="workshop",
    title="Warmtepompen inregelen",
    summary="U regelt zelf een warmtepomp in.",
    activity="U meet en stelt bij.",
)
MONTHS_AHEAD = date(2027, 4, 15)
SIX_WEEKS_BEFORE = at_wall(date(2027, 3, 4), time(0))
SOON = NOW + timedelta(minutes=15)
WEEK = timedelta(days=7)
SCHOOL = ["colleague", "newcomer", "teacher"]


def masterclass(cast: Cast, *, day: date = MONTHS_AHEAD, now: datetime = NOW, **words: Any) -> str:
    """A published masterclass of the cast's company, by default with a moment in three months. Returns its code."""
    with transaction():
        by = cast.codes["host"]
        text = replace(TEXT, **words)
        offer = offers.draft_offer(
            organisation=steps.company_of(cast), text=text, made_with=None, by=by, now=now
        )
        offers.change_brief(offer=offer, brief=BRIEF, by=by, now=now)
        wanted = replace(plan(cast.site, day=day), starts=time(17), ends=time(20))
        offers.add_slots(offer=offer, plan=wanted, by=by, now=now)
        offers.submit(offer=offer, by=by, now=now)
        return offer.code


def announce(now: datetime) -> list[str]:
    """The worker announces. Returns who heard of it, by the name before the @."""
    before = len(steps.letters("announcement"))
    claims.announce_due(now=now)
    session.expire_all()
    return sorted(each.receiver_address.partition("@")[0] for each in steps.letters("announcement")[before:])


def forget_the_first_offer(cast: Cast) -> None:
    """What the cast offers already is not what a test is about."""
    with transaction():
        session.execute(update(Slot).where(Slot.code == cast.slot).values(state=SlotState.CLOSED))


def change(cast: Cast, who: str, **values: Any) -> None:
    """Writes something about a member of the cast."""
    with transaction():
        session.execute(update(Person).where(Person.code == cast.codes[who]).values(**values))


def offer_with(code: str) -> Offer:
    return session.query(Offer).filter_by(code=code).one()


# --- When ---------------------------------------------------------------------------------------------------


def test_a_docentstage_is_announced_when_it_is_published(cast: Cast) -> None:
    assert announce(SOON - timedelta(seconds=1)) == []
    assert announce(SOON) == SCHOOL
    assert announce(SOON + timedelta(minutes=1)) == []
    letter = steps.letters("announcement")[0]
    assert "Lassen en zetten" in letter.subject
    assert f"/offers/{cast.offer}" in letter.text
    assert letter.region == cast.region


def test_a_masterclass_is_announced_six_weeks_ahead_by_day(cast: Cast) -> None:
    forget_the_first_offer(cast)
    code = masterclass(cast)
    assert offer_with(code).slots[0].announce_at == SIX_WEEKS_BEFORE
    assert announce(SOON) == []
    assert announce(SIX_WEEKS_BEFORE + timedelta(hours=1)) == []  # at night
    assert announce(SIX_WEEKS_BEFORE + timedelta(hours=8) - timedelta(minutes=1)) == []
    assert announce(SIX_WEEKS_BEFORE + timedelta(hours=8)) == SCHOOL
    assert "Sign-up opens on" in steps.letters("announcement")[0].text


@pytest.mark.parametrize(
    ("day", "announced_on"),
    [
        (date(2027, 4, 20), date(2027, 3, 9)),  # over the day on which the clock goes forward
        (date(2027, 12, 1), date(2027, 10, 20)),  # and back
    ],
)
def test_six_weeks_are_counted_on_the_wall(cast: Cast, day: date, announced_on: date) -> None:
    (slot,) = offer_with(masterclass(cast, day=day)).slots
    assert slot.announce_at == at_wall(announced_on, time(0))


def test_what_is_posted_late_is_announced_at_publication(cast: Cast) -> None:
    forget_the_first_offer(cast)
    masterclass(cast, day=date(2027, 2, 4))
    assert announce(SOON) == SCHOOL


def test_nothing_is_announced_before_it_is_published(cast: Cast) -> None:
    forget_the_first_offer(cast)
    with transaction():
        steps.company_of(cast).trusted_at = None
    code = masterclass(cast, day=date(2027, 2, 4))
    assert announce(SOON) == []
    later = NOW + timedelta(days=2)
    with transaction():
        offers.publish(offer=offer_with(code), by=cast.codes["coordinator"], now=later)
    assert announce(later + timedelta(minutes=15)) == SCHOOL


def test_a_moment_that_moves_is_announced_by_its_new_day_unless_it_was_already(cast: Cast) -> None:
    forget_the_first_offer(cast)
    slot = offer_with(masterclass(cast)).slots[0].code
    sooner = [steps.moved(each, days=-7) for each in steps.sessions_of(steps.slot_with(slot))]
    steps.change_slot(cast, slot=slot, sessions=sooner)
    week_before = at_wall(date(2027, 2, 25), time(0))
    assert steps.slot_with(slot).announce_at == week_before
    assert announce(week_before + timedelta(hours=9)) == SCHOOL
    later = [steps.moved(each, days=21) for each in steps.sessions_of(steps.slot_with(slot))]
    steps.change_slot(cast, slot=slot, sessions=later, now=week_before + timedelta(hours=10))
    assert steps.slot_with(slot).announce_at == week_before
    for days in range(7, 40, 7):
        assert announce(week_before + timedelta(days=days, hours=9)) == []


def test_what_came_up_more_than_a_fortnight_ago_is_old_news(cast: Cast) -> None:
    assert announce(NOW + timedelta(days=14, minutes=15)) == []
    assert announce(NOW + timedelta(days=14, minutes=14)) == SCHOOL


# --- How often ----------------------------------------------------------------------------------------------


def test_one_letter_a_week_holds_all_that_came_up_since(cast: Cast) -> None:
    assert announce(SOON) == SCHOOL
    for number in range(12):
        masterclass(
            cast, day=date(2027, 2, 15 + number), now=NOW + timedelta(hours=1), title=f"Klas {number}"
        )
    for hours in (2, 24, 7 * 24 - 1):
        assert announce(SOON + timedelta(hours=hours)) == []
    assert announce(SOON + WEEK) == SCHOOL
    letter = steps.letters("announcement")[-1]
    assert [f"Klas {number}" in letter.text for number in range(12)] == [True] * 10 + [False] * 2
    assert "2 more" in letter.text
    assert "Lassen en zetten" not in letter.text
    assert announce(SOON + 2 * WEEK) == []


def test_of_two_workers_one_writes_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    due = [person(cast, who).id for who in SCHOOL]
    assert announce(SOON) == SCHOOL
    monkeypatch.setattr("marketplace.claims.queries.announcing.to_announce", lambda **_: due)
    assert announce(SOON) == []  # chosen before the first had written
    assert announce(SOON + timedelta(minutes=1)) == []


# --- To whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "audiences", "hears"),
    [
        ("teacher", ("vmbo_teacher",), True),
        ("instructor", ("mbo_teacher",), True),
        ("careers_adviser", ("vmbo_teacher",), False),
        ("careers_adviser", ("vmbo_teacher", "careers_adviser"), True),
        ("placement_coordinator", ("careers_adviser",), True),
        ("school_leader", ("team_leader",), True),
        ("mentor", ("mentor",), True),
        ("teacher", ("mentor",), False),
        ("other", ("vmbo_teacher",), False),
        ("other", ("all_staff",), True),
        ("other", (), True),
        ("", ("vmbo_teacher", "all_staff"), True),
    ],
)
def test_a_function_is_meant_or_not(
    cast: Cast, function: str, audiences: tuple[str, ...], hears: bool
) -> None:
    forget_the_first_offer(cast)
    change(cast, "teacher", function=function)
    masterclass(cast, day=date(2027, 2, 4), audiences=audiences)
    assert ("teacher" in announce(SOON)) is hears


@pytest.mark.parametrize(
    ("own", "offered", "hears"),
    [
        ([], ("PIE",), True),  # by function alone, until they choose
        ([], (), True),
        (["PIE", "MT"], ("MT", "BWI"), True),
        (["MT"], ("PIE",), False),
        (["MAT"], ("MT",), False),
        (["ZW"], (), True),
    ],
)
def test_profiles_meet_or_not(cast: Cast, own: list[str], offered: tuple[str, ...], hears: bool) -> None:
    forget_the_first_offer(cast)
    change(cast, "teacher", profiles=own)
    masterclass(cast, day=date(2027, 2, 4), profiles=offered)
    assert ("teacher" in announce(SOON)) is hears


@pytest.mark.parametrize(("relation", "hears"), [("parent", True), ("child", True), ("sibling", False)])
def test_a_region_hears_of_itself_and_of_what_it_is_part_of(cast: Cast, relation: str, hears: bool) -> None:
    with transaction():
        own = person(cast, "teacher").school.region  # type: ignore[union-attr]
        other = Region(code=new_code(), name="Anders", holiday_zone="Noord")
        whole = Region(code=new_code(), name="Geheel", holiday_zone="Noord")
        session.add_all([other, whole])
        session.flush()
        if relation == "parent":
            own.parent_id = other.id
        elif relation == "child":
            other.parent_id = own.id
        else:
            own.parent_id = other.parent_id = whole.id
        steps.company_of(cast).region = other
    assert announce(SOON) == (SCHOOL if hears else [])


def test_who_stopped_them_hears_nothing_and_who_has_no_part_neither(cast: Cast) -> None:
    with transaction():
        stop_letter(person=person(cast, "colleague"), letter=OptionalLetter.ANNOUNCEMENT, now=NOW)
    assert announce(SOON) == ["newcomer", "teacher"]  # no contact, coordinator, or anybody from elsewhere


def test_somebody_with_two_roles_hears_once(cast: Cast) -> None:
    school = person(cast, "teacher").school
    assert school
    steps.add_role(cast, "teacher", Role.SCHOOL_CONTACT, Scope(school.id))
    steps.add_role(cast, "teacher", Role.PARTICIPANT, Scope(steps.company_of(cast).id))
    assert announce(SOON) == SCHOOL


def test_who_claimed_a_seat_in_it_knows_it_until_they_leave(cast: Cast) -> None:
    steps.add_slot(cast, day=date(2027, 2, 16))
    claim = steps.claim_seat(cast)
    assert announce(SOON) == ["colleague", "newcomer"]
    steps.withdraw(claim)
    assert announce(SOON + timedelta(minutes=1)) == ["teacher"]


def test_nobody_hears_of_what_is_full_closed_or_cancelled(cast: Cast) -> None:
    closed = steps.add_slot(cast, day=date(2027, 2, 16))
    cancelled = steps.add_slot(cast, day=date(2027, 2, 17))
    steps.add_slot(cast, day=date(2027, 1, 14))  # sign-up ends before anybody hears of it
    with transaction():
        host = cast.codes["host"]
        offers.close_slot(slot=steps.slot_with(closed), to=SlotState.CLOSED, reason="", by=host, now=NOW)
    steps.cancel_slot(cast, slot=cancelled)
    for who in ("teacher", "colleague"):
        steps.claim_seat(cast, who)
    assert announce(NOW + timedelta(days=3)) == []


def test_nobody_hears_of_an_offer_that_was_taken_back(cast: Cast) -> None:
    with transaction():
        offers.close_offer(offer=steps.offer_of(cast), by=cast.codes["host"], now=NOW)
    assert announce(SOON) == []
