"""Public codes, UIDs, Message-IDs and session keys: what stands in addresses, calendars, mails and cookies."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random, SystemRandom
from uuid import UUID

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10

_source: ContextVar[Random] = ContextVar("source", default=SystemRandom())  # noqa: B039 - it has no state


@contextmanager
def drawing_from(source: Random) -> Iterator[None]:
    """Within the block codes, UIDs and keys are drawn from `source`, so that a demonstration is the same each time.

    Outside of it the operating system draws them, and nobody can foresee them. It always draws the secrets of sign-ins.
    """
    before = _source.set(source)
    try:
        yield
    finally:
        _source.reset(before)


def new_code() -> str:
    """Ten characters that cannot be guessed (49 bits) nor misread (no 0/O, 1/I/L, U)."""
    return "".join(_source.get().choice(ALPHABET) for _ in range(LENGTH))


def new_uid(domain: str) -> str:
    """The UID of a calendar entry: a random UUID at the domain that made it (RFC 7986 5.3, RFC 9562 5.4)."""
    return f"{UUID(int=_source.get().getrandbits(128), version=4)}@{domain}"


def new_message_id(domain: str) -> str:
    """The Message-ID of a letter, with its angle brackets: random, at the domain that sends it (RFC 5322 3.6.4)."""
    return f"<{_source.get().getrandbits(128):032x}@{domain}>"


def new_key() -> str:
    """32 characters that nobody can guess (192 bits), for a cookie."""
    return urlsafe_b64encode(_source.get().randbytes(24)).decode()
