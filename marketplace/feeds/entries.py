"""The steps of a playbook as calendar entries, for the feeds of coordinators."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from marketplace.calendars.days import DayFacts, whole_day
from marketplace.feeds.states import Steps
from marketplace.formats.facts import Step
from marketplace.formats.playbooks import format_of
from marketplace.kernel import addresses
from marketplace.kernel.site import site
from marketplace.kernel.texts import N_, current_language, gettext, in_language
from marketplace.kernel.times import wall_date
from marketplace.offers.states import SlotState

COORDINATOR = "coordinator"
WHO = {
    "participant": N_("Participants"),
    "host": N_("The host"),
    COORDINATOR: N_("Coordinator"),
    "school": N_("The school"),
}
KEPT = 5000
"""Moments whose steps are kept as text: those of a province and more."""


class Moment(NamedTuple):
    """What the steps of a moment are made from. `version` rises with each change that calendars must see."""

    code: str
    starts_at: datetime
    state: str
    version: int
    slot_changed_at: datetime
    offer_changed_at: datetime
    format: str
    title: str


def with_steps(rows: Iterable[Sequence[Any]], which: str) -> list[str]:
    """Entries with, after the first of each moment, the steps of its playbook. Rows are a text and what Moment holds.

    They are made once for each version of a moment and kept, since a feed is asked for every hour.
    """
    texts, seen = [], set[str]()
    for entry, *rest in rows:
        moment = Moment._make(rest)
        texts.append(entry)
        if moment.code not in seen:
            seen.add(moment.code)
            texts.append(_steps(moment, which, current_language(), site().base_url))
    return texts


@lru_cache(KEPT)
def _steps(moment: Moment, which: str, language: str, base_url: str) -> str:
    return "".join(whole_day(each) for each in _of(moment, which))


def _of(moment: Moment, which: str) -> Iterator[DayFacts]:
    is_off = moment.state == SlotState.CANCELLED
    first_day = wall_date(moment.starts_at)
    link = addresses.moment(moment.code)
    for number, step in enumerate(format_of(moment.format).steps):
        if which == Steps.ALL or step.who == COORDINATOR:
            yield DayFacts(
                uid=f"{moment.code}-{number}@{site().domain}",
                sequence=moment.version - 2 + is_off,
                stamp=max(moment.slot_changed_at, moment.offer_changed_at),
                day=first_day + timedelta(days=step.days),
                summary=_summary(step, moment.title, is_off),
                description=f"{gettext(WHO[step.who])}: {in_language(step.text)}\n\n{link}",
                url=link,
                is_cancelled=is_off,
            )


def _summary(step: Step, title: str, is_off: bool) -> str:
    words = f"{in_language(step.title)} ({title})"
    return f"{gettext('Cancelled by the host')}: {words}" if is_off else words
