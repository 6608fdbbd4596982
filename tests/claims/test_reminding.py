"""Letters because time passes: reminders, thanks, who came. Each once, none late, on every kind of day."""

import logging
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.claims.states import Verdict
from marketplace.kernel.database import session, transaction
from marketplace.kernel.times import at_wall
from marketplace.outbox.facts import LetterState
from marketplace.outbox.models import Letter
from marketplace.people.actions import Scope, choose_letters
from marketplace.people.states import OptionalLetter, Role
from tests import steps
from tests.cast import FORM, Cast, person, slot_of
from tests.conftest import NOW
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("app_context")

DAY = date(2027, 2, 9)
"""The cast's moment: a Tuesday from eight to four."""
WEEK_BEFORE = at_wall(date(2027, 2, 2), time(9))
DAY_BEFORE = at_wall(date(2027, 2, 8), time(9))
DAY_AFTER = at_wall(date(2027, 2, 10), time(9))
MINUTE = timedelta(minutes=1)


def stop(cast: Cast, who: str, letter: OptionalLetter) -> None:
    """That member of the cast wants all optional letters but this one."""
    with transaction():
        wanted = {*OptionalLetter} - {letter}
        choose_letters(person=person(cast, who), wanted=wanted, among=[*OptionalLetter], now=NOW)


def states(name: str) -> list[tuple[str, str]]:
    """To whom and in which state the letters of a kind stand."""
    session.expire_all()
    return sorted((each.receiver_address.partition("@")[0], each.state) for each in steps.letters(name))


# --- Reminders ----------------------------------------------------------------------------------------------


def test_who_comes_is_reminded_a_week_and_a_day_ahead_at_nine(cast: Cast) -> None:
    steps.approved(cast)
    assert claims.remind_due(now=WEEK_BEFORE - MINUTE) == 0
    assert claims.remind_due(now=WEEK_BEFORE) == 1
    assert claims.remind_due(now=WEEK_BEFORE + MINUTE) == 0
    assert claims.remind_due(now=DAY_BEFORE - MINUTE) == 0
    assert claims.remind_due(now=DAY_BEFORE) == 1
    assert claims.remind_due(now=DAY_BEFORE + MINUTE) == 0
    week, day = steps.letters("reminder")
    assert "In a week" in week.subject
    assert "Tomorrow" in day.subject
    for letter in (week, day):
        assert (letter.state, letter.receiver_address) == (LetterState.QUEUED, cast.emails["teacher"])
        assert "S3" in letter.text  # the safety notes
        assert letter.region == cast.region


def test_only_the_reminder_of_a_week_ahead_can_be_stopped(cast: Cast) -> None:
    steps.approved(cast)
    steps.approved(cast, "colleague")
    stop(cast, "colleague", OptionalLetter.WEEK_REMINDER)
    claims.remind_due(now=WEEK_BEFORE)
    (letter,) = steps.letters("reminder")
    assert letter.receiver_address == cast.emails["teacher"]
    assert letter.unsubscribe.startswith("http://localhost/unsubscribe/")
    claims.remind_due(now=DAY_BEFORE)
    later = steps.letters("reminder")[1:]
    assert {each.receiver_address for each in later} == {cast.emails["teacher"], cast.emails["colleague"]}
    assert {each.unsubscribe for each in later} == {""}


def test_nobody_is_reminded_of_what_is_not_theirs(cast: Cast) -> None:
    steps.claim_seat(cast)  # waits for a decision
    steps.withdraw(steps.approved(cast, "newcomer"))
    steps.decide(steps.claim_seat(cast, "colleague"), cast, Verdict.REJECT, note="Te veel aanmeldingen.")
    with transaction():
        claims.claim_together(  # without a name
            slot=slot_of(cast),
            maker=person(cast, "teacher"),
            school=steps.claim_with(steps.letters("claim_received")[0].about["claim"]).school,
            people=[None],
            form=FORM,
            now=NOW,
        )
    unnamed = session.scalars(select(Claim).where(Claim.person_id.is_(None))).one()
    steps.decide(unnamed, cast)
    assert claims.remind_due(now=WEEK_BEFORE) == 0
    assert claims.remind_due(now=DAY_BEFORE) == 0


def test_somebody_on_the_waiting_list_is_not_reminded(cast: Cast) -> None:
    for who in ("teacher", "colleague"):
        steps.approved(cast, who)
    steps.claim_seat(cast, "newcomer", may_wait=True)
    assert claims.remind_due(now=WEEK_BEFORE) == 2
    assert {each for each, _ in states("reminder")} == {"teacher", "colleague"}


