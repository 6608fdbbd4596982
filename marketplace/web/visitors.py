"""Who is there: the visitor behind a request, and the beginning and end of a sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, g, request, session

from marketplace.kernel.texts import DEFAULT, speak

SIGN_IN_LASTS = timedelta(days=30)

Loader = Callable[[str], "Visitor | None"]
"""Fetches the visitor that a session key names; handed in by the factory."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `organisations` are pairs: a role, and the code of the organisation it holds at.

    `regions` are row ids and codes of those that a coordinator decides for.
    """

    code: str
    name: str
    language: str
    roles: frozenset[str] = frozenset()
    organisations: frozenset[tuple[str, str]] = frozenset()
    regions: frozenset[tuple[int, str]] = frozenset()

    def has(self, *roles: str) -> bool:
        """Whether the visitor has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def organisations_as(self, role: str) -> set[str]:
        """Codes of the organisations where the visitor has this one role; others, with other roles, do not count."""
        return {code for held, code in self.organisations if held == role}


def visitor() -> Visitor | None:
    """The visitor of this request; None for somebody who is not signed in."""
    found: Visitor | None = g.get("visitor")
    return found


def me() -> Visitor:
    """The visitor, on pages that a guard keeps for those who are signed in."""
    found = visitor()
    assert found is not None  # the guard saw to it
    return found


def prepare(app: Flask, load: Loader) -> None:
    """Loads the visitor before each request that may know one, and sets the language of the answer."""
    app.permanent_session_lifetime = SIGN_IN_LASTS

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        speak(DEFAULT)  # what fails before the next visitor is known is not said in the language of this one

    @app.before_request
    def greet() -> None:
        g.visitor = None
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "is_sessionless", False):
            speak(request.args.get("language", DEFAULT))
            return
        key = session.get("key")
        g.visitor = load(key) if key else None
        speak(g.visitor.language if g.visitor else session.get("language", DEFAULT))


def begin_sign_in(key: str) -> None:
    """From now on this browser is the person with this session key. Nothing of before is kept."""
    session.clear()
    session.permanent = True
    session["key"] = key


def end_sign_in() -> None:
    """From now on this browser is nobody."""
    session.clear()
