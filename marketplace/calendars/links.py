"""Links that put something into an online calendar once: those of Google and of Outlook on the web."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from marketplace.calendars.cleaning import short_line
from marketplace.calendars.facts import Occurrence
from marketplace.calendars.series import frequency
from marketplace.kernel.times import AMSTERDAM, wall


def google_link(occurrences: Sequence[Occurrence], *, summary: str, location: str, details: str) -> str:
    """Google's form with everything filled in; empty for dates that follow no rule, since it takes one entry."""
    rule = frequency(occurrences)
    if len(occurrences) > 1 and not rule:
        return ""
    wishes = {
        "action": "TEMPLATE",
        "text": short_line(summary),
        "dates": f"{_local(occurrences[0].starts_at)}/{_local(occurrences[0].ends_at)}",
        "ctz": AMSTERDAM,
        "location": short_line(location),
        "details": details,
    }
    if rule:
        wishes["recur"] = f"RRULE:FREQ={rule};COUNT={len(occurrences)}"
    return f"https://calendar.google.com/calendar/render?{urlencode(wishes)}"


def outlook_link(occurrences: Sequence[Occurrence], *, summary: str, location: str, details: str) -> str:
    """The same of Outlook at work and school; empty for more than one time, since its form repeats nothing."""
    if len(occurrences) > 1:
        return ""
    wishes = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": short_line(summary),
        "startdt": _utc(occurrences[0].starts_at),
        "enddt": _utc(occurrences[0].ends_at),
        "location": short_line(location),
        "body": details,
    }
    return f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(wishes)}"


def _local(instant: datetime) -> str:
    return f"{wall(instant):%Y%m%dT%H%M%S}"


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
