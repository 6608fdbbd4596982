"""Errors as pages: what is the matter, in one sentence, and a way on."""

import logging

from flask import Flask, Response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import N_, gettext, say
from marketplace.web.pages import is_fragment

log = logging.getLogger(__name__)

SENTENCES = {
    400: (N_("That did not arrive well"), N_("Go back, load the page again and try once more.")),
    403: (
        N_("This page is not for you"),
        N_("You are signed in, but without the role that this page is for."),
    ),
    404: (N_("This page is not here"), N_("The address may be wrong, or what stood here is gone.")),
    405: (N_("This page is not here"), N_("The address may be wrong, or what stood here is gone.")),
    409: (N_("That cannot be done now"), ""),
    410: (N_("This link no longer works"), N_("It was used already, or it is too old.")),
    413: (
        N_("That is too much"),
        N_("You sent more than fits. Shorten your text or choose a smaller file."),
    ),
    429: (N_("That is very often"), N_("Wait a moment and try again.")),
    500: (N_("Something went wrong with us"), N_("Nothing was changed. Try again in a moment.")),
    503: (N_("It is very busy"), N_("Nothing was changed. Try again in a moment.")),
}


def error_page(status: int, text: str = "") -> Response:
    """The page for an error, or a notice in its place for htmx. Whatever the request did is undone first."""
    session.rollback()
    title, sentence = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
    template = "errors/fragment.html" if is_fragment() else "errors/error.html"
    shown = text or gettext(sentence)
    return Response(render_template(template, status=status, title=gettext(title), text=shown), status)


def prepare(app: Flask) -> None:
    """Registers what becomes of refusals, missing things and mishaps."""

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return error_page(409, say(error.refusal))

    @app.errorhandler(NotFound)
    def not_found(_: NotFound) -> Response:
        return error_page(404)

    @app.errorhandler(CSRFError)
    def forged(_: CSRFError) -> Response:
        return error_page(
            400, gettext("This form was not from us, or you signed in or out since. Load the page again.")
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]  # redirects of the router
        return error_page(error.code or 500)

    @app.errorhandler(DataError)
    @app.errorhandler(OperationalError)
    def not_done(error: DBAPIError) -> Response:
        """It was given what no column holds, such as a NUL for PostgreSQL; or it was too busy."""
        log.error("the database could not do it: %s", error)
        return error_page(400 if isinstance(error, DataError) else 503)

    @app.errorhandler(Exception)
    def mishap(error: Exception) -> Response:
        log.exception("unexpected", exc_info=error)
        return error_page(500)
