"""A real IMAP server for the tests, as a process of its own, and a line to it that can be cut."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from imapclient import IMAPClient

HOST, USER, PASSWORD = "127.0.0.1", "demouser", "demopass"


class ImapServer:
    """One account on an IMAP server, reached through a line that breaks when it is told to."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cut_at = b""
        self._listening = socket.create_server((HOST, 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where the line begins."""
        return int(self._listening.getsockname()[1])

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """Somebody else who looks into the account, past the line."""
        with IMAPClient(HOST, self._port, ssl=False, timeout=10) as client:
            client.login(USER, PASSWORD)
            yield client

    def clear(self) -> None:
        """An empty account and a sound line."""
        self._cut_at = b""
        with self.client() as client:
            for _, _, name in client.list_folders():
                if name != "INBOX":
                    client.delete_folder(name)
            client.select_folder("INBOX")
            client.delete_messages(client.search())
            client.expunge()

    def deliver(self, *mails: bytes) -> None:
        """Mails come in."""
        with self.client() as client:
            for each in mails:
                client.append("INBOX", each)

    def mails_in(self, folder: str) -> list[bytes]:
        """What lies in a folder, as it came; nothing if there is no such folder."""
        with self.client() as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [found[number][b"BODY[]"] for number in sorted(found)]

    def cut(self, word: bytes) -> None:
        """From now on the line breaks when the reader says this, until clear()."""
        self._cut_at = word

    def close(self) -> None:
        """No line any more."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection((HOST, self._port))
                for each in (near, far):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, is_asking: bool) -> None:
        with closing(one), closing(other), suppress(OSError):
            while data := one.recv(65_536):
                if is_asking and self._cut_at and self._cut_at in data:
                    break
                other.sendall(data)
            for each in (one, other):
                each.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="session")
def _imap() -> Iterator[ImapServer]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("pymap")
    process = subprocess.Popen([program, "--no-tls", "--host", HOST, "--port", str(port), "dict"])
    try:
        _wait(port)
        server = ImapServer(port)
        yield server
        server.close()
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the IMAP server did not start; see above")


@pytest.fixture
def imap(_imap: ImapServer) -> ImapServer:
    """The IMAP server, with an empty account."""
    _imap.clear()
    return _imap
