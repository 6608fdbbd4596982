"""Signed words in links: whoever shows them got them from us. The key is the installation's."""

from collections.abc import Sequence
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer

from marketplace.kernel.errors import NotFound

_key = ""


def configure(key: str) -> None:
    """Called by the factory, once."""
    global _key
    _key = key


def sign(purpose: str, words: Sequence[str]) -> str:
    """The words as a token that is safe in an address. Anybody can read them, nobody can make another."""
    token: str = _serializer(purpose).dumps(list(words))
    return token


def signed(purpose: str, token: str) -> list[str]:
    """The words of a token that was signed for this purpose; NotFound for any other."""
    try:
        words: list[str] = _serializer(purpose).loads(token)
    except BadData:
        raise NotFound from None
    return words


def _serializer(purpose: str) -> URLSafeSerializer:
    assert _key  # the factory sets it
    return URLSafeSerializer(_key, salt=purpose, signer_kwargs={"digest_method": sha256})
