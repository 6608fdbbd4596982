"""What hosts and coordinators do with offers and slots. One module for each task."""

from marketplace.offers.actions.briefing import change_brief, change_slot_brief, change_standing_brief
from marketplace.offers.actions.listing import list_due
from marketplace.offers.actions.planning import add_slots, change_slot, close_slot, reopen_slot, set_capacity
from marketplace.offers.actions.publishing import close_offer, publish, reopen_offer, send_back, submit
from marketplace.offers.actions.writing import change_offer, draft_offer, duplicate, refresh_host

__all__ = [
    "add_slots",
    "change_brief",
    "change_offer",
    "change_slot",
    "change_slot_brief",
    "change_standing_brief",
    "close_offer",
    "close_slot",
    "draft_offer",
    "duplicate",
    "list_due",
    "publish",
    "refresh_host",
    "reopen_offer",
    "reopen_slot",
    "send_back",
    "set_capacity",
    "submit",
]
