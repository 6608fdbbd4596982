"""What happens to letters. One module for each task."""

from marketplace.outbox.actions.bouncing import note_bounce
from marketplace.outbox.actions.delivering import LEASE, TRIES, send_due
from marketplace.outbox.actions.dropping import drop, wipe, wipe_due
from marketplace.outbox.actions.minding import beat, give_up, send_again
from marketplace.outbox.actions.writing import rehearse, take_as_sent, write

__all__ = [
    "LEASE",
    "TRIES",
    "beat",
    "drop",
    "give_up",
    "note_bounce",
    "rehearse",
    "send_again",
    "send_due",
    "take_as_sent",
    "wipe",
    "wipe_due",
    "write",
]
