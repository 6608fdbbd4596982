"""Every page that links lead to, in every role: accessible, in light and dark, on a phone and with large letters."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine, text

from tests.live import Live

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: dict[Literal["light", "dark"], list[str]] = {"light": RULES, "dark": ["color-contrast"]}
"""What is looked at in which colours: only contrast depends on them."""
MEASURES = (Path(__file__).parent / "measures.js").read_text()
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
"""Pages that look different in each state: so many of them are looked at."""
OF_EVERYBODY = {
    *("/offers", "/offers/filters", "/offers/month", "/offers/week", "/offers/table", "/offers/map"),
    *("/offers/*/similar", "/how-it-works", "/privacy", "/accessibility", "/demo", "/mailbox", "/mailbox/*"),
    *(f"/how-it-works/{readers}" for readers in ("teachers", "schools", "hosts", "coordinators")),
}
"""Pages that are the same in every role: who is not signed in looks at them for all."""
ADMINISTRATOR = "beheer@demo.example"
"""Sees the pages of all others, and none besides: they are opened, and looked at as the others see them."""
STOPS = ["/unsubscribe/", "/searches/stop/"]
"""Where links in letters lead behind which such letters stop."""
STARTS = ["/", "/claims", "/host", "/desk", "/school", "/profile", "/calendar"]

ROLES = [
    *("", "docent@demo.example", "bedrijf@demo.example", "coordinator@demo.example"),
    *("school@demo.example", ADMINISTRATOR),
]


OF_ROLE = {
    "docent@demo.example": {
        *("/questions", "/questions/*", "/questions/new", "/questions/*/interest"),
        *("/calendar/feeds/own", "/claims/*", "/claims/*/withdraw"),
        *("/slots/*/claim", "/slots/*/claim-together"),
    },
    "bedrijf@demo.example": {
        *("/host/claims/*", "/host/slots/*/attendance", "/host/slots/*/edit", "/host/slots/*/safety"),
        *("/host/safety", "/host/safety/new", "/host/safety/*"),
        *("/host/questions", "/host/questions/*/answer", "/host/offers/new"),
    },
    "coordinator@demo.example": {
        "/desk/questions",
        "/desk/questions/*",
        "/desk/claims",
        "/desk/claims/*",
        "/desk/letters",
        "/desk/letters/*",
    },
    "school@demo.example": {"/school", "/parties/*"},
}
"""What each must have come by."""


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


def walk(page: Page, live: Live, many: dict[str, int]) -> Iterator[str]:
    """Opens what links lead to from the front page: each kind of page once, or so `many` times. Gives the addresses."""
    stops = [stop_link(live, path) for path in STOPS]
    seen, found, waiting = Counter[str](), set[str](), deque([*STARTS, *stops])
    while waiting:
        path = waiting.popleft().partition("#")[0]
        kind = CODE.sub("/*", path.partition("?")[0])
        if seen[kind] == many.get(kind, 1) or path in found or any(part in path for part in NOT_PAGES):
            continue
        seen[kind] += 1
        answer = page.goto(live.url + path)
        assert answer is not None and answer.status < 500, path
        if answer.status < 400 and page.url.startswith(live.url):
            found.add(path)
            links: list[str] = page.eval_on_selector_all(
                "a[href]", "all => all.map(a => a.getAttribute('href'))"
            )
            waiting.extend(
                link.removeprefix(live.url) for link in links if link.removeprefix(live.url).startswith("/")
            )
            yield path


def wrong_with(page: Page, path: str) -> Iterator[str]:
    """What is wrong with the page that is open, in light, in dark, with large letters, and on a phone."""
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for each in Axe().run(page, options={"runOnly": rules}).response["violations"]:
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
    if email:
        page.goto(f"{demonstration.url}/demo")
        page.locator(f"form:has(input[value='{email}']) button, button[value='{email}']").first.click()
        subscribe(page, demonstration)
    pages, wrong = list[str](), list[str]()
    many = dict.fromkeys(OF_EVERYBODY, 0) if email else {}
    for path in walk(page, demonstration, many | (MANY if email in OF_ROLE else {})):
        pages.append(path)
        wrong += wrong_with(page, path) if email != ADMINISTRATOR else []
    context.close()
    assert wrong == []
    assert len(pages) > 6
    assert {CODE.sub("/*", path.partition("?")[0]) for path in pages} >= OF_ROLE.get(email, set())
