"""One cast everywhere: a teacher, a host, a coordinator, and outsiders who must never get in."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select

from marketplace.claims import actions as claims
from marketplace.claims.facts import ClaimForm
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText, SlotPlan
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.actions import trust
from marketplace.organisations.models import Kind, Organisation, Site
from marketplace.people.actions import Scope, add_person, give_role, vouch_for
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.regions.models import Region
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider

SHOES = BriefLine("M008", True, Provider.PARTICIPANT, note="S3")
HELMET = BriefLine("M019", True, Provider.HOST)
GLOVES = BriefLine("M009", True, Provider.HOST, is_size_needed=True)
JEWELLERY = BriefLine("P008")
BRIEF = BriefFacts((SHOES, HELMET, GLOVES, JEWELLERY), "Blijf op het looppad.", Access.GATE_INSTRUCTION)

FORM = ClaimForm("Hoe last u dun plaatwerk?", "school", "arranged", {"M009": "9"}, "vegetarisch", True)
"""A claim that fits the cast's slot."""


@dataclass(frozen=True)
class Cast:
    """Codes of everything, and by role the addresses and session keys of people."""

    region: str
    company: str
    site: str
    offer: str
    slot: str
    emails: dict[str, str]
    codes: dict[str, str]
    session_keys: dict[str, str]


def make(*, now: datetime) -> Cast:
    """Writes the cast and commits. Everybody reads English, so that tests find the words of the source."""
    region, elsewhere = _region("STO Reest & Vecht"), _region("STO Elders")
    school, far_school = _school("Reestcollege", region, now), _school("Elders College", elsewhere, now)
    company, rival = (
        _company("Reestdal Metaalwerken", region, "00000101", now),
        _company("Rivaal", elsewhere, "00000199", now),
    )
    trust(organisation=company, by="system", now=now)
    everybody = {
        "teacher": ("Marieke Otten", Role.PARTICIPANT, Scope(school.id)),
        "colleague": ("Jeroen Slomp", Role.PARTICIPANT, Scope(school.id)),
        "newcomer": ("Sander van 't Veld", Role.PARTICIPANT, Scope(school.id)),
        "host": ("Gerda Nijboer", Role.HOST_CONTACT, Scope(company.id)),
        "coordinator": ("Wim Haverkort", Role.COORDINATOR, Scope(region_id=region.id)),
        "second coordinator": ("Esra Demir", Role.COORDINATOR, Scope(region_id=region.id)),
        "school contact": ("Truus Bijker", Role.SCHOOL_CONTACT, Scope(school.id)),
        "administrator": ("Bea Beheer", Role.ADMINISTRATOR, Scope()),
        "outsider": ("Olaf Buiten", Role.PARTICIPANT, Scope(far_school.id)),
        "outside host": ("Rik Rivaal", Role.HOST_CONTACT, Scope(rival.id)),
        "outside coordinator": ("Carla Elders", Role.COORDINATOR, Scope(region_id=elsewhere.id)),
    }
    people: dict[str, Person] = {}
    for who, (name, role, scope) in everybody.items():
        email = f"{who.replace(' ', '.')}@school.example"
        person = add_person(name=name, email=email, by="system", now=now, language="en", function="teacher")
        give_role(person=person, role=role, scope=scope, by="system", now=now)
        if who != "newcomer":
            vouch_for(person=person, by="system", now=now)
        people[who] = person
    offer = _offer(company, people["host"], now)
    session.commit()
    return Cast(
        region=region.code,
        company=company.code,
        site=company.sites[0].code,
        offer=offer.code,
        slot=offer.slots[0].code,
        emails={who: person.email for who, person in people.items()},
        codes={who: person.code for who, person in people.items()},
        session_keys={who: person.session_key for who, person in people.items()},
    )


def _region(name: str) -> Region:
    region = Region(code=new_code(), name=name, holiday_zone="Noord")
    session.add(region)
    session.flush()
    return region


def _school(name: str, region: Region, now: datetime) -> Organisation:
    return _organisation(Kind.SCHOOL, name, region, None, now)


def _company(name: str, region: Region, kvk: str, now: datetime) -> Organisation:
    return _organisation(Kind.COMPANY, name, region, kvk, now)


def _organisation(kind: Kind, name: str, region: Region, kvk: str | None, now: datetime) -> Organisation:
    site = Site(
        code=new_code(),
        street="Smidsvonkweg 14",
        postcode="7944 XY",
        town="Meppel",
        changed_at=now,
        changing_since=now,
    )
    organisation = Organisation(
        code=new_code(),
        kind=kind,
        name=name,
        kvk=kvk,
        sector="metal",
        phone="(0522) 00 01 01",
        region=region,
        created_at=now,
        sites=[site],
    )
    session.add(organisation)
    session.flush()
    return organisation


def _offer(company: Organisation, host: Person, now: datetime) -> Offer:
    text = OfferText(
        format="docentstage",
        kind="exploratory",
        title="Lassen en zetten: van plaat tot product",
        summary="U loopt een dag mee en maakt zelf een werkstuk.",
        activity="U snijdt, zet en last een gereedschapsbakje.",
        learning="Welke lasprocessen een bedrijf nu gebruikt.",
        report_at="Receptie, hal 2",
        walk_in_minutes=15,
        profiles=("PIE", "MT"),
        audiences=("vmbo_teacher",),
    )
    offer = offers.draft_offer(organisation=company, text=text, made_with=None, by=host.code, now=now)
    offers.change_brief(offer=offer, brief=BRIEF, by=host.code, now=now)
    offers.add_slots(offer=offer, plan=plan(company.sites[0].code), by=host.code, now=now)
    offers.submit(offer=offer, by=host.code, now=now)
    return offer


def plan(site: str, *, day: date = date(2027, 2, 9), capacity: int = 2, sessions: int = 1) -> SlotPlan:
    """A day from eight to four at the company."""
    return SlotPlan(
        day, time(8), time(16), capacity=capacity, site=site, supervisor="Gerda Nijboer", sessions=sessions
    )


def slot_of(cast: Cast) -> Slot:
    """The cast's slot."""
    return session.scalars(select(Slot).where(Slot.code == cast.slot)).one()


def person(cast: Cast, who: str) -> Person:
    """A member of the cast, or anybody else by code."""
    return session.scalars(select(Person).where(Person.code == cast.codes.get(who, who))).one()


def claim(cast: Cast, who: str = "teacher", *, now: datetime) -> str:
    """That member claims a seat; committed. Returns the claim's code."""
    made = claims.claim_seat(slot=slot_of(cast), person=person(cast, who), form=FORM, now=now)
    session.commit()
    return made.code
