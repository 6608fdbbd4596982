"""Answers: a whole page or, for htmx, one block of the same template; and the way to another page."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2_fragments.flask import render_block

from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import say

PATH_LIMIT = 2000
"""Characters of an address to come back to: it is kept with a sign-in."""


def is_fragment() -> bool:
    """Whether htmx asks for part of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") == "partial"


def page(template: str, *, block: str = "", status: int = 200, **facts: Any) -> Response:
    """The page, or just its block when htmx asks for a part and the view names one. Caches are told."""
    wants_block = bool(block) and is_fragment()
    text = render_block(template, block, **facts) if wants_block else render_template(template, **facts)
    answer = make_response(text, status)
    answer.vary.update(("HX-Request", "HX-Request-Type"))
    return answer


def go_to(address: str, *, say_ok: str = "") -> ResponseReturnValue:
    """After a POST: on to another page (303), with a word about what was done."""
    if say_ok:
        flash(say_ok, "ok")
    return redirect(address, 303)


def refuse(address: str, refusal: Refusal) -> ResponseReturnValue:
    """After a button that could not be followed: back, with the reason."""
    flash(say(refusal), "bad")
    return redirect(address, 303)


def redirect_whole(address: str) -> Response:
    """Tells htmx to go to another page altogether."""
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = address
    return answer


def local_path(address: str) -> str:
    """An address to come back to, if it is a path on this site; empty otherwise, so that nobody is led astray."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours and address.isprintable() and len(address) <= PATH_LIMIT else ""
