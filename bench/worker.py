"""How fast the worker delivers, beside smtplib alone: the same letters, to the same mail server, over one connection.

python -m bench.worker [DATABASE_URL]
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTP
from statistics import median

from aiosmtpd import smtp
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, select

from marketplace.app import create_app
from marketplace.commands import register
from marketplace.kernel.clock import now
from marketplace.kernel.database import db, session, transaction
from marketplace.outbox.actions import write
from marketplace.outbox.facts import Draft, Receiver
from marketplace.outbox.models import Letter
from marketplace.outbox.states import LetterState
from marketplace.settings import read
from marketplace.worker import Worker
from tests.servers import _AnyPort

LETTERS = 1000
ROUNDS = 5
SENDER = "meeloop@meeloop.example"


def measure(database_url: str) -> dict[str, float]:
    """Letters a second of either, and the ratio, which is to be at least 0.6. The database loses its letters."""
    with _mail_server() as port, _app(database_url, port) as app:
        rounds = [(_worker(app), _alone(port)) for _ in range(ROUNDS)]
    return {
        "letters a second": median(worker for worker, _ in rounds),
        "letters a second by smtplib alone": median(alone for _, alone in rounds),
        "ratio (at least 0.6)": median(worker / alone for worker, alone in rounds),
    }


def _worker(app: Flask) -> float:
    with transaction():
        session.execute(delete(Letter))
    with transaction():
        for number in range(LETTERS):
            write(_draft(number), now=now())
    session.remove()
    worker = Worker(app)
    begun_at = time.perf_counter()
    while worker.round():
        pass
    rate = LETTERS / (time.perf_counter() - begun_at)
    left = select(Letter.id).where(Letter.state != LetterState.SENT)
    assert session.scalars(left).first() is None, "not all letters left"
    return rate


def _draft(number: int) -> Draft:
    facts = {
        "role": "Participant",
        "place": "Reestdal Metaalwerken",
        "link": "https://meeloop.example/sign-in",
    }
    receiver = Receiver("Marieke Otten", f"m.otten{number}@reestcollege.example", "nl")
    return Draft("invitation", receiver, f"letter:{number}", f"letter:{number}", facts)


def _alone(port: int) -> float:
    letters = session.execute(select(Letter.receiver_address, Letter.octets)).all()
    with SMTP("127.0.0.1", port) as wire:
        begun_at = time.perf_counter()
        for receiver, octets in letters:
            wire.sendmail(SENDER, [receiver], octets or b"")
        return LETTERS / (time.perf_counter() - begun_at)


@contextmanager
def _app(database_url: str, port: int) -> Iterator[Flask]:
    settings = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret for measuring, of enough characters",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_DEFAULT_SENDER": SENDER,
    }
    app = create_app(read(settings))
    register(app)
    with app.app_context():
        upgrade()
        yield app
        session.remove()
        db.engine.dispose()


# --- The mail server, a process of its own -------------------------------------------------------------------------


class _TakesAll:
    async def handle_DATA(self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope) -> str:
        return "250 2.0.0 OK"


@contextmanager
def _mail_server() -> Iterator[int]:
    command = [sys.executable, "-m", "bench.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin and server.stdout
        yield int(server.stdout.readline())
        server.stdin.close()


def _serve() -> None:
    controller = _AnyPort(_TakesAll(), hostname="127.0.0.1", port=0)
    controller.start()
    print(controller.port, flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    _serve()
