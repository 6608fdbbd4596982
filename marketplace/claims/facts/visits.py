"""Where somebody goes: everything that letters, pages and entries say about it."""

from dataclasses import dataclass

from marketplace.formats.playbooks import format_of
from marketplace.kernel.texts import gettext
from marketplace.kernel.wording import day_of_year, days
from marketplace.offers.facts import OfferFacts, SlotFacts, offer_facts, slot_facts
from marketplace.offers.models import Slot
from marketplace.safety.facts import SafetyText
from marketplace.safety.rules import plain_text, safety_text


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody goes: everything that a letter, an entry or a page says about it."""

    offer: OfferFacts
    slot: SlotFacts

    @property
    def safety(self) -> SafetyText:
        """The safety notes in the language in force."""
        return safety_text(self.slot.brief)

    @property
    def safety_plain(self) -> str:
        """The same as lines of plain text."""
        return plain_text(self.safety)

    @property
    def format_name(self) -> str:
        """Docentstage, masterclass, …: in the language in force."""
        return format_of(self.offer.format).name

    @property
    def days(self) -> str:
        """Its day or days, in words."""
        return days(self.slot.starts)

    @property
    def on_day(self) -> str:
        """On its day, or from the first of its days: the end of a subject line."""
        first = day_of_year(self.slot.starts_at)
        if len(self.slot.sessions) == 1:
            return gettext("on %(day)s", day=first)
        return gettext("from %(day)s", day=first)

    @property
    def hours(self) -> str:
        """8.00–16.00 uur; where sessions differ, those of each."""
        return self.slot.hours


def visit_to(slot: Slot) -> Visit:
    """The visit that a seat in this slot is."""
    return Visit(offer_facts(slot.offer), slot_facts(slot))
