"""Replies of calendars: each in its own shape says the same, and nonsense says nothing."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from marketplace.calendars.facts import Answer, Reply, ReplyMethod
from marketplace.calendars.replies import COMMENT_LIMIT, LIMIT, replies
from tests.calendars.answers import SHAPES, UID, Given, google, nextcloud, outlook
from tests.calendars.examples import hostile

MARIEKE = "m.otten@reestcollege.example"
STARTS = datetime(2027, 2, 9, 7, 0, tzinfo=UTC)

every_shape = pytest.mark.parametrize("shape", SHAPES)


def read(text: str) -> Reply:
    (reply,) = replies(text)
    return reply


@every_shape
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED", "NEEDS-ACTION"])
def test_every_calendar_says_who_answered_what_about_which_entry_and_when(shape: str, partstat: str) -> None:
    reply = read(SHAPES[shape](Given(partstat, sequence=3)))
    assert reply == Reply(
        method=ReplyMethod.REPLY,
        uid=UID,
        answers={MARIEKE: Answer(partstat)},
        sequence=3,
        stamp=datetime(2027, 1, 11, 9, 30, tzinfo=UTC),
        occurrence=None,
        comment="",
        proposed_at=None,
    )


@every_shape
def test_an_answer_about_one_occurrence_names_its_start(shape: str) -> None:
    assert read(SHAPES[shape](Given(occurrence="20270209T080000"))).occurrence == STARTS


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("RECURRENCE-ID:20270209T070000Z", STARTS),
        ("RECURRENCE-ID;VALUE=DATE:20270209", datetime(2027, 2, 8, 23, 0, tzinfo=UTC)),
        ("RECURRENCE-ID;TZID=Customized Time Zone:20270209T080000", STARTS),
        ("RECURRENCE-ID:20270209T080000", STARTS),
        (f"RECURRENCE-ID;TZID={'x' * 5000}:20270209T080000", STARTS),
        ("RECURRENCE-ID:tomorrow", None),
        ("RECURRENCE-ID:00010101T000000Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("RECURRENCE-ID;TZID=Asia/Tokyo:00010101T000000", None),
        ("RECURRENCE-ID:P1D", None),
    ],
)
def test_times_are_read_however_they_are_written(written: str, meant: datetime | None) -> None:
    text = google(Given()).replace("SEQUENCE:0", written)
    assert read(text).occurrence == meant


@every_shape
def test_a_comment_comes_along(shape: str) -> None:
    text = SHAPES[shape](Given("DECLINED", comment="Ik ben ziek\\, helaas.\\nMarieke"))
    assert read(text).comment == "Ik ben ziek, helaas.\nMarieke"


def test_a_comment_is_plain_text_of_some_length() -> None:
    comment = read(google(Given(comment="\x07Ja\x1b[2J" + "j" * 9000))).comment
    assert comment.isprintable()
    assert len(comment) == COMMENT_LIMIT


def test_another_time_is_a_counter() -> None:
    reply = read(google(Given("TENTATIVE", method="COUNTER")))
    assert (reply.method, reply.proposed_at) == (ReplyMethod.COUNTER, STARTS)


def test_please_send_it_again_is_a_refresh() -> None:
    assert read(nextcloud(Given(method="REFRESH"))).method is ReplyMethod.REFRESH


@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", "CANCEL", "", "NONSENSE"])
def test_anything_else_is_no_reply(method: str) -> None:
    assert replies(google(Given(method=method))) == []


def test_addresses_are_compared_without_capitals_and_percents() -> None:
    text = nextcloud(Given(attendee="M.Otten%40ReestCollege.example"))
    assert read(text).answers == {MARIEKE: Answer.ACCEPTED}


def test_several_answers_in_one_mail_are_all_read() -> None:
    one, other = nextcloud(Given()), nextcloud(Given("DECLINED", occurrence="20270209T080000"))
    both = one.replace("END:VCALENDAR\r\n", "") + other[other.index("BEGIN:VEVENT") :]
    assert [(each.occurrence, each.answers[MARIEKE]) for each in replies(both)] == [
        (None, Answer.ACCEPTED),
        (STARTS, Answer.DECLINED),
    ]


def test_what_is_nested_in_an_event_does_not_speak_for_it() -> None:
    alarm = "BEGIN:VALARM\r\nUID:other\r\nATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example\r\nEND:VALARM\r\n"
    reply = read(google(Given()).replace("END:VEVENT", f"{alarm}END:VEVENT"))
    assert (reply.uid, set(reply.answers)) == (UID, {MARIEKE})


@pytest.mark.parametrize("sequence", ["-1", "x", "9" * 5000, "1.5", ""])
def test_a_sequence_that_is_none_is_0(sequence: str) -> None:
    assert read(google(Given()).replace("SEQUENCE:0", f"SEQUENCE:{sequence}")).sequence == 0


def test_a_reply_without_uid_is_about_nothing() -> None:
    assert replies(outlook(replace(Given(), uid=""))) == []


def test_one_that_is_far_too_large_is_not_looked_at() -> None:
    assert replies(google(Given(comment="j" * LIMIT))) == []


@pytest.mark.parametrize(
    "bomb",
    [
        "BEGIN:VEVENT\r\n" * 14_000,
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + "BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n" * 5000,
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\n"
        "DTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:x\r\nRRULE:FREQ=SECONDLY\r\n"
        "DTSTART;TZID=X:16010101T000000\r\nRECURRENCE-ID;TZID=X:20270209T080000\r\nEND:VEVENT\r\n",
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nX" + "\r\n ;A=B" * 20_000,
    ],
    ids=["nested", "many", "rules", "folds"],
)
def test_what_is_made_to_keep_us_busy_does_not(bomb: str) -> None:
    begun = time.monotonic()
    assert len(replies(bomb)) <= 50
    assert time.monotonic() - begun < 5


@any_of(hostile, st.sampled_from(["UID", "ATTENDEE", "DTSTAMP", "RECURRENCE-ID;TZID", "BEGIN", "X"]))
def test_nonsense_anywhere_breaks_nothing(nonsense: str, name: str) -> None:
    for text in (nonsense, google(Given()).replace("SEQUENCE", f"{name}:{nonsense}\r\nSEQUENCE")):
        for reply in replies(text):
            assert reply.method is ReplyMethod.REPLY
