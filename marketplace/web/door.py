"""The door before the application: answers for what calendars ask every hour, and sends everybody else in.

Hardly ever did anything change, and what a web framework does for each request costs more than the answer.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from marketplace.web.calendars import etag_of, headers_of, is_known

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)


class Found(NamedTuple):
    """A calendar at a path, as `calendar_answer` takes it."""

    etag_parts: Iterable[object]
    changed_at: datetime
    filename: str
    body: Callable[[], bytes]


class Door:
    """Answers in place of an application, just as it would, for the calendars under a prefix that `look` finds."""

    def __init__(self, inside: "WSGIApplication", prefix: str, look: Callable[[str], Found | None]) -> None:
        self._inside, self._prefix, self._look = inside, prefix, look

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Sends in who asks for something else, or what cannot be answered here."""
        if environ["PATH_INFO"].startswith(self._prefix) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            try:
                answer = self._answer(environ)
            except Exception as error:
                log.warning("the door sends in what it cannot answer: %s", error)
                answer = None
            if answer:
                status, headers, body = answer
                start(status, headers)
                return [body]
        return self._inside(environ, start)

    def _answer(self, environ: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes] | None:
        found = self._look(environ["PATH_INFO"])
        if found is None:
            return None
        etag, changed_at = etag_of(found.etag_parts), found.changed_at.replace(microsecond=0)
        if is_known(environ, etag, changed_at):
            return "304 NOT MODIFIED", headers_of(etag, changed_at), b""
        body = found.body()
        headers = [*headers_of(etag, changed_at, found.filename), ("Content-Length", str(len(body)))]
        return "200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body
