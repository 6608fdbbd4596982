"""Questions about feeds: which somebody may have, whose a token is, and what is in it."""

from marketplace.feeds.queries.owning import (
    Right,
    feed_of,
    feeds_of,
    has_subscribed,
    right_to,
    subscription_to,
)
from marketplace.feeds.queries.reading import edition_of, entries_for, reading_at

__all__ = [
    "Right",
    "edition_of",
    "entries_for",
    "feed_of",
    "feeds_of",
    "has_subscribed",
    "reading_at",
    "right_to",
    "subscription_to",
]
