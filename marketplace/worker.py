"""The worker: the one process that knows that time passes. A list of what the rooms have due."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType, TracebackType

from flask import Flask
from flask_mail import Connection, _Mail

from marketplace.claims import actions as claims
from marketplace.kernel.clock import now
from marketplace.kernel.database import session, transaction
from marketplace.outbox import actions as outbox
from marketplace.people import actions as people
from marketplace.settings import Settings

log = logging.getLogger(__name__)

PAUSE = 0.5
"""Seconds between rounds: a sign-in letter leaves within two seconds."""
BATCH, BATCHES = 5, 10
"""Letters chosen at once, and how often in a round."""
CHORES = timedelta(hours=1)
TIMEOUT = 20.0
"""Seconds that a mail server may take to answer; smtplib would wait forever."""


class Postman:
    """Hands octets to the mail server over one connection a round. In a demonstration nothing leaves the house."""

    def __init__(self, mail: _Mail, *, is_demo: bool) -> None:
        self._mail = mail
        self._is_demo = is_demo
        self._connection: Connection | None = None

    def __enter__(self) -> "Postman":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def deliver(self, sender: str, receiver: str, octets: bytes) -> None:
        """Delivers one letter. Raises SMTPException or OSError; the next letter gets a new connection then."""
        if self._is_demo:
            return
        try:
            if self._connection is None:
                connection = self._mail.connect()
                connection.__enter__()
                self._connection = connection
            host = self._connection.host
            assert host is not None
            host.sendmail(sender, [receiver], octets)
        except Exception:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.host is not None:
            connection.host.close()


def work_once(app: Flask) -> None:
    """One round of everything that is due. What fails is logged and tried again in the next round."""
    settings: Settings = app.config["SETTINGS"]
    with Postman(app.extensions["mail"], is_demo=settings.is_demo) as postman:
        for task in (
            lambda: _send(postman),
            lambda: claims.decide_due(now=now()),
            lambda: claims.tell_due(now=now(), quiet_time=settings.quiet_time),
            lambda: claims.show_hosts(now=now()),
            lambda: _send(postman),
        ):
            _attempt(task)


def _send(postman: Postman) -> None:
    """A few letters at a time, so that a sign-in letter that comes meanwhile overtakes the others."""
    for _ in range(BATCHES):
        if not outbox.send_due(now=now(), deliver=postman.deliver, limit=BATCH):
            break


def do_chores() -> None:
    """What need not be done more than once an hour: forgetting what is not needed any more."""
    _attempt(lambda: claims.wipe_due(now=now()))
    _attempt(_forget)


def _forget() -> None:
    with transaction():
        outbox.wipe_due(now=now())
        people.forget_sign_ins(now=now())


def _attempt(task: Callable[[], object]) -> None:
    try:
        task()
    except Exception:
        log.exception("a round of the worker failed; it is tried again")
    finally:
        session.remove()


def work(app: Flask) -> None:
    """Rounds without end, until SIGTERM or Ctrl-C; the round that runs is finished first."""
    socket.setdefaulttimeout(TIMEOUT)
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    chores_at = time.monotonic()
    with app.app_context():
        while not stop.is_set():
            work_once(app)
            if time.monotonic() >= chores_at:
                do_chores()
                chores_at = time.monotonic() + CHORES.total_seconds()
            stop.wait(PAUSE)
