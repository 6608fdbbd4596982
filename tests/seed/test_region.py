"""The story: loaded on both databases, as it was promised, and the same each time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import audit, seed
from marketplace.claims import queries as claims
from marketplace.claims.models import Attendance, Claim, Entry
from marketplace.claims.rules import checks, name_by, why_not_attend, why_not_claim, why_not_decide
from marketplace.claims.states import ClaimState, Lapse, Verdict
from marketplace.formats.playbooks import format_of
from marketplace.kernel.database import Base, session
from marketplace.kernel.journal import JournalEntry
from marketplace.kernel.times import wall_date
from marketplace.offers import queries as offers
from marketplace.offers.facts import OfferSearch
from marketplace.offers.models import Offer, PublicEntry, Slot
from marketplace.offers.rules import is_posted_late
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.models import Kind, Organisation
from marketplace.outbox.models import Letter
from marketplace.outbox.queries import letters_to
from marketplace.people.models import Person
from marketplace.people.queries import person_at, regions_of
from marketplace.people.states import Role
from marketplace.regions.rules import school_holiday
from marketplace.worker import do_chores, work_once
from tests.conftest import NOW, make_app


@pytest.fixture(autouse=True)
def context(region: Flask) -> Iterator[None]:
    with region.app_context():
        yield


def somebody(email: str) -> Person:
    person = person_at(email)
    assert person is not None
    return person


def rows() -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def told(kind: Any, *columns: str) -> list[tuple[object, ...]]:
    statement = select(*(getattr(kind, name) for name in columns))
    return [tuple(row) for row in session.execute(statement.order_by(kind.id))]


def everything_told() -> list[list[tuple[object, ...]]]:
    """All rows that codes, UIDs, keys and times stand in."""
    return [
        told(Person, "code", "email", "session_key", "created_at"),
        told(Organisation, "code", "name", "trusted_at"),
        told(Offer, "code", "title", "state", "published_at", "search_text"),
        told(Slot, "code", "state", "starts_at", "open_at", "seats_taken"),
        told(Claim, "code", "state", "state_by", "state_at", "made_at", "sizes"),
        told(Entry, "uid", "sequence", "status", "text"),
        told(PublicEntry, "uid", "language", "text"),
        told(JournalEntry, "at", "actor", "event", "subject"),
        told(Letter, "key", "subject", "text", "state", "sent_at"),
    ]


def test_nothing_is_wrong_with_it() -> None:
    assert audit.breaches(now=NOW) == []


@pytest.mark.usefixtures("clock")
def test_the_worker_finds_nothing_left_to_do(region: Flask) -> None:
    before = rows()
    work_once(region)
    do_chores()
    assert {**rows(), "pulse": 0} == before
    assert audit.breaches(now=NOW) == []
    assert set(session.scalars(select(Letter.state))) == {"sent"}


@pytest.fixture(scope="session")
def told_again(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[object, ...]]]:
    """All of a region that was loaded later on the same day."""
    folder = tmp_path_factory.mktemp("again")
    with make_app(f"sqlite:///{folder / 'again.sqlite'}").app_context():
        seed.load(scale="small", number=1, now=NOW + timedelta(hours=5))
        return everything_told()


def test_the_same_number_and_day_give_the_same_region_on_every_database(
    told_again: list[list[tuple[object, ...]]],
) -> None:
    assert everything_told() == told_again


def test_a_region_that_is_there_is_left_as_it_is() -> None:
    before = everything_told()
    assert "left as it is" in seed.load(scale="region", number=2, now=NOW)
    assert everything_told() == before


def test_all_states_of_offers_and_claims_occur() -> None:
    assert set(session.scalars(select(Offer.state))) == set(OfferState)
    assert set(session.scalars(select(Claim.state))) == set(ClaimState)
    assert set(session.scalars(select(Slot.state))) >= {SlotState.OPEN, SlotState.CANCELLED}


def test_twelve_companies_and_six_schools_are_in_the_region() -> None:
    kinds = list(session.scalars(select(Organisation.kind)))
    assert (kinds.count(Kind.COMPANY), kinds.count(Kind.SCHOOL)) == (12, 6)
    hosts = set(session.scalars(select(Organisation.name).join(Offer)))
    assert "Techniekcollege Vechtmonde" in hosts
    assert hosts >= set(session.scalars(select(Organisation.name).where(Organisation.kind == Kind.COMPANY)))


def test_moments_lie_in_the_past_and_ahead_in_term_and_in_a_holiday() -> None:
    slots = list(session.scalars(select(Slot)))
    assert any(slot.ends_at < NOW for slot in slots)
    in_holiday = [slot for slot in slots if school_holiday("Noord", wall_date(slot.starts_at))]
    assert [slot.offer.title[:12] for slot in in_holiday] == ["Prefab wande"]
    assert any(
        is_posted_late(format_of(slot.offer.format), slot.starts_at, slot.changed_at) for slot in slots
    )
    assert any(slot.is_full and slot.starts_at > NOW for slot in slots)


def test_the_teacher_has_claims_in_every_state_and_something_to_choose() -> None:
    teacher = somebody("docent@demo.example")
    assert teacher.name == "Marieke Otten"
    assert {claim.state for claim in claims.claims_of(teacher.code)} == set(ClaimState)
    cards = [offers.card_of(hit) for hit in offers.search(OfferSearch(free=True), now=NOW).hits]
    assert max(card.more_moments for card in cards) >= 4
    slots = [offers.slot_for(card.slot) for card in cards]
    assert sum(why_not_claim(claims.claiming(slot, teacher), NOW) is None for slot in slots) >= 5


def test_the_company_expects_people_and_has_a_draft() -> None:
    host = somebody("bedrijf@demo.example")
    own = [m.organisation.code for m in host.memberships if m.organisation]
    hosted = offers.hosted_offers(own)
    assert {offer.state for offer in hosted} == {OfferState.PUBLISHED, OfferState.DRAFT, OfferState.CLOSED}
    coming = [claims.roster(slot.id) for offer in hosted for slot in offer.slots if slot.starts_at > NOW]
    assert {claim.state for roster in coming for claim in roster} == {ClaimState.APPROVED, ClaimState.PENDING}
    pending = [claim for roster in coming for claim in roster if claim.state == ClaimState.PENDING]
    assert sorted(sides_of(claim) for claim in pending) == [["coordinator"], ["host"]]


def sides_of(claim: Claim) -> list[str]:
    """Who said yes already."""
    return [each.side for each in claim.planned if each.verdict == Verdict.APPROVE]


def test_a_full_moment_of_the_company_has_a_waiting_list_of_two() -> None:
    slot = session.scalars(select(Slot).join(Claim).where(Claim.state == "waitlisted").distinct()).one()
    assert slot.is_full
    waiting = [claim.receiver.name for party in claims.parties_waiting(slot.id) for claim in party]
    assert waiting == ["Marieke Otten", "Sander van 't Veld"]


def test_the_teacher_has_a_seat_to_accept_today() -> None:
    teacher = somebody("docent@demo.example")
    [offered] = [claim for claim in claims.claims_of(teacher.code) if claim.state == ClaimState.OFFERED]
    assert offered.answer_by and offered.answer_by > NOW + timedelta(hours=12)


def test_a_claim_that_lapsed_undecided_may_still_be_approved() -> None:
    regions = regions_of(somebody("coordinator@demo.example").code)
    [lapsed] = claims.queue(regions, now=NOW).lapsed
    assert lapsed.lapsed_as == Lapse.UNDECIDED
    coordinator = somebody("coordinator@demo.example").code
    assert why_not_decide(lapsed, Verdict.APPROVE, "", coordinator, NOW) is None


def test_the_contact_of_the_school_signed_up_a_team_and_has_one_to_name() -> None:
    contact = somebody("school@demo.example")
    unnamed = session.scalars(select(Claim).where(Claim.person_id.is_(None))).one()
    team = claims.party_of(contact.code, unnamed.party)
    assert {claim.person.name if claim.person else "" for claim in team} == {
        "Jeroen Slomp",
        "André Müller-Koops",
        "",
    }
    assert name_by(unnamed.slot.starts_at) > NOW
    assert [claim.receiver.name for claim in team if claim.brief_version] == ["Jeroen Slomp"]


def test_of_what_is_over_it_was_noted_who_came_except_of_the_last_moment() -> None:
    regions = regions_of(somebody("coordinator@demo.example").code)
    past = {slot.id: slot for slot in session.scalars(select(Slot)) if slot.ends_at < NOW}
    unnoted = [slot for slot in past.values() if claims.coming(slot.id) and not claims.attendance(slot.id)]
    [last] = unnoted
    assert why_not_attend(last.starts_at, last.ends_at, NOW) is None
    assert last.offer.organisation.name == "Reestdal Metaalwerken"
    missed = session.execute(select(Claim).join(Attendance).where(~Attendance.has_come)).scalars()
    assert [claim.receiver.name for claim in missed] == ["Renée Brouwer-Smit"]
    assert [each.name for each in claims.no_shows(regions)] == ["Renée Brouwer-Smit"]


def test_the_coordinator_has_a_queue_with_every_warning_and_offers_to_check() -> None:
    regions = regions_of(somebody("coordinator@demo.example").code)
    queue = claims.to_decide(regions, now=NOW)
    assert len(queue) >= 5
    overlapping, colleagues = claims.conflicts(queue), claims.colleagues(queue)
    found = [
        (claim.receiver.name, checks(claim, overlapping.get(claim.id, ""), colleagues.get(claim.id, 0)))
        for claim in queue
    ]
    lacking = {name for name, each in found if each.lacks_certificate}
    assert lacking >= {"Jeroen Slomp", "Henk-Jan Wiersma"}
    assert any(each.needs_cover for _, each in found)
    assert [name for name, each in found if not each.is_known] == ["Sander van 't Veld"]
    assert any(each.overlapping for _, each in found)
    assert [name for name, each in found if each.holiday] == ["Mehmet Yıldız"]
    assert any(each.is_in_lessons for _, each in found)
    assert [name for name, each in found if each.school_limit] == ["Bea Hofstee"]
    assert len(offers.offers_to_check(regions)) == 2


def test_the_administrator_is_everything() -> None:
    memberships = somebody("beheer@demo.example").memberships
    assert {each.role for each in memberships} == set(Role)


def test_names_keep_their_signs_in_rows_letters_and_calendars() -> None:
    names = set(session.scalars(select(Person.name)))
    assert names >= {
        "Mehmet Yıldız",
        "Sander van 't Veld",
        "Zoë d'Ancona",
        "Oğuz Şahin",
        "André Müller-Koops",
    }
    for name in ("Mehmet Yıldız", "Sander van 't Veld", "Zoë d'Ancona"):
        email = session.scalars(select(Person.email).where(Person.name == name)).one()
        assert all(name in letter.text for letter in letters_to(email))
    assert any("Kaasfabriek 't Diep" in text for text in session.scalars(select(PublicEntry.text)))


def test_invites_are_whole() -> None:
    approved = select(Letter).where(Letter.name == "claim_approved")
    for letter in session.scalars(approved):
        assert letter.calendar and b"METHOD:REQUEST" in letter.calendar
        assert letter.octets and b"text/calendar" in letter.octets


def test_the_command_leaves_what_is_there(region: Flask) -> None:
    result = region.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0
    assert "left as it is" in result.output
