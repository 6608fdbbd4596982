"""Calendars over HTTP: answered only when they changed, since programs ask for them every hour."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

from flask import Response, request

MIME_TYPE = "text/calendar; charset=utf-8"


def calendar_answer(
    *, etag_parts: Iterable[object], changed_at: datetime, body: Callable[[], bytes], filename: str
) -> Response:
    """The calendar that `body` makes; or 304, without making it, for who has it already.

    `etag_parts` are all that the octets depend on; `changed_at`, in UTC, says since when they are what they are. The
    ETag wins, and a date is looked at only where there is none: Apple sends dates alone (RFC 9110 13.1.3, 13.2.2).
    `filename` is ASCII and without quotes.
    """
    etag = sha256("\n".join(repr(part) for part in etag_parts).encode()).hexdigest()[:32]
    changed_at = changed_at.replace(microsecond=0)
    answer = Response(status=304) if _is_known(etag, changed_at) else Response(body(), mimetype="text/calendar")
    answer.set_etag(etag)
    answer.last_modified = changed_at
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    if answer.status_code == 200:
        answer.headers["Content-Type"] = MIME_TYPE
        answer.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer


def _is_known(etag: str, changed_at: datetime) -> bool:
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(etag)
    since = _known_since()
    return since is not None and changed_at <= since


def _known_since() -> datetime | None:
    """The date that the asker has; None without one, or for one that is no date."""
    try:
        return request.if_modified_since
    except OverflowError:  # a year of twenty digits
        return None
