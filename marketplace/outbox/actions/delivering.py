"""From the outbox to the mail server: a handful of letters at a time, marked as soon as they have left."""

import logging
import random
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from sqlalchemy import bindparam, update

from marketplace.kernel.database import lightly, only_reading, session, transaction
from marketplace.kernel.site import site
from marketplace.outbox import queries
from marketplace.outbox.actions.enclosing import Render, make_documents
from marketplace.outbox.carrying import Deliver, Outcome, Parcel, Unreachable, carried, handful
from marketplace.outbox.models import Letter
from marketplace.outbox.octets import octets_of
from marketplace.outbox.states import LetterState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""So long a letter belongs to the worker that took it. If that dies, another takes it afterwards."""
LONGEST = timedelta(minutes=4)
"""Some deliveries in a row may take so long: no worker begins them when less of its lease is left."""
BATCH, PATIENCE = 36, timedelta(seconds=1)
"""Letters taken at once, and how long others are begun after the first: a sign-in letter that comes waits for these."""
TRIES = 110
"""Four days of them: a weekend without a mail server loses no letter (RFC 5321 4.5.4.1)."""
FIRST_PAUSE, LONGEST_PAUSE = 30, 3600
"""Seconds after the first failure, doubled after each other one, up to an hour."""
JITTER = 0.25
"""Each pause is up to so much shorter or longer, or letters that failed together would come back together."""

_ARRIVED = (
    update(Letter)
    .where(Letter.id.in_(bindparam("numbers", expanding=True)), Letter.next_try_at == bindparam("until"))
    .values(state=LetterState.SENT, sent_at=bindparam("now"), last_error="")
)
"""Made once, for it is carried out for every few letters. Also where a secret was wiped meanwhile: it did arrive."""


def send_due(
    *, now: datetime, deliver: Deliver, limit: int = 50, lines: int = 1, render: Render | None = None
) -> int:
    """Delivers what is due, at most `limit` letters, over so many `lines` at once; returns how many left.

    Most urgent first, and of each stream in order; none is begun a second after the first. Raises what `deliver` raised
    where the mail server is silent or cannot be reached. What was taken and not tried is put back as it was.

    `render` makes the PDFs that go along, before anything is sent; letters leave without them where it is not given.

    None of this waits for the disk: what a power failure undoes leaves once more, as after the end of a worker.
    """
    if render:
        make_documents(now=now, render=render)
    with only_reading(), transaction():  # so that an idle worker keeps nobody from writing
        if not queries.has_due(now):
            return 0
    run = _Run(now, limit, are_whole=render is not None)
    with lightly():
        try:
            carrying = carried(run.handfuls(handful(lines)), deliver, lines, meanwhile=run.look_ahead)
            sent = sum(run.settle(outcomes) for outcomes in carrying)
        finally:
            run.end()
    if run.failure:
        raise run.failure
    return sent


class _Run:
    """One call of `send_due`, with the letters that it took and has not begun."""

    def __init__(self, now: datetime, limit: int, *, are_whole: bool) -> None:
        self._are_whole = are_whole
        self._now, self._begun_at, self._limit = now, time.monotonic(), limit
        self.waiting: deque[Parcel] = deque()
        self.failure: Exception | None = None

    def at(self) -> datetime:
        """The time: it goes on while letters leave."""
        return self._now + timedelta(seconds=int(time.monotonic() - self._begun_at))

    def handfuls(self, size: int) -> Iterator[list[Parcel]]:
        """The letters to deliver, so many at once, until there is no more time for them, or no server."""
        last_start = None
        while self._take():
            while self.waiting:
                if self.failure or self.at() >= (last_start or self.waiting[0].until - LONGEST):
                    return
                last_start = last_start or self.at() + PATIENCE
                yield [self.waiting.popleft() for _ in range(min(size, len(self.waiting)))]

    def _take(self) -> bool:
        with transaction():
            letters = queries.due(self.at(), min(self._limit, BATCH), are_whole=self._are_whole)
            documents = queries.documents_of(letters)
            taken = [parcel for letter in letters if (parcel := _taken(letter, documents, self.at()))]
        self.waiting.extend(taken)
        self._limit -= len(letters)
        return bool(letters)

    def look_ahead(self) -> None:
        """Takes more letters while others are on their way, so that no line waits for it."""
        try:
            if not self.waiting:
                self._take()
        except Exception as error:  # what became of those on their way must be written down all the same
            self.failure = error

    def settle(self, outcomes: list[Outcome]) -> int:
        """Writes down what became of letters; says how many arrived."""
        arrived = [parcel for parcel, error in outcomes if error is None]
        with transaction():
            for until in {parcel.until for parcel in arrived}:  # few: letters were taken together
                numbers = [parcel.id for parcel in arrived if parcel.until == until]
                values = {"numbers": numbers, "until": until, "now": self.at()}
                session.connection().execute(_ARRIVED, values)
            for parcel, error in outcomes:
                if error:
                    self._fail(parcel, error)
        return len(arrived)

    def _fail(self, parcel: Parcel, error: Exception) -> None:
        if isinstance(error, Unreachable):
            self._leave(parcel, str(error))
        else:
            _put_back(parcel, self.at(), error)
        if not isinstance(error, SMTPException):
            self.failure = self.failure or error

    def end(self) -> None:
        """Puts back what was not begun."""
        if self.waiting:
            with transaction():
                for parcel in self.waiting:
                    self._leave(parcel)

    def _leave(self, parcel: Parcel, reason: str = "") -> None:
        untried = {"state": LetterState.QUEUED, "tries": parcel.tries - 1, "next_try_at": self.at()}
        _write(parcel, last_error=reason[:500], **untried)


def _taken(letter: Letter, documents: Mapping[str | None, bytes], now: datetime) -> Parcel | None:
    """Takes a letter and builds its octets; None if it is too late, or if no mail can be made of it."""
    if letter.not_after and now >= letter.not_after:
        log.warning("letter %s (%s) missed its moment and was dropped", letter.id, letter.name)
        letter.state = LetterState.DROPPED
        return None
    try:
        octets = letter.octets or octets_of(letter, documents.get(letter.document_digest))
    except Exception as error:  # whatever it is: the letters behind it go on
        log.error("letter %s (%s) cannot be built: %s", letter.id, letter.name, error)
        letter.state, letter.last_error = LetterState.FAILED, str(error)[:500]
        return None
    letter.octets, letter.state = octets, LetterState.SENDING
    letter.tries, letter.next_try_at = letter.tries + 1, now + LEASE
    receiver, tries, until = letter.receiver_address, letter.tries, letter.next_try_at
    return Parcel(letter.id, letter.name, site().return_path(letter.code), receiver, octets, tries, until)


def _put_back(letter: Parcel, now: datetime, error: Exception) -> None:
    """After a failure: to try again later, or never. Not where it was wiped meanwhile: it seems to have arrived."""
    if _is_permanent(error) or letter.tries >= TRIES:
        log.error("letter %s (%s) cannot be delivered: %s", letter.id, letter.name, error)
        state = LetterState.FAILED
    else:
        state = LetterState.QUEUED
    next_try_at = now + _pause(letter.tries)
    _write(letter, state=state, last_error=str(error)[:500], next_try_at=next_try_at)


def _pause(tries: int) -> timedelta:
    pause = min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE)
    return timedelta(seconds=round(pause * random.uniform(1 - JITTER, 1 + JITTER)))


def _is_permanent(error: Exception) -> bool:
    """A 5xx answer to the receiver or the letter is final; anything else may pass (RFC 5321 4.2.1).

    One to our own sign-in or address is about us: after a change of password no letter may be lost.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _write(letter: Parcel, **values: object) -> None:
    """Writes down what became of a letter, unless its lease ended and another worker has it, or it was wiped."""
    mine = (Letter.id == letter.id, Letter.next_try_at == letter.until, Letter.state == LetterState.SENDING)
    session.execute(update(Letter).where(*mine).values(values).execution_options(synchronize_session=False))
