"""Front room for coordinators: queue, decisions, offers to check."""

from marketplace.desk import views

__all__ = ["views"]
