"""PDFs over HTTP: made only for who does not have them yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, request

from marketplace.kernel.texts import LANGUAGES, current_language, speaking


def pdf_answer(*, digest: str, body: Callable[[], bytes], filename: str) -> Response:
    """The PDF that `body` makes; or 304, without making it, for who has the one with this `digest`.

    `filename` is ASCII and without quotes.
    """
    is_known = request.if_none_match.contains_weak(digest)
    answer = Response(status=304) if is_known else Response(body(), mimetype="application/pdf")
    answer.set_etag(digest)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    if not is_known:
        answer.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer


@contextmanager
def asked_language() -> Iterator[None]:
    """Speaks the language that the address asks for (`?language=en`), or else that of the page."""
    asked = request.args.get("language", "")
    with speaking(asked if asked in LANGUAGES else current_language()):
        yield
