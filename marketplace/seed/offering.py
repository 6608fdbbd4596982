"""Companies and schools offer something, coordinators publish it, and now and then a moment moves or is off."""

from collections.abc import Iterator
from datetime import datetime, time
from functools import partial
from typing import Any

from marketplace.claims import actions as claims
from marketplace.claims.queries import living_claims
from marketplace.offers import actions as offers
from marketplace.offers.facts import OfferText, SlotPlan
from marketplace.offers.models import Offer
from marketplace.offers.rules import sessions_of
from marketplace.offers.states import OfferState
from marketplace.organisations.actions import add_standing_brief
from marketplace.people.queries import contacts_of
from marketplace.safety.catalogue import catalogue
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider
from marketplace.seed.story import Data, Event, Story, read
from marketplace.seed.weeks import day_in

TEXTS = ("title", "summary", "activity", "learning", "report_at", "parking", "meal", "clothing", "policy")
CHOICES = ("walk_in_minutes", "school_limit")


def offering(story: Story) -> Iterator[Event]:
    """What always holds at some hosts; then each offer from draft to where it stands today."""
    for data in read("offers")["standing"]:
        yield Event(story.ago(data["written"]), partial(_write_standing, story, data))
    for data in read("offers")["offer"]:
        drafted_at = story.ago(data["drafted"])
        yield Event(drafted_at, partial(_draft, story, data))
        if data.get("state") != "draft":
            yield from _submitting(story, data, drafted_at)
        if moved := data.get("moved"):
            yield Event(story.ago(moved["days"]), partial(_move, story, data))
        if cancelled := data.get("cancelled"):
            yield Event(story.ago(cancelled["days"]), partial(_cancel, story, data))
        if "closed" in data:
            yield Event(story.ago(data["closed"]), partial(_close, story, data))


def _submitting(story: Story, data: Data, drafted_at: datetime) -> Iterator[Event]:
    at = story.ago(data["drafted"], after=drafted_at)
    yield Event(at, partial(_submit, story, data))
    if "sent_back" in data:
        yield Event(story.ago(data["drafted"] - 1), partial(_send_back, story, data))
        yield Event(story.ago(data["drafted"] - 2), partial(_submit, story, data))
    if "state" not in data:
        yield Event(story.ago(data["drafted"] - 3), partial(_publish, story, data))


def _write_standing(story: Story, data: Data, now: datetime) -> None:
    host = story.organisations[data["host"]]
    story.standing[data["key"]] = add_standing_brief(
        organisation=host,
        name=data["name"],
        site=None,
        brief=_brief(data),
        made_with=None,
        by=contacts_of(host.id)[0].code,
        now=now,
    )


def _draft(story: Story, data: Data, now: datetime) -> None:
    host = story.organisations[data["host"]]
    by = contacts_of(host.id)[0].code
    text = OfferText(
        format=data["format"],
        kind=data["kind"],
        profiles=tuple(data["profiles"]),
        audiences=tuple(data["audiences"]),
        **{name: data[name].strip() for name in TEXTS if name in data},
        **{name: data[name] for name in CHOICES if name in data},
    )
    offer = offers.draft_offer(organisation=host, text=text, made_with=None, by=by, now=now)
    standing = story.standing.get(data.get("standing", ""))
    offers.change_brief(offer=offer, brief=_brief(data), standing=standing, by=by, now=now)
    story.offers[data["key"]] = offer
    for week in data["weeks"]:
        plan = plan_of(data, week, story, host.sites[0].code)
        story.slots[f"{data['key']}@{week}"] = offers.add_slots(offer=offer, plan=plan, by=by, now=now)[0]
    if also := data.get("also"):
        slot = story.slots[f"{data['key']}@{also['week']}"]
        offers.change_slot_brief(slot=slot, brief=_brief(also), by=by, now=now)


def _brief(data: Data) -> BriefFacts:
    return BriefFacts(
        lines=tuple(_line(**line) for line in data.get("lines", ())),
        notes=data.get("notes", ""),
        access=Access(data.get("access", "none")),
        has_no_particular_risks=data.get("has_no_particular_risks", False),
        instruction=data.get("instruction", ""),
    )


def _line(code: str, by: str = "host", **said: Any) -> BriefLine:
    provider = Provider(by) if catalogue()[code].is_equipment else None
    return BriefLine(code, provided_by=provider, **said)


def plan_of(data: Data, week: int | str, story: Story, site: str = "") -> SlotPlan:
    """The moment of an offer in a school week."""
    return SlotPlan(
        day=day_in(week, data["day"], story.today),
        starts=time.fromisoformat(data["starts"]),
        ends=time.fromisoformat(data["ends"]),
        capacity=data["seats"],
        site=site,
        supervisor=data.get("supervisor", ""),
        sessions=data.get("sessions", 1),
    )


def _submit(story: Story, data: Data, now: datetime) -> None:
    offer = story.offers[data["key"]]
    offers.submit(offer=offer, by=offer.made_by, now=now)


def _send_back(story: Story, data: Data, now: datetime) -> None:
    by = story.people["wim"].code
    offers.send_back(offer=story.offers[data["key"]], reason=data["sent_back"], by=by, now=now)


def _publish(story: Story, data: Data, now: datetime) -> None:
    """The offers of a company that is trusted by now were published at once."""
    offer = story.offers[data["key"]]
    if offer.state == OfferState.SUBMITTED:
        offers.publish(offer=offer, by=story.people["wim"].code, now=now)


def _move(story: Story, data: Data, now: datetime) -> None:
    """To another day of the same week; who claimed a seat hears of it."""
    week, weekday = data["moved"]["week"], data["moved"]["day"]
    slot = story.slots[f"{data['key']}@{week}"]
    day = day_in(week, weekday, story.today)
    claims.change_slot(
        slot=slot,
        sessions=sessions_of(day, plan_of(data, week, story)),
        site=slot.site.code,
        supervisor=slot.supervisor,
        capacity=slot.capacity,
        by=slot.offer.made_by,
        now=now,
        known_clashes=slot.capacity,
    )
    for claim in living_claims(slot.id):
        claims.tell(claim=claim, now=now)


def _cancel(story: Story, data: Data, now: datetime) -> None:
    slot = story.slots[f"{data['key']}@{data['cancelled']['week']}"]
    claims.cancel_slot(slot=slot, reason=data["cancelled"]["reason"], by=slot.offer.made_by, now=now)


def _close(story: Story, data: Data, now: datetime) -> None:
    offer: Offer = story.offers[data["key"]]
    offers.close_offer(offer=offer, by=offer.made_by, now=now)
