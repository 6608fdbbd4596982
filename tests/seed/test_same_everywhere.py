"""What holds at the gate is said in the same words everywhere: page, letter, invite, feed, sheet and roster."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from icalendar import Event
from sqlalchemy import select

from marketplace.claims.facts import claim_facts
from marketplace.claims.models import Claim, Entry
from marketplace.claims.sheets import sheet_of
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import session
from marketplace.kernel.texts import LANGUAGES, speaking
from marketplace.offers.models import Offer, PublicEntry, Slot
from marketplace.offers.states import OfferState, SlotState
from marketplace.people.models import Person
from marketplace.people.queries import contacts_of
from marketplace.safety.facts import SafetyText, SaidLine
from marketplace.safety.rules import plain_text, safety_text
from tests.conftest import NOW
from tests.letters.reading import written

STILL_READ = ("CONFIRMED", "TENTATIVE")


@pytest.fixture(autouse=True)
def context(region: Flask) -> Iterator[None]:
    with region.app_context():
        yield


def published() -> list[Offer]:
    """Every offer that everybody may see and that has a moment to come."""
    found = session.scalars(select(Offer).where(Offer.state == OfferState.PUBLISHED).order_by(Offer.id)).all()
    return [offer for offer in found if coming(offer)]


def coming(offer: Offer) -> list[Slot]:
    return [slot for slot in offer.slots if slot.starts_at > NOW and slot.state != SlotState.CANCELLED]


def said(safety: SafetyText) -> list[str]:
    """All that must be said of a brief, piece by piece."""
    lines = [part for line in safety.strip for part in (line.name, line.detail)]
    return [
        part
        for part in (*lines, safety.notes, safety.access, safety.nothing_particular, safety.health)
        if part
    ]


def read(html: str) -> str:
    """The words of a page, without its tags."""
    return squeezed(unescape(re.sub(r"<[^>]*>", " ", html)))


def squeezed(text: str) -> str:
    return "".join(text.split())


def missing(safety: SafetyText, text: str) -> list[str]:
    """What a text leaves out."""
    return [part for part in said(safety) if squeezed(part) not in squeezed(text)]


def page(region: Flask, path: str, person: Person | None = None) -> str:
    client = region.test_client()
    with client.session_transaction() as cookie:
        cookie["language"] = "nl"
        if person:
            cookie["key"] = person.session_key
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_the_page_of_an_offer_says_all_of_it(region: Flask) -> None:
    assert len(published()) > 10
    for offer in published():
        text = read(page(region, f"/offers/{offer.code}"))
        with speaking("nl"):
            assert missing(safety_text(offer.brief.facts), text) == [], offer.title


def test_what_a_moment_adds_stands_beside_it(region: Flask) -> None:
    adding = [slot for offer in published() for slot in coming(offer) if slot.own_brief]
    assert adding
    for slot in adding:
        text = read(page(region, f"/offers/{slot.offer.code}"))
        with speaking("nl"):
            more = safety_text(slot.brief.facts.beyond(slot.offer.brief.facts))
        assert more.strip and more.notes
        assert [each.short for each in more.strip if squeezed(each.short) not in text] == []
        assert squeezed(more.notes) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_say_all_of_it_as_text_and_as_html(language: str) -> None:
    a_claim = session.scalars(select(Claim).where(Claim.state == ClaimState.APPROVED)).first()
    assert a_claim
    for slot in (slot for offer in published() for slot in coming(offer)):
        with speaking(language):
            safety = safety_text(slot.brief.facts)
            visited = visiting(a_claim, slot)
        _, text, html = written("claim_approved", language, claim=visited)
        assert plain_text_in(language, safety) in text
        assert missing(safety, html.words) == [], slot.offer.title


def visiting(claim: Claim, slot: Slot) -> object:
    """The facts of a claim as they would be for another moment."""
    with session.no_autoflush:
        before, claim.slot = claim.slot, slot
        facts = claim_facts(claim)
        claim.slot = before
    session.expire(claim)
    return facts


def plain_text_in(language: str, safety: SafetyText) -> str:
    with speaking(language):
        return plain_text(safety)


def test_calendars_say_all_of_it_first_what_to_bring() -> None:
    entries = session.scalars(
        select(Entry).join(Claim).join(Slot).where(Slot.starts_at > NOW, Entry.status.in_(STILL_READ))
    ).all()
    assert entries
    for entry in entries:
        assert entry.claim and entry.claim.person
        same(entry.text, entry.claim.slot, entry.claim.person.language)


def test_feeds_of_a_search_say_all_of_it() -> None:
    for slot in (slot for offer in published() for slot in coming(offer)):
        rows = session.scalars(
            select(PublicEntry).where(PublicEntry.slot_id == slot.id, PublicEntry.status == "CONFIRMED")
        ).all()
        assert {row.language for row in rows} == set(LANGUAGES)
        for row in rows:
            same(row.text, slot, row.language)


def same(text: str, slot: Slot, language: str) -> None:
    """A calendar entry says what holds in these very words."""
    description = str(Event.from_ical(text)["DESCRIPTION"])
    with speaking(language):
        safety = safety_text(slot.brief.facts)
        assert squeezed(plain_text(safety)) in squeezed(description), slot.offer.title


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_say_all_of_it_with_the_codes(language: str) -> None:
    for slot in (slot for offer in published() for slot in coming(offer)):
        with speaking(language):
            safety, sheet = safety_text(slot.brief.facts), sheet_of(slot)
        for told, printed in (
            (safety.bring, sheet.bring),
            (safety.provided, sheet.provided),
            (safety.from_school, sheet.from_school),
            (safety.mind, sheet.mind),
        ):
            assert [pieces(line) for line in told] == [
                (line.code, line.name, line.detail, line.pictogram) for line in printed
            ]
        assert (sheet.notes, sheet.access, sheet.health) == (safety.notes, safety.access, safety.health)


def pieces(line: SaidLine) -> tuple[str, ...]:
    return line.code, line.name, line.detail, line.pictogram


def test_rosters_name_all_that_is_to_be_put_ready(region: Flask) -> None:
    full = [slot for offer in published() for slot in coming(offer) if comes(slot)]
    assert full
    for slot in full:
        contact = contacts_of(slot.offer.organisation_id)[0]
        text = read(page(region, f"/host/slots/{slot.code}", contact))
        with speaking(contact.language):
            lent = [line.name for line in safety_text(slot.brief.facts).provided]
        assert [name for name in lent if squeezed(name) not in text] == [], slot.offer.title


def comes(slot: Slot) -> bool:
    """Whether somebody comes of whom the host knows the name."""
    statement = select(Claim.id).where(Claim.slot_id == slot.id, Claim.state == ClaimState.APPROVED)
    return session.scalars(statement.where(Claim.person_id.is_not(None))).first() is not None
