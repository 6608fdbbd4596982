"""Letters cannot get lost: workers are killed, and the mail server fails, at every step of the conversation.

Real worker processes deliver to a real SMTP server. LETTERS=1000 makes it a long run; without it the steps at which
workers are killed are divided over the databases.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import undefer

from marketplace.kernel.clock import now
from marketplace.kernel.database import has_one_writer, session, transaction
from marketplace.outbox.actions import write
from marketplace.outbox.facts import Draft
from marketplace.outbox.models import Letter
from marketplace.outbox.states import WAITING, LetterState
from marketplace.settings import Settings
from tests.outbox.mishaps import ANSWERS, AWAY, DROP, KILL_AT, Mishap, Perils
from tests.outbox.posting import MARIEKE
from tests.servers import ROOT

IS_LONG = "LETTERS" in os.environ
LETTERS = int(os.environ.get("LETTERS", "50"))
STREAMS = LETTERS // 5
WORKERS = 2
PATIENCE = 60 + LETTERS
"""Seconds."""

pytestmark = pytest.mark.slow


class Workers:
    """Worker processes, which die together."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._processes: list[subprocess.Popen[bytes]] = []
        self.deaths = 0

    def start(self, port: int) -> None:
        """Starts them all."""
        known: Settings = self._app.config["SETTINGS"]
        environment = os.environ | {
            "DEMO": "0",
            "DATABASE_URL": known.database_url,
            "SECRET_KEY": known.secret_key,
            "BASE_URL": "http://localhost",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(port),
            "MAIL_DEFAULT_SENDER": known.site.sender,
        }
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        self._processes = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
            for _ in range(WORKERS)
        ]

    def kill(self) -> None:
        """SIGKILL, to all; they are gone when this returns."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()

    def are_dead(self) -> bool:
        """Whether they were killed since they were started."""
        return any(process.poll() is not None for process in self._processes)


@pytest.fixture
def workers(app_context: Flask) -> Iterator[Workers]:
    """Workers, and none of them left behind."""
    workers = Workers(app_context)
    yield workers
    workers.kill()


@pytest.fixture
def perils(workers: Workers) -> Iterator[Perils]:
    """A mail server on which everything goes wrong, in an order that is the same each time."""
    share = 0 if has_one_writer() else 1
    kills = KILL_AT if IS_LONG else KILL_AT[share::2]
    perils = Perils(mishaps(random.Random(1), kills), workers.kill)
    perils.start()
    yield perils
    perils.stop()


def mishaps(chance: random.Random, kills: tuple[str, ...]) -> list[Mishap]:
    """Each mishap once for every hundred letters, in any order, after some letters that arrive."""
    found = [*kills, *ANSWERS, DROP, AWAY] * max(LETTERS // 100, 1)
    chance.shuffle(found)
    return [Mishap(each, after=chance.randrange(3)) for each in found]


def test_no_letter_is_lost_and_none_sent_twice_that_could_be_known_to_have_arrived(
    workers: Workers, perils: Perils
) -> None:
    doubted: Counter[str] = Counter()
    counted = written = 0
    portion = LETTERS // perils.left
    workers.start(perils.port)
    give_up_at = time.monotonic() + PATIENCE
    while perils.left or written < LETTERS or waiting():
        assert time.monotonic() < give_up_at, f"{waiting()} letters wait, {perils.left} mishaps to come"
        if waiting() < portion:
            written += write_letters(written, min(portion, LETTERS - written))
        if workers.are_dead():
            unwritten = bury(workers, perils)
            doubted += Counter(unwritten.intersection(perils.ids()[counted:]))
            counted = len(perils.accepted)
            workers.start(perils.port)
        if perils.come_back():
            time.sleep(0.1)
        let_time_pass(Letter.state == LetterState.QUEUED)
        time.sleep(0.1)
    check(perils, doubted)
    twice = sum(doubted.values())
    print(f"{LETTERS} letters, {workers.deaths} times all workers killed: {twice} accepted twice, none lost.")


def write_letters(first: int, count: int) -> int:
    """So many letters, several to a stream; returns their number."""
    facts = {"role": "Participant", "place": "Reestcollege", "link": "https://meeloop.example/sign-in"}
    with transaction():
        for number in range(first, first + count):
            write(Draft("invitation", MARIEKE, str(number), f"stream {number % STREAMS}", facts), now=now())
    return count


def waiting() -> int:
    """How many letters have not left."""
    with transaction():
        return len(session.scalars(select(Letter.id).where(Letter.state.in_(WAITING))).all())


def bury(workers: Workers, perils: Perils) -> set[str]:
    """Waits for the end of what dead workers began, and lets their leases end. Says which letters they had taken."""
    workers.kill()
    workers.deaths += 1
    while not perils.is_quiet:
        time.sleep(0.01)
    with transaction():
        taken = set(session.scalars(select(Letter.message_id).where(Letter.state == LetterState.SENDING)))
    let_time_pass(Letter.state == LetterState.SENDING)
    return taken


def let_time_pass(which: ColumnElement[bool]) -> None:
    """Ends leases or pauses at once, instead of after minutes."""
    with transaction():
        session.execute(update(Letter).where(which, Letter.next_try_at > now()).values(next_try_at=now()))


def check(perils: Perils, doubted: Counter[str]) -> None:
    """Each letter was accepted once, and once more for each time that nobody could know it; in order; as kept."""
    with transaction():
        rows = session.scalars(select(Letter).options(undefer(Letter.octets)).order_by(Letter.id)).all()
        kept = {row.message_id: row.octets for row in rows}
        streams = {row.message_id: row.stream for row in rows}
        states = {row.state for row in rows}
    assert states == {LetterState.SENT}
    arrived = perils.ids()
    assert Counter(arrived) == Counter(list(kept)) + doubted
    assert all(kept[each] == octets for each, octets in zip(arrived, perils.accepted, strict=True))
    firsts = defaultdict(list)
    for each in dict.fromkeys(arrived):
        firsts[streams[each]].append(each)
    in_order = defaultdict(list)
    for each, stream in streams.items():
        in_order[stream].append(each)
    assert firsts == in_order
