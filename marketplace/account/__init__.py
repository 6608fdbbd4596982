"""Front room for everybody: sign in and up, profile, certificates, calendar subscriptions."""

from marketplace.account import views

__all__ = ["views"]
