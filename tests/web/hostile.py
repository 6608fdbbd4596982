"""A world with something at every address, and requests to it that nobody means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.feeds.actions import make_link
from marketplace.kernel.database import session
from marketplace.organisations.actions import add_instruction, add_standing_brief
from marketplace.outbox.facts import LetterState
from marketplace.people.actions import add_certificate, ask_sign_in
from marketplace.people.messages import stop_link
from marketplace.people.states import OptionalLetter
from marketplace.searches.actions import save
from marketplace.searches.messages import stop_link as stop_search_link
from marketplace.searches.states import Alert
from tests import steps
from tests.account.letters import link_in_letter
from tests.cast import BRIEF, Cast, person
from tests.conftest import NOW, Visit
from tests.host.drafts import TEXTS, drafted
from tests.host.pdfs import pdf
from tests.pages import Fields, forms_of, post
from tests.questions.asking import OF_COMPANY, ask
from tests.rows import empty_database, everything, put_back

LAST_MONTH = NOW - timedelta(days=25)
ROLES = [
    *("nobody", "teacher", "host", "coordinator", "school contact", "administrator"),
    *("outsider", "outside host", "outside coordinator"),
]
"""Those who have been here before: "nobody" asked for a sign-in letter."""
PASSER_BY = "passer-by"
"""Somebody without any cookie."""
AT_HOME = "at home"
"""Whoever may look there, or send there."""
FILES = (".ics", ".pdf")
"""In which there is no form: it is enough to know somebody who may have it."""
HOSTILE = [
    *("", " ", "0", "-1", "1000000000", "9" * 5000, "1e400", "NaN", "²", "١٢"),
    *("1900-01-01", "9999-12-31", "32-13-2027", "0000-00-00", "0000", "24:61"),
    *(
        "x" * 20_000,
        "a\x00b",
        "a\r\nBcc: everybody@school.example",
        "\x07\x1b[2J",
        "a\u2028b",
        "e\u0301\u0301",
    ),
    *(
        "\u202eזה\u200f",
        "👩‍🏭" * 30,
        "\ud800",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "{{ 7 * 7 }} %(name)s %s {0}",
    ),
    *("../../etc/passwd", "//[", "//elsewhere.example", "javascript:alert(1)", '"a b"@school.example'),
]
"""What people never mean. A lone surrogate is no character at all, and travels as octets that are no UTF-8."""
ASKED = [
    *("q", "format", "sector", "profile", "audience", "from", "until", "free", "after"),
    *("near", "within", "month", "region", "time_basis", "sort", "before", "state", "session"),
    *("version", "verdict", "claims", "organisation", "language", "next", "to", "view", "\xff"),
    *("question", "card", "of"),
]
HEADERS = [
    {},
    {"HX-Request": "true", "HX-Request-Type": "partial"},
    {"HX-Request": "true", "HX-Request-Type": "full", "HX-Target": "main#<script>"},
    {"If-None-Match": '"', "If-Modified-Since": "Mon, 32 Foo 99999999999999999999 25:61:61 GMT"},
    {"Host": "elsewhere.example\\@x", "Referer": "//[", "Accept-Language": "\xff;q=NaN"},
]
SHAPES = ["form"] * 5 + ["missing", "twice", "extra", "files", "multipart", "json", "octets", "plain"]
"""How a form is sent: as its page would, with fields too few or too many, or as something else altogether."""

hostile = st.sampled_from(HOSTILE) | st.text(max_size=40)


@dataclass
class World:
    """The cast with something at every address; for each role a browser, and for each page its form."""

    app: Flask
    codes: dict[str, list[str]]
    """What there is, by the word that stands before it in an address."""
    at_home: dict[str, str] = field(default_factory=dict)
    """By address, a role that may look there or send there."""
    forms: dict[str, Fields] = field(default_factory=dict)
    """By address, what a page sends there."""
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)

    def browser(self, who: str) -> FlaskClient:
        """A new browser with the cookie of that role."""
        client = self.app.test_client()
        if who in self.cookies:
            client.set_cookie("session", self.cookies[who])
        return client

    def changed(self) -> set[str]:
        """The tables whose rows are not those of the beginning. Tries at a code are counted whatever comes of them."""
        with self.app.app_context():
            rows = everything()
        return {name for name in rows if _in_order(rows[name]) != _in_order(self.rows[name])}

    def put_back(self) -> None:
        """All rows as they were in the beginning."""
        with self.app.app_context():
            empty_database()
            put_back(self.rows)


def _in_order(rows: Sequence[Any]) -> list[str]:
    return sorted(str({**row, "tries": 0}) for row in rows)


def make_world(app: Flask, cast: Cast, client_of: Visit) -> World:
    """Offers and claims in several states, links, letters, a certificate; every role has seen every page."""
    drafts = [
        drafted(client_of("host")),
        drafted(client_of("outside host"), title=f"{TEXTS['title']}, elders"),
    ]
    with app.app_context():
        claims = [steps.claim_seat(cast).code, steps.approved(cast, "colleague").code]
        roomy = steps.add_slot(cast, capacity=9)
        gone = steps.claim_seat(cast, "newcomer", slot=roomy)
        steps.withdraw(gone)
        (party,) = steps.claim_together(cast, None, maker="school contact", slot=roomy)
        offered, waiting, for_host = _waiting_and_for_the_host(cast)
        over = steps.add_slot(cast, day=date(2027, 1, 7), now=LAST_MONTH)
        steps.approved(cast, slot=over, now=LAST_MONTH)
        teacher, key = person(cast, "teacher"), app.config["SECRET_KEY"]
        feed = make_link(person=teacher, organisation=None, key=key, now=NOW)
        add_certificate(person=teacher, kind="mvk", number="1", valid_until=None, now=NOW)
        standing = add_standing_brief(
            organisation=steps.company_of(cast),
            name="Hal",
            site=None,
            brief=BRIEF,
            made_with=None,
            by="host",
            now=NOW,
        )
        search = save(person=teacher, name="Alles", query="", alert=Alert.DAILY, now=NOW)
        ask_sign_in(email=cast.emails["colleague"], browser="x", next_page="", now=NOW)
        session.commit()
        codes = {
            "claims": [*claims, gone.code, offered, waiting, for_host],
            "parties": [party.code, offered],
            "offers": [cast.offer, *drafts],
            "slots": [each.code for each in steps.offer_of(cast).slots],
            "mailbox": [str(steps.letters()[0].id)],
            "letters": [_failed_letter(), steps.letters("claim_approved")[0].code],
            "unsubscribe": [stop_link(teacher, OptionalLetter.ANNOUNCEMENT).rpartition("/")[2]],
            "searches": [search.code],
            "stop": [stop_search_link(search).rpartition("/")[2]],
            "feeds": [feed, "own"],
            "how-it-works": ["teachers", "hosts"],
            "moments": [cast.slot],
            "safety": [standing.code],
            "questions": [ask(cast), ask(cast, "host", asked=OF_COMPANY)],
            "instructions": [_instruction(cast)],
            "sites": [cast.site],
            "organisations": [cast.company],
            "static": ["css/base.css"],
        }
    world = World(app, {**codes, "sign-in": [link_in_letter(app).rpartition("/")[2]]})
    for who in ROLES:
        _look_around(world, who, client_of(who))
    with app.app_context():
        world.rows = everything()
    return world


def _waiting_and_for_the_host(cast: Cast) -> tuple[str, str, str]:
    """Codes of claims: an offered seat, a place on the waiting list, and one about whom the host decides."""
    busy = steps.add_slot(cast, capacity=1, day=date(2027, 3, 2))
    left = steps.claim_seat(cast, "teacher", slot=busy)
    offered, waiting = steps.wait(cast, "newcomer", slot=busy), steps.wait(cast, "colleague", slot=busy)
    steps.withdraw(left)
    steps.set_policy(cast, "host")
    for_host = steps.claim_seat(cast, "teacher", slot=steps.add_slot(cast, day=date(2027, 3, 4)))
    steps.set_policy(cast, "coordinator")
    return offered.code, waiting.code, for_host.code


def _instruction(cast: Cast) -> str:
    """The code of a company's own instruction."""
    company = steps.company_of(cast)
    kept = add_instruction(organisation=company, name="hal.pdf", octets=pdf(), by="host", now=NOW)
    session.commit()
    return kept.code


