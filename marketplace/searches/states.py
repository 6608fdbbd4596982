"""How often somebody wants to hear what is new in a search that they keep."""

from enum import StrEnum

from marketplace.kernel.texts import N_


class Alert(StrEnum):
    """Mails about a saved search: none, or at most so many."""

    NONE = "none"
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


ALERT_NAMES: dict[str, str] = {
    Alert.AT_ONCE: N_("At once"),
    Alert.DAILY: N_("Every day"),
    Alert.WEEKLY: N_("Every week"),
    Alert.NONE: N_("No mails"),
}
ALERT_HINTS: dict[str, str] = {
    Alert.AT_ONCE: N_("Within a quarter of an hour, and at most one mail an hour."),
    Alert.DAILY: N_("At eight in the morning, if there is something new."),
    Alert.WEEKLY: N_("On Monday at eight in the morning, if there is something new."),
    Alert.NONE: N_("You only keep the search."),
}
