"""The safety sheet that goes along with letters, and what never stands in one."""

import json
from dataclasses import replace
from datetime import date, time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.claims import actions as claims
from marketplace.claims.models import Entry
from marketplace.documents.rendering import render
from marketplace.kernel.database import session, transaction
from marketplace.kernel.times import at_wall
from marketplace.organisations.actions import change_emergency
from marketplace.outbox import queries
from marketplace.outbox.actions import send_due
from marketplace.outbox.models import Document, Letter
from marketplace.safety.facts import BriefLine, Provider
from tests import steps
from tests.calendars.examples import values
from tests.cast import BRIEF, Cast
from tests.claims.changes import add_glasses, change_brief
from tests.conftest import NOW
from tests.documents.sheets import assert_in_order, pages

pytestmark = pytest.mark.usefixtures("app_context")


def printed(letter: Letter) -> str:
    """The first page of what goes along with a letter."""
    document = queries.document_of(letter)
    assert document, f"{letter.name} has no sheet"
    return pages(render(document.template, document.data, made_at=document.asked_at))[0]


def gather(cast: Cast, emergency: str, assembly_point: str) -> None:
    """The host says whom to warn and where to gather."""
    with transaction():
        site = steps.company_of(cast).sites[0]
        change_emergency(
            site=site, emergency=emergency, assembly_point=assembly_point, by=cast.codes["host"], now=NOW
        )


def test_the_confirmation_carries_the_sheet_of_its_participant(cast: Cast) -> None:
    gather(cast, "the first-aider, extension 8", "the bicycle shed")
    claim = steps.approved(cast)
    letter = steps.the_letter("claim_approved")
    assert letter.document_name == "safety-sheet.pdf"
    assert "Your safety sheet goes with this mail" in letter.text
    assert_in_order(
        printed(letter),
        "This sheet is for Marieke Otten",
        "Lassen en zetten",
        "Reestdal Metaalwerken",
        "Tuesday 9 February 2027, 8:00–16:00",
        "Smidsvonkweg 14, 7944 XY Meppel",
        "Report at Receptie, hal 2",
        "Then warn: the first-aider, extension 8",
        "Assembly point: the bicycle shed",
        "Bring yourself",
        "Safety shoes M008 S3",
        "Provided there",
        "gate instruction on arrival",
    )
    document = queries.document_of(letter)
    assert document and list(document.data["codes"]) == [f"http://localhost/claims/{claim.code}"]


def test_the_worker_sends_it_as_a_file_beside_the_invite(cast: Cast) -> None:
    steps.approved(cast)
    sent: list[bytes] = []
    while send_due(now=NOW, deliver=lambda sender, receiver, octets: sent.append(octets), render=render):
        pass
    (mail,) = [each for each in map(_mail, sent) if each["Subject"].startswith("Confirmed")]
    files = {part.get_filename(): part for part in mail.iter_attachments()}
    assert set(files) == {"safety-sheet.pdf", "invite.ics"}
    assert "Marieke Otten" in pages(files["safety-sheet.pdf"].get_content())[0]


def _mail(octets: bytes) -> EmailMessage:
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_who_hears_of_a_change_gets_a_new_sheet(cast: Cast) -> None:
    steps.approved(cast)
    assert "Safety glasses" not in printed(steps.the_letter("claim_approved"))
    add_glasses(cast)
    assert steps.tell() == 1
    assert "Safety glasses" in printed(steps.the_letter("claim_changed"))


def test_where_to_gather_is_told_to_who_comes(cast: Cast) -> None:
    steps.approved(cast)
    gather(cast, "", "the bicycle shed")
    assert steps.tell() == 1
    letter = steps.the_letter("claim_changed")
    assert "Assembly point:\nNew: the bicycle shed" in letter.text
    assert "Assembly point: the bicycle shed" in printed(letter)
    gather(cast, "", "the bicycle shed")
    assert steps.tell() == 0


def test_who_has_no_seat_yet_gets_no_sheet(cast: Cast) -> None:
    steps.claim_seat(cast)
    add_glasses(cast)
    assert steps.tell() == 1
    assert [each.document_digest for each in steps.letters()] == [None] * len(steps.letters())
    assert "safety sheet goes" not in steps.the_letter("claim_changed").text


def test_the_invite_links_to_the_sheet(cast: Cast) -> None:
    claim = steps.approved(cast)
    octets = steps.the_letter("claim_approved").calendar
    assert octets
    said, *_ = values(octets, "DESCRIPTION")
    link = f"http://localhost/claims/{claim.code}"
    assert said.endswith(f"Safety sheet: {link}/sheet.pdf\\n{link}")


# --- Sizes and diet ---------------------------------------------------------------------------------------------

DIET, SIZE = "vrij van selderij", "XXL"
OVERALL = BriefLine("M010", True, Provider.HOST, is_size_needed=True)
TUESDAY_MORNING, DAY_BEFORE, DAY_AFTER = (
    at_wall(day, time(9)) for day in (date(2027, 1, 12), date(2027, 2, 8), date(2027, 2, 10))
)


def test_sizes_and_diet_stand_in_no_letter_invite_sheet_or_calendar(cast: Cast) -> None:
    told(cast)
    texts = [each.subject + each.text + each.html for each in steps.letters()]
    texts += [each.calendar.decode() for each in steps.letters() if each.calendar]
    texts += [json.dumps(each) for each in session.scalars(select(Document.data))]
    texts += session.scalars(select(Entry.text))
    assert len({each.name for each in steps.letters()}) >= 12
    assert [each for each in texts if SIZE in each or DIET in each] == []


def told(cast: Cast) -> None:
    """Everything happens that somebody hears of, to people with a size and a diet."""
    change_brief(cast, replace(BRIEF, lines=(*BRIEF.lines, OVERALL)))
    personal: dict[str, Any] = {"sizes": {"M009": "9", "M010": SIZE}, "diet": DIET}
    first = steps.claim_seat(cast, **personal)
    second = steps.decide(steps.claim_seat(cast, "colleague", **personal), cast)
    waiting = steps.wait(cast, "newcomer", **personal)
    claims.brief_due(now=TUESDAY_MORNING)
    steps.decide(first, cast)
    add_glasses(cast)
    steps.tell()
    steps.withdraw(second)
    steps.offer_free_seats()
    steps.show_hosts()
    claims.remind_due(now=DAY_BEFORE)
    claims.thank_due(now=DAY_AFTER)
    claims.ask_who_came_due(now=DAY_AFTER)
    steps.refuse(waiting)
    steps.cancel_slot(cast)
