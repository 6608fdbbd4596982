"""Letters about signing in and being invited."""

from datetime import datetime

from marketplace.kernel import addresses
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft
from marketplace.people.facts import Secret, receiver
from marketplace.people.models import OneTimeSignIn, Person
from marketplace.people.states import ROLE_NAMES, Role


def sign_in_key(sign_in: OneTimeSignIn) -> str:
    """The key of a sign-in's letter, by which it is wiped when used."""
    return f"sign-in:{sign_in.id}"


def mail_sign_in(person: Person, sign_in: OneTimeSignIn, secret: Secret, *, now: datetime) -> None:
    """The one letter with a secret: it overtakes all others and is worthless after half an hour."""
    key = sign_in_key(sign_in)
    outbox.write(
        Draft(
            name="sign_in",
            receiver=receiver(person),
            key=key,
            stream=key,
            facts={
                "link": addresses.sign_in(secret.token),
                "code": secret.code,
                "expires_at": sign_in.expires_at,
            },
            about={"person": person.code},
            priority=100,
            not_after=sign_in.expires_at,
            is_secret=True,
        ),
        now=now,
    )


def mail_invitation(person: Person, role: Role, place: str, *, now: datetime) -> None:
    """Tells somebody that they were invited, as what and where."""
    key = f"invitation:{person.code}:{role}:{place}"
    outbox.write(
        Draft(
            name="invitation",
            receiver=receiver(person),
            key=key,
            stream=key,
            facts={"role": ROLE_NAMES[role], "place": place, "link": addresses.sign_in()},
            about={"person": person.code},
        ),
        now=now,
    )
