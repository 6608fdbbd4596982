"""A whole region: many more companies, offers and moments, drawn from lists of words and written in bulk.

Companies, people and claims come about through the rooms' own actions. Offers and moments are too many for that: they
are made as those actions make them, and their calendar entries written without looking up what cannot be there.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from tqdm import tqdm

from marketplace.claims import actions as claims
from marketplace.claims.entries import write_for_new_hosts
from marketplace.claims.facts import ClaimForm
from marketplace.claims.models import Claim
from marketplace.claims.queries import claiming
from marketplace.claims.rules import why_not_claim
from marketplace.claims.states import Verdict
from marketplace.formats.facts import Format, FormatKind
from marketplace.formats.playbooks import formats
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.journal import SYSTEM, record
from marketplace.kernel.times import at_wall
from marketplace.offers.actions.listing import list_new_offers
from marketplace.offers.actions.planning import new_slot
from marketplace.offers.facts import AUDIENCES, SlotPlan
from marketplace.offers.models import Offer, OfferAudience, OfferProfile, Slot
from marketplace.offers.queries import slot_for
from marketplace.offers.rules import sessions_of
from marketplace.offers.states import OfferState
from marketplace.organisations import actions as organisations
from marketplace.organisations.models import Organisation
from marketplace.people import actions as people
from marketplace.people.actions import Scope
from marketplace.people.models import Person
from marketplace.people.states import Role
from marketplace.safety.actions import new_brief
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider
from marketplace.safety.rules import lent_sizes
from marketplace.seed.claiming import AT_ONCE
from marketplace.seed.story import Data, Story, read
from marketplace.seed.weeks import WEEKDAYS, day_in

SLOTS_PER_TEACHER = 100
SLOTS_PER_CLAIM = 50
MOST_OFFERS, MOST_MOMENTS = 25, 9
"""Of one company, and of one offer."""
FORMATS = ("docentstage", "docentstage", "docentstage", "masterclass", "masterclass", "company_visit")
"""What companies offer; what stands here more often, they offer more often."""
WEEKS = [week for week in range(-4, 31) if week]
LAST_EVENT = time(19)
"""When yesterday all of this had been listed."""


def crowd(story: Story, slots: int) -> None:
    """Writes so many moments, with the companies that offer them, and claims on some of them."""
    words = read("crowd")
    now = at_wall(story.today - timedelta(days=1), LAST_EVENT)
    teachers = [_teacher(story, words, number) for number in range(10 + slots // SLOTS_PER_TEACHER)]
    coming: list[str] = []
    shapes = enumerate(_shapes(story.draw, slots), start=201)
    for number, shape in tqdm(list(shapes), desc="A whole region", unit="company", disable=None):
        coming += _company_with_offers(story, words, number, shape, now)
    wanted = story.draw.sample(coming, slots // SLOTS_PER_CLAIM)
    made = [claim for code in wanted for claim in _claims(story, words, code, teachers, now)]
    for claim in tqdm(made, desc="Its decisions", unit="claim", disable=None):
        _decide(story, claim, now + timedelta(hours=1))


def _shapes(draw: Random, slots: int) -> Iterator[list[int]]:
    """For each company how many moments each of its offers has."""
    while slots:
        shape = []
        for _ in range(draw.randint(1, MOST_OFFERS)):
            moments = min(draw.randint(1, MOST_MOMENTS), slots)
            shape += [moments] if moments else []
            slots -= moments
        yield shape


def _name(draw: Random, words: Data) -> str:
    return f"{draw.choice(words['first_names'])} {draw.choice(words['last_names'])}"


def _teacher(story: Story, words: Data, number: int) -> Person:
    now = story.ago(250)
    school = story.draw.choice([each for each in story.organisations.values() if each.brin])
    email = f"docent{number}@{school.website.removeprefix('https://')}"
    name = _name(story.draw, words)
    person = people.add_person(name=name, email=email, function="teacher", by=SYSTEM, now=now)
    people.give_role(person=person, role=Role.PARTICIPANT, scope=Scope(school.id), by=SYSTEM, now=now)
    people.vouch_for(person=person, by=SYSTEM, now=now)
    return person


def _company_with_offers(
    story: Story, words: Data, number: int, shape: list[int], now: datetime
) -> list[str]:
    """A company, its contact and its offers. Returns the codes of the moments that are still to come."""
    trade = story.draw.choice(words["trade"])
    company = _company(story, words, number, trade)
    by = _contact(story, words, number, company).code
    offers = [_offer(story, trade, company, by, moments) for moments in shape]
    session.add_all(offers)
    session.flush()
    for offer in offers:
        _record(offer, by)
    list_new_offers(offers, now=now)
    coming = [slot for offer in offers for slot in offer.slots if slot.starts_at > now]
    write_for_new_hosts(coming, now=now)
    return [slot.code for slot in coming]


def _company(story: Story, words: Data, number: int, trade: Data) -> Organisation:
    draw, now = story.draw, story.ago(220)
    postcode, town = draw.choice(words["towns"])
    street = draw.choice(words["streets"]) + draw.choice(words["street_endings"])
    company = organisations.add_company(
        name=f"{draw.choice(words['stems'])}{draw.choice(words['endings'])} {trade['name']}",
        kvk=f"{number:08}",
        sector=trade["sector"],
        region=draw.choice([each for each in story.regions.values() if each.parent_id]).code,
        street=f"{street} {draw.randint(1, 120)}",
        postcode=f"{postcode} XY",
        town=town,
        phone=f"(0522) 00 {number // 100:02} {number % 100:02}",
        website=f"https://bedrijf{number}.example",
        by=SYSTEM,
        now=now,
    )
    organisations.trust(organisation=company, by=SYSTEM, now=now)
    return company


def _contact(story: Story, words: Data, number: int, company: Organisation) -> Person:
    now, email = story.ago(219), f"contact@bedrijf{number}.example"
    person = people.add_person(name=_name(story.draw, words), email=email, by=SYSTEM, now=now)
    people.give_role(person=person, role=Role.HOST_CONTACT, scope=Scope(company.id), by=SYSTEM, now=now)
    return person


def _offer(story: Story, trade: Data, company: Organisation, by: str, moments: int) -> Offer:
    form = formats()[story.draw.choice(FORMATS)]
    kind = story.draw.choice(form.kinds)
    now = story.ago(story.draw.randint(100, 200))
    offer = Offer(
        code=new_code(),
        organisation=company,
        brief=new_brief(own=_brief(story.draw, trade), now=now),
        made_by=by,
        state=OfferState.PUBLISHED,
        published_at=now,
        changed_at=now,
        changing_since=now,
        **_text(story.draw, trade, form, kind),
    )
    for week in sorted(story.draw.sample(WEEKS, moments)):
        _add_moment(story, offer, form, week, now)
    return offer


def _text(draw: Random, trade: Data, form: Format, kind: FormatKind) -> Data:
    defaults = form.defaults_for(kind.slug)
    return {
        "format": form.slug,
        "kind": kind.slug,
        "title": draw.choice(trade["titles"]),
        "summary": kind.explanation["nl"],
        "activity": form.samples["activity"]["nl"],
        "learning": form.samples["learning"]["nl"],
        "report_at": "Receptie",
        "walk_in_minutes": defaults.walk_in_minutes,
        "profiles": [OfferProfile(profile=profile) for profile in trade["profiles"]],
        "audiences": [OfferAudience(audience=audience) for audience in draw.sample([*AUDIENCES], 2)],
    }


def _brief(draw: Random, trade: Data) -> BriefFacts:
    access = draw.choice((Access.NONE, Access.GATE_INSTRUCTION, Access.GATE_INSTRUCTION, Access.B_VCA))
    return BriefFacts(lines=tuple(_line(draw, code) for code in trade["signs"]), access=access)


def _line(draw: Random, code: str) -> BriefLine:
    if not catalogue()[code].is_equipment:
        return BriefLine(code)
    provider = draw.choice((Provider.HOST, Provider.HOST, Provider.PARTICIPANT))
    return BriefLine(code, provided_by=provider, is_size_needed=catalogue()[code].size != "none")


def _add_moment(story: Story, offer: Offer, form: Format, week: int, now: datetime) -> None:
    defaults, site = form.defaults_for(offer.kind), offer.organisation.sites[0]
    weekday = story.draw.choice(WEEKDAYS[: 6 - defaults.sessions])
    plan = SlotPlan(
        day=day_in(week, weekday, story.today),
        starts=defaults.starts,
        ends=defaults.ends,
        capacity=story.draw.randint(1, defaults.capacity),
        site=site.code,
        sessions=defaults.sessions,
    )
    new_slot(offer, plan, site, sessions_of(plan.day, plan), now)


def _record(offer: Offer, by: str) -> None:
    record(kind="offer", subject=offer.code, event="drafted", by=by, at=offer.changed_at)
    for slot in offer.slots:
        record(kind="slot", subject=slot.code, event="open", by=by, at=slot.changed_at)
    record(kind="offer", subject=offer.code, event=offer.state, by=by, at=offer.changed_at)


def _claims(story: Story, words: Data, code: str, teachers: list[Person], now: datetime) -> Iterator[Claim]:
    """A claim of somebody on a moment, if they may."""
    slot, person = slot_for(code), story.draw.choice(teachers)
    if why_not_claim(claiming(slot, person), now) is None:
        yield claims.claim_seat(slot=slot, person=person, form=_form(story.draw, words, slot), now=now)


def _form(draw: Random, words: Data, slot: Slot) -> ClaimForm:
    wanted = {code: draw.choice(sizes(kind))[0] for code, kind in lent_sizes(slot.brief.facts)}
    cover = draw.choice(("arranged", "not_yet", "not_needed"))
    return ClaimForm(draw.choice(words["questions"]), "school", cover, wanted, "", True)


def _decide(story: Story, claim: Claim, now: datetime) -> None:
    """Two of four are approved, one is not, and one still waits."""
    verdict = story.draw.choice((Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT, None))
    by, note = story.people["wim"].code, "Er zijn dit keer meer aanmeldingen dan uw school kan vervangen."
    if verdict:
        claims.decide(claim=claim, verdict=verdict, note=note, by=by, now=now, delay=AT_ONCE)
