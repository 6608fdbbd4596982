"""Requests as they arrive."""

from string import punctuation
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Request as FlaskRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Request(FlaskRequest):
    """A request whose query may hold octets that belong in no address (RFC 3986 2): taken as if percent-encoded.

    Werkzeug would fail on those that are no UTF-8, on every page that asks for its own address.
    """

    def __init__(
        self, environ: "WSGIEnvironment", populate_request: bool = True, shallow: bool = False
    ) -> None:
        super().__init__(environ, populate_request, shallow)
        self.query_string = quote(self.query_string, safe=punctuation).encode()
