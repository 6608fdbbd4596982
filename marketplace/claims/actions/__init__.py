"""What happens to claims. One module for each task."""

from marketplace.claims.actions.announcing import announce_due
from marketplace.claims.actions.attending import note_attendance, note_everybody, take_back_note
from marketplace.claims.actions.certifying import (
    add_certificate,
    approve_met_due,
    ask_certificates_due,
    see_certificate,
)
from marketplace.claims.actions.changing import (
    Clashing,
    cancel_slot,
    change_slot,
    reopen_offer,
    reopen_slot,
    show_hosts,
)
from marketplace.claims.actions.claiming import accept, claim_seat, claim_together
from marketplace.claims.actions.deciding import decide, decide_due, send_now, take_back
from marketplace.claims.actions.ending import lapse_due, refuse, why_lapsed, withdraw
from marketplace.claims.actions.forgetting import wipe_due
from marketplace.claims.actions.naming import confirm_cover, confirm_safety, name_seat
from marketplace.claims.actions.reminding import (
    ask_who_came_due,
    brief_due,
    remind_due,
    thank_due,
    warn_unread_due,
)
from marketplace.claims.actions.telling import tell, tell_due
from marketplace.claims.actions.waiting import offer_free_seats

__all__ = [
    "Clashing",
    "accept",
    "add_certificate",
    "announce_due",
    "approve_met_due",
    "ask_certificates_due",
    "ask_who_came_due",
    "brief_due",
    "cancel_slot",
    "change_slot",
    "claim_seat",
    "claim_together",
    "confirm_cover",
    "confirm_safety",
    "decide",
    "decide_due",
    "lapse_due",
    "name_seat",
    "note_attendance",
    "note_everybody",
    "offer_free_seats",
    "refuse",
    "remind_due",
    "reopen_offer",
    "reopen_slot",
    "see_certificate",
    "send_now",
    "show_hosts",
    "take_back",
    "take_back_note",
    "tell",
    "tell_due",
    "thank_due",
    "warn_unread_due",
    "why_lapsed",
    "wipe_due",
    "withdraw",
]
