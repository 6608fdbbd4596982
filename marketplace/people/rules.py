"""What a sign-up, a certificate and a sign-in must satisfy."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from email_validator import EmailNotValidError, validate_email

from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import N_
from marketplace.kernel.wording import Day
from marketplace.organisations.models import Kind
from marketplace.people.models import Certificate
from marketplace.people.states import CERTIFICATES, HOLDS_YEARS, LETTERS_FOR, OptionalLetter, Role
from marketplace.safety.facts import Access
from marketplace.safety.rules import SATISFIED_BY

SIGN_IN_LIFE = timedelta(minutes=30)
TRIES = 5
LETTERS_AN_HOUR = 6
NAME_LIMIT = 80
REGION = "region"
"""What stands for a region where a role could hold at an organisation of some kind."""
FIRST_REGISTERED = date(2004, 1, 1)
"""The register holds no certificate from before (Centraal Diploma Register)."""
LONGEST_YEARS = 50
EXPIRY_WARNED_DAYS = 60
"""So many days ahead somebody hears that a certificate expires: there is time to sit an exam."""
WARNED_WITHIN_DAYS = 14
"""After so many days that word is not worth sending any more."""


def normal_email(text: str) -> str:
    """An address as it is kept: valid, normalised, lower case, ASCII before the @. Raises Refused."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Refused(Refusal(N_("Enter an e-mail address, such as name@school.nl."))) from None
    return (found.ascii_email or found.normalized).lower()


def why_not_code(code: str) -> Refusal | None:
    """The code of a sign-in letter is six digits."""
    return None if re.fullmatch(r"[0-9]{6}", code) else Refusal(N_("Type the six digits of the letter."))


def why_not_kvk(kvk: str) -> Refusal | None:
    """The number of the Dutch trade register has exactly eight digits (kvk.nl); there is no check digit."""
    return None if re.fullmatch(r"[0-9]{8}", kvk) else Refusal(N_("Enter the KvK number: eight digits."))


def why_not_postcode(postcode: str) -> Refusal | None:
    """A Dutch postcode is four digits, the first not 0, and two letters."""
    if re.fullmatch(r"[1-9][0-9]{3} ?[A-Za-z]{2}", postcode):
        return None
    return Refusal(N_("Enter a postcode such as 7941 AB."))


def normal_postcode(postcode: str) -> str:
    """7941AB or 7941 ab as 7941 AB."""
    compact = postcode.replace(" ", "").upper()
    return f"{compact[:4]} {compact[4:]}"


def normal_website(text: str) -> str:
    """An address on the web as it is kept: https:// stands before one that was typed without. Raises Refused.

    Only http and https: it becomes a link, and `javascript:` would run in the reader's page.
    """
    address = text.strip()
    if not address:
        return ""
    address = address if "://" in address else f"https://{address}"
    if not re.fullmatch(r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/[!-~]*)?", address):
        raise Refused(Refusal(N_("Enter a website such as www.company.nl.")))
    return address


def why_not_invite(role: Role, kind: str) -> Refusal | None:
    """Why a role cannot hold in a place of this kind: that of an organisation, REGION, or empty for everywhere."""
    is_fit = {Role.COORDINATOR: kind == REGION, Role.ADMINISTRATOR: not kind}
    if not is_fit.get(role, kind in set(Kind)):
        return Refusal(
            N_(
                "Coordinators belong to a region, everybody else to a school or company. Choose it from the list."
            )
        )
    if role in (Role.PARTICIPANT, Role.SCHOOL_CONTACT) and kind != Kind.SCHOOL:
        return Refusal(N_("Choose a school for this role."))
    return None


def why_not_certificate(kind: str, valid_until: date | None, today: date) -> Refusal | None:
    """Why a certificate cannot be kept: an unknown kind, no date where it has one, or a date that cannot be."""
    if kind not in CERTIFICATES:
        return Refusal(N_("Choose a certificate from the list."))
    if valid_until is None:
        return None if kind in {"mvk", "hvk"} else Refusal(N_("Enter the date until which it is valid."))
    last = today + timedelta(days=366 * HOLDS_YEARS.get(kind, LONGEST_YEARS))
    if FIRST_REGISTERED <= valid_until <= last:
        return None
    return Refusal(
        N_("Enter the date that is on the certificate, from %(first)s to %(last)s."),
        {"first": Day(FIRST_REGISTERED), "last": Day(last)},
    )


def is_last_of_its_kind(certificate: Certificate) -> bool:
    """Whether its owner has no other one that opens the same gates for longer."""
    as_good = (
        SATISFIED_BY[Access(certificate.kind)] if certificate.kind in set(Access) else {certificate.kind}
    )
    ends = certificate.valid_until or date.max
    others = (each for each in certificate.person.certificates if each.kind in as_good)
    return all((each.valid_until or date.max) <= ends for each in others)


def letters_for(roles: Collection[str]) -> list[OptionalLetter]:
    """The optional letters that somebody with these roles may get."""
    return [letter for role, letters in LETTERS_FOR.items() if role in roles for letter in letters]
