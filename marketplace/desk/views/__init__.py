"""The pages of the desk, by task."""

from marketplace.desk.views import claims, front, offers, people
from marketplace.desk.views.desk import blueprint

__all__ = ["blueprint", "claims", "front", "offers", "people"]
