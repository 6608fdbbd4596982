"""Front room for everybody: browse, search, the offer page, feeds of searches, health for machines."""

from marketplace.market import searching, views
from marketplace.market.searching import is_kept

__all__ = ["is_kept", "searching", "views"]
