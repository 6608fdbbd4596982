"""The pages of the account, by task."""

from marketplace.account.views import (
    beginning,
    calendar,
    certificates,
    profile,
    searches,
    signing_in,
    signing_up,
    unsubscribing,
)
from marketplace.account.views.room import blueprint

__all__ = [
    "beginning",
    "blueprint",
    "calendar",
    "certificates",
    "profile",
    "searches",
    "signing_in",
    "signing_up",
    "unsubscribing",
]
