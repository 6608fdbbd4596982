"""Invites as they leave, read with parsers of others: one story from the first REQUEST to the CANCEL, to one reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import vobject

from marketplace.kernel.site import Site, configure, site
from marketplace.offers.facts import Rhythm
from marketplace.outbox.actions import send_due
from tests import steps
from tests.calendars.examples import content_lines
from tests.cast import Cast
from tests.claims.changes import change_offer, minutes, move_house, sessions
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context", "_reading")


@pytest.fixture
def _reading() -> Iterator[None]:
    """An installation that reads replies: each letter has an envelope of its own then."""
    before = site()
    configure(Site("Meeloop", "http://localhost", "meeloop@meeloop.example", reads_replies=True))
    yield
    configure(before)


@dataclass(frozen=True)
class Sent:
    """A mail as the mail server got it."""

    envelope: str
    receiver: str
    message: EmailMessage

    @property
    def calendars(self) -> list[bytes]:
        """The calendars in it, as octets: first the one that is read, then the one that is a file."""
        wanted = ("text/calendar", "application/ics")
        parts: list[Any] = [each for each in self.message.walk() if each.get_content_type() in wanted]
        return [each.get_payload(decode=True) for each in parts]

    @property
    def event(self) -> Any:
        """The event in it."""
        return self.calendar.vevent

    @property
    def calendar(self) -> Any:
        """The calendar in it."""
        return vobject.readOne(self.calendars[0].decode())


def sent(*, now: datetime = NOW) -> list[Sent]:
    """The worker delivers what is due; only the mails with an invite."""
    mails: list[Sent] = []

    def deliver(envelope: str, receiver: str, octets: bytes) -> None:
        mails.append(Sent(envelope, receiver, message_from_bytes(octets, policy=policy.default)))

    while send_due(now=now, deliver=deliver):
        pass
    return [each for each in mails if each.calendars]


def number(mail: Sent, name: str) -> int:
    return int(mail.event.getChildValue(name))


# --- A series, from its first invite to its end -------------------------------------------------------------------


def life_of_a_series(cast: Cast) -> list[Sent]:
    """Three Thursdays: approved, moved by an hour, one of them gone, cancelled; all within a second of each other."""
    slot = steps.add_slot(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
    steps.approved(cast, slot=slot)
    mails = sent()
    steps.change_slot(cast, slot=slot, sessions=[steps.moved(each, hours=1) for each in sessions(cast, slot)])
    steps.tell()
    mails += sent()
    steps.change_slot(cast, slot=slot, sessions=sessions(cast, slot)[:2])
    steps.tell()
    mails += sent()
    steps.cancel_slot(cast, slot=slot)
    return mails + sent()


def test_a_series_is_one_event_from_its_request_to_its_cancel(cast: Cast) -> None:
    """The same UID, ORGANIZER and ATTENDEE throughout (RFC 5546 2.1.5, 3.2.5)."""
    mails = life_of_a_series(cast)
    assert [each.calendar.method.value for each in mails] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [each.event.status.value for each in mails] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    for name in ("uid", "organizer", "attendee", "created"):
        assert len({str(each.event.getChildValue(name)) for each in mails}) == 1, name


def test_each_version_has_a_higher_number_and_a_later_stamp(cast: Cast) -> None:
    """SEQUENCE, DTSTAMP and LAST-MODIFIED rise together, even within a second (RFC 5546 2.1.4, RFC 5545 3.8.7.2).

    Some calendars compare the one, some the other: Thunderbird both, Tutanota the number (tutanota#5732).
    """
    mails = life_of_a_series(cast)
    numbers = [number(each, "sequence") for each in mails]
    stamps = [each.event.dtstamp.value for each in mails]
    assert numbers == sorted(set(numbers))
    assert stamps == sorted(set(stamps))
    assert stamps == [each.event.last_modified.value for each in mails]
    assert stamps[-1] - NOW < timedelta(seconds=len(mails) + 1)


def test_every_version_is_a_mail_of_its_own(cast: Cast) -> None:
    """A new Message-ID each (RFC 5546 2.1.5), in order, for the same reader."""
    mails = life_of_a_series(cast)
    assert len({each.message["Message-ID"] for each in mails}) == len(mails)
    assert {each.receiver for each in mails} == {cast.emails["teacher"]}


def test_a_reader_of_a_series_sees_what_is_left_of_it(cast: Cast) -> None:
    """The rule stays and EXDATE names what fell out, in the form of DTSTART (RFC 5545 3.8.5.1)."""
    *_, shortened, cancelled = life_of_a_series(cast)
    lines = content_lines(shortened.calendars[0])
    assert "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TH" in lines
    assert "DTSTART;TZID=Europe/Amsterdam:20270304T090000" in lines
    assert "EXDATE;TZID=Europe/Amsterdam:20270318T090000" in lines
    assert cancelled.event.rruleset is not None


# --- Who it is from and for ---------------------------------------------------------------------------------------


def test_the_organizer_is_the_sender_of_the_mail_and_of_its_envelope(cast: Cast) -> None:
    """Gmail applies a CANCEL only from who sent the REQUEST (Wunderbyte-GmbH/moodle-mod_booking#1107)."""
    for mail in life_of_a_series(cast):
        assert mail.event.organizer.value == "mailto:meeloop@meeloop.example"
        assert mail.message["From"].addresses[0].addr_spec == "meeloop@meeloop.example"
        assert mail.envelope.startswith("meeloop+")
        assert mail.envelope.endswith("@meeloop.example")
        assert "sent-by" not in str(mail.event.organizer.params).lower()


def test_nobody_reads_who_else_comes(cast: Cast) -> None:
    """One ATTENDEE, exactly the address in To, no copies, and a UID of their own for each (nextcloud/calendar#4179)."""
    for who in ("teacher", "colleague"):
        steps.approved(cast, who)
    mails = sent()
    assert [each.receiver for each in mails] == [cast.emails["teacher"], cast.emails["colleague"]]
    for mail in mails:
        (attendee,) = mail.event.contents["attendee"]
        (to,) = mail.message["To"].addresses
        assert attendee.value == f"mailto:{to.addr_spec}" == f"mailto:{mail.receiver}"
        assert not {"Cc", "Bcc"} & set(mail.message.keys())
    assert len({each.event.uid.value for each in mails}) == 2


def test_what_is_kept_with_the_letter_is_what_was_sent(cast: Cast) -> None:
    """Both calendars in the mail are the stored octets, byte for byte."""
    steps.approved(cast)
    (mail,) = sent()
    stored = steps.the_letter("claim_approved").calendar
    assert mail.calendars == [stored, stored]


@pytest.mark.parametrize("policy", ["coordinator", "host", "both"])
def test_whoever_waits_for_a_decision_gets_no_invite(cast: Cast, policy: str) -> None:
    """One mail fewer to cancel; it stands in the feed as TENTATIVE."""
    steps.set_policy(cast, policy)
    claim = steps.claim_seat(cast)
    steps.change_slot(cast, supervisor="Henk de Lange")
    steps.tell()
    assert sent() == []
    (entry,) = steps.entries_of(claim)
    assert "STATUS:TENTATIVE" in entry.text
    assert not entry.is_invited


# --- What fell out, and what is over ------------------------------------------------------------------------------


def three_dates(cast: Cast) -> str:
    """A moment of three days that follow no rule; approved, and all its invites have left. Returns its code."""
    slot = steps.add_slot(cast, day=date(2027, 3, 2))
    (first,) = sessions(cast, slot)
    dates = [first, steps.moved(first, days=2), steps.moved(first, days=7)]
    steps.change_slot(cast, slot=slot, sessions=dates)
    steps.approved(cast, slot=slot)
    assert len(sent()) == 3
    return slot


def test_a_part_that_falls_out_says_so_in_its_summary(cast: Cast) -> None:
    """Outlook shows a CANCEL as a message with its SUMMARY, and many must click to take it out."""
    slot = three_dates(cast)
    steps.show_hosts()
    steps.change_slot(cast, slot=slot, sessions=sessions(cast, slot)[:2])
    steps.tell()
    steps.show_hosts(now=NOW + minutes(5))
    (cancel,) = sent()
    assert cancel.event.summary.value.startswith("Cancelled by the host: ")
    assert cancel.message["Subject"].startswith("Cancelled: ")
    assert cancel.message["Subject"].endswith(" on Tuesday 9 March")
    *living, fallen = steps.host_entries(slot)
    assert "SUMMARY:Vervallen: " in fallen.text
    assert not any("Vervallen" in each.text for each in living)


def test_nothing_is_sent_about_a_day_that_is_over(cast: Cast) -> None:
    """A calendar keeps what was; Nextcloud does not send it either."""
    slot = three_dates(cast)
    after_the_first = steps.slot_with(slot).starts_at + timedelta(days=1)
    steps.change_slot(cast, slot=slot, supervisor="Henk de Lange", now=after_the_first)
    steps.tell(now=after_the_first)
    assert [each.event.dtstart.value.day for each in sent(now=after_the_first)] == [4, 9]
    steps.withdraw(steps.claim_with(steps.the_letter("claim_changed").about["claim"]), now=after_the_first)
    cancels = sent(now=after_the_first)
    assert [(each.calendar.method.value, each.event.dtstart.value.day) for each in cancels] == [
        ("CANCEL", 4),
        ("CANCEL", 9),
    ]


def test_an_invite_that_did_not_leave_before_it_was_over_never_does(cast: Cast) -> None:
    claim = steps.approved(cast)
    assert sent(now=claim.slot.ends_at) == []
    assert steps.the_letter("claim_approved").state == "dropped"


def test_a_title_that_changed_is_a_new_version_too(cast: Cast) -> None:
    steps.approved(cast)
    sent()
    change_offer(cast, title="Lassen met de robot")
    move_house(cast)
    steps.tell()
    (mail,) = sent()
    assert mail.event.description.value.startswith("Lassen met de robot\n")
    assert "Nijverheidsweg 2" in mail.event.location.value
