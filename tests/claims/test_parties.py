"""Several people signed up together: placed together or not at all, and from then on each on their own."""

from datetime import date, timedelta
from typing import Any

import pytest

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims import queries
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import transaction
from marketplace.kernel.errors import NotFound
from tests import steps
from tests.cast import FORM, Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def slot(cast: Cast) -> str:
    """A moment with two seats, both taken by people of another school and by a newcomer."""
    code = steps.add_slot(cast, capacity=2)
    for who in ("outsider", "newcomer"):
        steps.claim_seat(cast, who, slot=code)
    steps.forget_letters()
    return code


def of(slot: str, who: str) -> Claim:
    """The living claim of that member of the cast."""
    found = queries.living_claims(steps.slot_with(slot).id)
    (claim,) = [each for each in found if each.person and each.person.email.startswith(who)]
    return claim


def queued(name: str) -> list[str]:
    """To whom letters of one kind still have to leave."""
    return [each.receiver_address for each in steps.letters(name) if each.state == "queued"]


# --- Placed together ----------------------------------------------------------------------------------------


def test_colleagues_are_signed_up_together_each_with_a_claim(cast: Cast) -> None:
    party = steps.claim_together(cast, "teacher", "colleague")
    assert {each.party for each in party} == {party[0].code}
    assert {(each.state, each.made_by.code) for each in party} == {
        (ClaimState.PENDING, cast.codes["teacher"])
    }
    assert party[0].slot.seats_taken == 2
    assert steps.the_letter("claim_received").receiver_address == cast.emails["teacher"]
    assert steps.the_letter("seat_named").receiver_address == cast.emails["colleague"]
    assert [len(steps.entries_of(each)) for each in party] == [1, 1]
    assert audit.breaches(now=NOW) == []


def test_only_the_maker_has_spoken_about_safety(cast: Cast) -> None:
    mine, theirs = steps.claim_together(cast, "teacher", "colleague")
    assert (mine.sizes, mine.brief_version) == ({"M009": "9"}, mine.slot.offer.brief.version)
    assert (theirs.sizes, theirs.diet, theirs.brief_version) == ({}, "", None)
    steps.confirm_safety(theirs, sizes={"M009": "10", "X": "L"}, diet="")
    assert (theirs.sizes, theirs.brief_version) == ({"M009": "10"}, theirs.slot.offer.brief.version)


def test_a_contact_signs_up_colleagues_without_coming_along(cast: Cast) -> None:
    party = steps.claim_together(cast, "teacher", "colleague", maker="school contact", has_read_safety=False)
    assert [each.brief_version for each in party] == [None, None]
    assert len(steps.letters("seat_named")) == 2


def test_where_not_all_fit_nobody_gets_a_seat(cast: Cast) -> None:
    steps.claim_seat(cast, "outsider")
    party = steps.claim_together(cast, "teacher", "colleague")
    assert {each.state for each in party} == {ClaimState.WAITLISTED}
    assert party[0].slot.seats_taken == 1
    assert {queries.place_of(each) for each in party} == {(1, 2)}
    assert sorted(queued("claim_waitlisted")) == sorted([cast.emails["teacher"], cast.emails["colleague"]])


def test_where_not_all_fit_and_they_would_not_wait_they_hear_how_many_seats_are_left(cast: Cast) -> None:
    steps.claim_seat(cast, "outsider")
    with pytest.raises(Exception, match="1") as why, transaction():
        claims.claim_together(
            slot=steps.slot_with(cast.slot),
            maker=steps.somebody(cast.codes["teacher"]),
            school=steps.school_of(cast),
            people=[steps.somebody(cast.codes[who]) for who in ("teacher", "colleague")],
            form=FORM,
            now=NOW,
        )
    assert "waiting list" in str(why.value)


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ((), "for whom"),
        (("teacher", "teacher"), "twice"),
        (("teacher", "colleague", "newcomer"), "2 seats in all"),
        (("teacher", "outsider"), "Olaf Buiten does not work at Reestcollege"),
        (("teacher", "host"), "Gerda Nijboer does not work at Reestcollege"),
    ],
)
def test_a_party_that_cannot_be_is_refused_as_a_whole(
    cast: Cast, people: tuple[str, ...], sentence: str
) -> None:
    assert sentence in steps.refusal(lambda: steps.claim_together(cast, *people))


def test_one_who_cannot_come_is_named_but_not_where_they_are_instead(cast: Cast) -> None:
    elsewhere = steps.add_slot(cast)
    steps.claim_seat(cast, "colleague", slot=elsewhere)
    said = steps.refusal(lambda: steps.claim_together(cast, "teacher", "colleague"))
    assert said == "Jeroen Slomp cannot come: already signed up here, or elsewhere at that time."


def test_the_maker_hears_of_their_own_other_claim_by_name(cast: Cast) -> None:
    steps.claim_seat(cast, slot=steps.add_slot(cast))
    said = steps.refusal(lambda: steps.claim_together(cast, "teacher", "colleague"))
    assert "Lassen en zetten" in said


def test_a_school_brings_no_more_people_than_the_offer_says(cast: Cast) -> None:
    with transaction():
        steps.offer_of(cast).school_limit = 1
    assert "At most 1" in steps.refusal(lambda: steps.claim_together(cast, "teacher", "colleague"))


def test_the_maker_says_all_that_one_who_comes_says(cast: Cast) -> None:
    for missing, sentence in (({"learning_question": ""}, "want to learn"), ({"cover": "?"}, "covered")):
        changes: dict[str, Any] = missing
        said = steps.refusal(lambda: steps.claim_together(cast, "teacher", "colleague", **changes))  # noqa: B023
        assert sentence in said


