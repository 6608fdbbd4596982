"""The factory: puts the rooms together. Reads like a table of contents."""

import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask.templating import Environment
from flask_mail import Mail
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.engine import make_url
from whitenoise import WhiteNoise

from marketplace import account, demo, desk, host, market, school, teacher
from marketplace.account.views import glancing
from marketplace.documents.checking import LARGEST_PDF
from marketplace.formats.playbooks import format_of
from marketplace.kernel import database, signing
from marketplace.kernel.editions import editions
from marketplace.kernel.site import configure, site
from marketplace.kernel.texts import N_, current_language, gettext, in_language, teach
from marketplace.kernel.wording import FILTERS, hours
from marketplace.people.queries import signed_in
from marketplace.safety.rules import plain_text, safety_text
from marketplace.settings import ROOT, Settings, read
from marketplace.web import errors, headers, transactions, visitors
from marketplace.web.door import Door
from marketplace.web.keeping import Keeper
from marketplace.web.requests import Request
from marketplace.web.visitors import Visitor, visitor

mail = Mail()
csrf = CSRFProtect()

LARGEST_FORM = 1_000_000
LARGEST_REQUEST = LARGEST_PDF + LARGEST_FORM
NAVIGATION = (
    ((), "market.front", N_("Offers")),
    ((), "market.questions", N_("Questions")),
    (("participant",), "teacher.claims", N_("My claims")),
    (("school_contact",), "school.claims", N_("My school")),
    (("host_contact",), "host.offers", N_("Our offers")),
    (("coordinator", "administrator"), "desk.front", N_("Desk")),
    (
        ("participant", "school_contact", "host_contact", "coordinator", "administrator"),
        "account.profile",
        "",
    ),
)
"""For whom (nobody named: everybody), where, and what it is called; the profile bears the visitor's own name."""


class _Templates(Environment):
    """Templates whose globals are one plain dictionary: at each import of a macro Jinja compares all of them."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


def create_app(settings: Settings | None = None) -> Flask:
    """The application with these settings, or with those in the environment."""
    settings = settings or read(os.environ)
    configure(settings.site)
    signing.configure(settings.secret_key)
    app = Flask("marketplace", root_path=str(ROOT), instance_path=str(ROOT / "instance"))
    _configure(app, settings)
    _database(app)
    mail.init_app(app)
    _templates(app, settings)
    transactions.prepare(app)
    visitors.prepare(app, _load_visitor)
    csrf.init_app(app)  # after the visitor: what it refuses is said in their language
    headers.prepare(app, is_https=settings.is_https)
    errors.prepare(app)
    _rooms(app, settings)
    _static_files(app)
    _keeper(app)
    _door(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.request_class = Request
    app.url_map.merge_slashes = False  # the router would redirect to whatever Host says
    app.config.update(
        settings.mail,
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # session keys and letters stand in no log
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the page of a mailed link sends no Referer; the token is in the session
        WTF_CSRF_HEADERS=["X-CSRFToken"],
    )


def _database(app: Flask) -> None:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    if url.drivername == "postgresql":
        app.config["SQLALCHEMY_DATABASE_URI"] = url.set(drivername="postgresql+psycopg")
    database.db.init_app(app)
    with app.app_context():
        database.prepare(database.db.engine)


def _templates(app: Flask, settings: Settings) -> None:
    app.jinja_environment = _Templates
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    teach(app.jinja_env)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        hours=hours,
        format_of=format_of,
        in_language=in_language,
        safety_text=safety_text,
        plain_text=plain_text,
        is_demo=settings.is_demo,
    )

    @app.context_processor
    def known_everywhere() -> dict[str, object]:
        return {
            "visitor": visitor(),
            "language": current_language(),
            "site": site(),
            "navigation": _navigation(),
        }


def _navigation() -> list[tuple[str, str, str]]:
    who = visitor()
    return [
        (url_for(endpoint), gettext(label) or (who.name if who else ""), _current(endpoint))
        for roles, endpoint, label in NAVIGATION
        if not roles or (who and who.has(*roles))
    ]


def _current(endpoint: str) -> str:
    """For `aria-current`: "page" on the page itself, "true" on the pages below it, empty elsewhere."""
    if request.endpoint == endpoint:
        return "page"
    return "true" if request.path.startswith(f"{url_for(endpoint)}/") else ""


def _load_visitor(key: str) -> Visitor | None:
    found = signed_in(key)
    if found is None:
        return None
    return Visitor(found.code, found.name, found.language, found.roles, found.organisations, found.regions)


def _rooms(app: Flask, settings: Settings) -> None:
    for room in (market, account, teacher, host, school, desk):
        app.register_blueprint(room.views.blueprint)
    if settings.is_demo:
        app.register_blueprint(demo.views.blueprint)
    for view in app.view_functions.values():
        if getattr(view, "is_csrf_exempt", False):
            csrf.exempt(view)


def _static_files(app: Flask) -> None:
    folder = ROOT / "static"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask says so
        app.wsgi_app,
        root=str(folder),
        prefix="static/",
        max_age=3600,
        add_headers_function=lambda said, path, url: said.add_header("X-Content-Type-Options", "nosniff"),
    )


def _keeper(app: Flask) -> None:
    with app.app_context():
        edition = editions(database.db.engine)
    app.wsgi_app = Keeper(app.wsgi_app, market.is_kept, edition)  # type: ignore[method-assign, assignment]  # Flask says so


def _door(app: Flask) -> None:
    with app.app_context():
        look = glancing.feeds_at_a_glance(database.db.engine)
    app.wsgi_app = Door(app.wsgi_app, glancing.PREFIX, look)  # type: ignore[method-assign, assignment]  # Flask says so
