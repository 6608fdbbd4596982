"""The pages of those who receive people, one module for each task."""

from marketplace.host.views import offers, safety, sites, slots
from marketplace.host.views.room import blueprint

__all__ = ["blueprint", "offers", "safety", "sites", "slots"]
