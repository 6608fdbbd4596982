"""Front room for everybody: browse, search, the offer page, feeds of searches, health for machines."""

from marketplace.market import views

__all__ = ["views"]
