"""Seats without a name: who made the claim speaks for them, until somebody is named or it is too late."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from marketplace import audit
from marketplace.claims import queries
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Lapse
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import history
from marketplace.people.states import Role
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

STARTS_AT = datetime.fromisoformat("2027-02-09T07:00:00Z")
NAME_BY = STARTS_AT - timedelta(days=7)


@pytest.fixture
def unnamed(cast: Cast) -> Claim:
    """A claim of the school's contact for somebody to be named."""
    (claim,) = steps.claim_together(cast, None, maker="school contact")
    return claim


def to(who: str) -> list[str]:
    """The kinds of the letters to a member of the cast that have not left."""
    address = f"{who.replace(' ', '.')}@school.example"
    return [each.name for each in steps.letters(to=address) if each.state == "queued"]


def test_a_seat_without_a_name_is_held_and_its_maker_gets_the_letter(cast: Cast, unnamed: Claim) -> None:
    assert (unnamed.person, unnamed.state, unnamed.slot.seats_taken) == (None, ClaimState.PENDING, 1)
    assert unnamed.receiver.code == cast.codes["school contact"]
    assert to("school contact") == ["claim_received"]
    assert steps.entries_of(unnamed) == []
    assert audit.breaches(now=NOW) == []


def test_several_seats_without_a_name_are_one_letter_for_what_befalls_them_at_once(cast: Cast) -> None:
    steps.claim_together(cast, None, None, maker="school contact")
    assert to("school contact") == ["claim_received"]
    steps.cancel_slot(cast)
    assert to("school contact") == ["claim_received", "claim_cancelled"]


def test_what_befalls_them_one_after_the_other_is_told_each_time(cast: Cast) -> None:
    first, second = steps.claim_together(cast, None, None, maker="school contact")
    steps.reject(first, cast, note="Een plek is genoeg.")
    steps.reject(second, cast, note="Toch geen.", now=NOW + timedelta(days=1))
    assert to("school contact").count("claim_rejected") == 2


def test_it_is_its_makers_claim_until_somebody_is_named(cast: Cast, unnamed: Claim) -> None:
    assert queries.claim_for(cast.codes["school contact"], unnamed.code) is unnamed
    steps.name_seat(unnamed, cast, "colleague")
    assert queries.claim_for(cast.codes["colleague"], unnamed.code) is unnamed
    with pytest.raises(NotFound):
        queries.claim_for(cast.codes["school contact"], unnamed.code)


def test_the_same_contact_may_hold_several_seats_without_a_name(cast: Cast) -> None:
    party = steps.claim_together(cast, None, None, maker="school contact")
    assert [each.person for each in party] == [None, None]
    assert party[0].slot.is_full


def test_naming_while_it_waits_for_a_decision_asks_the_person_to_read_the_safety_notes(
    cast: Cast, unnamed: Claim
) -> None:
    steps.name_seat(unnamed, cast, "colleague")
    assert (unnamed.receiver.code, unnamed.brief_version, unnamed.version) == (
        cast.codes["colleague"],
        None,
        2,
    )
    assert to("colleague") == ["seat_named"]
    assert [each.status for each in steps.entries_of(unnamed)] == ["TENTATIVE"]
    assert history("claim", unnamed.code)[-1].details == {"person": cast.codes["colleague"]}
    assert audit.breaches(now=NOW) == []


def test_naming_after_approval_confirms_and_invites(cast: Cast, unnamed: Claim) -> None:
    steps.decide(unnamed, cast)
    assert to("school contact") == ["claim_received", "seat_to_name"]
    assert not steps.letters("participant_coming")
    assert audit.breaches(now=NOW) == []
    steps.name_seat(unnamed, cast, "colleague")
    assert to("colleague") == ["claim_approved"]
    assert steps.the_letter("claim_approved").calendar_method == "REQUEST"
    assert to("host") == ["participant_coming"]
    assert [each.status for each in steps.entries_of(unnamed)] == ["CONFIRMED"]
    assert audit.breaches(now=NOW) == []


def test_naming_somebody_who_waits_on_the_list_writes_nothing_in_their_calendar(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1)
    steps.claim_seat(cast, "outsider", slot=slot)
    (claim,) = steps.claim_together(cast, None, maker="school contact", slot=slot)
    steps.name_seat(claim, cast, "colleague")
    assert (claim.state, steps.entries_of(claim)) == (ClaimState.WAITLISTED, [])
    assert queries.place_of(claim) == (1, 1)


def test_what_somebody_is_told_begins_when_they_are_named(cast: Cast, unnamed: Claim) -> None:
    steps.decide(unnamed, cast)
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.name_seat(unnamed, cast, "colleague")
    assert "Henk Lange" in steps.the_letter("claim_approved").text
    assert steps.tell() == 0
    assert not steps.letters("claim_changed")


def test_changes_before_are_told_to_the_maker(cast: Cast, unnamed: Claim) -> None:
    steps.change_slot(cast, supervisor="Henk Lange")
    steps.tell()
    assert to("school contact")[-1] == "claim_changed"
    steps.name_seat(unnamed, cast, "colleague")
    assert steps.tell() == 0


