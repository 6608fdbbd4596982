"""Which feeds there are, and what their owners may choose."""

from enum import StrEnum

from marketplace.kernel.texts import N_


class FeedKind(StrEnum):
    """What a feed shows: one's own claims, what an organisation receives, what of that one supervises, or a region."""

    OWN = "own"
    HOSTED = "hosted"
    SUPERVISED = "supervised"
    REGION = "region"


class Steps(StrEnum):
    """Which steps of the playbook stand in the feed of a region: none, those of its coordinators, or everybody's."""

    NONE = ""
    OWN = "own"
    ALL = "all"


STEPS_NAMES: dict[str, str] = {
    Steps.NONE: N_("None"),
    Steps.OWN: N_("My own steps"),
    Steps.ALL: N_("The steps of everybody"),
}

DAYS_BACK = {30: N_("One month back"), 90: N_("Three months back"), 365: N_("One year back")}
"""How far a feed may go back. At least as far as cancelled entries are kept, so that none is dropped early."""
DAYS_BACK_AT_FIRST = 90
