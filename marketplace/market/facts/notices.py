"""The poster of an offer: what it says, and the file, kept for a while since everybody may ask for it."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from marketplace.documents.facts import Notice, NoticeMoment
from marketplace.documents.notices import NOTICE, notice_data
from marketplace.documents.rendering import render
from marketplace.formats.playbooks import format_of
from marketplace.kernel import addresses
from marketplace.kernel.texts import current_language, gettext, speaking
from marketplace.kernel.times import start_of_day, wall_date
from marketplace.kernel.wording import days, listing, month, weekday
from marketplace.offers.facts import AUDIENCES, SlotFacts, offer_facts, slot_facts, suited
from marketplace.offers.models import Offer, Slot
from marketplace.offers.states import SlotState
from marketplace.organisations.facts import PROFILES
from marketplace.safety.facts import SaidLine
from marketplace.safety.rules import safety_text

MOST = 50
"""Posters that a process keeps: some three megabytes."""


def notice_of(offer: Offer, slots: Iterable[Slot]) -> Notice:
    """An offer with its moments as a poster says it, in the language in force. What is cancelled is left out."""
    facts, safety = offer_facts(offer), safety_text(offer.brief.facts)
    moments = [slot_facts(slot) for slot in slots if slot.state != SlotState.CANCELLED]
    return Notice(
        title=facts.title,
        form=format_of(facts.format).name,
        host=facts.organisation,
        town=listing(dict.fromkeys(each.town for each in moments)),
        summary=facts.summary,
        activity=facts.activity,
        learning=facts.learning,
        link=addresses.offer(facts.code),
        moments=tuple(_moment(each) for each in moments),
        good_to_know=tuple(
            filter(None, (_for_whom(offer), safety.access, _bring(safety.bring), _meal(facts.meal)))
        ),
    )


def _moment(slot: SlotFacts) -> NoticeMoment:
    first = slot.starts_at
    return NoticeMoment(
        weekday=weekday(first),
        day=str(wall_date(first).day),
        month=month(first),
        days=days(slot.starts),
        hours=slot.hours,
        town=slot.town,
    )


def _for_whom(offer: Offer) -> str:
    found = suited(offer)
    names = [gettext(name) for code, name in (*PROFILES.items(), *AUDIENCES.items()) if code in found]
    return gettext("For %(people)s", people=listing(names)) if names else ""


def _bring(lines: Iterable[SaidLine]) -> str:
    names = [each.name for each in lines]
    return gettext("Bring yourself: %(things)s", things=listing(names)) if names else ""


def _meal(meal: str) -> str:
    return gettext("Meal: %(meal)s", meal=meal) if meal else ""


def printed(notice: Notice, at: datetime) -> bytes:
    """The poster as a PDF, in the language in force; made once a day, for as long as it says the same."""
    return _printed(notice, current_language(), wall_date(at))


@lru_cache(MOST)
def _printed(notice: Notice, language: str, day: date) -> bytes:
    with speaking(language):
        return render(NOTICE, notice_data(notice), made_at=start_of_day(day))
