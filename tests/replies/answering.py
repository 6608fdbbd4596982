"""Steps of these tests: somebody answers an invitation, and the marketplace reads it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from marketplace.claims.models import Claim, Entry
from marketplace.kernel.database import session, transaction
from marketplace.replies.actions import handle
from marketplace.replies.facts import Outcome, Standing
from marketplace.replies.mails import read
from marketplace.replies.models import PlannedWithdrawal
from marketplace.replies.queries import outcome_of, standing_of
from tests.calendars.answers import Given
from tests.conftest import NOW
from tests.replies.posts import from_google

Program = Callable[[Given, str], bytes]


def given(claim: Claim, partstat: str, *, entry: int = 0, minutes: int = 0, **changes: Any) -> Given:
    """What the participant answers to the invitation as it is now, so many minutes after a quarter to ten."""
    row = entries_of(claim)[entry]
    stamp = datetime(2027, 1, 11, 8, 45) + timedelta(minutes=minutes)  # noqa: DTZ001 - it is written as UTC
    facts: dict[str, Any] = {
        "partstat": partstat,
        "uid": row.uid,
        "attendee": claim.receiver.email,
        "sequence": row.sequence,
        "stamp": f"{stamp:%Y%m%dT%H%M%SZ}",
    }
    return Given(**(facts | changes))


def entries_of(claim: Claim) -> list[Entry]:
    return list(session.scalars(select(Entry).where(Entry.claim_id == claim.id).order_by(Entry.position)))


def answers(
    claim: Claim, partstat: str, *, program: Program = from_google, now: datetime = NOW, **changes: Any
) -> Outcome:
    """The participant answers, and the mail is handled."""
    return arrives(program(given(claim, partstat, **changes), claim.receiver.email), now=now)


def arrives(octets: bytes, *, now: datetime = NOW, is_whole: bool = True) -> Outcome:
    """A mail comes in and is handled, as the worker does it."""
    mail = read(octets, is_whole=is_whole)
    with transaction():
        handle(mail=mail, now=now)
    outcome = outcome_of(mail.key)
    assert outcome
    return outcome


def standing(claim: Claim) -> Standing:
    """What the host sees of a participant's answers."""
    session.expire_all()
    return standing_of(claim)


def planned(claim: Claim) -> datetime | None:
    """When the claim is given up, if that is planned."""
    statement = select(PlannedWithdrawal.due_at).where(PlannedWithdrawal.claim_id == claim.id)
    return session.scalar(statement)
