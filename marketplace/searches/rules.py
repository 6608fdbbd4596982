"""How many searches somebody may keep, and the clock of the mails about them."""

from datetime import datetime, time, timedelta

from marketplace.claims.rules.timing import last_day
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall
from marketplace.searches.states import Alert

NAME_LIMIT = 100
QUERY_LIMIT = 1500
"""Characters of the address: far more than anybody chooses, and what an index of PostgreSQL can hold."""
MOST = 20
"""Searches that one person keeps."""

SETTLES = timedelta(minutes=10)
"""So long after it appeared something is told: what a host posts and corrects in one go stands in one mail."""
APART = timedelta(hours=1)
"""Between two mails about one search, where they go at once."""
MORNING = time(8)
"""When mails of the day and of the week go."""
MONDAY = 0
MAILED_WITHIN = timedelta(hours=12)
"""A morning that was missed by more is left out: the next mail tells it."""
WORTH = timedelta(days=2)
"""So long a mail that waits to be sent is worth sending."""
NEWS = timedelta(days=14)
"""What appeared longer ago is old news."""
MOST_NEWS = 2000
"""Moments that are looked at in one go. More appear only where a whole region is loaded: the first by date count."""
IN_A_ROW = 100
"""Searches that are looked at before what else is due has its turn: letters to sign in do not wait."""
LISTED = 10
"""Activities in one mail."""


def why_not_save(query: str, count: int) -> Refusal | None:
    """Why somebody who keeps `count` searches cannot keep one more."""
    if count >= MOST:
        return Refusal(N_("You keep %(most)s searches already. Remove one of them first."), {"most": MOST})
    if len(query) > QUERY_LIMIT:
        return Refusal(N_("This search has too many choices to keep. Take some of them away."))
    return None


def tells_until(alert: Alert, now: datetime) -> datetime | None:
    """Up to when what appeared may be told now; None where it is not the time for it."""
    if alert == Alert.AT_ONCE:
        return now - SETTLES
    due_at = mails_at(alert, now)
    return due_at - SETTLES if now < due_at + MAILED_WITHIN else None


def mails_at(alert: Alert, now: datetime) -> datetime:
    """The last morning on which mails of the day or of the week were due."""
    day = last_day(now, MORNING)
    if alert == Alert.WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return at_wall(day, MORNING)
