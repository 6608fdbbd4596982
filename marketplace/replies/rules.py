"""What an answer counts for, and when a seat is given up that was declined."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from marketplace.calendars.facts import Answer
from marketplace.kernel.times import wall_date
from marketplace.replies.facts import Given

PATIENCE = timedelta(hours=24)
"""So long a participant can undo what the calendar said."""
SOON, LITTLE_PATIENCE = timedelta(days=3), timedelta(hours=2)
"""Where it starts so soon, who waits for the seat must still be able to take it."""


def withdraws_at(starts_at: datetime, now: datetime) -> datetime:
    """When a seat is given up that was declined now: never after the start, unless that has been."""
    patience = LITTLE_PATIENCE if starts_at - now <= SOON else PATIENCE
    return min(now + patience, max(starts_at, now))


def occurrence_on(day: datetime, starts: Iterable[datetime]) -> datetime | None:
    """The start that an answer means: that of the same day, whatever its calendar makes of our zone."""
    return next((each for each in starts if wall_date(each) == wall_date(day)), None)


def is_overtaken(new: Given, old: Given) -> bool:
    """Whether an answer came after a newer one, or says the same once more (RFC 5546 2.1.5)."""
    is_older = (new.sequence, new.stamp) < (old.sequence, old.stamp)
    return is_older or (new.sequence, new.stamp, new.answer) == (old.sequence, old.stamp, old.answer)


def answers(starts: Sequence[datetime], sequence: int, given: Iterable[Given]) -> dict[datetime, Answer]:
    """By start of an entry: the last answer to its version `sequence`; those to earlier versions do not count."""
    current = sorted((each for each in given if each.sequence >= sequence), key=lambda each: each.stamp)
    found: dict[datetime, Answer] = {}
    for each in current:
        found |= {start: each.answer for start in starts if each.occurrence in (None, start)}
    return found


def whole_answer(starts: Sequence[datetime], said: Mapping[datetime, Answer]) -> Answer | None:
    """What these answers come to: no, where they do not come at all; yes, where they come to all of the rest."""
    rest = {said.get(start) for start in starts} - {Answer.DECLINED}
    if not rest:
        return Answer.DECLINED if starts else None
    if Answer.TENTATIVE in rest:
        return Answer.TENTATIVE
    return Answer.ACCEPTED if rest == {Answer.ACCEPTED} else None
