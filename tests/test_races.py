"""What happens at the same instant: real processes and threads on both databases, and all is well afterwards."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace import audit
from marketplace.claims.models import Claim
from marketplace.claims.queries import place_of
from marketplace.claims.states import HOLDING, ClaimState, Side, Verdict
from marketplace.feeds.models import Subscription
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.offers import actions as offers
from marketplace.organisations.actions import KVK_TAKEN, add_standing_brief
from marketplace.outbox.facts import LetterState
from marketplace.people import actions as people
from marketplace.people.facts import CompanySignUp
from marketplace.people.queries import person_at
from marketplace.safety.facts import BriefFacts
from tests import racing, steps
from tests.cast import BRIEF, Cast
from tests.conftest import NOW
from tests.racing import DONE, Racers


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    with racing.racers() as found:
        yield found


@pytest.fixture(autouse=True)
def sound(app_context: Flask, cast: Cast) -> Iterator[None]:
    """After each race all invariants hold."""
    yield
    session.rollback()
    assert audit.breaches(now=NOW) == []


def holders(slot: str) -> int:
    session.rollback()
    claims = session.scalars(select(Claim).where(Claim.state.in_(HOLDING)))
    return sum(each.slot.code == slot for each in claims)


def test_the_last_seats_go_to_as_many_as_there_are(cast: Cast, racers: Racers) -> None:
    slot = steps.add_slot(cast, capacity=3)
    people = steps.crowd(cast, 12)
    outcomes = racers.race(*(racing.claim(slot, person) for person in people))
    assert outcomes.count(DONE) == 3
    assert {each for each in outcomes if each != DONE} == {
        "The last seat has just been taken. You can still go on the waiting list."
    }
    assert holders(slot) == steps.slot_with(slot).seats_taken == 3
    assert len(steps.letters("claim_received")) == 3


def test_a_double_click_claims_one_seat(cast: Cast, racers: Racers) -> None:
    outcomes = racers.race(*[racing.claim(cast.slot, cast.codes["teacher"])] * 6)
    assert outcomes.count(DONE) == 1
    assert {each for each in outcomes if each != DONE} == {"You have already signed up for this moment."}
    assert holders(cast.slot) == 1


def test_one_person_gets_one_of_two_moments_at_the_same_time(cast: Cast, racers: Racers) -> None:
    for number in range(4):
        day = date(2027, 3, 1 + number)
        slots = [steps.add_slot(cast, day=day) for _ in range(2)]
        outcomes = racers.race(*(racing.claim(slot, cast.codes["teacher"]) for slot in slots))
        assert outcomes.count(DONE) == 1
        assert any("at that time" in each for each in outcomes)
        assert sum(holders(slot) for slot in slots) == 1


def test_of_two_coordinators_one_decides_and_the_other_is_told(cast: Cast, racers: Racers) -> None:
    names = {"coordinator": "Wim Haverkort", "second coordinator": "Esra Demir"}
    for number in range(4):
        claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 3, 1 + number))).code
        approves, rejects = (("coordinator", Verdict.APPROVE), ("second coordinator", Verdict.REJECT))
        outcomes = racers.race(
            *(racing.decide(claim, verdict, by=cast.codes[who]) for who, verdict in (approves, rejects))
        )
        is_approved = steps.claim_with(claim).state == ClaimState.APPROVED
        first, word = ("coordinator", "approved") if is_approved else ("second coordinator", "rejected")
        told = f"{names[first]} {word} this claim just before you."
        assert outcomes == ([DONE, told] if is_approved else [told, DONE])


def test_of_two_planned_decisions_one_counts(cast: Cast, racers: Racers) -> None:
    claim = steps.claim_seat(cast).code
    outcomes = racers.race(
        *(
            racing.decide(claim, verdict, by=cast.codes[who], delay=steps.LATER)
            for who in ("coordinator", "second coordinator")
            for verdict in Verdict
        )
    )
    assert outcomes.count(DONE) == 1
    assert all(each == DONE or "just before you" in each for each in outcomes)
    assert len(steps.claim_with(claim).planned) == 1


def test_withdrawing_and_approving_at_once_leave_one_clear_end(cast: Cast, racers: Racers) -> None:
    for number in range(6):
        claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 3, 1 + number))).code
        withdrawn, approved = racers.race(
            racing.withdraw(claim), racing.decide(claim, Verdict.APPROVE, by=cast.codes["coordinator"])
        )
        assert DONE in (withdrawn, approved)
        state = ClaimState.WITHDRAWN if withdrawn == DONE else ClaimState.APPROVED
        assert steps.claim_with(claim).state == state
        assert audit.breaches(now=NOW) == []


def test_a_planned_decision_does_not_outlive_a_withdrawal_of_the_same_instant(
    cast: Cast, racers: Racers
) -> None:
    for number in range(6):
        claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 3, 1 + number))).code
        withdrawn, _ = racers.race(
            racing.withdraw(claim),
            racing.decide(claim, Verdict.APPROVE, by=cast.codes["coordinator"], delay=steps.LATER),
        )
        assert withdrawn == DONE
        assert steps.claim_with(claim).planned == []


def test_nobody_keeps_a_seat_in_a_moment_that_is_cancelled_at_the_same_instant(
    cast: Cast, racers: Racers
) -> None:
    people = steps.crowd(cast, 5)
    for number in range(4):
        slot = steps.add_slot(cast, day=date(2027, 3, 1 + number), capacity=8)
        cancelled, *claimed = racers.race(
            racing.cancel_slot(slot), *(racing.claim(slot, person) for person in people)
        )
        assert cancelled == DONE
        assert holders(slot) == steps.slot_with(slot).seats_taken == 0
        assert len(steps.letters("claim_cancelled")) == len(steps.letters("claim_received"))
        assert claimed.count(DONE) + sum("cancelled" in each or "last seat" in each for each in claimed) == 5


def test_who_withdraws_while_a_change_is_told_stays_withdrawn_in_every_calendar(
    cast: Cast, racers: Racers
) -> None:
    for number in range(6):
        slot = steps.add_slot(cast, day=date(2027, 3, 1 + number))
        claim = steps.approved(cast, slot=slot).code
        steps.send_everything()
        steps.change_slot(cast, slot=slot, supervisor="Henk Lange")
        outcomes = racers.race(racing.withdraw(claim), racing.work(), racing.work())
        assert outcomes == [DONE] * 3
        row = steps.claim_with(claim)
        assert (row.state, steps.entries_of(row)[0].status) == (ClaimState.WITHDRAWN, "CANCELLED")
        mine = [each for each in steps.letters() if each.stream == f"claim:{claim}"]
        invites = [each for each in mine if each.calendar]
        versions = [(int(steps.said(each, "SEQUENCE")), steps.said(each, "DTSTAMP")) for each in invites]
        assert versions == sorted(set(versions))
        assert mine[-1].calendar_method == "CANCEL"


def test_fewer_seats_and_more_people_at_once_never_oversell(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 6)
    slot = steps.add_slot(cast, capacity=6)
    racers.race(
        *(racing.claim(slot, person) for person in people),
        *(racing.change_slot(slot, capacity=capacity) for capacity in (2, 3, 4)),
    )
    row = steps.slot_with(slot)
    assert holders(slot) == row.seats_taken <= row.capacity


def test_a_host_gets_one_event_for_a_moment_however_many_write_it(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 2)
    for number in range(6):
        slot = steps.add_slot(cast, day=date(2027, 3, 1 + number), capacity=5)
        racers.race(*(racing.claim(slot, person) for person in people), *[racing.show_hosts()] * 4)
        assert len(steps.host_entries(slot)) == 1


def test_hosts_who_change_an_offer_and_cancel_its_moments_do_not_wait_for_each_other(
    cast: Cast, racers: Racers
) -> None:
    slots = [steps.add_slot(cast, day=date(2027, 3, 1 + number)) for number in range(9)]
    for number in range(3):
        cancelled, moved = slots[3 * number : 3 * number + 2], slots[3 * number + 2]
        outcomes = racers.race(
            racing.change_brief(cast.slot, f"Ronde {number}."),
            *(racing.cancel_slot(slot) for slot in cancelled),
            racing.change_slot(moved, hours=1),
            racing.change_brief(cast.slot, f"Toch ronde {number}."),
        )
        assert outcomes == [DONE] * 5


def test_what_holds_is_put_together_rightly_whoever_changes_which_part(cast: Cast, racers: Racers) -> None:
    with transaction():
        standing = add_standing_brief(
            organisation=steps.company_of(cast),
            name="Hal",
            site=None,
            brief=BriefFacts(notes="Altijd."),
            made_with=None,
            by="host",
            now=NOW,
        )
        offer = steps.offer_of(cast)
        offers.change_brief(offer=offer, brief=BRIEF, standing=standing, by="host", now=NOW)
    other = steps.add_slot(cast, day=date(2027, 3, 1))
    for number in range(4):
        outcomes = racers.race(
            racing.change_standing(standing.code, f"Altijd {number}."),
            racing.change_own_brief(cast.slot, f"Hier {number}."),
            racing.add_to_slot(cast.slot, f"Dan {number}."),
            *[racing.add_to_slot(other, f"Toen {number}.")] * 2,
            racing.change_slot(cast.slot, hours=1),
        )
        assert outcomes == [DONE] * 6
        session.rollback()
        notes = [steps.slot_with(each).brief.facts.notes.split() for each in (cast.slot, other)]
        assert [each[::2] for each in notes] == [["Altijd", "Hier", "Dan"], ["Altijd", "Hier", "Toen"]]
        assert {each for said in notes for each in said[1::2]} == {f"{number}."}


def test_three_workers_send_each_letter_once(cast: Cast, racers: Racers) -> None:
    for person in steps.crowd(cast, 6):
        racing.claim(steps.add_slot(cast), person)()
    while steps.waiting_letters():
        racers.race(*[racing.work()] * 3)
    assert {(each.state, each.tries) for each in steps.letters()} == {(LetterState.SENT, 1)}


def test_three_workers_carry_out_a_decision_once(cast: Cast, racers: Racers) -> None:
    claim = steps.decide(steps.claim_seat(cast), cast, delay=steps.LATER, now=NOW - steps.LATER).code
    assert racers.race(*[racing.work()] * 3) == [DONE] * 3
    assert steps.claim_with(claim).state == ClaimState.APPROVED
    assert len(steps.letters("claim_approved")) == 1


# --- The waiting list -----------------------------------------------------------------------------------------


def in_state(slot: str, state: ClaimState) -> list[Claim]:
    """The claims on a slot in one state, in the order of making."""
    session.rollback()
    found = session.scalars(select(Claim).where(Claim.state == state).order_by(Claim.id))
    return [each for each in found if each.slot.code == slot]


def test_who_does_not_get_the_last_seat_waits_in_one_line(cast: Cast, racers: Racers) -> None:
    slot = steps.add_slot(cast, capacity=2)
    people = steps.crowd(cast, 9)
    assert racers.race(*(racing.claim(slot, each, may_wait=True) for each in people)) == [DONE] * 9
    waiting = in_state(slot, ClaimState.WAITLISTED)
    assert (holders(slot), len(waiting)) == (2, 7)
    assert [place_of(each)[0] for each in waiting] == list(range(1, 8))


def test_a_seat_that_comes_free_goes_to_who_waits_not_to_who_comes_by(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 5)
    for number in range(5):
        slot = steps.add_slot(cast, capacity=1, day=date(2027, 3, 1 + number))
        first, second = steps.claim_seat(cast, slot=slot).code, steps.wait(cast, people[0], slot=slot).code
        outcomes = racers.race(racing.withdraw(first), *(racing.claim(slot, each) for each in people[1:]))
        assert outcomes[0] == DONE
        assert DONE not in outcomes[1:]
        assert [each.code for each in in_state(slot, ClaimState.OFFERED)] == [second]


def test_seats_that_come_free_at_once_are_each_offered_once(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 12)
    slot = steps.add_slot(cast, capacity=4)
    held = [steps.claim_seat(cast, each, slot=slot).code for each in people[:4]]
    waiting = [steps.wait(cast, each, slot=slot).code for each in people[4:]]
    outcomes = racers.race(*(racing.withdraw(each) for each in held), *[racing.offer_free_seats()] * 3)
    assert outcomes == [DONE] * 7
    assert [each.code for each in in_state(slot, ClaimState.OFFERED)] == waiting[:4]
    assert len(steps.letters("seat_offered")) == 4


def test_of_two_parties_one_is_placed_and_the_other_waits_as_a_whole(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 6)
    for number in range(4):
        slot = steps.add_slot(cast, capacity=3, day=date(2027, 3, 1 + number))
        parties = (people[:3], people[3:], [*reversed(people[3:])])
        outcomes = racers.race(*(racing.claim_together(slot, each) for each in parties))
        assert outcomes.count(DONE) == 2
        assert (len(in_state(slot, ClaimState.PENDING)), len(in_state(slot, ClaimState.WAITLISTED))) == (3, 3)


def test_accepting_at_the_instant_it_lapses_ends_one_way(cast: Cast, racers: Racers) -> None:
    for number in range(5):
        slot = steps.add_slot(cast, capacity=1, day=date(2027, 3, 1 + number))
        first, claim = steps.claim_seat(cast, slot=slot), steps.wait(cast, "colleague", slot=slot).code
        steps.withdraw(first, now=NOW - timedelta(hours=48))
        accepted, lapsed = racers.race(
            racing.accept(claim, now=NOW - timedelta(seconds=1)), racing.lapse(now=NOW)
        )
        assert lapsed == DONE
        state = ClaimState.PENDING if accepted == DONE else ClaimState.LAPSED
        row = steps.claim_with(claim)
        assert (row.state, row.slot.seats_taken) == (state, int(state == ClaimState.PENDING))


def test_accepting_twice_and_refusing_at_once_counts_once(cast: Cast, racers: Racers) -> None:
    for number in range(4):
        slot = steps.add_slot(cast, capacity=1, day=date(2027, 3, 1 + number))
        first, claim = steps.claim_seat(cast, slot=slot), steps.wait(cast, "colleague", slot=slot).code
        steps.withdraw(first)
        outcomes = racers.race(racing.accept(claim), racing.accept(claim), racing.refuse(claim))
        assert outcomes.count(DONE) == 1
        assert {each for each in outcomes if each != DONE} == {"This seat is no longer offered to you."}


def test_more_seats_and_a_cancelled_moment_at_once_leave_nobody_with_an_offer(
    cast: Cast, racers: Racers
) -> None:
    people = steps.crowd(cast, 3)
    for number in range(4):
        slot = steps.add_slot(cast, capacity=1, day=date(2027, 3, 1 + number))
        for each in people:
            steps.wait(cast, each, slot=slot)
        cancelled, *_ = racers.race(
            racing.cancel_slot(slot), racing.change_slot(slot, capacity=3), *[racing.offer_free_seats()] * 2
        )
        assert cancelled == DONE
        assert len(in_state(slot, ClaimState.CANCELLED)) == 3


def test_host_and_coordinator_say_yes_at_once_and_it_is_approved_once(cast: Cast, racers: Racers) -> None:
    steps.set_policy(cast, "both")
    for number in range(5):
        claim = steps.claim_seat(cast, slot=steps.add_slot(cast, day=date(2027, 3, 1 + number))).code
        outcomes = racers.race(
            racing.decide(claim, Verdict.APPROVE, by=cast.codes["coordinator"]),
            racing.decide(claim, Verdict.APPROVE, by=cast.codes["host"], side=Side.HOST),
            racing.decide(claim, Verdict.APPROVE, by=cast.codes["second coordinator"]),
        )
        assert sorted(each == DONE for each in outcomes) == [False, True, True]
        assert steps.claim_with(claim).state == ClaimState.APPROVED
    assert len(steps.letters("claim_approved")) == 5


def test_deciding_at_the_instant_it_lapses_ends_one_way_and_a_late_yes_counts(
    cast: Cast, racers: Racers
) -> None:
    for number in range(4):
        slot = steps.add_slot(cast, capacity=1, day=date(2027, 6, 1 + number))
        claim = steps.claim_seat(cast, slot=slot, now=NOW - timedelta(days=30)).code
        rejected, approved, lapsed = racers.race(
            racing.decide(claim, Verdict.REJECT, by=cast.codes["coordinator"]),
            racing.decide(claim, Verdict.APPROVE, by=cast.codes["second coordinator"]),
            racing.lapse(now=NOW),
        )
        row = steps.claim_with(claim)
        state = {(True, False): ClaimState.REJECTED, (False, True): ClaimState.APPROVED}
        assert lapsed == DONE
        assert row.state == state[rejected == DONE, approved == DONE]
        assert row.slot.seats_taken == int(row.state == ClaimState.APPROVED)


def test_a_late_yes_and_who_comes_by_do_not_get_the_same_seat(cast: Cast, racers: Racers) -> None:
    for number in range(4):
        slot = steps.add_slot(cast, capacity=1, day=date(2027, 6, 1 + number))
        claim = steps.claim_seat(cast, slot=slot, now=NOW - timedelta(days=30)).code
        steps.lapse(now=NOW)
        outcomes = racers.race(
            racing.decide(claim, Verdict.APPROVE, by=cast.codes["coordinator"]),
            racing.claim(slot, cast.codes["outsider"]),
            racing.claim(slot, cast.codes["teacher"]),
        )
        assert outcomes.count(DONE) == 1
        assert holders(slot) == 1


def test_naming_and_approving_at_once_invites_who_was_named_once(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 2)
    for number in range(5):
        slot = steps.add_slot(cast, day=date(2027, 3, 1 + number))
        (claim,) = steps.claim_together(cast, None, maker="school contact", slot=slot)
        steps.decide(claim, cast, delay=steps.LATER, now=NOW - steps.LATER)
        code = claim.code
        outcomes = racers.race(
            *(racing.name_seat(code, each) for each in people), racing.work(), racing.work()
        )
        assert sorted(each == DONE for each in outcomes) == [False, True, True, True]
        row = steps.claim_with(code)
        assert row.person and row.state == ClaimState.APPROVED
        assert [each.about["claim"] for each in steps.letters("claim_approved")].count(code) == 1


def test_who_swap_places_do_not_wait_for_each_other(cast: Cast, racers: Racers) -> None:
    """Each gives up the seat that the other is first in line for."""
    people = steps.crowd(cast, 6)
    for number in range(3):
        one, other = (
            steps.add_slot(cast, capacity=3, day=date(2027, 3, 1 + 2 * number + each)) for each in (0, 1)
        )
        held = [steps.claim_seat(cast, each, slot=one).code for each in people[:3]]
        held += [steps.claim_seat(cast, each, slot=other).code for each in people[3:]]
        waiting = [steps.wait(cast, each, slot=other).code for each in people[:3]]
        waiting += [steps.wait(cast, each, slot=one).code for each in people[3:]]
        outcomes = racers.race(*(racing.withdraw(each) for each in held))
        assert outcomes == [DONE] * 6
        assert {steps.claim_with(each).state for each in waiting} == {ClaimState.OFFERED}


def company(cast: Cast, email: str, kvk: str) -> CompanySignUp:
    return CompanySignUp(
        "Piet", email, "Smederij", kvk, "metal", cast.region, "Aambeeld 1", "7941 AB", "Meppel"
    )


def mailed(form: CompanySignUp) -> str:
    """The token in the letter to somebody who signs up."""
    with transaction():
        people.ask_sign_in(email=form.email, browser="b", sign_up=form, now=NOW)
    text = steps.letters("sign_in")[-1].text
    return text.split("/sign-in/")[1].split()[0]


def test_two_letters_to_one_address_used_at_once_make_one_person_and_company(
    cast: Cast, racers: Racers
) -> None:
    for number in range(4):
        form = company(cast, f"piet{number}@smederij.example", f"1234567{number}")
        tokens = [mailed(form) for _ in range(3)]
        assert racers.race(*(racing.sign_in(token) for token in tokens)) == [DONE] * 3
        found = person_at(form.email)
        assert found and len(found.memberships) == 1


def test_one_of_two_gets_a_kvk_number_and_the_other_is_told(cast: Cast, racers: Racers) -> None:
    for number in range(4):
        emails = [f"{name}{number}@smederij.example" for name in ("piet", "jan", "kees")]
        tokens = [mailed(company(cast, email, f"1234567{number}")) for email in emails]
        outcomes = racers.race(*(racing.sign_in(token) for token in tokens))
        assert outcomes.count(DONE) == 1
        assert {each for each in outcomes if each != DONE} == {str(Refused(KVK_TAKEN))}
        assert sum(person_at(email) is not None for email in emails) == 1


def test_invited_at_once_somebody_is_there_once(cast: Cast, racers: Racers) -> None:
    for number in range(4):
        email = f"nieuw{number}@bedrijf.example"
        assert racers.race(*[racing.invite(email)] * 3) == [DONE] * 3
        found = person_at(email)
        assert found and len(found.memberships) == 1


def test_a_double_click_makes_one_calendar_link(cast: Cast, racers: Racers) -> None:
    assert racers.race(*[racing.make_link(cast.codes["teacher"])] * 6) == [DONE] * 6
    assert len(session.scalars(select(Subscription)).all()) == 1


def test_everybody_does_something_at_once_and_nobody_waits_for_ever(cast: Cast, racers: Racers) -> None:
    people = steps.crowd(cast, 4)
    slots = [steps.add_slot(cast, day=date(2027, 3, 1 + number), capacity=6) for number in range(4)]
    waiting = [steps.claim_seat(cast, who, slot=slot) for slot in slots for who in ("teacher", "colleague")]
    codes = [claim.code for claim in waiting]
    for number in range(3):
        outcomes = racers.race(
            *(racing.claim(slot, people[number]) for slot in slots),
            racing.change_slot(slots[0], hours=1),
            racing.change_brief(slots[0], f"Ronde {number}."),
            racing.cancel_slot(slots[number]),
            racing.withdraw(codes[number]),
            racing.decide(codes[number + 2], Verdict.APPROVE, by=cast.codes["coordinator"]),
            racing.decide(codes[number + 3], Verdict.REJECT, by=cast.codes["second coordinator"]),
            racing.work(),
            racing.work(),
        )
        assert outcomes.count(DONE) >= 4
        assert audit.breaches(now=NOW) == []
