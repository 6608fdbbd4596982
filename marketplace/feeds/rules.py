"""What makes a token, and from when to when a feed reaches back."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest as hmac

from marketplace.kernel.times import start_of_day, wall_date

KEPT = timedelta(days=90)
"""How far back a feed goes …"""
CANCELLED_KEPT = timedelta(days=30)
"""… and for what was cancelled: long enough for every calendar to have seen it."""


def token_of(key: str, nonce: str) -> str:
    """The token of a feed: HMAC-SHA256 of its nonce (RFC 2104), 43 characters that are safe in an address."""
    return urlsafe_b64encode(hmac(key.encode(), f"feed {nonce}".encode(), "sha256")).decode().rstrip("=")


def digest(token: str) -> str:
    """By what a token is found."""
    return sha256(token.encode()).hexdigest()


def window(now: datetime) -> tuple[datetime, datetime]:
    """Since when entries are in a feed, and since when cancelled ones are. It moves once a day, at midnight."""
    today = wall_date(now)
    return start_of_day(today - KEPT), start_of_day(today - CANCELLED_KEPT)