def test_who_was_approved_after_the_moment_has_just_been_told_all(cast: Cast) -> None:
    steps.approved(cast, now=WEEK_BEFORE + MINUTE)
    assert claims.remind_due(now=WEEK_BEFORE + 2 * MINUTE) == 0
    assert claims.remind_due(now=WEEK_BEFORE + timedelta(days=2)) == 0
    assert claims.remind_due(now=DAY_BEFORE) == 1


def test_a_reminder_that_is_a_little_late_still_goes_and_a_later_one_is_dropped_once(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    steps.approved(cast)
    late = steps.add_slot(cast, day=DAY + timedelta(days=1))
    steps.approved(cast, "colleague", slot=late)
    assert claims.remind_due(now=WEEK_BEFORE + timedelta(hours=12) - MINUTE) == 1
    with caplog.at_level(logging.WARNING):
        for days in (2, 3, 3):  # nobody worked on the day of the other
            claims.remind_due(now=WEEK_BEFORE + timedelta(days=days))
    assert states("reminder") == [("colleague", LetterState.DROPPED), ("teacher", LetterState.QUEUED)]
    assert caplog.text.count("missed its moment") == 1


@pytest.mark.parametrize(
    ("before", "state", "said"),
    [
        (timedelta(hours=2, minutes=1), LetterState.QUEUED, "Today"),
        (timedelta(hours=2), LetterState.DROPPED, "Today"),
        (-timedelta(days=3), LetterState.DROPPED, "Today"),
    ],
)
def test_what_to_bring_is_of_use_until_two_hours_before(
    cast: Cast, before: timedelta, state: LetterState, said: str
) -> None:
    starts_at = steps.approved(cast).slot.starts_at
    claims.remind_due(now=WEEK_BEFORE)
    assert claims.remind_due(now=starts_at - before) == 1
    assert claims.remind_due(now=starts_at - before + MINUTE) == 0
    letter = steps.letters("reminder")[1]
    assert letter.state == state
    assert said in letter.subject


def test_a_moment_that_moves_to_another_day_reminds_anew(cast: Cast) -> None:
    claim = steps.approved(cast)
    claims.remind_due(now=WEEK_BEFORE)
    moved_at = WEEK_BEFORE + timedelta(hours=2)
    (first,) = steps.sessions_of(claim.slot)
    steps.change_slot(cast, sessions=[steps.moved(first, days=14)], now=moved_at)
    steps.tell(now=moved_at)
    assert claims.remind_due(now=DAY_BEFORE) == 0
    assert claims.remind_due(now=WEEK_BEFORE + timedelta(days=14)) == 1
    assert len(steps.letters("reminder")) == 2


def test_a_moment_that_moves_nearer_has_missed_nothing(cast: Cast) -> None:
    claim = steps.approved(cast)
    moved_at = at_wall(date(2027, 1, 20), time(12))
    (first,) = steps.sessions_of(claim.slot)
    steps.change_slot(cast, sessions=[steps.moved(first, days=-16)], now=moved_at)  # to the 24th
    assert claims.remind_due(now=moved_at + MINUTE) == 0
    steps.tell(now=moved_at + MINUTE)
    assert claims.remind_due(now=moved_at + 2 * MINUTE) == 0
    assert claims.remind_due(now=at_wall(date(2027, 1, 23), time(9))) == 1


def test_changes_not_told_yet_are_told_before_the_reminder(cast: Cast) -> None:
    steps.approved(cast)
    steps.change_slot(cast, supervisor="Henk Lange", now=DAY_BEFORE - MINUTE)
    claims.remind_due(now=DAY_BEFORE)
    names = [each.name for each in steps.letters(to=cast.emails["teacher"])]
    assert names[-2:] == ["claim_changed", "reminder"]


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31), date(2027, 4, 3), date(2027, 11, 7)])
def test_around_the_days_on_which_the_clock_changes_it_is_nine_on_the_wall(cast: Cast, day: date) -> None:
    slot = steps.add_slot(cast, day=day)
    steps.approved(cast, slot=slot)
    for days in (7, 1):
        due = at_wall(day - timedelta(days=days), time(9))
        assert claims.remind_due(now=due - MINUTE) == 0
        assert claims.remind_due(now=due) == 1


# --- The morning after --------------------------------------------------------------------------------------


def test_the_morning_after_who_took_part_is_thanked(cast: Cast) -> None:
    steps.approved(cast)
    steps.withdraw(steps.approved(cast, "colleague"))
    assert claims.thank_due(now=DAY_AFTER - MINUTE) == 0
    assert claims.thank_due(now=DAY_AFTER) == 1
    assert claims.thank_due(now=DAY_AFTER + MINUTE) == 0
    assert states("visit_thanks") == [("teacher", LetterState.QUEUED)]


