"""From the mailbox to what follows: each mail once, in a transaction of its own, then into its folder."""

import logging
from datetime import datetime

from sqlalchemy import delete, select, update

from marketplace.calendars.replies import replies
from marketplace.claims.models import CalendarAnswer, Claim
from marketplace.claims.queries import whole_claim
from marketplace.kernel.database import in_turn, insert_row, only_reading, session, transaction
from marketplace.kernel.site import site
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import RETENTION
from marketplace.outbox.models import Letter
from marketplace.regions.models import Region
from marketplace.replies import mailbox, messages, queries
from marketplace.replies.actions.answering import answer
from marketplace.replies.facts import FOLDERS, Account, Mail, Outcome
from marketplace.replies.mailbox import Mailbox
from marketplace.replies.messages import Kind, Message
from marketplace.replies.models import DeadAddress, IncomingMail

log = logging.getLogger(__name__)

BATCH = 50
"""Mails in one go: what else is due has its turn, too."""
_TELLING = (Outcome.ANSWERED, Outcome.FORWARDED, Outcome.STRANGER, Outcome.UNKNOWN, Outcome.IGNORED)
"""Of several answers in a mail, what tells most about it."""


def read_due(*, now: datetime, account: Account) -> int:
    """Handles the mails that wait in a mailbox, in the order in which they came. Returns how many.

    Raises Unreachable where the mailbox cannot be read or breaks off. What was handled by then stays so: it is known
    again, and only moved, when it is found once more.
    """
    with mailbox.opened(account) as box:
        return sum(_take(box, number, now) for number in box.waiting(BATCH))


def _take(box: Mailbox, number: int, now: datetime) -> int:
    mail = box.read(number)
    if mail is None or not in_turn([number], lambda _: handle(mail=mail, now=now)):
        return 0
    with only_reading(), transaction():
        outcome = queries.outcome_of(mail.key) or Outcome.UNKNOWN
    box.put(number, FOLDERS[outcome])
    return 1


def handle(*, mail: Mail, now: datetime) -> None:
    """Does what follows from a mail, unless that was done."""
    if queries.outcome_of(mail.key):
        return
    outcome = _outcome(mail, now)
    insert_row(IncomingMail, key=mail.key, outcome=outcome, handled_at=now)
    log.info("mail %s: %s", mail.key[:12], outcome)


def _outcome(mail: Mail, now: datetime) -> Outcome:
    if not mail.is_readable:
        return Outcome.UNREADABLE
    if mail.failure:
        return _bounced(mail, now)
    said = [] if mail.is_auto_reply else [reply for text in mail.calendars for reply in replies(text)]
    if mail.is_automatic and not said:
        return Outcome.IGNORED
    session.execute(delete(DeadAddress).where(DeadAddress.address == mail.sender))
    if not said:
        return _pass_on(mail, now)
    outcomes = {answer(reply=each, mail=mail, now=now) for each in said}
    return next(each for each in _TELLING if each in outcomes)


def _bounced(mail: Mail, now: datetime) -> Outcome:
    code = next(filter(None, map(site().came_back_to, mail.recipients)), "")
    address = outbox.note_bounce(code=code, reason=mail.failure, now=now) if code else ""
    if not address:
        return Outcome.UNKNOWN
    row = queries.dead_addresses([address]).get(address) or DeadAddress(address=address)
    row.reason, row.bounced_at = mail.failure[:500], now
    session.add(row)
    return Outcome.BOUNCED


def _pass_on(mail: Mail, now: datetime) -> Outcome:
    """Words in answer to a letter of ours, to the coordinators; what answers none, people have to look at."""
    letter = queries.letter_answered(mail.answers)
    if letter is None or (mail.is_whole and not mail.text):
        return Outcome.UNKNOWN
    message = Message(Kind.WORDS if mail.is_whole else Kind.TOO_LARGE, mail, mail.text)
    if not _tell(letter, message, now):
        return Outcome.UNKNOWN
    return Outcome.FORWARDED if mail.is_whole else Outcome.TOO_LARGE


def _tell(letter: Letter, message: Message, now: datetime) -> bool:
    claim_id = session.scalar(select(Claim.id).where(Claim.code == letter.about.get("claim", "")))
    if claim_id is not None:
        return messages.mail_about_claim(whole_claim(claim_id), message, now=now)
    region = session.scalar(select(Region).where(Region.code == letter.region))
    return region is not None and messages.mail_about_letter(region, letter.subject, message, now=now)


def forget_due(*, now: datetime) -> None:
    """Forgets the mails of half a year ago, and what was written with answers; the answers stay with the claim."""
    before = now - RETENTION
    with transaction():
        session.execute(delete(IncomingMail).where(IncomingMail.handled_at < before))
        session.execute(update(CalendarAnswer).where(CalendarAnswer.received_at < before).values(comment=""))
