"""What a feed costs that calendars ask for every hour: whole, after a change, and where nothing changed.

Yardsticks are views of a bare Flask application (`bench.yardstick`) on the same server, asked in turn with ours.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.request import urlopen

from flask import Flask
from sqlalchemy import insert
from werkzeug.http import http_date

from bench.asking import rate, rate_of, request
from bench.databases import application
from bench.serving import SECRET_KEY, served
from bench.yardstick import EVENTS
from marketplace.claims.entries import write_for_host
from marketplace.claims.models import Entry
from marketplace.feeds import rules
from marketplace.feeds.actions import make_link
from marketplace.feeds.models import Subscription
from marketplace.feeds.states import FeedKind
from marketplace.kernel.changes import ChangeNumber
from marketplace.kernel.clock import now
from marketplace.kernel.codes import new_code, new_key
from marketplace.kernel.database import Base, session, transaction
from marketplace.kernel.times import wall_date
from marketplace.people.models import Membership, Person
from marketplace.people.states import Role
from tests import steps
from tests.cast import Cast, make, person
from tests.statements import statements

ROUNDS = 7
WHOLE, UNCHANGED, GENERATED = 60, 4000, 4
"""Requests a round."""
SUBSCRIBERS, CHANGED = 10_000, 20
"""Who poll each hour; one in twenty of them finds a change, which is far more than happens."""
ENTRIES = 4
"""Of each of them."""


@dataclass(frozen=True)
class Served:
    """Ours and the yardstick, with a feed of a host's moments."""

    cast: Cast
    ours: str
    bare: str
    token: str

    @property
    def feed(self) -> str:
        """Where the feed is."""
        return f"{self.ours}/feeds/{self.token}.ics"

    @property
    def joined(self) -> str:
        """Where its stored strings are."""
        return f"{self.bare}/joined/organisation:{self.cast.company}"


@contextmanager
def _serving(url: str) -> Iterator[Served]:
    with application(url):
        cast = make(now=now())
        _fill(cast)
        with transaction():
            host, company = person(cast, "host"), steps.company_of(cast)
            token = make_link(
                person=host, kind=FeedKind.HOSTED, organisation=company, key=SECRET_KEY, now=now()
            )
        with served("wsgi:app", url) as ours, served("bench.yardstick:app", url) as bare:
            yield Served(cast, ours, bare, token)


def _fill(cast: Cast) -> None:
    """Puts so many entries into the feed of the cast's host, besides that of its moment."""
    with transaction():
        write_for_host(steps.slot_with(cast.slot), now=now())
    with transaction():
        (pattern,) = steps.host_entries(cast.slot)
        rows = [_entry(pattern, pattern.reader, number) for number in range(1, EVENTS)]
        session.execute(insert(Entry), rows)


def _entry(pattern: Entry, reader: str, number: int) -> dict[str, Any]:
    """An entry like another one, a few hours later, in somebody's feed."""
    uid = f"{number}-{reader.partition(':')[2]}@meeloop.example"
    return {
        "reader": reader,
        "slot_id": pattern.slot_id,
        "position": number,
        "uid": uid,
        "status": pattern.status,
        "series": pattern.series,
        "excluded": [],
        "text": pattern.text.replace(pattern.uid, uid),
        "made_at": pattern.made_at,
        "changed_at": pattern.changed_at,
        "ends_at": pattern.ends_at + timedelta(hours=number),
    }


def measure(url: str) -> dict[str, float]:
    """The ratios that count, each the median of rounds in which ours and the yardstick take turns."""
    with _serving(url) as found:
        with urlopen(found.feed) as answer:  # notes that it is used today
            assert answer.read().count(b"BEGIN:VEVENT") >= EVENTS
        whole, changed, unchanged = [], [], []
        for each in range(ROUNDS):
            joined = rate(found.joined, WHOLE)
            whole.append(joined / rate(found.feed, WHOLE))
            _change_one(found.cast, each)
            changed.append(joined / rate(found.feed, WHOLE))
            known = f"If-None-Match: {_etag(found.feed)}"
            hello = rate(f"{found.bare}/hello", UNCHANGED)
            unchanged.append(rate(found.feed, UNCHANGED, known, status=304) / hello)
        generated = rate(found.feed, WHOLE) / rate(f"{found.bare}/generated", GENERATED)
        share = _share_of_a_core(found)
    return {
        "whole feed / stored strings joined (at most 1.3)": median(whole),
        "after one event changed / unchanged (at most 1.3)": median(changed) / median(whole),
        "whole feed, times faster than generated (80)": generated,
        "304 / bare Flask hello (at least 0.8)": median(unchanged),
        f"share of a core for {SUBSCRIBERS} polls an hour": share,
    }


