"""What stands behind a token: a statement for whose it is and whether anything changed, one more for what is in it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Text, TextClause, bindparam, text

from marketplace.feeds import rules
from marketplace.feeds.entries import with_steps
from marketplace.feeds.facts import Edition, Reading
from marketplace.feeds.states import FeedKind
from marketplace.kernel.database import UtcDateTime, session
from marketplace.kernel.errors import NotFound
from marketplace.kernel.glances import Row, Statement
from marketplace.kernel.site import site
from marketplace.kernel.texts import gettext, speaking
from marketplace.kernel.times import start_of_day, wall_date

FORMAT = 2
"""Raised when what is written around the entries changes."""

_PARTS = "SELECT x.id FROM region x WHERE x.id = {region} OR x.parent_id = {region}"
"""A region with its sub-regions."""

_READING = text(
    f"""
    WITH own AS (
        SELECT s.id, s.kind, p.code AS person, p.name AS owner, p.language,
            o.code AS organisation, o.name AS organisation_name, s.region_id, r.name AS region_name,
            s.days_back, s.has_pending, s.steps, s.chosen_at, s.last_used_on
        FROM subscription s
        JOIN person p ON p.id = s.person_id
        LEFT JOIN organisation o ON o.id = s.organisation_id
        LEFT JOIN region r ON r.id = s.region_id
        WHERE s.token_digest = :digest AND EXISTS (
            SELECT 1 FROM membership m WHERE m.person_id = s.person_id AND (
                (s.kind = 'own' AND m.role = 'participant')
                OR (s.kind IN ('hosted', 'supervised')
                    AND m.role = 'host_contact' AND m.organisation_id = s.organisation_id)
                OR (s.kind = 'region' AND m.role = 'coordinator' AND m.region_id IN (r.id, r.parent_id))
            )
        )
    ), readers AS (
        SELECT 'person:' || person AS reader FROM own WHERE kind = 'own'
        UNION ALL SELECT 'organisation:' || organisation FROM own WHERE organisation IS NOT NULL
        UNION ALL SELECT 'organisation:' || h.code FROM own, organisation h
            WHERE h.region_id IN ({_PARTS.format(region="own.region_id")})
    )
    SELECT own.*, numbers.number, numbers.changed_at
    FROM own, (
        SELECT sum(n.number) AS number, max(n.changed_at) AS changed_at
        FROM change_number n WHERE n.reader IN (SELECT reader FROM readers)
    ) numbers
    """
).columns(
    id=Integer,
    kind=Text,
    person=Text,
    owner=Text,
    language=Text,
    organisation=Text,
    organisation_name=Text,
    region_id=Integer,
    region_name=Text,
    days_back=Integer,
    has_pending=Boolean,
    steps=Text,
    chosen_at=UtcDateTime,
    last_used_on=Date,
    number=Integer,
    changed_at=UtcDateTime,
)
"""The columns of Reading. Who lost the role finds nothing. The numbers of a region are those of its organisations."""


Ask = Callable[[Statement, dict[str, Any]], Sequence[Row]]
"""How the database is asked: in the session of a request, or at a glance."""


def _in_session(statement: Statement, values: dict[str, Any]) -> Sequence[Row]:
    return session.execute(statement, values).all()


def reading_at(token: str, ask: Ask = _in_session) -> Reading:
    """The subscription behind a token, while its owner still has the role; NotFound for all other tokens alike."""
    rows = ask(_READING, {"digest": rules.digest(token)})
    if not rows:
        raise NotFound
    return Reading._make(rows[0])


def edition_of(reading: Reading, now: datetime) -> Edition:
    """The feed as it is at `now`. It was asked before its entries: a change in between is then fetched next time."""
    return _edition_on(wall_date(now), reading, site().name)


@lru_cache(maxsize=1000)
def _edition_on(day: date, reading: Reading, site_name: str) -> Edition:
    """Kept: calendars ask again and again for what did not change."""
    midnight = start_of_day(day)
    since, _ = rules.window(midnight, reading.days_back)
    name = _name(reading, site_name)
    chosen = (reading.days_back, reading.has_pending, reading.steps)
    whose = (reading.kind, reading.reader, reading.region_id, reading.owner)
    return Edition(
        name=name,
        parts=(FORMAT, reading.number, since.isoformat(), *whose, *chosen, name, reading.language),
        changed_at=max(reading.changed_at or midnight, reading.chosen_at, midnight),
    )


def _name(reading: Reading, site_name: str) -> str:
    """What a calendar calls the feed. Without commas of ours: some programs show the backslash before them."""
    about = reading.organisation_name or reading.region_name
    with speaking(reading.language):
        if reading.kind == FeedKind.SUPERVISED:
            about = gettext("%(name)s · my moments", name=about)
        return f"{site_name}: {about or gettext('my claims')}"


_IN_WINDOW = "e.ends_at >= :since AND (e.status <> 'CANCELLED' OR e.ends_at >= :cancelled_since)"
_ORDER = "ORDER BY e.ends_at, e.uid"
_TIMES = [bindparam("since", type_=UtcDateTime()), bindparam("cancelled_since", type_=UtcDateTime())]


def _statement(sql: str) -> TextClause:
    return text(f"{sql} AND {_IN_WINDOW} {_ORDER}").bindparams(*_TIMES)


_ALL = _statement("SELECT e.text FROM entry e WHERE e.reader = :reader")
_SURE = _statement(
    "SELECT e.text FROM entry e WHERE e.reader = :reader AND e.status <> 'TENTATIVE'"
    " AND (e.status <> 'CANCELLED' OR e.is_invited)"
)
"""Without what is not approved yet, and without that what became of it when nothing did."""
_SUPERVISED = _statement(
    "SELECT e.text FROM entry e JOIN slot s ON s.id = e.slot_id"
    " WHERE e.reader = :reader AND s.supervisor = :owner"
)
_IN_REGION = (
    " FROM organisation h JOIN offer o ON o.organisation_id = h.id JOIN slot s ON s.offer_id = o.id"
    " JOIN entry e ON e.slot_id = s.id AND e.reader = 'organisation:' || h.code"
    f" WHERE h.region_id IN ({_PARTS.format(region=':region_id')})"
)
_REGION = _statement(f"SELECT e.text{_IN_REGION}")
_WITH_STEPS = _statement(
    "SELECT e.text, s.code, s.starts_at, s.state, s.version + o.version AS version,"
    " s.changed_at AS slot_changed_at, o.changed_at AS offer_changed_at,"
    f" o.format, o.title{_IN_REGION}"
).columns(
    text=Text,
    code=Text,
    starts_at=UtcDateTime,
    state=Text,
    version=Integer,
    slot_changed_at=UtcDateTime,
    offer_changed_at=UtcDateTime,
    format=Text,
    title=Text,
)
"""The columns of feeds.entries.Moment, after the text."""


def entries_for(reading: Reading, now: datetime, ask: Ask = _in_session) -> list[str]:
    """The entries of a feed as they were written down, by date: see `rules.window` for how far back.

    One statement. The steps of the playbook, where they are wanted, are those of the moments in it.
    """
    statement, values = _content(reading)
    since, cancelled_since = rules.window(now, reading.days_back)
    rows = ask(statement, {"since": since, "cancelled_since": cancelled_since, **values})
    if statement is _WITH_STEPS:
        with speaking(reading.language):
            return with_steps(rows, reading.steps)
    return [row[0] for row in rows]


def _content(reading: Reading) -> tuple[Statement, dict[str, Any]]:
    if reading.kind == FeedKind.REGION:
        return _WITH_STEPS if reading.steps else _REGION, {"region_id": reading.region_id}
    if reading.kind == FeedKind.SUPERVISED:
        return _SUPERVISED, {"reader": reading.reader, "owner": reading.owner}
    return _ALL if reading.has_pending else _SURE, {"reader": reading.reader}
