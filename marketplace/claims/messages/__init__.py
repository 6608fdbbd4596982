"""Which letters go out, to whom, with which invite: because something happened, or because time passed."""

from marketplace.claims.messages.moves import (
    mail_approved,
    mail_cancelled,
    mail_changed,
    mail_clash,
    mail_coming,
    mail_lapsed,
    mail_left,
    mail_named,
    mail_offered,
    mail_received,
    mail_rejected,
    mail_to_decide,
    mail_waitlisted,
    mail_withdrawn,
)
from marketplace.claims.messages.timed import (
    mail_announcement,
    mail_digest,
    mail_reminder,
    mail_thanks,
    mail_who_came,
)

__all__ = [
    "mail_announcement",
    "mail_approved",
    "mail_cancelled",
    "mail_changed",
    "mail_clash",
    "mail_coming",
    "mail_digest",
    "mail_lapsed",
    "mail_left",
    "mail_named",
    "mail_offered",
    "mail_received",
    "mail_rejected",
    "mail_reminder",
    "mail_thanks",
    "mail_to_decide",
    "mail_waitlisted",
    "mail_who_came",
    "mail_withdrawn",
]
