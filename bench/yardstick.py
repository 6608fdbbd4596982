"""What feeds are measured against: a bare Flask application, on the same server and over the same database."""

import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from flask import Flask, Response
from markupsafe import Markup
from sqlalchemy import make_url

from marketplace.calendars.entries import event
from marketplace.calendars.envelope import envelope
from marketplace.calendars.facts import EntryFacts, Occurrence

EVENTS = 1000
STORED = "SELECT text FROM entry WHERE reader = '{reader}' ORDER BY ends_at, uid"
DESCRIPTION = "\n\n".join(["Melden bij: Receptie, hal 2. Draag in de hele hal een veiligheidsbril."] * 6)

LINE = Markup("<p>Lassen en zetten: van plaat tot product, in Meppel</p>\n")

app = Flask(__name__)
_lines = app.jinja_env.from_string("{% for each in lines %}{{ line }}{% endfor %}")
_kept = threading.local()


@app.get("/hello")
def hello() -> str:
    """The least that Flask can do."""
    return "hello"


@app.get("/page/<int:size>")
def page(size: int) -> str:
    """So many bytes of a Jinja template, with nothing asked of a database."""
    return _lines.render(lines=range(size // len(LINE)), line=LINE)


@app.get("/joined/<reader>")
def joined(reader: str) -> Response:
    """Stored strings, read by the bare driver on a connection that is kept, and joined."""
    rows = _connection().execute(STORED.format(reader=reader)).fetchall()
    return Response("".join(row[0] for row in rows), mimetype="text/calendar")


@app.get("/generated")
def generated() -> Response:
    """As many events, made by the icalendar library in the request, as calendars do that keep no texts."""
    calendar = envelope()
    for number in range(EVENTS):
        calendar.add_component(event(_facts(number)))
    return Response(calendar.to_ical(), mimetype="text/calendar")


def _facts(number: int) -> EntryFacts:
    starts_at, written_at = datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2027, 1, 11, 9, tzinfo=UTC)
    starts_at += timedelta(days=number)
    return EntryFacts(
        uid=f"{number}@meeloop.example",
        sequence=1,
        stamp=written_at,
        created_at=written_at,
        occurrences=(Occurrence(starts_at, starts_at + timedelta(hours=8)),),
        summary="Lassen en zetten: van plaat tot product (1 deelnemer van 2)",
        location="Reestdal Metaalwerken, Smidsvonkweg 14, 7944 XY Meppel",
        description=DESCRIPTION,
        url="https://meeloop.example/moments/7H2K9M",
    )


def _connection() -> Any:
    """That of this thread; on PostgreSQL each statement is one round trip."""
    if not hasattr(_kept, "connection"):
        url = make_url(os.environ["DATABASE_URL"])
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        is_sqlite = url.get_backend_name() == "sqlite"
        _kept.connection = (
            sqlite3.connect(str(url.database)) if is_sqlite else psycopg.connect(plain, autocommit=True)
        )
    return _kept.connection
