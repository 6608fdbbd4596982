"""Every page that links lead to, in every role: accessible, in light and dark, on a phone and with large letters."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine, text

from tests.live import Live

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: dict[Literal["light", "dark"], list[str]] = {"light": RULES, "dark": ["color-contrast"]}
"""What is looked at in which colours: only contrast depends on them."""
AXE = "options => axe.run(options).then(({ violations }) => violations)"
MEASURES = (Path(__file__).parent / "measures.js").read_text()
LINK = re.compile(r'<a [^>]*?\bhref="([^"]+)"')
"""In a page as it was sent: what comes into it later may take a link away before one sees it."""
CODE = re.compile(r"/[0-9A-Z]{10}(?=/|$)|/\d+(?=/|$)")
NOT_PAGES = (".ics", ".pdf", "/static/", "/html", "/sign-out", "webcal:", "mailto:", "tel:")

MANY = {
    "/claims/*": 12,
    "/slots/*/claim": 3,
    "/parties/*": 3,
    "/desk/claims/*": 8,
    "/host/offers/*": 3,
    "/host/offers/*/slots": 3,
    "/host/slots/*": 8,
    "/host/claims/*": 3,
    "/questions/*": 4,
}
"""Pages that look different in each state: so many of them are looked at, all but the first in light alone."""
OF_EVERYBODY = {
    *("/offers", "/offers/filters", "/offers/month", "/offers/week", "/offers/table", "/offers/map"),
    *("/offers/*/similar", "/how-it-works", "/privacy", "/accessibility", "/demo", "/mailbox", "/mailbox/*"),
    *(f"/how-it-works/{readers}" for readers in ("teachers", "schools", "hosts", "coordinators")),
}
"""Pages that are the same in every role: who is not signed in looks at them for all."""
ADMINISTRATOR = "beheer@demo.example"
"""Sees the pages of all others, and looks at what is of none of them: what everybody has with more in it."""
STOPS = ["/unsubscribe/", "/searches/stop/"]
"""Where links in letters lead behind which such letters stop: to pages that are the same for everybody."""
STARTS = ["/", "/claims", "/host", "/desk", "/school", "/profile", "/calendar"]

ROLES = [
    *("", "docent@demo.example", "bedrijf@demo.example", "coordinator@demo.example"),
    *("school@demo.example", ADMINISTRATOR),
]


OF_ROLE = {
    "": OF_EVERYBODY | {"/sign-in", "/sign-up", "/sign-up/company", "/sign-up/school"},
    "docent@demo.example": {
        *("/questions", "/questions/*", "/questions/new", "/questions/*/interest"),
        *("/calendar/feeds/own", "/claims", "/claims/*", "/claims/*/withdraw"),
        *("/slots/*/claim", "/slots/*/claim-together"),
        *("/profile", "/profile/certificates", "/searches", "/offers/save"),
    },
    "bedrijf@demo.example": {
        *("/host", "/host/claims/*", "/host/organisations/*", "/host/sites/*", "/host/sites/new"),
        *("/host/offers/new", "/host/offers/*", "/host/offers/*/edit", "/host/offers/*/safety"),
        *("/host/offers/*/slots", "/host/slots/*", "/host/slots/*/attendance", "/host/slots/*/cancel"),
        *("/host/slots/*/edit", "/host/slots/*/safety"),
        *("/host/safety", "/host/safety/new", "/host/safety/*"),
        *("/host/questions", "/host/questions/*/answer"),
    },
    "coordinator@demo.example": {
        *("/desk", "/desk/claims", "/desk/claims/*", "/desk/letters", "/desk/letters/*"),
        *("/desk/offers", "/desk/offers/*", "/desk/organisations", "/desk/people"),
        *("/desk/questions", "/desk/questions/*"),
    },
    "school@demo.example": {"/school", "/parties/*"},
}
"""What each must have come by."""
OF_OTHERS = set[str]().union(*OF_ROLE.values())
"""What the administrator opens, and others look at."""


def stop_link(live: Live, path: str) -> str:
    """The link with this path, in a letter, behind which one stops such letters."""
    engine = create_engine(live.database_url)
    with engine.begin() as connection:
        said = connection.scalar(text(f"SELECT text FROM letter WHERE text LIKE '%{path}%'"))
    engine.dispose()
    found = re.search(rf"{path}\S+", str(said))
    assert found
    return found[0]


def subscribe(page: Page, live: Live) -> None:
    """Makes the first link to a calendar feed that the role may have, so that there is something to look at."""
    page.goto(f"{live.url}/calendar")
    buttons = page.locator("form[action='/calendar/links'] button:visible")
    if buttons.count():
        buttons.first.click()


def kind_of(path: str) -> str:
    """What pages have in common that differ in their code or number, or in what follows the path."""
    return CODE.sub("/*", path.partition("?")[0])


def walk(page: Page, url: str, starts: list[str], many: dict[str, int]) -> Iterator[str]:
    """Opens what links lead to: each kind of page once, or so `many` times. Gives the paths where one arrives."""
    seen, asked, waiting = Counter[str](), set[str](), deque(starts)
    while waiting:
        path = waiting.popleft().partition("#")[0]
        if is_enough(seen, path, many) or path in asked or any(part in path for part in NOT_PAGES):
            continue
        asked.add(path)
        answer = page.goto(url + path)
        assert answer, path
        assert answer.status < 400 or (answer.status == 403 and path in STARTS), f"{path}: {answer.status}"
        arrived = page.url.removeprefix(url)
        is_new = answer.status < 400 and not is_enough(seen, arrived, many)
        seen.update({kind_of(path), kind_of(arrived)})
        if is_new and arrived.startswith("/"):
            links = (unescape(each).removeprefix(url) for each in LINK.findall(answer.text()))
            waiting.extend(each for each in links if each.startswith("/"))
            yield arrived


def is_enough(seen: Counter[str], path: str, many: dict[str, int]) -> bool:
    return seen[kind_of(path)] >= many.get(kind_of(path), 1)


def wrong_with(page: Page, path: str, *, is_first: bool) -> Iterator[str]:
    """What is wrong with the page that is open, in light, in dark if it is the first of its kind, with large letters,
    and on a phone."""
    page.evaluate(AXE_SCRIPT)
    schemes = SCHEMES.items() if is_first else [*SCHEMES.items()][:1]
    for scheme, rules in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for each in page.evaluate(AXE, {"runOnly": rules, "resultTypes": ["violations"]}):
            yield f"{path} ({scheme}): {each['id']} {each['nodes'][0]['html']}"
    for each in page.evaluate(MEASURES, {"letters": "200%", "spacing": False}):
        yield f"{path} (letters twice as large): {each}"
    page.set_viewport_size({"width": 320, "height": 700})
    for each in page.evaluate(MEASURES, {"letters": "", "spacing": True}):
        yield f"{path} (on a phone, with spacing): {each}"
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.slow
@pytest.mark.parametrize("email", ROLES)
def test_every_page_is_accessible_in_light_and_dark(
    browser: Browser, demonstration: Live, email: str
) -> None:
    context = browser.new_context(
        locale="nl-NL", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    starts = STARTS
    if email:
        page.goto(f"{demonstration.url}/demo")
        page.locator(f"form:has(input[value='{email}']) button, button[value='{email}']").first.click()
        subscribe(page, demonstration)
    else:
        starts = [*STARTS, *(stop_link(demonstration, path) for path in STOPS)]
    kinds, wrong = set[str](), list[str]()
    for path in walk(page, demonstration.url, starts, many_for(email)):
        kind = kind_of(path)
        if email != ADMINISTRATOR or kind not in OF_OTHERS:
            wrong += wrong_with(page, path, is_first=kind not in kinds)
        kinds.add(kind)
    context.close()
    assert wrong == []
    assert kinds >= OF_ROLE.get(email, set())


def many_for(email: str) -> dict[str, int]:
    """How many pages of a kind somebody looks at, where it is not one."""
    if not email:
        return {}
    return dict.fromkeys(OF_EVERYBODY, 0) | (MANY if email != ADMINISTRATOR else {})
