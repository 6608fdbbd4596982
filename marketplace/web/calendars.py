"""Calendars over HTTP: answered only when they changed, since programs ask for them every hour."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MIME_TYPE = "text/calendar; charset=utf-8"


class _NotModified(Response):
    """A 304 that repeats Last-Modified: Werkzeug takes it off, but who asks by date alone lives by it."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


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
    answer = _NotModified(status=304) if _is_known(etag, changed_at) else Response(body())
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