def _failed_letter() -> str:
    """The code of a letter that did not arrive."""
    letter = steps.letters("claim_received")[0]
    letter.state = LetterState.FAILED
    session.commit()
    return letter.code


def _look_around(world: World, who: str, client: FlaskClient) -> None:
    if who == "nobody":  # half-way through a sign-in
        post(client, "/sign-in", email="teacher@school.example")
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            for code in world.codes[_word(rule)] if rule.arguments else [""]:
                _look(world, who, client, _path(rule, code))
    cookie = client.get_cookie("session")
    assert cookie and world.tokens[who]
    world.cookies[who] = cookie.value


def _look(world: World, who: str, client: FlaskClient, path: str) -> None:
    if path.endswith(FILES) and path in world.at_home:
        return
    answer = client.get(path, query_string={"format": "docentstage"})
    if answer.status_code != 200:
        return
    world.at_home.setdefault(path, who)
    for action, fields in forms_of(answer.text) if answer.mimetype == "text/html" else []:
        target = urlsplit(action).path or path
        world.at_home.setdefault(target, who)
        world.forms.setdefault(target, fields)
        world.tokens[who] = fields.get("csrf_token") or world.tokens.get(who, "")


def _word(rule: Rule) -> str:
    """What stands before the part that varies: /claims/<code>/withdraw → claims."""
    return rule.rule.partition("/<")[0].rpartition("/")[2]


