"""Answers of calendars: what they change, what they do not, and whose count."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from marketplace import audit
from marketplace.calendars.facts import Answer
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.journal import history
from marketplace.offers.facts import Rhythm
from marketplace.replies.facts import Outcome, Standing
from tests import steps
from tests.calendars.answers import Given
from tests.cast import Cast
from tests.conftest import NOW
from tests.replies.answering import answers, arrives, entries_of, given, planned, standing
from tests.replies.posts import PROGRAMS, from_google, from_nextcloud, from_outlook
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("app_context")

every_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
DAYS = (date(2027, 2, 15), date(2027, 2, 16), date(2027, 2, 17))


def three_days(cast: Cast) -> Claim:
    """An approved claim for three days in a row, one series in the calendar."""
    slot = steps.add_slot(cast, day=DAYS[0], sessions=3, rhythm=Rhythm.DAILY)
    return steps.approved(cast, slot=slot)


def three_dates(cast: Cast) -> Claim:
    """An approved claim whose sessions follow no rule, so that each is an entry of its own."""
    claim = three_days(cast)
    sessions = steps.sessions_of(claim.slot)
    moved = [sessions[0], steps.moved(sessions[1], days=1), steps.moved(sessions[2], days=7)]
    steps.change_slot(cast, slot=claim.slot.code, sessions=tuple(moved))
    steps.tell()
    return claim


# --- Yes, maybe, no ---------------------------------------------------------------------------------------------


@every_program
def test_a_yes_is_shown_to_the_host_and_changes_nothing_else(cast: Cast, program) -> None:
    claim = steps.approved(cast)
    before = len(steps.letters())
    assert answers(claim, "ACCEPTED", program=program) is Outcome.ANSWERED
    assert standing(claim) == Standing(answer=Answer.ACCEPTED)
    assert (claim.state, len(steps.letters()), planned(claim)) == (ClaimState.APPROVED, before, None)


@every_program
def test_a_maybe_is_a_note(cast: Cast, program) -> None:
    claim = steps.approved(cast)
    before = len(steps.letters())
    assert answers(claim, "TENTATIVE", program=program) is Outcome.ANSWERED
    assert standing(claim) == Standing(answer=Answer.TENTATIVE)
    assert (claim.state, len(steps.letters()), planned(claim)) == (ClaimState.APPROVED, before, None)


@every_program
def test_a_no_plans_a_withdrawal_and_asks_at_once(cast: Cast, program) -> None:
    claim = steps.approved(cast)
    assert answers(claim, "DECLINED", program=program) is Outcome.ANSWERED
    assert claim.state == ClaimState.APPROVED
    assert planned(claim) == NOW + timedelta(hours=24)
    letter = steps.the_letter("calendar_declined")
    assert letter.receiver_address == cast.emails["teacher"]
    assert "Tuesday 12 January 2027, 10:00" in letter.text
    assert f"/claims/{claim.code}" in letter.text
    assert letter.calendar is None
    assert history("claim", claim.code)[-1].event == "withdrawal_planned"
    assert audit.breaches(now=NOW) == []


def test_shortly_before_the_start_there_is_less_time_to_undo_it(cast: Cast) -> None:
    claim = steps.approved(cast)
    soon = claim.slot.starts_at - timedelta(days=3)
    answers(claim, "DECLINED", now=soon)
    assert planned(claim) == soon + timedelta(hours=2)


def test_it_is_never_undone_after_the_start(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED", now=claim.slot.starts_at - timedelta(minutes=30))
    assert planned(claim) == claim.slot.starts_at


def test_who_says_no_twice_is_asked_once(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED")
    due = planned(claim)
    assert answers(claim, "DECLINED", minutes=2, now=NOW + timedelta(hours=1)) is Outcome.ANSWERED
    assert planned(claim) == due
    steps.the_letter("calendar_declined")


@pytest.mark.parametrize(
    ("partstat", "answer"), [("ACCEPTED", Answer.ACCEPTED), ("TENTATIVE", Answer.TENTATIVE)]
)
def test_who_answers_otherwise_afterwards_stays(cast: Cast, partstat: str, answer: Answer) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED")
    answers(claim, partstat, minutes=2)
    assert (planned(claim), standing(claim).answer) == (None, answer)
    assert [each.event for each in history("claim", claim.code)][-2:] == [
        "withdrawal_planned",
        "withdrawal_undone",
    ]


# --- Some of the days -------------------------------------------------------------------------------------------


@every_program
def test_a_no_for_one_day_is_a_note_to_the_host(cast: Cast, program) -> None:
    claim = three_days(cast)
    answers(claim, "ACCEPTED")
    outcome = answers(claim, "DECLINED", program=program, minutes=2, occurrence="20270216T080000")
    assert outcome is Outcome.ANSWERED
    second = claim.slot.sessions[1].starts_at
    assert standing(claim) == Standing(answer=Answer.ACCEPTED, declined=(second,))
    assert planned(claim) is None
    letter = steps.the_letter("partly_declined")
    assert letter.receiver_address == cast.emails["host"]
    assert "- Tuesday 16 February 2027\n" in letter.text
    assert "- Monday" not in letter.text


def test_one_day_after_the_other_until_none_is_left_is_a_no(cast: Cast) -> None:
    claim = three_days(cast)
    for minutes, day in enumerate(DAYS):
        answers(claim, "DECLINED", minutes=minutes, occurrence=f"{day:%Y%m%d}T080000")
    assert standing(claim).answer is Answer.DECLINED
    assert planned(claim) == NOW + timedelta(hours=24)
    assert len(steps.letters("partly_declined")) == 2


def test_a_yes_for_one_day_after_a_no_for_all_keeps_the_seat(cast: Cast) -> None:
    claim = three_days(cast)
    answers(claim, "DECLINED")
    answers(claim, "ACCEPTED", minutes=2, occurrence="20270217T080000")
    assert planned(claim) is None
    assert [each.day for each in standing(claim).declined] == [15, 16]


def test_a_no_for_one_of_several_invitations_is_a_no_for_its_day(cast: Cast) -> None:
    claim = three_dates(cast)
    living = [number for number, each in enumerate(entries_of(claim)) if each.status != "CANCELLED"]
    assert len(living) > 1
    answers(claim, "DECLINED", entry=living[-1])
    assert planned(claim) is None
    assert len(standing(claim).declined) == 1
    for minutes, number in enumerate(living):
        answers(claim, "DECLINED", entry=number, minutes=minutes + 2)
    assert planned(claim) is not None


def test_a_no_for_a_day_that_fell_out_is_nothing(cast: Cast) -> None:
    claim = three_days(cast)
    assert answers(claim, "DECLINED", occurrence="20270301T080000") is Outcome.IGNORED
    assert standing(claim) == Standing()


# --- Which one counts -------------------------------------------------------------------------------------------


def test_an_older_answer_that_arrives_later_changes_nothing(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "ACCEPTED", minutes=10)
    assert answers(claim, "DECLINED", minutes=9) is Outcome.IGNORED
    assert (standing(claim).answer, planned(claim)) == (Answer.ACCEPTED, None)


def test_the_same_answer_in_another_mail_changes_nothing(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED")
    assert answers(claim, "DECLINED", program=from_outlook) is Outcome.IGNORED


def move_by_an_hour(cast: Cast) -> None:
    sessions = steps.sessions_of(steps.slot_with(cast.slot))
    steps.change_slot(cast, sessions=[steps.moved(each, hours=1) for each in sessions])
    steps.tell()


@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE"])
def test_nobody_is_asked_again_for_a_small_change(cast: Cast, partstat: str) -> None:
    """A higher SEQUENCE with the answer that we know, which still counts."""
    claim = steps.approved(cast)
    answers(claim, partstat)
    before = steps.the_letter("claim_approved")
    steps.change_slot(cast, supervisor="Henk de Lange")
    steps.tell()
    letter = steps.the_letter("claim_changed")
    assert f"PARTSTAT={partstat};" in steps.said(letter, "ATTENDEE")
    assert steps.said(letter, "SEQUENCE") > steps.said(before, "SEQUENCE")
    assert steps.said(letter, "DTSTAMP") > steps.said(before, "DTSTAMP")
    assert standing(claim) == Standing(answer=Answer(partstat))
    answers(claim, "DECLINED", minutes=5)
    assert planned(claim) is not None


def test_what_matters_asks_anew(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "ACCEPTED")
    move_by_an_hour(cast)
    assert "PARTSTAT=NEEDS-ACTION;" in steps.said(steps.the_letter("claim_changed"), "ATTENDEE")
    assert standing(claim).is_outdated


def test_an_answer_to_an_earlier_version_is_kept_and_shown_but_does_not_count(cast: Cast) -> None:
    claim = steps.approved(cast)
    early = given(claim, "DECLINED")
    move_by_an_hour(cast)
    assert arrives(from_google(early, claim.receiver.email)) is Outcome.ANSWERED
    assert standing(claim) == Standing(is_outdated=True)
    assert planned(claim) is None
    answers(claim, "ACCEPTED", minutes=2)
    assert standing(claim) == Standing(answer=Answer.ACCEPTED)


def test_a_change_asks_anew_but_what_was_announced_goes_on(cast: Cast) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED")
    move_by_an_hour(cast)
    assert standing(claim).is_outdated
    assert planned(claim) == NOW + timedelta(hours=24)


@pytest.mark.parametrize("changes", [{"stamp": "20990101T000000Z"}, {"sequence": 999_999_999}])
def test_a_calendar_that_runs_ahead_does_not_silence_what_comes_after(cast: Cast, changes: dict) -> None:
    claim = steps.approved(cast)
    answers(claim, "ACCEPTED", **changes)
    later = NOW + timedelta(minutes=10)
    answers(claim, "DECLINED", minutes=20, now=later)
    assert planned(claim) == later + timedelta(hours=24)


def test_an_answer_without_a_stamp_is_one_of_now(cast: Cast) -> None:
    claim = steps.approved(cast)
    assert answers(claim, "ACCEPTED", stamp="soon") is Outcome.ANSWERED
    assert standing(claim).answer is Answer.ACCEPTED


def test_an_answer_about_what_has_ended_changes_nothing(cast: Cast) -> None:
    claim = steps.approved(cast)
    early = given(claim, "DECLINED")
    steps.withdraw(claim)
    assert arrives(from_google(early, claim.receiver.email)) is Outcome.IGNORED
    assert (claim.state, planned(claim)) == (ClaimState.WITHDRAWN, None)


# --- Whose counts -----------------------------------------------------------------------------------------------


def test_a_stranger_changes_nothing_and_the_coordinators_hear_of_it(cast: Cast) -> None:
    claim = steps.approved(cast)
    outcome = answers(claim, "DECLINED", attendee="stranger@elsewhere.example")
    assert outcome is Outcome.STRANGER
    assert (standing(claim), planned(claim)) == (Standing(), None)
    letters = steps.letters("answer_received")
    assert {each.receiver_address for each in letters} == {
        cast.emails["coordinator"],
        cast.emails["second coordinator"],
    }
    assert "meant for somebody else" in letters[0].text


def test_nobody_answers_with_the_uid_of_a_colleague(cast: Cast) -> None:
    claim, other = steps.approved(cast), steps.approved(cast, "colleague")
    stolen = replace(given(claim, "DECLINED"), uid=entries_of(other)[0].uid)
    assert arrives(from_google(stolen, claim.receiver.email)) is Outcome.STRANGER
    assert planned(claim) is planned(other) is None


def test_an_answer_to_nothing_that_we_know_is_put_aside(cast: Cast) -> None:
    assert arrives(from_google(Given(), "somebody@school.example")) is Outcome.UNKNOWN


def test_the_entry_of_a_host_is_nobody_s_to_answer(cast: Cast) -> None:
    claim = steps.approved(cast)
    steps.show_hosts()
    (entry,) = steps.host_entries(cast.slot)
    assert answers(claim, "DECLINED", uid=entry.uid) is Outcome.UNKNOWN


def test_a_program_that_answers_by_itself_is_not_listened_to(cast: Cast) -> None:
    claim = steps.approved(cast)
    octets = from_nextcloud(given(claim, "DECLINED"), claim.receiver.email)
    assert arrives(octets.replace(b"auto-generated", b"auto-replied")) is Outcome.IGNORED
    assert planned(claim) is None


# --- Words, other times, others ---------------------------------------------------------------------------------


@every_program
def test_a_comment_is_shown_to_the_host_and_read_by_the_coordinators(cast: Cast, program) -> None:
    claim = steps.approved(cast)
    answers(claim, "DECLINED", program=program, comment="Ik moet die dag surveilleren.")
    assert standing(claim).comment == "Ik moet die dag surveilleren."
    letters = steps.letters("answer_received")
    assert len(letters) == 2
    assert all("> Ik moet die dag surveilleren." in each.text for each in letters)
    assert all(claim.receiver.email in each.text for each in letters)


def test_another_time_is_a_message_and_no_answer(cast: Cast) -> None:
    claim = steps.approved(cast)
    assert answers(claim, "TENTATIVE", method="COUNTER") is Outcome.FORWARDED
    assert standing(claim) == Standing()
    letter = steps.letters("answer_received")[0]
    assert "another time" in letter.text
    assert "Tuesday 9 February 2027, 8:00" in letter.text


def test_passing_it_on_is_a_message_and_no_answer(cast: Cast) -> None:
    claim = steps.approved(cast)
    assert answers(claim, "DELEGATED") is Outcome.FORWARDED
    assert (standing(claim), claim.state) == (Standing(), ClaimState.APPROVED)
    assert len(steps.letters("answer_received")) == 2


@pytest.mark.parametrize(("partstat", "method"), [("ACCEPTED", "REFRESH"), ("NEEDS-ACTION", "REPLY")])
def test_what_is_no_answer_changes_nothing(cast: Cast, partstat: str, method: str) -> None:
    claim = steps.approved(cast)
    before = len(steps.letters())
    assert answers(claim, partstat, method=method) is Outcome.IGNORED
    assert (standing(claim), len(steps.letters())) == (Standing(), before)


def test_a_mail_is_handled_once(cast: Cast) -> None:
    claim = steps.approved(cast)
    octets = from_google(given(claim, "DECLINED"), claim.receiver.email)
    arrives(octets)
    before = everything()
    assert arrives(octets, now=datetime.fromisoformat("2027-01-12T09:00:00+00:00")) is Outcome.ANSWERED
    assert everything() == before
