"""Roles, certificates and optional letters: the words that people's rows may hold."""

from enum import StrEnum

from marketplace.kernel.texts import N_


class Role(StrEnum):
    """What a person may be; one person may be several things."""

    PARTICIPANT = "participant"
    SCHOOL_CONTACT = "school_contact"
    HOST_CONTACT = "host_contact"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.PARTICIPANT: N_("Participant"),
    Role.SCHOOL_CONTACT: N_("School contact"),
    Role.HOST_CONTACT: N_("Host contact"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

FUNCTIONS = {
    "teacher": N_("Teacher"),
    "instructor": N_("Instructor"),
    "careers_adviser": N_("Careers adviser"),
    "mentor": N_("Mentor"),
    "team_leader": N_("Team leader"),
    "school_leader": N_("School leader"),
    "placement_coordinator": N_("Placement coordinator"),
    "technical_assistant": N_("Technical teaching assistant"),
    "other": N_("Other school staff"),
}

CERTIFICATES = {
    "b_vca": N_("B-VCA"),
    "vol_vca": N_("VOL-VCA"),
    "gpi": N_("GPI"),
    "mvk": N_("MVK"),
    "hvk": N_("HVK"),
}


HOLDS_YEARS = {"b_vca": 10, "vol_vca": 10, "gpi": 1}
"""How long they hold at most (vca.nl; ssvv.nl). MVK and HVK are diplomas for life."""


class OptionalLetter(StrEnum):
    """Letters that people may do without. Confirmations, changes and what is about safety they always get."""

    ANNOUNCEMENT = "announcement"
    WEEK_REMINDER = "week_reminder"
    THANKS = "thanks"
    CERTIFICATE = "certificate"
    DIGEST = "digest"
    ATTENDANCE = "attendance"


OPTIONAL_LETTERS = {
    OptionalLetter.ANNOUNCEMENT: N_("New activities that suit you, in at most one mail a week"),
    OptionalLetter.WEEK_REMINDER: N_("A reminder a week ahead of your visit"),
    OptionalLetter.THANKS: N_("A word of thanks after your visit"),
    OptionalLetter.CERTIFICATE: N_("A reminder when a safety certificate of yours expires"),
    OptionalLetter.DIGEST: N_("Each working day: the claims that wait for your decision"),
    OptionalLetter.ATTENDANCE: N_("After a moment: the question who came"),
}

LETTERS_FOR = {
    Role.PARTICIPANT: (
        OptionalLetter.ANNOUNCEMENT,
        OptionalLetter.WEEK_REMINDER,
        OptionalLetter.THANKS,
        OptionalLetter.CERTIFICATE,
    ),
    Role.COORDINATOR: (OptionalLetter.DIGEST,),
    Role.HOST_CONTACT: (OptionalLetter.ATTENDANCE,),
}
"""Which of them somebody with a role may get."""
