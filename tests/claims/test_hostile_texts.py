"""Whatever people type arrives in calendars as they typed it, through the actions that pages use, in every field.

EXAMPLES=300 makes it a long run.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
import recurring_ical_events
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import update

from marketplace.calendars.cleaning import LINE_LIMIT
from marketplace.calendars.feeds import feed
from marketplace.claims.models import Claim
from marketplace.kernel.database import session, transaction
from marketplace.organisations.actions import change_address
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.safety.facts import BriefFacts, BriefLine, Provider
from marketplace.web.forms import clean
from tests import cast as casting
from tests import steps
from tests.calendars.examples import content_lines
from tests.cast import BRIEF, Cast
from tests.claims.changes import change_brief, change_offer
from tests.conftest import NOW
from tests.rows import empty_database

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))
LINE_ENDS = ("\r", "\x85", "\u2028", "\u2029")

_signs = st.characters(exclude_categories=["Cs", "Cc"])
_telling = st.sampled_from("\\;,:\"'^<>&=%{}nN\u2028\ufeff🦺é`|")
_words = st.sampled_from(
    [
        "END:VEVENT",
        "BEGIN:VALARM",
        "\\N",
        "\\n",
        "=?utf-8?q?x?=",
        "</script>",
        "{{ 7*7 }}",
        "%(name)s",
        "𝕏 ﷽",
        "..",
    ]
)


def typed(limit: int, *, has_lines: bool = False) -> st.SearchStrategy[str]:
    """What a form lets through: at most so many characters, no control characters, nothing around it."""
    more = [st.just("\n"), st.just("\n\t")] if has_lines else []
    pieces = st.lists(st.one_of(_signs, _telling, _words, *more), min_size=1, max_size=60)
    return pieces.map(lambda found: clean("".join(found)[:limit])).filter(bool)


@dataclass(frozen=True)
class Typed:
    """What people type, field by field."""

    title: str
    host: str
    street: str
    town: str
    report_at: str
    supervisor: str
    phone: str
    clothing: str
    note: str
    notes: str
    person: str
    school: str
    question: str


texts = st.builds(
    Typed,
    **dict.fromkeys(("title", "host", "street", "town", "person", "school"), typed(120)),
    **dict.fromkeys(("report_at", "supervisor", "phone", "clothing", "note"), typed(200)),
    **dict.fromkeys(("notes", "question"), typed(1000, has_lines=True)),
)


def shown(text: str) -> str:
    """A text as a calendar holds it: newlines for all line ends, a slash in `\\N`, which would be one, and no marks of
    the order of bytes."""
    for end in LINE_ENDS:
        text = text.replace(end, "\n")
    return text.replace("\ufeff", "").replace(r"\N", "/N")


def one_line(text: str) -> str:
    """The same where there is one line of at most 255 characters: SUMMARY and LOCATION."""
    line = " ".join(shown(text).split())
    return line if len(line) <= LINE_LIMIT else f"{line[: LINE_LIMIT - 1].rstrip()}…"


def label(name: str) -> str:
    """A name as CN holds it: on one line, without what not every calendar can read (RFC 6868)."""
    return " ".join(re.sub(r'["^\\]', "", name).split())


def approved(said: Typed) -> tuple[Cast, Claim]:
    """All of it typed by those whose it is, and a claim on it that was approved; its letters have left."""
    cast = casting.make(now=NOW)
    with transaction():
        _rename(Organisation, cast.company, name=said.host, phone=said.phone)
        _rename(Organisation, steps.school_of(cast).code, name=said.school)
        _rename(Person, cast.codes["teacher"], name=said.person)
        (site,) = steps.company_of(cast).sites
        change_address(
            site=site, street=said.street, postcode="7944 AA", town=said.town, by="system", now=NOW
        )
    change_offer(cast, title=said.title, report_at=said.report_at, clothing=said.clothing)
    line = BriefLine("M008", provided_by=Provider.PARTICIPANT, note=said.note)
    change_brief(cast, BriefFacts((line,), said.notes, BRIEF.access))
    steps.change_slot(cast, supervisor=said.supervisor)
    claim = steps.claim_seat(cast, learning_question=said.question, sizes={})
    return cast, steps.decide(claim, cast)


def _rename(table: type[Person] | type[Organisation], code: str, **values: str) -> None:
    session.execute(update(table).where(table.code == code).values(**values))


def readings(claim: Claim) -> Iterator[tuple[str, bytes, Any]]:
    """The entry in the invite as it was mailed and in a feed, as two parsers of others read it."""
    mail = message_from_bytes(steps.send_everything()[-1], policy=policy.SMTP)
    parts: list[Any] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    in_feed = feed([each.text for each in steps.entries_of(claim)], name="Meeloop")
    for where, octets in (("mail", parts[0].get_payload(decode=True)), ("feed", in_feed)):
        yield f"{where}, vobject", octets, _by_vobject(octets)
        yield f"{where}, recurring-ical-events", octets, _by_recurring(octets)


def _by_vobject(octets: bytes) -> dict[str, Any]:
    event = vobject.readOne(octets.decode()).vevent
    found = {name: event.getChildValue(name) for name in ("summary", "location", "description")}
    return found | {"names": [each.params.get("CN", [""])[0] for each in event.contents.get("attendee", [])]}


def _by_recurring(octets: bytes) -> dict[str, Any]:
    within = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    (event,) = recurring_ical_events.of(Calendar.from_ical(octets)).between(*within)
    found = {name: str(event.get(name)) for name in ("summary", "location", "description")}
    attendees = [event["attendee"]] if "attendee" in event else []
    return found | {"names": [str(each.params.get("CN", "")) for each in attendees]}


@pytest.mark.usefixtures("app_context", "clock")
@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(texts)
def test_what_was_typed_is_read_by_every_calendar(said: Typed) -> None:
    try:
        _, claim = approved(said)
        for where, octets, event in readings(claim):
            lines = content_lines(octets)
            assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1, where
            assert event["summary"] == one_line(f"Teacher placement {said.host}"), where
            assert event["location"] == one_line(f"{said.host}, {said.street}, 7944 AA {said.town}"), where
            assert [name.strip("\ufeff") for name in event["names"]] in (
                [label(said.person).strip("\ufeff")],
                [],
            ), where
            for name in ("title", "report_at", "supervisor", "phone", "clothing", "note", "notes"):
                assert shown(getattr(said, name)) in event["description"], (where, name)
    finally:
        empty_database()