def _etag(address: str) -> str:
    with urlopen(address) as answer:
        return str(answer.headers["ETag"])


def _change_one(cast: Cast, number: int) -> None:
    """The supervisor of one moment changes, and the calendar of the host with it."""
    steps.change_slot(cast, supervisor=f"Begeleider {number}", now=now())
    with transaction():
        write_for_host(steps.slot_with(cast.slot), now=now())
    session.remove()


# --- Statements ---------------------------------------------------------------------------------------------------


def measure_statements(url: str) -> dict[str, float]:
    """Statements for a whole feed of few and of many events, as the application sends them."""
    with application(url) as app:
        cast = make(now=now())
        with transaction():
            host, company = person(cast, "host"), steps.company_of(cast)
            token = make_link(
                person=host, kind=FeedKind.HOSTED, organisation=company, key=SECRET_KEY, now=now()
            )
        few = _statements(app, token)
        _fill(cast)
        return {
            "statements, feed of 1 event (at most 2)": few,
            f"statements, feed of {EVENTS} events": _statements(app, token),
        }


def _statements(app: Flask, token: str) -> int:
    client = app.test_client()
    client.get(f"/feeds/{token}.ics").close()  # notes that it is used today
    with statements(app) as sent:
        assert client.get(f"/feeds/{token}.ics").status_code == 200
    return len(sent)


# --- Everybody polls ----------------------------------------------------------------------------------------------


def _share_of_a_core(found: Served) -> float:
    """Each polls once, as fast as they are answered: what share of an hour that takes. It counts the client, too."""
    feeds = [f"{found.ours}/feeds/{token}.ics" for token in _subscribers(found.cast)]
    known = f"If-Modified-Since: {http_date(now())}"
    asked = [request(each, *([known] if number % CHANGED else [])) for number, each in enumerate(feeds)]
    return SUBSCRIBERS / rate_of(found.ours, asked, statuses=(200, 304)) / 3600


def _subscribers(cast: Cast) -> list[str]:
    """People with a subscription to their own entries, a few each. Returns the tokens."""
    with transaction():
        school, pattern = steps.school_of(cast).id, steps.host_entries(cast.slot)[0]
        at, nonces = now(), [secrets.token_hex(16) for _ in range(SUBSCRIBERS)]
        codes = [new_code() for _ in nonces]
        people = [_person(code, at) for code in codes]
        ids = session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people).all()
        tokens = [rules.token_of(SECRET_KEY, nonce) for nonce in nonces]
        role = {"role": Role.PARTICIPANT, "organisation_id": school}
        used = {"made_at": at, "chosen_at": at, "last_used_on": wall_date(at)}
        rows: dict[type[Base], list[dict[str, Any]]] = {
            Membership: [{"person_id": each, **role} for each in ids],
            Subscription: [
                {"person_id": each, "nonce": nonce, "token_digest": rules.digest(token), **used}
                for each, nonce, token in zip(ids, nonces, tokens, strict=True)
            ],
            ChangeNumber: [{"reader": f"person:{code}", "number": 1, "changed_at": at} for code in codes],
            Entry: [_entry(pattern, f"person:{code}", number) for code in codes for number in range(ENTRIES)],
        }
        for kind, values in rows.items():
            session.execute(insert(kind), values)
    session.remove()
    return tokens


def _person(code: str, at: datetime) -> dict[str, Any]:
    return {
        "code": code,
        "email": f"{code}@school.example",
        "name": f"Docent {code}",
        "session_key": new_key(),
        "created_at": at,
    }
