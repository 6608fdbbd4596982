"""Front room for everybody: browse, search, the offer page, feeds of searches, health for machines."""

from marketplace.market import calendar, offering, questions, saving, searching, showing, views
from marketplace.market.searching import is_kept

__all__ = ["calendar", "is_kept", "offering", "questions", "saving", "searching", "showing", "views"]
