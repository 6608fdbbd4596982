"""What a new offer begins with besides its playbook: an example, or the question that it answers."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from marketplace.formats.menu import TEXTS, MenuCard
from marketplace.kernel.texts import N_
from marketplace.offers.facts import TITLE_LIMIT
from marketplace.questions.models import Question
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider

TO_FINISH = N_("Saved as your answer. Who asked hears of it once it is published with a moment.")
"""What is said where an offer answers a question, and nobody can come to it yet."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """An example, a question, both or neither."""

    card: MenuCard | None = None
    question: Question | None = None

    def format_in(self, possible: Container[str]) -> str:
        """The form of exchange that they ask for, if it is possible; empty otherwise."""
        wanted = self.card.format if self.card else self.question.format if self.question else ""
        return wanted if wanted in possible else ""

    def data(self) -> dict[str, Any]:
        """What is filled in in the form of the offer."""
        return self._of_card() | self._of_question()

    def _of_card(self) -> dict[str, Any]:
        if self.card is None:
            return {}
        texts = {field: self.card.text(field) for field in TEXTS}
        lists = {"profiles": [*self.card.profiles], "audiences": [*self.card.audiences]}
        return {"kind": self.card.kind, **texts, **lists}

    def _of_question(self) -> dict[str, Any]:
        if self.question is None:
            return {}
        asked = {"title": self.question.title[:TITLE_LIMIT], "learning": self.question.text}
        return asked | ({"profiles": [*self.question.profiles]} if self.question.profiles else {})


def brief_of(card: MenuCard) -> BriefFacts:
    """What usually holds with an example, for the host to look at before it holds."""
    lines = tuple(BriefLine(code, provided_by=Provider(by) if by else None) for code, by in card.safety)
    return BriefFacts(lines, access=Access(card.access))
