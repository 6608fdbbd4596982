"""Teachers claim seats, coordinators decide, and some teachers change their minds."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from marketplace.claims import actions as claims
from marketplace.claims.facts import ClaimForm
from marketplace.claims.states import Verdict
from marketplace.formats.playbooks import format_of
from marketplace.offers.models import Slot
from marketplace.safety.rules import lent_sizes
from marketplace.seed.story import Data, Event, Story, read
from marketplace.seed.weeks import day_in

AT_ONCE = timedelta(0)


def claiming(story: Story) -> Iterator[Event]:
    """Each claim with what became of it."""
    offers = {data["key"]: data for data in read("offers")["offer"]}
    sizes = {data["key"]: data.get("sizes", {}) for data in read("people")["person"]}
    for data in read("claims")["claim"]:
        claimed_on, end = _claimed_on(data, offers, story.today)
        if claimed_on < story.today:
            yield from _course(story, data, sizes[data["who"]], claimed_on, end)


def _claimed_on(data: Data, offers: dict[str, Data], today: date) -> tuple[date, date]:
    """The day of the claim, not before sign-up opens, and the day until when something can become of it."""
    key, _, week = data["moment"].partition("@")
    day = day_in(int(week), offers[key]["day"], today)
    open_days = format_of(offers[key]["format"]).defaults.open_days
    end = min(day, today)
    wished = end - timedelta(days=data["days"])
    return (max(wished, day - timedelta(days=open_days)) if open_days else wished), end


def _course(story: Story, data: Data, sizes: dict[str, str], claimed_on: date, end: date) -> Iterator[Event]:
    days = (story.today - claimed_on).days
    last = (story.today - end).days + 1
    at = story.ago(days)
    yield Event(at, partial(_claim, story, data, sizes))
    verbs = {"approved": _approve, "rejected": _reject, "confirmed": _confirm, "withdrawn": _withdraw}
    for name in sorted(verbs.keys() & data.keys(), key=data.__getitem__):
        at = story.ago(max(days - data[name], last), after=at)
        yield Event(at, partial(verbs[name], story, data))


def _name(data: Data) -> str:
    return f"{data['who']} {data['moment']}"


def _claim(story: Story, data: Data, sizes: dict[str, str], now: datetime) -> None:
    slot = story.slots[data["moment"]]
    story.claims[_name(data)] = claims.claim_seat(
        slot=slot, person=story.people[data["who"]], form=_form(data, slot, sizes), now=now
    )


def _form(data: Data, slot: Slot, sizes: dict[str, str]) -> ClaimForm:
    return ClaimForm(
        learning_question=data["question"],
        time_basis=data["time"],
        cover=data["cover"],
        sizes={code: sizes[kind] for code, kind in lent_sizes(slot.offer.brief.facts)},
        diet=data.get("diet", ""),
        has_read_safety=True,
    )


def _approve(story: Story, data: Data, now: datetime) -> None:
    _decide(story, data, Verdict.APPROVE, now)


def _reject(story: Story, data: Data, now: datetime) -> None:
    _decide(story, data, Verdict.REJECT, now)


def _decide(story: Story, data: Data, verdict: Verdict, now: datetime) -> None:
    claims.decide(
        claim=story.claims[_name(data)],
        verdict=verdict,
        note=data.get("reason", ""),
        by=story.people[data.get("by", "wim")].code,
        now=now,
        delay=AT_ONCE,
    )


def _withdraw(story: Story, data: Data, now: datetime) -> None:
    claims.withdraw(claim=story.claims[_name(data)], by=story.people[data["who"]].code, now=now)


def _confirm(story: Story, data: Data, now: datetime) -> None:
    """The school's contact confirms that the lessons are covered."""
    claims.confirm_cover(claim=story.claims[_name(data)], by=story.people["truus"].code, now=now)
