"""Front room for organisations that receive people: offers, slots, safety briefs, rosters."""

from marketplace.host import views

__all__ = ["views"]
