"""Who may come in. Every route carries exactly one guard, and a test walks all routes to prove it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.web.pages import is_fragment, redirect_whole
from marketplace.web.visitors import visitor

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def for_everybody(view: View[P]) -> View[P]:
    """Open to everybody, signed in or not."""
    view.guard = "everybody"  # type: ignore[attr-defined]
    return view


def for_secret_link(view: View[P]) -> View[P]:
    """Open to whoever has the address; touches no session and sets no cookie."""
    view.guard = "secret link"  # type: ignore[attr-defined]
    view.is_sessionless = True  # type: ignore[attr-defined]
    return view


def for_machines(view: View[P]) -> View[P]:
    """Open to everybody, without session or cookie: feeds of searches, health."""
    view.guard = "machines"  # type: ignore[attr-defined]
    view.is_sessionless = True  # type: ignore[attr-defined]
    return view


def for_signed_in(view: View[P]) -> View[P]:
    """For everybody who is signed in; others are asked to, and come back."""
    return _guarded(view, ())


def for_roles(*roles: str) -> Callable[[View[P]], View[P]]:
    """For those who have one of these roles. Who is not signed in is asked to; who has none of them gets a 403."""
    return lambda view: _guarded(view, roles)


def csrf_exempt(view: View[P]) -> View[P]:
    """Needs no CSRF token: for what does no harm when another site sends it, from visitors who have no cookie yet."""
    view.is_csrf_exempt = True  # type: ignore[attr-defined]
    return view


def _guarded(view: View[P], roles: tuple[str, ...]) -> View[P]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        who = visitor()
        if who is None:
            return _ask_to_sign_in()
        if roles and not who.has(*roles):
            abort(403)
        return view(*args, **kwargs)

    guarded.guard = roles or "signed in"  # type: ignore[attr-defined]
    return guarded


def _ask_to_sign_in() -> ResponseReturnValue:
    """A page is come back to; a form that was sent, or a fragment, leads to the page it stood on."""
    back = request.full_path.rstrip("?") if request.method == "GET" and not is_fragment() else ""
    address = url_for("account.sign_in", next=back or None)
    return redirect_whole(address) if is_fragment() else redirect(address, 303)
