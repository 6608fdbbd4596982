"""The demonstration region: made-up people, companies and moments, a function of seed and day alone.

It is told as a story: the data files say who did what how long ago, and the rooms' own actions do it, in order of
time. So journal, letters, calendar entries and invites are as real as if the people had been there.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import func, select
from tqdm import tqdm

from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.kernel.codes import drawing_from
from marketplace.kernel.database import session, transaction
from marketplace.kernel.times import at_wall, start_of_day, wall_date
from marketplace.offers.models import Offer, Slot
from marketplace.outbox import actions as outbox
from marketplace.people.models import Person
from marketplace.seed.asking import asking
from marketplace.seed.claiming import claiming
from marketplace.seed.crowd import crowd
from marketplace.seed.joining import joining
from marketplace.seed.offering import offering
from marketplace.seed.story import Story
from marketplace.seed.weeks import last_working_day
from marketplace.worker import EVERY_MINUTE, Due

SCALES = {"small": 0, "region": 10_000, "national": 100_000}
"""How many moments a crowd has beside the story, which is always told."""
CLOCK = time(9, 0)
"""What the clock shows when the region is loaded for a given day."""
RECENTLY = 5
"""Days, and the working day before them, of which nothing that the worker would have done is left out.

Of those before, only what is told of visits.
"""
TWICE_A_DAY = (time(7, 30), CLOCK)
"""When letters are due because time passes."""
ABOUT_VISITS = (claims.remind_due, claims.thank_due, claims.ask_who_came_due)


def load(*, scale: str, number: int, now: datetime, slots: int | None = None) -> str:
    """Fills an empty database, all or nothing. Returns a sentence about what it did.

    SCALES has the scales; a crowd may have another number of `slots`. Another `number` draws other details.
    """
    slots = SCALES[scale] if slots is None else slots
    today = wall_date(now)
    story = Story(today, Random(f"{number} on {today}"))
    with drawing_from(story.draw):
        with transaction():
            if _is_inhabited():
                return "There are people in this database already, so it is left as it is."
            _play(story)
            if slots:
                crowd(story, slots)
                outbox.take_as_sent(now=start_of_day(today))
        _let_time_pass(today, now)
        _catch_up(start_of_day(today))
    return _summary()


def _is_inhabited() -> bool:
    return session.scalar(select(Person.id).limit(1)) is not None


def _play(story: Story) -> None:
    """Everything that happened, in order of time; each letter has left before the next thing happens."""
    events = sorted(
        [*joining(story), *offering(story), *claiming(story), *asking(story)], key=lambda event: event.at
    )
    for event in tqdm(events, desc="The story", unit="event", disable=None):
        event.do(event.at)
        outbox.take_as_sent(now=event.at)


def _catch_up(now: datetime) -> None:
    """What the worker would have done by now: hosts have their entries, and sizes and old letters are forgotten."""
    while claims.show_hosts(now=now):
        pass
    while claims.wipe_due(now=now):
        pass
    with transaction():
        outbox.wipe_due(now=now)


def _let_time_pass(today: date, now: datetime) -> None:
    """What the worker would have done because time passed: reminders, thanks, digests, announcements, what lapsed."""
    first = session.scalar(select(func.min(Claim.made_at))) or now
    session.rollback()
    since = last_working_day(today - timedelta(days=RECENTLY))
    days = [wall_date(first) + timedelta(days=each) for each in range((today - wall_date(first)).days + 1)]
    for day in tqdm(days, desc="The days since", unit="day", disable=None):
        clocks, tasks = (TWICE_A_DAY, EVERY_MINUTE) if day >= since else ((CLOCK,), ABOUT_VISITS)
        for moment in (at_wall(day, clock) for clock in clocks):
            if moment <= now:
                _pass_to(moment, tasks)


def _pass_to(now: datetime, tasks: Sequence[Due]) -> None:
    for task in tasks:
        task(now=now)
    with transaction():
        outbox.take_as_sent(now=now)


def _summary() -> str:
    counts = {
        name: session.scalar(select(func.count()).select_from(table))
        for name, table in (("people", Person), ("offers", Offer), ("moments", Slot), ("claims", Claim))
    }
    return f"The region is there: {', '.join(f'{count} {name}' for name, count in counts.items())}."
