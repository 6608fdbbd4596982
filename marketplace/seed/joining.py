"""Regions, organisations and people join, long ago or just now."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from marketplace.kernel.database import session
from marketplace.kernel.journal import SYSTEM
from marketplace.organisations import actions as organisations
from marketplace.people import actions as people
from marketplace.people.actions import Scope
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.regions import actions as regions
from marketplace.searches import actions as searches
from marketplace.searches.states import Alert
from marketplace.seed.story import Data, Event, Story, read

LONG_AGO = 300
"""Days since most of them joined."""


def joining(story: Story) -> Iterator[Event]:
    """Everybody, after the region they belong to."""
    for data in read("regions")["region"]:
        yield Event(story.ago(LONG_AGO + (1 if "parent" in data else 2)), partial(_region, story, data))
    for kind, entries in read("organisations").items():
        for data in entries:
            yield Event(story.ago(data.get("joined", LONG_AGO)), partial(_organisation, story, kind, data))
    for data in read("people")["person"]:
        joined = data.get("joined", LONG_AGO - 1)
        at = story.ago(joined)
        yield Event(at, partial(_person, story, data))
        for each in data.get("certificates", ()):
            entered_at = story.ago(each.get("entered", joined), after=at)
            yield Event(entered_at, partial(_certify, story, data["key"], each))
        for each in data.get("searches", ()):
            yield Event(story.ago(each["saved"], after=at), partial(_save, story, data["key"], each))


def _region(story: Story, data: Data, now: datetime) -> None:
    parent = story.regions.get(data.get("parent", ""))
    zone = data["holiday_zone"]
    story.regions[data["key"]] = regions.add_region(
        name=data["name"], holiday_zone=zone, parent=parent, by=SYSTEM, now=now
    )


def _organisation(story: Story, kind: str, data: Data, now: datetime) -> None:
    texts: Data = {name: data[name] for name in ("name", "street", "postcode", "town", "phone", "website")}
    known: Data = {"region": story.regions[data["region"]].code, "by": SYSTEM, "now": now}
    if kind == "company":
        row = organisations.add_company(**texts, kvk=data["kvk"], sector=data["sector"], **known)
    else:
        row = organisations.add_school(**texts, brin=data["brin"], is_mbo=data.get("is_mbo", False), **known)
    story.organisations[data["key"]] = row
    if "emergency" in data:
        said = {"emergency": data["emergency"], "assembly_point": data["assembly_point"]}
        organisations.change_emergency(site=row.sites[0], by=SYSTEM, now=now, **said)


def _person(story: Story, data: Data, now: datetime) -> None:
    optional = {name: data[name] for name in ("language", "function", "subjects") if name in data}
    person = people.add_person(name=data["name"], email=data["email"], by=SYSTEM, now=now, **optional)
    for each in data["roles"]:
        people.give_role(
            person=person, role=Role(each["role"]), scope=_scope(story, each), by=SYSTEM, now=now
        )
    if data.get("is_known", True):
        people.vouch_for(person=person, by=SYSTEM, now=now)
    if "profiles" in data:
        _say_profiles(person, data["profiles"], now)
    story.people[data["key"]] = person
    story.sizes[data["key"]] = data.get("sizes", {})


def _certify(story: Story, key: str, data: Data, now: datetime) -> None:
    """Somebody enters a certificate; where a coordinator `seen` it in the register, at once."""
    person = story.people[key]
    people.add_certificate(
        person=person,
        kind=data["kind"],
        number=data.get("number", ""),
        valid_until=_valid_until(story, data),
        now=now,
    )
    if "seen" in data:
        (certificate,) = person.certificates[-1:]
        session.flush()
        by = story.people[data["seen"]].code
        people.see_certificate(person=person, certificate_id=certificate.id, by=by, now=now)


def _save(story: Story, key: str, data: Data, now: datetime) -> None:
    words = {"name": data["name"], "query": data["query"], "alert": Alert(data["alert"])}
    searches.save(person=story.people[key], **words, now=now)


def _say_profiles(person: Person, profiles: list[str], now: datetime) -> None:
    people.change_profile(
        person=person,
        name=person.name,
        function=person.function,
        subjects=person.subjects,
        profiles=profiles,
        language=person.language,
        now=now,
    )


def _scope(story: Story, role: Data) -> Scope:
    if "at" in role:
        return Scope(organisation_id=story.organisations[role["at"]].id)
    return Scope(region_id=story.regions[role["in"]].id) if "in" in role else Scope()


def _valid_until(story: Story, certificate: Data) -> date | None:
    return story.today + timedelta(days=certificate["days"]) if "days" in certificate else None
