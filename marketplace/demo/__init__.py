"""Front room for newcomers, in demo mode only: sign in as, mailbox, styleguide."""

from marketplace.demo import views

__all__ = ["views"]
