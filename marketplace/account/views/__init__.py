"""The pages of the account, by task."""

from marketplace.account.views import (
    calendar,
    certificates,
    first_steps,
    profile,
    searches,
    signing_in,
    signing_up,
    unsubscribing,
)
from marketplace.account.views.room import blueprint

__all__ = [
    "blueprint",
    "calendar",
    "certificates",
    "first_steps",
    "profile",
    "searches",
    "signing_in",
    "signing_up",
    "unsubscribing",
]
