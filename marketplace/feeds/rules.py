"""What makes a token, from when to when a feed reaches back, and why a calendar may not follow it."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from hmac import digest as hmac

from marketplace.feeds.facts import Feed
from marketplace.kernel.errors import Refusal
from marketplace.kernel.site import site
from marketplace.kernel.texts import N_
from marketplace.kernel.times import start_of_day, wall_date

CANCELLED_KEPT = timedelta(days=30)
"""How long after its date what was cancelled stays: long enough for every calendar to have seen it."""


def token_of(key: str, nonce: str) -> str:
    """The token of a feed: HMAC-SHA256 of its nonce (RFC 2104), 43 characters that are safe in an address."""
    return urlsafe_b64encode(hmac(key.encode(), f"feed {nonce}".encode(), "sha256")).decode().rstrip("=")


def digest(token: str) -> str:
    """By what a token is found."""
    return sha256(token.encode()).hexdigest()


def window(now: datetime, days_back: int) -> tuple[datetime, datetime]:
    """Since when entries are in a feed, and since when cancelled ones are. It moves once a day, at midnight."""
    today = wall_date(now)
    return start_of_day(today - timedelta(days=days_back)), start_of_day(today - CANCELLED_KEPT)


QUIET = timedelta(days=3)
"""After so long even the slowest calendar should have looked: Google and Outlook take up to a day."""


def why_not_shown(feed: Feed, today: date) -> Iterator[Refusal]:
    """Why calendars may not show what is in a feed, whatever is in it."""
    if not site().is_public:
        yield Refusal(N_("This site runs on your own computer only: Google and Outlook cannot reach it."))
    elif not site().base_url.startswith("https:"):
        yield Refusal(N_("This site does not use https: some calendars refuse it."))
    if feed.last_used_on is None:
        yield Refusal(N_("No calendar has fetched it yet. Subscribe first, or give it until tomorrow."))
    elif today - feed.last_used_on >= QUIET:
        yield Refusal(
            N_("No calendar has fetched it for days. Make a new link, and subscribe with that one.")
        )
