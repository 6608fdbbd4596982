"""A mail server on which something goes wrong at every step, and which kills the workers that talk to it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session

KILL_AT = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "accepted", "answered")
"""Steps at which workers are killed. At the last two the server has the letter; "answered" is after its 250."""
ANSWERS = {"421": "MAIL", "450": "RCPT", "451": "DATA"}
"""Passing refusals, and at which step they are given."""
DROP, AWAY = "drop", "away"
"""The connection is cut while the letter comes; nobody listens for a while."""


@dataclass
class Mishap:
    """What goes wrong: a step of KILL_AT, an answer, DROP or AWAY; `after` so many times that it went well."""

    what: str
    after: int

    @property
    def step(self) -> str:
        """Where in the conversation."""
        return ANSWERS.get(self.what, {DROP: "354", AWAY: "MAIL"}.get(self.what, self.what))


class Perils:
    """The mail server. `accepted` are the octets of each letter that it took, in order."""

    def __init__(self, mishaps: list[Mishap], kill: Callable[[], None]) -> None:
        self.accepted: list[bytes] = []
        self._to_come = mishaps
        self._kill = kill
        self._lock = threading.Lock()
        self._open: set[SMTP] = set()
        self._listening: asyncio.Server | None = None
        self._is_away = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def start(self) -> None:
        """Begins to listen, on a port that the system chooses and that it keeps."""
        self._thread.start()
        self._wait(asyncio.run_coroutine_threadsafe(self._listen(), self._loop))

    def stop(self) -> None:
        """Ends it all."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def come_back(self) -> bool:
        """Listens again if it was away; says whether it was."""
        if not self._is_away:
            return False
        self._is_away = False
        self._wait(asyncio.run_coroutine_threadsafe(self._listen(), self._loop))
        return True

    @property
    def left(self) -> int:
        """How many mishaps are still to come."""
        return len(self._to_come)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is connected: what dead workers had sent has been dealt with."""
        return not self._open

    def ids(self) -> list[str]:
        """The Message-IDs of what was accepted, in order."""
        return [message_from_bytes(octets)["Message-ID"] for octets in list(self.accepted)]

    async def _listen(self) -> None:
        self._listening = await self._loop.create_server(self._conversation, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    def _wait(self, future: "Future[None]") -> None:
        future.result(timeout=10)

    def _conversation(self) -> SMTP:
        return _Conversation(self, loop=self._loop)

    def meet(self, step: str) -> str:
        """What goes wrong at this step, now: an answer, DROP, or nothing. Who was to be killed is dead then."""
        with self._lock:
            mishap = self._to_come[0] if self._to_come else None
            if mishap is None or mishap.step != step:
                return ""
            mishap.after -= 1
            if mishap.after >= 0:
                return ""
            self._to_come.pop(0)
        if mishap.what in KILL_AT:
            self._kill()
            return "421 4.3.2 nobody hears this"
        if mishap.what == AWAY:
            assert self._listening
            self._listening.close()
            self._is_away = True
            return "421 4.3.2 going away"
        return f"{mishap.what} 4.3.0 later" if mishap.what in ANSWERS else DROP

    # What aiosmtpd calls

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.meet("EHLO")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.meet("MAIL") or ("421 4.3.2 away" if self._is_away else ""):
            return answer
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.meet("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.meet("DATA"):
            return answer
        assert isinstance(envelope.original_content, bytes)
        self.accepted.append(envelope.original_content)
        self.meet("accepted")
        self._loop.call_later(0.001, self.meet, "answered")
        return "250 2.0.0 OK"


class _Conversation(SMTP):
    def __init__(self, perils: Perils, loop: asyncio.AbstractEventLoop) -> None:
        self._perils = perils
        super().__init__(perils, hostname="perils", loop=loop)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._perils._open.add(self)
        self._perils.meet("connect")
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._perils._open.discard(self)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - its name there
        if self._perils.meet("354"):
            await self.push("354 go on")
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)
