"""What people do about themselves. One module for each task."""

from marketplace.people.actions.certificates import (
    add_certificate,
    remove_certificate,
    see_certificate,
    warn_of_expiry_due,
)
from marketplace.people.actions.joining import (
    Scope,
    add_person,
    colleague,
    give_role,
    invite,
    vouch_for,
)
from marketplace.people.actions.profile import (
    change_language,
    change_profile,
    choose_letters,
    forget_sizes,
    keep_sizes,
    stop_letter,
)
from marketplace.people.actions.signing_in import (
    LINK_ELSEWHERE,
    LINK_GONE,
    TOO_MANY_LETTERS,
    Welcome,
    ask_sign_in,
    count_try,
    digest,
    end_all_sign_ins,
    forget_sign_ins,
    sign_in_with_code,
    sign_in_with_link,
)

__all__ = [
    "LINK_ELSEWHERE",
    "LINK_GONE",
    "TOO_MANY_LETTERS",
    "Scope",
    "Welcome",
    "add_certificate",
    "add_person",
    "ask_sign_in",
    "change_language",
    "change_profile",
    "choose_letters",
    "colleague",
    "count_try",
    "digest",
    "end_all_sign_ins",
    "forget_sign_ins",
    "forget_sizes",
    "give_role",
    "invite",
    "keep_sizes",
    "remove_certificate",
    "see_certificate",
    "sign_in_with_code",
    "sign_in_with_link",
    "stop_letter",
    "vouch_for",
    "warn_of_expiry_due",
]
