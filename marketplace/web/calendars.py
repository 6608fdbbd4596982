"""Calendars over HTTP: answered only when they changed, since programs ask for them every hour."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date, parse_date, parse_etags, quote_etag

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
    etag, changed_at = etag_of(etag_parts), changed_at.replace(microsecond=0)
    is_unchanged = is_known(request.environ, etag, changed_at)
    answer = _NotModified(status=304) if is_unchanged else Response(body())
    answer.headers.update(headers_of(etag, changed_at, "" if is_unchanged else filename))
    return answer


def headers_of(etag: str, changed_at: datetime, filename: str = "") -> list[tuple[str, str]]:
    """The headers of an answer; without `filename`, of one that says that nothing changed (RFC 9110 15.4.5)."""
    headers = [
        ("ETag", quote_etag(etag)),
        ("Last-Modified", http_date(changed_at)),
        ("Cache-Control", "private, no-cache"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),  # the address is a secret
    ]
    if filename:
        headers += [
            ("Content-Type", MIME_TYPE),
            ("Content-Disposition", f'inline; filename="{filename}"'),
        ]
    return headers


def etag_of(parts: Iterable[object]) -> str:
    """The same for the same parts, and as good as never for others."""
    return sha256("\n".join(repr(part) for part in parts).encode()).hexdigest()[:32]


def is_known(environ: "WSGIEnvironment", etag: str, changed_at: datetime) -> bool:
    """Whether who asks has this already, by what they say of it; `changed_at` in whole seconds."""
    if "HTTP_IF_NONE_MATCH" in environ:
        return parse_etags(environ["HTTP_IF_NONE_MATCH"]).contains_weak(etag)
    since = _date(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
    return since is not None and changed_at <= since


def _date(said: str) -> datetime | None:
    """The date that the asker has; None without one, or for one that is no date."""
    try:
        return parse_date(said)
    except OverflowError:  # a year of twenty digits
        return None
