"""One request, one transaction: committed before the answer leaves, rolled back when it failed."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from marketplace.kernel.database import limit_time, read_only, session
from marketplace.kernel.errors import NotFound

PATIENCE = 1.0
"""Seconds that the database may take for a page that everybody can ask for."""
PUBLIC = {"everybody", "machines"}


View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def only_reads(view: View) -> View:
    """Marks a view that is posted to and writes nothing: what is asked would not fit in an address."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def prepare(app: Flask) -> None:
    """GET and HEAD read only, the database sees to it. Anything that answers with an error changed nothing."""

    @app.before_request
    def begin() -> None:
        view = app.view_functions.get(request.endpoint or "")
        is_reading = request.method in {"GET", "HEAD", "OPTIONS"} or hasattr(view, "only_reads")
        guard = getattr(view, "guard", "")
        read_only(is_reading)
        limit_time(PATIENCE if is_reading and guard in PUBLIC else 0)
        with suppress(HTTPException):  # said when a view or the CSRF check asks for it again
            request.form  # noqa: B018 - read whole before a transaction begins: who sends slowly holds up no writer
        if "\0" in request.path:  # no row has such a code, and PostgreSQL will not even be asked
            raise NotFound

    @app.after_request
    def finish(answer: Response) -> Response:
        if answer.status_code < 400:
            session.commit()
        else:
            session.rollback()
        return answer

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        read_only(False)
        limit_time(0)
