"""Who came to each session, as the host notes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims.facts import Participant, participant
from marketplace.claims.models import Claim
from marketplace.claims.rules import GATE_OPENS_BEFORE, NOTED_WITHIN, why_not_attend
from marketplace.kernel.texts import say
from marketplace.kernel.times import wall_date
from marketplace.offers.models import Slot
from marketplace.offers.states import SlotState


@dataclass(frozen=True, slots=True)
class Tick:
    """Whether one participant came; None as long as nobody noted it."""

    code: str
    who: Participant
    has_come: bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Who came to one session. `number` counts from 1, in order of time."""

    number: int
    starts_at: datetime
    ends_at: datetime
    opened: list[datetime]
    """The starts of this one and of the others whose gate has opened, first one first."""
    why_not: str
    """Why nothing can be noted now, in the language in force; empty if it can."""
    ticks: list[Tick]

    @property
    def present(self) -> int:
        """How many came."""
        return sum(each.has_come is True for each in self.ticks)

    @property
    def unknown(self) -> int:
        """Of how many nothing was noted yet."""
        return sum(each.has_come is None for each in self.ticks)


def sheet_of(
    slot: Slot, number: int, claims: Sequence[Claim], noted: Mapping[tuple[int, int], bool], now: datetime
) -> Sheet:
    """The sheet of one session of a slot; `claims` are those of who comes."""
    part = slot.sessions[number - 1]
    refusal = why_not_attend(part.starts_at, slot.ends_at, now)
    return Sheet(
        number=number,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        opened=[each.starts_at for each in slot.sessions if has_opened(each.starts_at, now)],
        why_not=say(refusal) if refusal else "",
        ticks=[Tick(each.code, participant(each), noted.get((each.id, part.id))) for each in claims],
    )


def is_time_to_note(slot: Slot, now: datetime) -> bool:
    """Whether the host can note who came: from when the gate opens until a week after the end."""
    is_on = slot.state != SlotState.CANCELLED and now < slot.ends_at + NOTED_WITHIN
    return is_on and has_opened(slot.starts_at, now)


def has_opened(starts_at: datetime, now: datetime) -> bool:
    """Whether the gate has opened for the session that starts then."""
    return starts_at - GATE_OPENS_BEFORE <= now


def gate_of(slot: Slot, now: datetime) -> int | None:
    """The number of today's session for which people are checked in at the gate now; None if there is none."""
    if not is_time_to_note(slot, now):
        return None
    today = [
        number
        for number, each in enumerate(slot.sessions, start=1)
        if wall_date(each.starts_at) == wall_date(now) and has_opened(each.starts_at, now)
    ]
    return today[-1] if today else None