def _path(rule: Rule, code: str) -> str:
    return re.sub("<[^>]*>", lambda _: quote_from_bytes(_octets(code)), rule.rule)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Sent:
    """One request, said without the codes of the day: it can be tried again."""

    endpoint: str
    method: str
    who: str = AT_HOME
    code: str | int = 0
    """Nonsense, or which of the codes that there are."""
    word: str = ""
    """Of what the code is, where it is not of what the address asks for."""
    query: tuple[tuple[str, str], ...] = ()
    is_query_raw: bool = False
    changes: tuple[tuple[int, str], ...] = ()
    """Which fields of the form, and what is in them instead."""
    shape: str = "form"
    token: str = "own"
    headers: int = 0


def requests(app: Flask) -> st.SearchStrategy[Sent]:
    """Requests to all addresses; half of them would change something."""
    methods = {"GET", "HEAD", "POST"}
    pairs = sorted(
        (rule.endpoint, each)
        for rule in app.url_map.iter_rules()
        for each in methods & (rule.methods or set())
    )
    posts, others = (
        [each for each in pairs if each[1] == "POST"],
        [each for each in pairs if each[1] != "POST"],
    )
    words = sorted({_word(rule) for rule in app.url_map.iter_rules() if rule.arguments})
    return st.builds(
        lambda pair, **parts: Sent(*pair, **parts),
        st.sampled_from(posts) | st.sampled_from(others),
        who=st.just(AT_HOME) | st.sampled_from([*ROLES, PASSER_BY]),
        code=st.integers(0, 5) | st.integers(0, 5) | hostile,
        word=st.just("") | st.just("") | st.sampled_from(words),
        query=st.lists(st.tuples(st.sampled_from(ASKED), hostile), max_size=3).map(tuple),
        is_query_raw=st.booleans(),
        changes=st.lists(st.tuples(st.integers(0, 30), hostile), max_size=3).map(tuple),
        shape=st.sampled_from(SHAPES),
        token=st.sampled_from(["own"] * 6 + ["another's", "none"]),
        headers=st.integers(0, len(HEADERS) - 1),
    )


def send(world: World, sent: Sent) -> TestResponse:
    """Sends it as its role."""
    rule = next(
        each for each in world.app.url_map.iter_rules(sent.endpoint) if sent.method in (each.methods or ())
    )
    path = _path(rule, _code(world, rule, sent))
    who = world.at_home.get(path, "nobody") if sent.who == AT_HOME else sent.who
    query = urlencode([(_octets(name), _octets(value)) for name, value in sent.query])
    if sent.is_query_raw:
        query = unquote_to_bytes(query).decode("latin-1")
    token = world.tokens.get(
        {"own": who, "another's": "host" if who == "teacher" else "teacher"}.get(sent.token, ""), ""
    )
    body, content_type = _body(_filled_in(world, sent, path), sent.shape, token)
    return world.browser(who).open(
        method=sent.method,
        data=body if sent.method == "POST" else b"",
        content_type=content_type,
        headers={**HEADERS[sent.headers], "X-CSRFToken": token},
        environ_overrides={"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query},
    )


def _code(world: World, rule: Rule, sent: Sent) -> str:
    if isinstance(sent.code, str) or not rule.arguments:
        return str(sent.code)
    codes = world.codes.get(sent.word or _word(rule), [""])
    return codes[sent.code % len(codes)]


def _filled_in(world: World, sent: Sent, path: str) -> list[tuple[str, str]]:
    """What a page sends there, with nonsense in it."""
    form = world.forms.get(path) or {"reason": "Zomaar."}
    fields = [
        (name, value)
        for name, values in form.items()
        for value in (values if isinstance(values, list) else [values])
        if name != "csrf_token"
    ]
    for number, value in sent.changes if fields else ():
        place = number % len(fields)
        name = fields[place][0]
        if sent.shape == "twice":
            fields.append((name, value))
        elif sent.shape == "extra":
            fields.append((f"{name.partition('-')[0]}-{value}", value))
        elif sent.shape == "missing" and len(fields) > 1:
            fields.pop(place)
        else:
            fields[place] = (name, value)
    return fields


def _body(fields: list[tuple[str, str]], shape: str, token: str) -> tuple[bytes, str]:
    """The octets, with their type. What is no form has its token in a header alone."""
    if shape in {"multipart", "files"}:
        parts = [_part(*each, is_file=shape == "files") for each in fields]
        return b"".join(parts) + b"--x--\r\n", "multipart/form-data; boundary=x"
    if shape == "json":
        return b'[{"email": {"a": null}, "reason": 1e400}]', "application/json"
    form = urlencode(
        [(_octets(name), _octets(value)) for name, value in [*fields, ("csrf_token", token)]]
    ).encode()
    if shape == "octets":
        return form + b"&\xff\xfe=\xff\x00&%=%&&=", "application/x-www-form-urlencoded; charset=utf-7"
    return form, "text/plain" if shape == "plain" else "application/x-www-form-urlencoded"


def _part(name: str, value: str, *, is_file: bool) -> bytes:
    said = quote_from_bytes(_octets(name))
    file = '; filename="../a\x00.txt"' if is_file else ""
    return _octets(f'--x\r\nContent-Disposition: form-data; name="{said}"{file}\r\n\r\n{value}\r\n')
