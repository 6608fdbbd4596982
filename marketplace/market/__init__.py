"""Front room for everybody: browse, search, the offer page, feeds of searches, health for machines."""

from marketplace.market import searching, views

__all__ = ["searching", "views"]
