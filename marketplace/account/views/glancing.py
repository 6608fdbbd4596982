"""Personal feeds as the door before the application answers for them."""

from collections.abc import Callable

from sqlalchemy import Engine

from marketplace.calendars.feeds import feed as as_calendar
from marketplace.feeds.queries import edition_of, entries_for, reading_at
from marketplace.kernel.clock import now
from marketplace.kernel.errors import NotFound
from marketplace.kernel.glances import Glances
from marketplace.kernel.times import wall_date
from marketplace.web.door import Found

PREFIX, SUFFIX = "/feeds/", ".ics"
"""What stands around the token in the path of a personal feed."""
FILENAME = "agenda.ics"


def feeds_at_a_glance(engine: Engine) -> Callable[[str], Found | None]:
    """Looks up the feed at a path.

    None, so that the application answers, for a token that is nobody's and for the first time in a day, which is noted.
    """
    glances = Glances(engine)

    def look(path: str) -> Found | None:
        at = now()
        if not path.endswith(SUFFIX):
            return None
        try:
            reading = reading_at(path.removeprefix(PREFIX).removesuffix(SUFFIX), glances.rows)
        except NotFound:
            return None
        if reading.last_used_on != wall_date(at):
            return None
        edition = edition_of(reading, at)
        return Found(
            edition.parts,
            edition.changed_at,
            FILENAME,
            lambda: as_calendar(entries_for(reading, at, glances.rows), name=edition.name),
        )

    return look
