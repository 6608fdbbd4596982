"""Teachers claim seats, coordinators and hosts decide, some change their minds, and hosts note who came."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from marketplace.claims import actions as claims
from marketplace.claims.facts import ClaimForm
from marketplace.claims.models import Claim
from marketplace.claims.queries import coming
from marketplace.claims.rules import in_time_until, last_certificate_day
from marketplace.claims.states import SIDES, Condition, Side, Verdict
from marketplace.formats.playbooks import format_of
from marketplace.kernel.database import session
from marketplace.offers.models import Slot
from marketplace.offers.states import Policy
from marketplace.safety.rules import lent_sizes
from marketplace.seed.story import Data, Event, Story, read
from marketplace.seed.weeks import day_in

AT_ONCE = timedelta(0)
NOTED_AFTER = 3
"""Days after a moment of some weeks ago on which its host noted who came."""


def claiming(story: Story) -> Iterator[Event]:
    """Each claim with what became of it, and who came."""
    offers = {data["key"]: data for data in read("offers")["offer"]}
    found = read("claims")["claim"]
    for data in found:
        claimed_on, end = _claimed_on(data, offers, story.today)
        if claimed_on < story.today:
            yield from _course(story, data, claimed_on, end)
    missed = {_name(data) for data in found if not data.get("came", True)}
    for key, data in offers.items():
        for week in data["weeks"]:
            if isinstance(week, int) and week < 0:
                noted_on = day_in(week, data["day"], story.today) + timedelta(days=NOTED_AFTER)
                at = story.ago((story.today - noted_on).days)
                yield Event(at, partial(_note, story, f"{key}@{week}", missed))


def _claimed_on(data: Data, offers: dict[str, Data], today: date) -> tuple[date, date]:
    """The day of the claim, not before sign-up opens, and the day until when something can become of it."""
    key, _, week = data["moment"].partition("@")
    day = day_in(week, offers[key]["day"], today)
    open_days = format_of(offers[key]["format"]).defaults.open_days
    end = min(day, today)
    wished = end - timedelta(days=data["days"])
    return (max(wished, day - timedelta(days=open_days)) if open_days else wished), end


def _course(story: Story, data: Data, claimed_on: date, end: date) -> Iterator[Event]:
    days = (story.today - claimed_on).days
    last = (story.today - end).days + 1
    claimed_at = story.ago(days)
    yield Event(claimed_at, partial(_claim_together if "people" in data else _claim, story, data))
    for each in data.get("people", [{}]):
        at, own = claimed_at, {**data, **each}
        for name in sorted(VERBS.keys() & own.keys(), key=own.__getitem__):
            at = story.ago(max(days - own[name], last), after=at)
            yield Event(at, partial(VERBS[name], story, own))


def _name(data: Data) -> str:
    return f"{data['who']} {data['moment']}"


def _claim(story: Story, data: Data, now: datetime) -> None:
    slot, person = story.slots[data["moment"]], story.people[data["who"]]
    form = _form(story, data, slot)
    story.claims[_name(data)] = claims.claim_seat(slot=slot, person=person, form=form, now=now)


def _claim_together(story: Story, data: Data, now: datetime) -> None:
    """A contact signs up colleagues; one who is named later has no `who`."""
    slot, maker = story.slots[data["moment"]], story.people[data["who"]]
    assert maker.school is not None
    made = claims.claim_together(
        slot=slot,
        maker=maker,
        school=maker.school,
        people=[story.people[each["who"]] if "who" in each else None for each in data["people"]],
        form=_form(story, data, slot),
        now=now,
    )
    for each, claim in zip(data["people"], made, strict=True):
        story.claims[_name({**data, **each})] = claim


def _form(story: Story, data: Data, slot: Slot) -> ClaimForm:
    """Who is content to wait is asked about safety later."""
    may_wait, sizes = data.get("waits", False), story.sizes[data["who"]]
    return ClaimForm(
        learning_question=data["question"],
        time_basis=data["time"],
        cover=data["cover"],
        sizes={code: sizes[kind] for code, kind in lent_sizes(slot.brief.facts)},
        diet=data.get("diet", ""),
        has_read_safety=not may_wait,
        may_wait=may_wait,
    )


def _read(story: Story, data: Data, now: datetime) -> None:
    claim, by = story.claims[_name(data)], story.people[data["who"]].code
    claims.confirm_safety(claim=claim, form=_form(story, data, claim.slot), by=by, now=now)


def _approve(story: Story, data: Data, now: datetime) -> None:
    """Everybody who has a say says yes, the host first."""
    claim = story.claims[_name(data)]
    for side in sorted(SIDES[Policy(claim.policy)], reverse=True):
        _decide(story, data, Verdict.APPROVE, side, now)
        session.flush()


def _decide(story: Story, data: Data, verdict: Verdict, side: Side, now: datetime) -> None:
    claim: Claim = story.claims[_name(data)]
    coordinator = story.people[data.get("by", "wim")].code
    claims.decide(
        claim=claim,
        verdict=verdict,
        note=data.get("reason", ""),
        by=claim.slot.offer.made_by if side == Side.HOST else coordinator,
        side=side,
        now=now,
        delay=AT_ONCE,
    )


def _approve_as_host(story: Story, data: Data, now: datetime) -> None:
    _decide(story, data, Verdict.APPROVE, Side.HOST, now)


def _approve_at_desk(story: Story, data: Data, now: datetime) -> None:
    _decide(story, data, Verdict.APPROVE, Side.COORDINATOR, now)


def _approve_on_condition(story: Story, data: Data, now: datetime) -> None:
    """Until the last day on which a certificate is in time."""
    claim = story.claims[_name(data)]
    last = last_certificate_day(claim.slot.starts_at, now)
    assert last
    claims.decide(
        claim=claim,
        verdict=Verdict.APPROVE,
        note="",
        by=story.people[data.get("by", "wim")].code,
        now=now,
        delay=AT_ONCE,
        condition=Condition(data["paid_by"], in_time_until(last)),
    )


def _reject(story: Story, data: Data, now: datetime) -> None:
    _decide(story, data, Verdict.REJECT, Side.COORDINATOR, now)


def _withdraw(story: Story, data: Data, now: datetime) -> None:
    claims.withdraw(claim=story.claims[_name(data)], by=story.people[data["who"]].code, now=now)


def _confirm(story: Story, data: Data, now: datetime) -> None:
    """The school's contact confirms that the lessons are covered."""
    claims.confirm_cover(claim=story.claims[_name(data)], by=story.people["truus"].code, now=now)


VERBS = {
    "read": _read,
    "approved": _approve,
    "host_approved": _approve_as_host,
    "desk_approved": _approve_at_desk,
    "conditional": _approve_on_condition,
    "rejected": _reject,
    "confirmed": _confirm,
    "withdrawn": _withdraw,
}
"""What may become of a claim, by its word in the data file."""


def _note(story: Story, moment: str, missed: set[str], now: datetime) -> None:
    """The host notes who came."""
    slot = story.slots[moment]
    absent = {claim.code for name, claim in story.claims.items() if name in missed}
    for claim in coming(slot.id):
        for part in slot.sessions:
            has_come = claim.code not in absent
            by, at = slot.offer.made_by, part.starts_at
            claims.note_attendance(claim=claim, starts_at=at, has_come=has_come, by=by, now=now)
