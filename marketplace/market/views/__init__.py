"""The pages of the market, one module for each task."""

from marketplace.market.views import calendar, explaining, offering, questions, saving, searching, showing
from marketplace.market.views.room import blueprint

__all__ = [
    "blueprint",
    "calendar",
    "explaining",
    "offering",
    "questions",
    "saving",
    "searching",
    "showing",
]
