"""Front room for everybody: searching offers as a list, calendar, table and map, saving a search, the offer page,
questions, explanation, feeds of searches, health for machines.
"""

from marketplace.market import views
from marketplace.market.views.searching import is_kept

__all__ = ["is_kept", "views"]
