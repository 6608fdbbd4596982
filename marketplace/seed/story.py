"""The story of the region: its rows by the keys of the data files, and when things happened."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from marketplace.claims.models import Claim
from marketplace.kernel.times import at_wall
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.models import Organisation, StandingBrief
from marketplace.people.models import Person
from marketplace.regions.models import Region

Data = dict[str, Any]
"""An entry of a data file."""

OFFICE_OPENS = time(8)
OFFICE_MINUTES = 9 * 60


@dataclass(slots=True)
class Story:
    """What is there so far. All of it happened before `today`; `draw` decides details such as the minute."""

    today: date
    draw: Random
    regions: dict[str, Region] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    sizes: dict[str, dict[str, str]] = field(default_factory=dict)
    standing: dict[str, StandingBrief] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)

    def ago(self, days: int, *, after: datetime | None = None) -> datetime:
        """An instant in office hours, at least one and so many days before today, and later than `after`."""
        day = self.today - timedelta(days=max(days, 1))
        at = at_wall(day, OFFICE_OPENS) + timedelta(minutes=self.draw.randrange(OFFICE_MINUTES))
        return max(at, after + timedelta(minutes=5)) if after else at


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and when: `do` is told the time."""

    at: datetime
    do: Callable[[datetime], object]


def read(name: str) -> Data:
    """A data file of the region."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
