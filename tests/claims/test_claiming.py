"""Claiming a seat: what it takes, writes and sends, and when it is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from marketplace import audit
from marketplace.claims import queries
from marketplace.claims.actions import confirm_cover
from marketplace.claims.states import ClaimState, Cover
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import SYSTEM, history
from marketplace.offers import actions as offers
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState
from marketplace.people.actions import Scope
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.safety.facts import BriefFacts
from tests import steps
from tests.cast import GLOVES, HELMET, Cast, plan
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

SLOT_DAY = date(2027, 2, 9)
SOON = NOW + timedelta(minutes=5)


def this_week(cast: Cast) -> str:
    """A moment that starts so soon that coordinators hear of claims at once."""
    return steps.add_slot(cast, day=date(2027, 1, 15))


def test_a_claim_takes_a_seat_and_is_written_down(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    assert (claim.state, claim.state_by, claim.state_at) == (ClaimState.PENDING, cast.codes["teacher"], NOW)
    assert claim.slot.seats_taken == 1
    assert claim.school.name == "Reestcollege"
    assert claim.sizes == {"M009": "9"}
    assert claim.brief_version == claim.slot.offer.brief.version
    (entry,) = history("claim", claim.code)
    assert (entry.event, entry.actor, entry.at) == ("pending", cast.codes["teacher"], NOW)
    assert audit.breaches(now=NOW) == []


def test_a_claim_stands_tentatively_in_the_participants_calendar(cast: Cast) -> None:
    (entry,) = steps.entries_of(steps.claim_seat(cast))
    assert entry.reader == f"person:{cast.codes['teacher']}"
    assert (entry.status, entry.sequence, entry.is_invited) == ("TENTATIVE", 0, False)
    assert "STATUS:TENTATIVE" in entry.text
    assert "S3" in entry.text


def test_the_participant_hears_that_it_arrived_and_the_coordinators_that_it_waits(cast: Cast) -> None:
    steps.claim_seat(cast, slot=this_week(cast))
    received = steps.the_letter("claim_received")
    assert received.receiver_address == cast.emails["teacher"]
    assert received.calendar is None
    assert {each.receiver_address for each in steps.letters("claim_to_decide")} == {
        cast.emails["coordinator"],
        cast.emails["second coordinator"],
    }
    assert len(steps.letters()) == 3


def test_coordinators_read_in_the_digest_of_what_is_not_soon(cast: Cast) -> None:
    in_a_week = steps.add_slot(cast, day=NOW.date() + timedelta(days=7), starts=time(10, 1), ends=time(16))
    just_within = steps.add_slot(cast, day=NOW.date() + timedelta(days=7), starts=time(10), ends=time(16))
    steps.claim_seat(cast, slot=in_a_week)
    assert [each.name for each in steps.letters()] == ["claim_received"]
    steps.claim_seat(cast, "colleague", slot=just_within)
    assert len(steps.letters("claim_to_decide")) == 2


def test_coordinators_of_the_region_above_hear_of_it_too(cast: Cast) -> None:
    with transaction():
        region = steps.company_of(cast).region
        outside = steps.somebody(cast.codes["outside coordinator"]).memberships[0].region
        assert outside
        region.parent_id = outside.id
    steps.claim_seat(cast, slot=this_week(cast))
    assert cast.emails["outside coordinator"] in {
        each.receiver_address for each in steps.letters("claim_to_decide")
    }


def test_a_coordinator_who_claims_is_not_asked_to_decide(cast: Cast) -> None:
    school = steps.somebody(cast.codes["teacher"]).school
    assert school
    steps.add_role(cast, "coordinator", Role.PARTICIPANT, Scope(school.id))
    steps.claim_seat(cast, "coordinator", slot=this_week(cast))
    assert [each.receiver_address for each in steps.letters("claim_to_decide")] == [
        cast.emails["second coordinator"]
    ]
    assert steps.the_letter("claim_received").receiver_address == cast.emails["coordinator"]


def test_the_host_sees_a_claim_in_their_calendar_without_a_name(cast: Cast) -> None:
    steps.claim_seat(cast)
    steps.show_hosts()
    (entry,) = steps.host_entries(cast.slot)
    assert entry.reader == f"organisation:{cast.company}"
    assert "Marieke" not in entry.text


def test_an_automatic_offer_approves_people_who_are_known_at_once(cast: Cast) -> None:
    steps.set_policy(cast, "automatic")
    claim = steps.claim_seat(cast)
    assert (claim.state, claim.state_by) == (ClaimState.APPROVED, SYSTEM)
    assert [each.name for each in steps.letters()] == ["claim_approved", "participant_coming"]
    assert steps.said(steps.the_letter("claim_approved"), "METHOD") == "REQUEST"
    assert [each.event for each in history("claim", claim.code)] == ["pending", "approved"]
    assert audit.breaches(now=NOW) == []


def test_a_newcomer_on_an_automatic_offer_waits_for_the_coordinator(cast: Cast) -> None:
    steps.set_policy(cast, "automatic")
    claim = steps.claim_seat(cast, "newcomer", slot=this_week(cast))
    assert (claim.state, claim.policy) == (ClaimState.PENDING, "coordinator")
    assert len(steps.letters("claim_to_decide")) == 2


def test_sizes_that_nobody_asked_for_are_not_kept(cast: Cast) -> None:
    claim = steps.claim_seat(cast, sizes={"M009": "9", "M008": "43", "X": "L"})
    assert claim.sizes == {"M009": "9"}


def test_two_claims_fill_two_seats_and_the_third_person_is_refused(cast: Cast) -> None:
    steps.claim_seat(cast)
    steps.claim_seat(cast, "colleague")
    assert "You can still go on the waiting list" in steps.refusal(lambda: steps.claim_seat(cast, "outsider"))


def test_a_seat_that_came_free_can_be_claimed_again_by_the_same_person(cast: Cast) -> None:
    steps.withdraw(steps.claim_seat(cast))
    again = steps.claim_seat(cast)
    assert again.state == ClaimState.PENDING
    assert again.slot.seats_taken == 1
    assert audit.breaches(now=NOW) == []


def test_nobody_claims_the_same_moment_twice(cast: Cast) -> None:
    steps.claim_seat(cast)
    assert "already signed up" in steps.refusal(lambda: steps.claim_seat(cast))


def test_nobody_claims_before_it_opens(cast: Cast) -> None:
    with transaction():
        session.execute(update(Slot).values(open_at=NOW + timedelta(days=1)))
    assert "opens on" in steps.refusal(lambda: steps.claim_seat(cast))
    assert steps.claim_seat(cast, now=NOW + timedelta(days=1))


def test_nobody_claims_after_it_closes(cast: Cast) -> None:
    close_at = steps.slot_with(cast.slot).close_at
    assert "closed" in steps.refusal(lambda: steps.claim_seat(cast, now=close_at))
    assert steps.claim_seat(cast, now=close_at - timedelta(seconds=1))


def test_nobody_claims_a_moment_that_began(cast: Cast) -> None:
    starts_at = steps.slot_with(cast.slot).starts_at
    assert "begun" in steps.refusal(lambda: steps.claim_seat(cast, now=starts_at))


def test_nobody_claims_a_closed_moment(cast: Cast) -> None:
    with transaction():
        offers.close_slot(
            slot=steps.slot_with(cast.slot), to=SlotState.CLOSED, reason="", by=cast.codes["host"], now=NOW
        )
    assert "closed" in steps.refusal(lambda: steps.claim_seat(cast))


def test_nobody_claims_a_cancelled_moment(cast: Cast) -> None:
    steps.cancel_slot(cast)
    assert "cancelled" in steps.refusal(lambda: steps.claim_seat(cast))


def test_nobody_claims_on_a_closed_offer(cast: Cast) -> None:
    with transaction():
        offers.close_offer(offer=steps.offer_of(cast), by=cast.codes["host"], now=NOW)
    assert "closed" in steps.refusal(lambda: steps.claim_seat(cast))


def test_nobody_claims_on_a_draft(cast: Cast) -> None:
    with transaction():
        host = cast.codes["host"]
        draft = offers.duplicate(offer=steps.offer_of(cast), by=host, now=NOW)
        code = offers.add_slots(offer=draft, plan=plan(cast.site), by=host, now=NOW)[0].code
    assert "closed" in steps.refusal(lambda: steps.claim_seat(cast, slot=code))


@pytest.mark.parametrize("who", ["host", "coordinator", "school contact"])
def test_only_people_who_work_at_a_school_claim(cast: Cast, who: str) -> None:
    assert "work at a school" in steps.refusal(lambda: steps.claim_seat(cast, who))


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"sizes": {}}, "your size"),
        ({"sizes": {"M009": "gigantic"}}, "your size"),
        ({"has_read_safety": False}, "read the safety notes"),
        ({"learning_question": " \n"}, "what you want to learn"),
        ({"learning_question": "x" * 1001}, "at most 1000 characters"),
        ({"time_basis": "somebody else's"}, "whose time"),
        ({"cover": "confirmed"}, "lessons are covered"),
        ({"read_version": 1}, "safety notes have just changed"),
    ],
)
def test_a_claim_with_something_missing_is_refused(
    cast: Cast, missing: dict[str, Any], sentence: str
) -> None:
    assert sentence in steps.refusal(lambda: steps.claim_seat(cast, **missing))


def test_nobody_is_at_two_places_at_once(cast: Cast) -> None:
    steps.claim_seat(cast)
    same_day = steps.add_slot(cast, day=SLOT_DAY, starts=time(15), ends=time(17))
    assert "at that time" in steps.refusal(lambda: steps.claim_seat(cast, slot=same_day))
    assert steps.claim_seat(cast, "colleague", slot=same_day)


def test_one_visit_may_begin_when_another_ends(cast: Cast) -> None:
    steps.claim_seat(cast)
    evening = steps.add_slot(cast, day=SLOT_DAY, starts=time(16), ends=time(20))
    assert steps.claim_seat(cast, slot=evening)


def test_the_last_of_three_days_overlaps_too(cast: Cast) -> None:
    three_days = steps.add_slot(cast, day=date(2027, 2, 7), sessions=3)
    steps.claim_seat(cast, slot=three_days)
    assert "at that time" in steps.refusal(lambda: steps.claim_seat(cast))


def test_the_days_between_two_sessions_are_free(cast: Cast) -> None:
    around = steps.add_slot(cast, day=date(2027, 2, 8))
    first, *_ = steps.sessions_of(steps.slot_with(around))
    steps.change_slot(cast, slot=around, sessions=[first, steps.moved(first, days=2)])
    steps.claim_seat(cast, slot=around)
    assert steps.claim_seat(cast)


def test_what_overlapped_and_was_withdrawn_is_in_nobodys_way(cast: Cast) -> None:
    steps.withdraw(steps.claim_seat(cast))
    assert steps.claim_seat(cast, slot=steps.add_slot(cast, day=SLOT_DAY))


def test_a_brief_without_sizes_asks_for_none(cast: Cast) -> None:
    with transaction():
        brief = BriefFacts((HELMET, replace(GLOVES, is_size_needed=False)))
        offers.change_brief(offer=steps.offer_of(cast), brief=brief, by=cast.codes["host"], now=NOW)
    assert steps.claim_seat(cast, sizes={}).sizes == {}


def test_a_participant_is_written_to_in_their_own_language(cast: Cast) -> None:
    with transaction():
        session.execute(update(Person).where(Person.code == cast.codes["teacher"]).values(language="nl"))
    claim = steps.claim_seat(cast)
    assert steps.the_letter("claim_received").language == "nl"
    assert "Docentstage" in steps.entries_of(claim)[0].text


def test_the_school_confirms_cover_once(cast: Cast) -> None:
    claim = steps.claim_seat(cast, cover="not_yet")
    for _ in range(2):
        with transaction():
            confirm_cover(claim=claim, by=cast.codes["school contact"], now=SOON)
    assert claim.cover == Cover.CONFIRMED
    assert [each.event for each in history("claim", claim.code)].count("cover_confirmed") == 1


def test_cover_of_a_claim_that_ended_is_not_confirmed(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    steps.withdraw(claim)
    assert "ended" in steps.refusal(
        lambda: confirm_cover(claim=claim, by=cast.codes["school contact"], now=SOON)
    )


def test_a_claim_is_found_by_its_owner_its_desk_and_its_school_alone(cast: Cast) -> None:
    code = steps.claim_seat(cast).code
    own = queries.claim_for(cast.codes["teacher"], code)
    assert own.code == code
    assert own.slot.sessions[0].starts_at == datetime(2027, 2, 9, 7, 0, tzinfo=UTC)
    for who in ("colleague", "outsider", "host"):
        with pytest.raises(NotFound):
            queries.claim_for(cast.codes[who], code)
    region = own.school.region_id
    assert queries.claim_for_desk([region], code) is own
    assert queries.claim_for_school([own.school.code], code) is own
    for nobody in (
        lambda: queries.claim_for_desk([region + 1], code),
        lambda: queries.claim_for_school([cast.company], code),
    ):
        with pytest.raises(NotFound):
            nobody()
