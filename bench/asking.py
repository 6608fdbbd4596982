"""Asks a server over connections that stay open, and reads whole answers: as light as a client can be."""

import selectors
import socket
import time
from collections.abc import Collection, Iterable, Iterator
from itertools import repeat
from urllib.parse import urlsplit

LINES = 4
"""Requests under way at once: the server is never idle."""
_PIECE = 1 << 20


def request(address: str, *headers: str) -> bytes:
    """A GET as it goes over the line."""
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]).encode()


def rate(address: str, number: int, *headers: str, status: int = 200) -> float:
    """Answers a second to the same request, so many times; AssertionError for an answer with another status."""
    return rate_of(address, repeat(request(address, *headers), number), statuses=(status,))


def rate_of(server: str, requests: Iterable[bytes], *, statuses: Collection[int]) -> float:
    """The same for these requests to a server, with one of these statuses."""
    begun_at = time.perf_counter()
    count = sum(1 for _ in waits_for(server, requests, statuses=statuses))
    return count / (time.perf_counter() - begun_at)


def waits_for(
    server: str, requests: Iterable[bytes], *, statuses: Collection[int], lines: int = LINES
) -> Iterator[float]:
    """How many seconds each of these requests waited for its whole answer, over so many connections at once."""
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        opened = [_Line(server) for _ in range(lines)]
        for line in opened:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.ask(next(waiting))
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.is_answered(statuses):
                    continue
                yield time.perf_counter() - key.data.asked_at
                if more := next(waiting, None):
                    key.data.ask(more)
                else:
                    selector.unregister(key.fileobj)
        for line in opened:
            line.socket.close()


class _Line:
    """A connection with one request under way."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        assert parts.hostname and parts.port
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, octets: bytes) -> None:
        """Sends a request."""
        self._head, self._missing, self.asked_at = b"", 0, time.perf_counter()
        self.socket.sendall(octets)

    def is_answered(self, statuses: Collection[int]) -> bool:
        """Reads what has come; says whether the answer is whole now."""
        octets = self.socket.recv(_PIECE)
        assert octets, "the server hung up"
        if self._missing:
            self._missing -= len(octets)
            return not self._missing
        self._head += octets
        head, is_whole, body = self._head.partition(b"\r\n\r\n")
        if is_whole:
            assert int(head[9:12]) in statuses, head.decode()
            self._missing = _length(head) - len(body)
        return bool(is_whole) and not self._missing


def _length(head: bytes) -> int:
    """How long the body is; a 304 has none (RFC 9110 15.4.5)."""
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return 0 if head[9:12] == b"304" else int(lines[b"content-length"])