def test_after_a_series_thanks_come_after_the_last_session(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 2, 15), sessions=3)
    steps.approved(cast, slot=slot)
    assert claims.thank_due(now=at_wall(date(2027, 2, 16), time(9))) == 0
    assert claims.thank_due(now=at_wall(date(2027, 2, 18), time(9))) == 1


@pytest.mark.parametrize(("came", "thanked"), [((False, False), 0), ((False, True), 1), ((True, True), 1)])
def test_who_never_came_is_not_thanked(cast: Cast, came: tuple[bool, bool], thanked: int) -> None:
    slot = steps.add_slot(cast, day=date(2027, 2, 15), sessions=2)
    claim = steps.approved(cast, slot=slot)
    for each, has_come in zip(steps.sessions_of(claim.slot), came, strict=True):
        note(cast, claim, each.starts_at, has_come=has_come)
    assert claims.thank_due(now=at_wall(date(2027, 2, 17), time(9))) == thanked


def note(cast: Cast, claim: Claim, starts_at: datetime, *, has_come: bool = True) -> None:
    """The host notes whether a participant came."""
    with transaction():
        claims.note_attendance(
            claim=claim, starts_at=starts_at, has_come=has_come, by=cast.codes["host"], now=starts_at
        )


def test_thanks_of_days_ago_are_dropped(cast: Cast) -> None:
    steps.approved(cast)
    claims.thank_due(now=DAY_AFTER + timedelta(days=3))
    assert states("visit_thanks") == [("teacher", LetterState.DROPPED)]


def test_the_host_is_asked_who_came_as_long_as_something_is_missing(cast: Cast) -> None:
    first, second = steps.approved(cast), steps.approved(cast, "colleague")
    starts_at = first.slot.starts_at
    note(cast, first, starts_at, has_come=False)
    assert claims.ask_who_came_due(now=DAY_AFTER - MINUTE) == 0
    assert claims.ask_who_came_due(now=DAY_AFTER) == 1
    assert claims.ask_who_came_due(now=DAY_AFTER + MINUTE) == 0
    letter = steps.the_letter("attendance_request")
    assert letter.receiver_address == cast.emails["host"]
    assert "Of 1 participant we" in letter.text
    assert f"/host/slots/{cast.slot}" in letter.text
    assert second.receiver.name not in letter.text


def test_the_host_who_noted_everybody_is_not_asked(cast: Cast) -> None:
    claim = steps.approved(cast)
    note(cast, claim, claim.slot.starts_at)
    assert claims.ask_who_came_due(now=DAY_AFTER) == 0


def test_nobody_is_asked_about_a_moment_to_which_nobody_came(cast: Cast) -> None:
    steps.claim_seat(cast)
    assert claims.ask_who_came_due(now=DAY_AFTER) == 0


def test_each_contact_of_the_host_is_asked_who_wants_to_be(cast: Cast) -> None:
    steps.add_role(cast, "outside host", Role.HOST_CONTACT, Scope(steps.company_of(cast).id))
    steps.add_role(cast, "outsider", Role.HOST_CONTACT, Scope(steps.company_of(cast).id))
    stop(cast, "outside host", OptionalLetter.ATTENDANCE)
    steps.approved(cast)
    assert claims.ask_who_came_due(now=DAY_AFTER) == 1
    assert states("attendance_request") == [("host", LetterState.QUEUED), ("outsider", LetterState.QUEUED)]
    assert claims.ask_who_came_due(now=DAY_AFTER + MINUTE) == 0


# --- What it costs ------------------------------------------------------------------------------------------


def test_looking_what_is_due_takes_a_statement_each(app_context: Flask, cast: Cast) -> None:
    for who in ("teacher", "colleague"):
        steps.approved(cast, who)
    tasks = (claims.remind_due, claims.thank_due, claims.ask_who_came_due, claims.brief_due)
    for task in tasks:
        task(now=DAY_BEFORE)
    with statements(app_context) as sent:
        for task in tasks:
            task(now=DAY_BEFORE + MINUTE)
    assert len([each for each in sent if each.lstrip().startswith("SELECT")]) == 5  # reminders look twice


def test_what_is_dropped_late_is_not_many_when_a_worker_comes_back(cast: Cast) -> None:
    """A worker that was off for a month: what is over since long is left alone."""
    steps.approved(cast)
    for task in (claims.remind_due, claims.thank_due, claims.ask_who_came_due):
        task(now=DAY_AFTER + timedelta(days=30))
    assert session.scalars(select(Letter).where(Letter.state == LetterState.DROPPED)).all() == []
