"""Letters about signing in and being invited, and the link that stops an optional one."""

from datetime import datetime, timedelta

from marketplace.kernel import addresses, signing
from marketplace.kernel.codes import new_code
from marketplace.kernel.texts import current_language
from marketplace.kernel.times import start_of_day
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft, Receiver
from marketplace.people.facts import STOPPING, Secret, receiver
from marketplace.people.models import Certificate, OneTimeSignIn, Person
from marketplace.people.rules import EXPIRY_WARNED_DAYS, WARNED_WITHIN_DAYS
from marketplace.people.states import CERTIFICATES, ROLE_NAMES, OptionalLetter, Role


def sign_in_key(sign_in: OneTimeSignIn) -> str:
    """The key of a sign-in's letter, by which it is wiped when used."""
    return f"sign-in:{sign_in.id}"


def mail_sign_in(person: Person | None, sign_in: OneTimeSignIn, secret: Secret, *, now: datetime) -> None:
    """The one letter with a secret: it overtakes all others and is worthless after half an hour.

    To who signs up it goes in any case. For another address that nobody has it is rendered all the same, so that the
    time of the answer tells nothing.
    """
    key, sign_up = sign_in_key(sign_in), sign_in.sign_up or {}
    stranger = Receiver(sign_up.get("name", ""), sign_in.email, sign_up.get("language") or current_language())
    draft = Draft(
        name="sign_in",
        receiver=receiver(person) if person else stranger,
        key=key,
        stream=key,
        facts={
            "link": addresses.sign_in(secret.token),
            "code": secret.code,
            "expires_at": sign_in.expires_at,
            "is_sign_up": bool(sign_up),
        },
        about={"person": person.code} if person else {},
        priority=100,
        not_after=sign_in.expires_at,
        is_secret=True,
    )
    if person or sign_up:
        outbox.write(draft, now=now)
    else:
        outbox.rehearse(draft)


def mail_invitation(person: Person, role: Role, place: str, *, now: datetime) -> None:
    """Tells somebody that they were invited, as what and where. Invited again, they are told again."""
    stream = f"invitation:{person.code}:{role}:{place}"
    outbox.write(
        Draft(
            name="invitation",
            receiver=receiver(person),
            key=f"{stream}:{new_code()}",
            stream=stream,
            facts={"role": ROLE_NAMES[role], "place": place, "link": addresses.sign_in()},
            about={"person": person.code},
        ),
        now=now,
    )


def mail_expiring(certificate: Certificate, *, now: datetime) -> None:
    """To its owner, once: this certificate expires. Stopped by a link in it."""
    person, key = certificate.person, f"certificate:{certificate.id}"
    assert certificate.valid_until  # one for life does not expire
    warned_on = certificate.valid_until - timedelta(days=EXPIRY_WARNED_DAYS)
    outbox.write(
        Draft(
            name="certificate_expiring",
            receiver=receiver(person),
            key=key,
            stream=key,
            facts={
                "kind": CERTIFICATES[certificate.kind],
                "valid_until": certificate.valid_until,
                "link": addresses.certificates(),
            },
            about={"person": person.code},
            region=person.school.region.code if person.school else "",
            unsubscribe=stop_link(person, OptionalLetter.CERTIFICATE),
            not_after=start_of_day(warned_on + timedelta(days=WARNED_WITHIN_DAYS)),
        ),
        now=now,
    )


def stop_link(person: Person, letter: OptionalLetter) -> str:
    """The link behind which a person stops one of the optional letters, without signing in."""
    return addresses.unsubscribe(signing.sign(STOPPING, [person.code, letter]))
