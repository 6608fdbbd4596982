"""What happens to claims. One module for each task."""

from marketplace.claims.actions.changing import cancel_slot, show_hosts
from marketplace.claims.actions.claiming import claim_seat, confirm_cover, withdraw
from marketplace.claims.actions.deciding import decide, decide_due, take_back
from marketplace.claims.actions.forgetting import wipe_due
from marketplace.claims.actions.telling import tell, tell_due

__all__ = [
    "cancel_slot",
    "claim_seat",
    "confirm_cover",
    "decide",
    "decide_due",
    "show_hosts",
    "take_back",
    "tell",
    "tell_due",
    "wipe_due",
    "withdraw",
]
