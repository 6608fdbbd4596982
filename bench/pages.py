"""What the pages cost that everybody reads, among ten thousand open moments.

Yardsticks stand on the same server (`bench.yardstick`): a bare Flask "hello", and a bare Flask + Jinja page of as many
bytes. Ours and theirs take turns. What is asked again and again is kept until anybody commits; a "new" page is one that
nobody asked for since, though its cards may be kept from before.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, cycle, islice, repeat
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from flask import Flask
from sqlalchemy import Connection, event, select

from bench.asking import rate, rate_of, request, waits_for
from bench.databases import application
from bench.paint import seconds_to_paint
from bench.serving import served
from marketplace import seed
from marketplace.kernel.clock import now
from marketplace.kernel.database import db, session
from marketplace.offers.facts import OfferSearch
from marketplace.offers.queries import search
from marketplace.people.models import Person
from tests.statements import statements

ROUNDS = 7
HELLOS, KEPT, NEW = 3000, 5000, 60
"""Requests a round."""
FIRST, MANY = 100, 10_000
"""Mixed requests between which the memory of the server is compared."""
CONNECTIONS, WAITS = 8, 2000
FAR = 400
"""The page that is compared with the first; the last whole one where there are fewer."""
PART_OF_A_PAGE = {"HX-Request": "true", "HX-Request-Type": "partial"}
PART = tuple(f"{name}: {value}" for name, value in PART_OF_A_PAGE.items())
SEARCH = "/offers?q=lassen&sector=metal&format=docentstage&audience=vmbo_teacher"
TEACHER, COORDINATOR = "docent@demo.example", "coordinator@demo.example"
COOKIE = "Cookie: session="


@dataclass
class Served:
    """Ours and the yardsticks, with what is asked of them."""

    app: Flask
    ours: str
    bare: str
    numbers: Iterator[int] = field(default_factory=count)

    def hello(self) -> float:
        """Answers a second of the least that Flask can do."""
        return rate(f"{self.bare}/hello", HELLOS)

    def kept(self, path: str, *headers: str, status: int = 200) -> float:
        """Answers a second where the same is asked again."""
        return rate(self.ours + path, KEPT, *headers, status=status)

    def new(self, path: str, *headers: str) -> float:
        """Answers a second to addresses that were not asked before; the word that makes them so means nothing."""
        sign = "&" if "?" in path else "?"
        asked = (request(f"{self.ours}{path}{sign}n={next(self.numbers)}", *headers) for _ in range(NEW))
        return rate_of(self.ours, asked, statuses=(200,))

    def cookie_of(self, email: str) -> str:
        """What the browser sends of somebody who is signed in."""
        key = session.scalar(select(Person.session_key).where(Person.email == email))
        signer: Any = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        said = {"key": key, "csrf_token": "as long as it is there", "_permanent": True}
        return f"{COOKIE}{signer.dumps(said)}"

    def read(self, path: str) -> str:
        """A page, whole."""
        with urlopen(self.ours + path) as answer:
            return str(answer.read().decode())


@contextmanager
def serving(url: str, scale: str) -> Iterator[Served]:
    """On a database that is filled for it, which takes minutes: with a "region" or the "national" twenty."""
    with application(url) as app:
        seed.load(scale=scale, number=1, now=now())
        with served("wsgi:app", url) as ours, served("bench.yardstick:app", url) as bare:
            yield Served(app, ours, bare)


def measure(url: str) -> dict[str, float]:
    """The ratios that count, each the median of rounds in which ours and the yardstick take turns."""
    with serving(url, "region") as found:
        return {
            **_ratios(found),
            **_far_page(found),
            **_counts(found),
            **_statements(found),
            **_waits(found),
            **_wire(found),
            "first visit: seconds to the largest paint (at most 1)": seconds_to_paint(found.ours),
            **_memory(found),
        }


def _ratios(found: Served) -> dict[str, float]:
    front = found.read("/")
    size, offer = len(front.encode()), f"/offers/{re.findall('/offers/([0-9A-Z]{10})', front)[0]}"
    teacher, more = found.cookie_of(TEACHER), address_after(1)
    known, known_offer = (f"If-None-Match: {_etag(found.ours + path)}" for path in ("/", offer))
    asked: dict[str, Callable[[], float]] = {
        "front page (at least 0.35)": lambda: found.kept("/"),
        "front page, new": lambda: found.new("/"),
        "bare Flask + Jinja page of the same bytes": lambda: rate(f"{found.bare}/page/{size}", KEPT),
        "front page, signed in (0.85 x anonymous)": lambda: found.kept("/", teacher),
        "front page, signed in, new": lambda: found.new("/", teacher),
        "more, a part": lambda: found.kept(more, *PART),
        "more, a part, new (1.1 x the front page, new)": lambda: found.new(more, *PART),
        "a filter, a part": lambda: found.kept("/offers?format=masterclass", *PART),
        "a filter, new": lambda: found.new("/offers?format=masterclass"),
        "a filter, a part, new (1.1 x the one before)": lambda: found.new(
            "/offers?format=masterclass", *PART
        ),
        "offer page (at least 0.5)": lambda: found.kept(offer),
        "offer page, new": lambda: found.new(offer),
        "list, unchanged: 304 (at least 0.8)": lambda: found.kept("/", known, status=304),
        "offer page, unchanged: 304 (at least 0.8)": lambda: found.kept(offer, known_offer, status=304),
        "words and three filters (at least 0.15)": lambda: found.kept(SEARCH),
        "words and three filters, new": lambda: found.new(SEARCH),
        "filters with counts, new": lambda: found.new("/offers/filters", *PART),
    }
    rounds: dict[str, list[float]] = {what: [] for what in asked}
    for _ in range(ROUNDS):
        for what, ask in asked.items():
            rounds[what].append(ask() / found.hello())
    return {what: median(ratios) for what, ratios in rounds.items()}


def _etag(address: str) -> str:
    with urlopen(address) as answer:
        return str(answer.headers["ETag"])


def address_after(pages: int) -> str:
    """The address of the page after so many pages, or where there are fewer, of the last whole one."""
    keys = [""]
    while len(keys) <= pages + 1 and (key := search(OfferSearch(), now=now(), after=keys[-1]).next_key):
        keys.append(key)
    session.rollback()
    return f"/offers?after={keys[-2]}"


def _far_page(found: Served) -> dict[str, float]:
    near, far = address_after(1), address_after(FAR - 1)
    ratios = [found.new(near) / found.new(far) for _ in range(ROUNDS)]
    return {f"time of page {FAR}, or the last / of page 2 (at most 1.2)": median(ratios)}


def _counts(found: Served) -> dict[str, float]:
    """Milliseconds that the database takes for the filters, without any other choice and with some."""
    asked = {
        "counts: ms of statements (at most 60)": "/offers/filters",
        "counts, words and three filters: ms of statements": SEARCH.replace("offers", "offers/filters"),
    }
    return {what: 1000 * seconds_of_statements(found.app, path) for what, path in asked.items()}


def seconds_of_statements(app: Flask, path: str) -> float:
    """How long the driver takes for what a new page asks, until the last row is read: the median of some rounds."""
    sent: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, params: Any, *_: Any) -> None:
        sent.append((statement, params))

    event.listen(db.engine, "before_cursor_execute", keep)
    assert app.test_client().get(path).status_code == 200
    event.remove(db.engine, "before_cursor_execute", keep)
    with db.engine.connect() as connection:
        return median(_seconds_of(connection, sent) for _ in range(ROUNDS))


def _seconds_of(connection: Connection, sent: list[tuple[str, Any]]) -> float:
    begun_at = perf_counter()
    for statement, params in sent:
        rows = connection.exec_driver_sql(statement, params)
        if rows.returns_rows:
            rows.all()
    return perf_counter() - begun_at


def _statements(found: Served) -> dict[str, float]:
    """What new pages ask, of somebody who is signed in."""
    offer = re.findall("/offers/([0-9A-Z]{10})", found.read("/"))[0]
    asked = {
        "statements: list (at most 3)": (TEACHER, "/offers?sort=newest"),
        "statements: offer page (at most 3)": (TEACHER, f"/offers/{offer}?new"),
        "statements: queue of the desk (at most 4)": (COORDINATOR, "/desk/claims"),
        "statements: first page of the desk": (COORDINATOR, "/desk"),
        "statements: my claims (at most 3)": (TEACHER, "/claims"),
    }
    return {what: _statements_of(found, who, path) for what, (who, path) in asked.items()}


def _statements_of(found: Served, email: str, path: str) -> int:
    client, cookie = found.app.test_client(), found.cookie_of(email)
    client.set_cookie("session", cookie.removeprefix(COOKIE), domain="localhost")
    session.rollback()
    with statements(found.app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def _waits(found: Served) -> dict[str, float]:
    """How even the list is, the same page and others in turn, for several at once."""
    formats = [f"/offers?format=masterclass&n={next(found.numbers)}" for _ in range(12)]
    asked = [request(found.ours + path) for path in ("/", *formats)]
    requests = islice(cycle(asked), WAITS)
    waits = list(waits_for(found.ours, requests, statuses=(200,), lines=CONNECTIONS))
    same = list(waits_for(found.ours, repeat(asked[0], WAITS), statuses=(200,), lines=CONNECTIONS))
    hello = request(f"{found.bare}/hello")
    hello_waits = waits_for(found.bare, repeat(hello, WAITS), statuses=(200,), lines=CONNECTIONS)
    return {
        f"list, {CONNECTIONS} connections: p99 / p50 (at most 2)": _spread(same),
        "the same, thirteen addresses in turn": _spread(waits),
        "the same, hello": _spread(list(hello_waits)),
    }


def _spread(waits: list[float]) -> float:
    hundredths = quantiles(waits, n=100)
    return hundredths[98] / hundredths[49]


def _wire(found: Served) -> dict[str, float]:
    """Kilobytes of a first visit: the page, and everything that it or its styles name, seen or not."""
    page = found.read("/")
    assert not re.findall(r'(?:src|href)="https?://(?!127\.0\.0\.1)', page), "another host is asked"
    named = r'<(?:img src|script src|link rel="(?:stylesheet|icon)" href|use href)="([^"#]+)'
    paths = dict.fromkeys(["/", *re.findall(named, page)])
    for sheet in [each for each in paths if each.endswith(".css")]:
        paths |= dict.fromkeys(
            f"/static/{each}" for each in re.findall(r'\.\./([\w/.-]+)"', found.read(sheet))
        )
    filters = _size(found.ours + "/offers/filters", **PART_OF_A_PAGE)
    octets = filters + sum(_size(found.ours + each) for each in paths)
    return {"first visit: kB over the wire (at most 60)": octets / 1000}


def _size(address: str, **headers: str) -> int:
    with urlopen(Request(address, headers={"Accept-Encoding": "br, gzip", **headers})) as answer:
        return len(answer.read())


def _memory(found: Served) -> dict[str, float]:
    """Mebibytes of the server after ten thousand requests of all kinds, and beside what it was after a hundred."""
    teacher, coordinator = found.cookie_of(TEACHER), found.cookie_of(COORDINATOR)
    pages = [
        ("/", ()),
        (SEARCH, ()),
        ("/", (teacher,)),
        ("/claims", (teacher,)),
        ("/desk/claims", (coordinator,)),
    ]
    asked = (
        request(f"{found.ours}{path}{'&' if '?' in path else '?'}n={number}", *headers)
        for number, (path, headers) in enumerate(cycle(pages))
    )
    rate_of(found.ours, islice(asked, FIRST), statuses=(200,))
    few = _resident(found.ours)
    rate_of(found.ours, islice(asked, MANY - FIRST), statuses=(200,))
    many = _resident(found.ours)
    return {"memory after 10,000 / after 100 (at most 1.3)": many / few, "memory: MiB (under 150)": many}


def _resident(address: str) -> float:
    """Of the process that answers there, as Linux tells it; what it shares with others counts."""
    port, sizes = str(urlsplit(address).port).encode(), [0]
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):  # it has just ended
            if port in (process / "cmdline").read_bytes().split(b"\0"):
                sizes.append(int(re.findall(r"VmRSS:\s+(\d+)", (process / "status").read_text())[0]))
    return max(sizes) / 1024
