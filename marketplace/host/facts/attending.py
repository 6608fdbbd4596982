"""Who came to each session, as the host notes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.claims.facts import Participant, participant
from marketplace.claims.models import Claim
from marketplace.claims.rules import NOTED_WITHIN, why_not_attend
from marketplace.kernel.texts import say
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
    begun: list[datetime]
    """The starts of this one and of the others that have begun, first one first."""
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
        begun=[each.starts_at for each in slot.sessions if each.starts_at <= now],
        why_not=say(refusal) if refusal else "",
        ticks=[Tick(each.code, participant(each), noted.get((each.id, part.id))) for each in claims],
    )


def is_time_to_note(slot: Slot, now: datetime) -> bool:
    """Whether the host can note who came: from the first start until a week after the end."""
    return slot.state != SlotState.CANCELLED and slot.starts_at <= now < slot.ends_at + NOTED_WITHIN
