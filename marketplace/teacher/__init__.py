"""Front room for school staff: claim, my claims, withdraw."""

from marketplace.teacher import views

__all__ = ["views"]
