"""Letters to post, and a mail server that does what a test says."""

import smtplib
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from marketplace.kernel.database import session, transaction
from marketplace.outbox.actions import send_due, write
from marketplace.outbox.actions.enclosing import Render
from marketplace.outbox.facts import Draft, Enclosure, Invite, Receiver
from marketplace.outbox.models import Letter
from tests.conftest import NOW

MARIEKE = Receiver("Marieke Otten", "m.otten@reestcollege.example", "nl")
LATER = smtplib.SMTPDataError(451, b"4.3.0 later")
NEVER = smtplib.SMTPRecipientsRefused({MARIEKE.address: (550, b"5.1.1 unknown")})


class Wire:
    """A mail server that fails with `error` as long as there is one, and notes what it is handed."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.handed: list[bytes] = []

    def deliver(self, sender: str, receiver: str, octets: bytes) -> None:
        """Takes a letter, or fails."""
        self.handed.append(octets)
        if self.error:
            raise self.error

    @property
    def subjects(self) -> list[str]:
        """Of the letters that it was handed."""
        return [message_from_bytes(octets, policy=policy.default)["Subject"] for octets in self.handed]

    def round(self, now: datetime = NOW, times: int = 1, render: Render | None = None) -> int:
        """Rounds of a worker; returns how many letters left."""
        return sum(send_due(now=now, deliver=self.deliver, render=render) for _ in range(times))


def put(
    key: str = "a",
    *,
    stream: str = "",
    priority: int = 0,
    is_secret: bool = False,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    attached: Invite | None = None,
    enclosure: Enclosure | None = None,
    unsubscribe: str = "",
    region: str = "",
) -> None:
    """Writes a letter of which `key` is the key and the subject."""
    facts = {"role": "Participant", "place": key, "link": "https://meeloop.example/sign-in"}
    draft = Draft(
        "invitation",
        MARIEKE,
        key,
        stream or key,
        facts,
        {},
        attached,
        enclosure,
        priority=priority,
        is_secret=is_secret,
        not_before=not_before,
        not_after=not_after,
        unsubscribe=unsubscribe,
        region=region,
    )
    with transaction():
        write(draft, now=NOW)
        session.execute(update(Letter).where(Letter.key == key).values(subject=key))


def row(key: str = "a") -> Letter:
    """The letter with this key, as it stands now."""
    session.expire_all()
    statement = select(Letter).where(Letter.key == key).options(undefer(Letter.octets))
    return session.scalars(statement).one()


def in_minutes(number: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=number)
