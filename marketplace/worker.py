"""The worker: the one process that knows that time passes. What the rooms have due stands in three tuples."""

import logging
import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from smtplib import SMTP, SMTPException
from types import FrameType, TracebackType
from typing import Protocol

from flask import Flask, current_app
from flask_mail import Connection

from marketplace.claims import actions as claims
from marketplace.documents.rendering import render
from marketplace.kernel import clock
from marketplace.kernel.database import session, transaction
from marketplace.kernel.pauses import Pauses, pauses
from marketplace.offers import actions as offers
from marketplace.outbox import actions as outbox
from marketplace.outbox.carrying import Unreachable
from marketplace.people import actions as people
from marketplace.questions import actions as questions
from marketplace.replies import actions as replies
from marketplace.searches import actions as searches
from marketplace.settings import Settings

log = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between rounds: a sign-in letter leaves within two seconds."""
PULSE, MINUTE, HOUR = 30, 60, 3600
LIMIT, LINES = 1000, 3
"""Letters before what else is due has its turn, and connections to the mail server (Exchange Online allows three).

A handful of letters on these is in doubt at most, and leaves again if the worker dies just then.
"""
TIMEOUT = 20.0
"""Seconds that a mail server may take to answer; smtplib would wait forever."""


# --- What is due ----------------------------------------------------------------------------------------------


class Due(Protocol):
    """Does what is due, each item in a transaction of its own."""

    def __call__(self, *, now: datetime) -> object: ...


def _tell(*, now: datetime) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    claims.tell_due(now=now, quiet_time=settings.quiet_time)


def _read_replies(*, now: datetime) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.replies:
        replies.read_due(now=now, account=settings.replies)


def _beat(*, now: datetime) -> None:
    with transaction():
        outbox.beat(now=now)


def _forget(*, now: datetime) -> None:
    with transaction():
        outbox.wipe_due(now=now)
        people.forget_sign_ins(now=now)


EVERY_ROUND: tuple[Due, ...] = (
    claims.decide_due,
    _tell,
    claims.show_hosts,
)
EVERY_MINUTE: tuple[Due, ...] = (
    claims.approve_met_due,
    claims.lapse_due,
    claims.offer_free_seats,
    claims.remind_due,
    claims.ask_certificates_due,
    claims.warn_unread_due,
    claims.thank_due,
    claims.ask_who_came_due,
    claims.brief_due,
    claims.announce_due,
    people.warn_of_expiry_due,
    searches.alert_due,
    questions.tell_due,
    questions.lapse_due,
    _read_replies,
    replies.withdraw_due,
)
EVERY_HOUR: tuple[Due, ...] = (
    offers.list_due,
    claims.wipe_due,
    replies.forget_due,
    questions.forget_due,
    _forget,
)


# --- How it is done ---------------------------------------------------------------------------------------------


class Postman:
    """Hands octets to the mail server, over as many connections as are needed at once; closes them at the end.

    In a demonstration nothing leaves the house.
    """

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        self._mail = app.extensions["mail"]
        self._is_demo = settings.is_demo
        self._free: list[SMTP] = []

    def __enter__(self) -> "Postman":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._free:
            with suppress(SMTPException, OSError):
                self._free.pop().quit()

    def deliver(self, sender: str, receiver: str, octets: bytes) -> None:
        """Delivers one letter. Raises Unreachable, SMTPException or OSError, and drops the connection."""
        if self._is_demo:
            return
        host = self._free.pop() if self._free else self._connect()
        try:
            host.sendmail(sender, [receiver], octets)
        except Exception:
            host.close()
            raise
        self._free.append(host)

    def _connect(self) -> SMTP:
        try:
            host = Connection(self._mail).configure_host()
            host.ehlo_or_helo_if_needed()
        except (SMTPException, OSError) as error:
            raise Unreachable(f"the mail server cannot be reached: {error}") from error
        return host


_WHOLE = "the whole task"


@dataclass
class Task:
    """Something to do again and again, `every` so many seconds. What failed, all of it or a row, rests for a while."""

    act: Due
    every: float = 0
    _due_at: float = 0
    _pauses: Pauses = field(default_factory=Pauses)

    def attempt(self) -> None:
        """Does it if it is time, and logs what goes wrong."""
        if time.monotonic() < self._due_at or self._pauses.rests(_WHOLE):
            return
        before = pauses.set(self._pauses)
        is_done = self._do()
        pauses.reset(before)
        self._pauses.note(_WHOLE, is_done=is_done)
        if is_done:
            self._due_at = time.monotonic() + self.every

    def _do(self) -> bool:
        try:
            self.act(now=clock.now())
        except Unreachable as error:
            log.warning("%s; it is tried again", error)
        except Exception:
            log.exception("a task of the worker failed; it is tried again")
        else:
            return True
        finally:
            session.remove()
        return False


class Worker:
    """All tasks, and since when each of them rests."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._has_more = False
        sending = Task(self._send)
        self._tasks = (
            Task(_beat, PULSE),
            sending,
            *(Task(each) for each in EVERY_ROUND),
            *(Task(each, MINUTE) for each in EVERY_MINUTE),
            sending,
        )

    def round(self) -> bool:
        """Whatever is due now. Says whether letters are left that could go at once."""
        self._has_more = False
        for task in self._tasks:
            task.attempt()
        return self._has_more

    def _send(self, *, now: datetime) -> None:
        with Postman(self._app) as postman:
            sent = outbox.send_due(now=now, deliver=postman.deliver, limit=LIMIT, lines=LINES, render=render)
        self._has_more = sent > 0


def work_once(app: Flask) -> None:
    """One round of everything that is due each minute or more often."""
    Worker(app).round()


def do_chores() -> None:
    """What need not be done more than once an hour: forgetting what is not needed any more."""
    for each in EVERY_HOUR:
        Task(each).attempt()


def work(app: Flask) -> None:
    """Rounds without end, until SIGTERM or Ctrl-C; the round that runs is finished first."""
    socket.setdefaulttimeout(TIMEOUT)
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    worker, chores = Worker(app), [Task(each, HOUR) for each in EVERY_HOUR]
    with app.app_context():
        while not stop.is_set():
            has_more = worker.round()
            for task in chores:
                task.attempt()
            stop.wait(0 if has_more else PAUSE)