def test_a_form_sent_twice_signs_up_once(cast: Cast) -> None:
    made = [
        claims.claim_together(
            slot=steps.slot_with(cast.slot),
            maker=steps.somebody(cast.codes["teacher"]),
            school=steps.school_of(cast),
            people=[steps.somebody(cast.codes[who]) for who in ("teacher", "colleague")],
            form=FORM,
            now=NOW,
            made_with="key",
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]


# --- On the waiting list --------------------------------------------------------------------------------------


def test_seats_that_come_free_wait_until_all_of_a_party_fit(cast: Cast, slot: str) -> None:
    party = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    steps.withdraw(of(slot, "outsider"))
    assert {each.state for each in party} == {ClaimState.WAITLISTED}
    steps.withdraw(of(slot, "newcomer"))
    assert {(each.state, each.answer_by) for each in party} == {
        (ClaimState.OFFERED, NOW + timedelta(hours=48))
    }
    assert queued("seat_offered") == [cast.emails["teacher"]]
    assert party[0].slot.seats_taken == 2
    assert audit.breaches(now=NOW) == []


def test_who_fits_is_offered_the_seat_and_who_is_passed_over_keeps_their_place(cast: Cast, slot: str) -> None:
    party = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    alone = steps.wait(cast, steps.crowd(cast, 1)[0], slot=slot)
    steps.withdraw(of(slot, "outsider"))
    assert alone.state == ClaimState.OFFERED
    assert queries.place_of(party[0]) == (1, 2)
    steps.refuse(alone)
    steps.withdraw(of(slot, "newcomer"))
    assert {each.state for each in party} == {ClaimState.OFFERED}


def test_what_nobody_on_the_list_fits_in_is_for_everybody(cast: Cast, slot: str) -> None:
    steps.claim_together(cast, "teacher", "colleague", slot=slot)
    steps.withdraw(of(slot, "outsider"))
    comes_by = steps.claim_seat(cast, steps.crowd(cast, 1)[0], slot=slot)
    assert comes_by.state == ClaimState.PENDING
    assert audit.breaches(now=NOW) == []


def test_when_one_leaves_the_list_the_others_may_fit(cast: Cast, slot: str) -> None:
    mine, theirs = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    steps.withdraw(of(slot, "outsider"))
    steps.withdraw(theirs)
    assert mine.state == ClaimState.OFFERED


@pytest.mark.parametrize("ending", ["refused", "unanswered"])
def test_the_seats_of_a_party_come_free_together_for_the_next_party(
    cast: Cast, slot: str, ending: str
) -> None:
    """Else the first of them would be gone to somebody alone before the second was free."""
    first = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    for who in ("outsider", "newcomer"):
        steps.withdraw(of(slot, who))
    people = steps.crowd(cast, 3)
    second = steps.claim_together(cast, *people[:2], maker=people[0], slot=slot)
    alone = steps.wait(cast, people[2], slot=slot)
    if ending == "refused":
        steps.refuse(*first)
    else:
        steps.lapse(now=NOW + timedelta(hours=48))
    assert {each.state for each in second} == {ClaimState.OFFERED}
    assert queries.place_of(alone) == (1, 1)


def test_the_maker_says_yes_for_all_of_them(cast: Cast, slot: str) -> None:
    party = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    for who in ("outsider", "newcomer"):
        steps.withdraw(of(slot, who))
    steps.accept(*party)
    assert {each.state for each in party} == {ClaimState.PENDING}
    assert audit.breaches(now=NOW) == []


def test_one_of_a_party_who_cannot_come_any_more_holds_up_the_yes_until_they_leave(
    cast: Cast, slot: str
) -> None:
    mine, theirs = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    steps.claim_seat(cast, "colleague")
    for who in ("outsider", "newcomer"):
        steps.withdraw(of(slot, who))
    assert "Jeroen Slomp has signed up for something else" in steps.refusal(
        lambda: steps.accept(mine, theirs)
    )
    steps.withdraw(theirs)
    steps.accept(mine)
    assert (mine.state, mine.slot.seats_taken) == (ClaimState.PENDING, 1)


# --- Each on their own ----------------------------------------------------------------------------------------


def test_after_placing_each_claim_is_decided_on_its_own(cast: Cast) -> None:
    mine, theirs = steps.claim_together(cast, "teacher", "colleague")
    steps.decide(mine, cast)
    steps.reject(theirs, cast)
    assert (mine.state, theirs.state, mine.slot.seats_taken) == (
        ClaimState.APPROVED,
        ClaimState.REJECTED,
        1,
    )
    assert audit.breaches(now=NOW) == []


def test_who_was_signed_up_by_another_withdraws_themselves(cast: Cast) -> None:
    mine, theirs = steps.claim_together(cast, "teacher", "colleague")
    assert queries.claim_for(cast.codes["colleague"], theirs.code) is theirs
    with pytest.raises(NotFound):
        queries.claim_for(cast.codes["teacher"], theirs.code)
    steps.withdraw(theirs)
    assert (mine.state, theirs.state) == (ClaimState.PENDING, ClaimState.WITHDRAWN)


def test_a_party_is_its_makers_alone(cast: Cast) -> None:
    party = steps.claim_together(cast, "teacher", "colleague")
    assert queries.party_of(cast.codes["teacher"], party[0].party) == party
    for who in ("colleague", "outsider", "coordinator"):
        with pytest.raises(NotFound):
            queries.party_of(cast.codes[who], party[0].party)


def test_the_desk_counts_colleagues_with_a_seat(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 3, 2), capacity=3)
    first, second = steps.claim_together(cast, "teacher", "colleague", slot=slot)
    steps.decide(first, cast)
    assert queries.colleagues([second]) == {second.id: 1}
