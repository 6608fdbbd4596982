"""Pages that are read most: who asks the same again gets the same page again, for as long as nobody wrote anything.

Nothing is guessed: a page is kept for an edition of the database and a minute, since moments begin and close on whole
minutes, and for one cookie. Whatever anybody commits ends them all; the next to ask has the page made anew.
"""

import logging
from collections.abc import Callable, Iterable
from gzip import compress
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from marketplace.kernel.clock import now

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

MOST = 3_000_000
"""Octets of pages that a process keeps: some sixty whole ones, or hundreds of parts that open pages ask for anew."""
_ASKED = ("PATH_INFO", "QUERY_STRING", "HTTP_COOKIE", "HTTP_HX_REQUEST", "HTTP_HX_REQUEST_TYPE")
"""All of a request that pages depend on."""
_OF_BODIES = {"content-type", "content-length"}

Headers = list[tuple[str, str]]


class _Page(NamedTuple):
    """A page as it was answered, with what to say to who has it already."""

    etag: str
    headers: Headers
    unchanged: Headers
    body: bytes


class Keeper:
    """Stands before an application and keeps its pages: those at the paths that `may_keep`, and that set no cookie."""

    def __init__(
        self, inside: "WSGIApplication", may_keep: Callable[[str], bool], edition: Callable[[], object]
    ) -> None:
        self._inside, self._may_keep, self._edition = inside, may_keep, edition
        self._kept: tuple[object, dict[object, _Page]] = None, {}

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answers 304 to who has the page already; sends in who asks for anything else."""
        if environ["REQUEST_METHOD"] != "GET" or not self._may_keep(environ["PATH_INFO"]):
            return self._inside(environ, start)
        try:
            pages = self._pages()  # before the page is made: what is committed meanwhile ends it
        except Exception as error:
            log.warning("no page is kept now: %s", error)
            return self._inside(environ, start)
        is_zipped = _may_be_zipped(environ)
        key = (is_zipped, *(environ.get(each, "") for each in _ASKED))
        if (page := pages.get(key)) is None:
            answer = Response.from_app(self._inside, environ, buffered=True)
            if not _is_lasting(answer):
                return answer(environ, start)
            if (
                sum(len(each.body) for each in [*pages.values()]) > MOST
            ):  # a copy: other threads keep pages too
                pages.clear()
            page = pages[key] = _page(answer, is_zipped=is_zipped)
        return _answer(page, environ, start)

    def _pages(self) -> dict[object, _Page]:
        edition = self._edition(), now().replace(second=0, microsecond=0)
        if self._kept[0] != edition:
            self._kept = edition, {}
        return self._kept[1]


def _is_lasting(answer: Response) -> bool:
    return answer.status_code == 200 and answer.mimetype == "text/html" and "Set-Cookie" not in answer.headers


def _may_be_zipped(environ: "WSGIEnvironment") -> bool:
    """For who has no cookie: how short a page becomes tells what stands in it beside words of the address (BREACH)."""
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") and not environ.get("HTTP_COOKIE")


def _page(answer: Response, *, is_zipped: bool) -> _Page:
    answer.vary.add("Accept-Encoding")
    if is_zipped:
        answer.set_data(compress(answer.get_data(), mtime=0))
        answer.content_encoding = "gzip"
    answer.add_etag()
    headers = answer.headers.to_wsgi_list()
    unchanged = [each for each in headers if each[0].lower() not in _OF_BODIES]
    return _Page(answer.get_etag()[0] or "", headers, unchanged, answer.get_data())


def _answer(page: _Page, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked and parse_etags(asked).contains_weak(page.etag):
        start("304 NOT MODIFIED", page.unchanged)
        return []
    start("200 OK", page.headers)
    return [page.body]