def test_a_seat_is_named_once(cast: Cast, unnamed: Claim) -> None:
    steps.name_seat(unnamed, cast, "colleague")
    assert "named for this seat already" in steps.refusal(lambda: steps.name_seat(unnamed, cast, "teacher"))


@pytest.mark.parametrize(
    ("who", "sentence"),
    [("outsider", "does not work at Reestcollege"), ("host", "does not work"), ("colleague", "cannot come")],
)
def test_who_cannot_come_is_not_named(cast: Cast, unnamed: Claim, who: str, sentence: str) -> None:
    steps.claim_seat(cast, "colleague", slot=steps.add_slot(cast))
    assert sentence in steps.refusal(lambda: steps.name_seat(unnamed, cast, who))


def test_nobody_is_named_for_two_seats_of_one_moment(cast: Cast) -> None:
    first, second = steps.claim_together(cast, None, None, maker="school contact")
    steps.name_seat(first, cast, "colleague")
    assert "already signed up here" in steps.refusal(lambda: steps.name_seat(second, cast, "colleague"))


def test_nobody_is_named_for_a_claim_that_ended(cast: Cast, unnamed: Claim) -> None:
    steps.withdraw(unnamed)
    assert "ended" in steps.refusal(lambda: steps.name_seat(unnamed, cast, "colleague"))


def test_nobody_is_named_within_a_week_also_before_the_worker_noticed(cast: Cast, unnamed: Claim) -> None:
    assert "time to name" in steps.refusal(lambda: steps.name_seat(unnamed, cast, "colleague", now=NAME_BY))
    steps.name_seat(unnamed, cast, "colleague", now=NAME_BY - timedelta(seconds=1))


def test_what_has_no_name_a_week_before_lapses_alone(cast: Cast) -> None:
    named, nameless = steps.claim_together(cast, "colleague", None, maker="school contact")
    for each in (named, nameless):
        steps.decide(each, cast)
    steps.forget_letters()
    assert steps.lapse(now=NAME_BY - timedelta(seconds=1)) == 0
    assert [steps.lapse(now=NAME_BY) for _ in range(2)] == [1, 0]
    assert (named.state, nameless.state, nameless.lapsed_as) == (
        ClaimState.APPROVED,
        ClaimState.LAPSED,
        Lapse.UNNAMED,
    )
    assert (to("school contact"), to("colleague"), to("host")) == (["claim_lapsed"], [], [])
    assert nameless.slot.seats_taken == 1
    assert audit.breaches(now=NAME_BY) == []


def test_what_lapsed_without_a_name_is_not_approved_any_more(cast: Cast, unnamed: Claim) -> None:
    steps.lapse(now=NAME_BY)
    assert "no longer waits" in steps.refusal(lambda: steps.decide(unnamed, cast, now=NAME_BY))


def test_its_seat_goes_to_who_waits(cast: Cast) -> None:
    slot = steps.add_slot(cast, capacity=1)
    steps.claim_together(cast, None, maker="school contact", slot=slot)
    waits = steps.wait(cast, "outsider", slot=slot)
    steps.lapse(now=NAME_BY)
    assert waits.state == ClaimState.OFFERED


def test_within_a_week_everybody_is_named_at_once(cast: Cast) -> None:
    soon = steps.add_slot(cast, day=date(2027, 1, 15))
    assert "Name everybody" in steps.refusal(lambda: steps.claim_together(cast, "teacher", None, slot=soon))


def test_safety_notes_are_read_by_who_comes_not_by_who_made_the_claim(cast: Cast, unnamed: Claim) -> None:
    assert "Say first who comes" in steps.refusal(lambda: steps.confirm_safety(unnamed))
    steps.name_seat(unnamed, cast, "colleague")
    steps.confirm_safety(unnamed)
    assert unnamed.brief_version == unnamed.slot.offer.brief.version


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"has_read_safety": False}, "Confirm"), ({"sizes": {}}, "size"), ({"read_version": 1}, "just changed")],
)
def test_safety_notes_are_confirmed_whole_and_as_they_are_now(
    cast: Cast, unnamed: Claim, changes: dict[str, Any], sentence: str
) -> None:
    steps.name_seat(unnamed, cast, "colleague")
    assert sentence in steps.refusal(lambda: steps.confirm_safety(unnamed, **changes))


def test_the_maker_does_not_decide_about_whom_they_signed_up(cast: Cast) -> None:
    steps.add_role(cast, "school contact", Role.COORDINATOR, steps.region_of(cast))
    (claim,) = steps.claim_together(cast, "colleague", maker="school contact")
    assert "your own claim" in steps.refusal(lambda: steps.decide(claim, cast, who="school contact"))


@pytest.mark.parametrize(("policy", "asked"), [("automatic", "coordinator"), ("host", "both")])
def test_nobody_gets_in_without_a_coordinator_on_a_seat_that_was_claimed_without_a_name(
    cast: Cast, policy: str, asked: str
) -> None:
    steps.set_policy(cast, policy)
    (claim,) = steps.claim_together(cast, None, maker="teacher")
    assert (claim.policy, claim.state) == (asked, ClaimState.PENDING)
    steps.name_seat(claim, cast, "newcomer")
    assert not steps.somebody(cast.codes["newcomer"]).is_known
