"""What people do about themselves. One module for each task."""

from marketplace.people.actions.joining import (
    Scope,
    add_person,
    colleague,
    give_role,
    invite,
    vouch_for,
)
from marketplace.people.actions.profile import (
    add_certificate,
    change_language,
    change_profile,
    choose_letters,
    remove_certificate,
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
    "give_role",
    "invite",
    "remove_certificate",
    "sign_in_with_code",
    "sign_in_with_link",
    "stop_letter",
    "vouch_for",
]
