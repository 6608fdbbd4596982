"""Every page that links lead to, in every role: accessible, in light and dark, and never wider than a phone."""

import re
from collections import deque
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.live import Live

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: dict[Literal["light", "dark"], list[str]] = {"light": RULES, "dark": ["color-contrast"]}
"""What is looked at in which colours: only contrast depends on them."""
CODE = re.compile(r"/[0-9A-Z]{10}(?=/|$)|/\d+(?=/|$)")
NOT_PAGES = (".ics", "/static/", "/html", "/sign-out", "webcal:", "mailto:", "tel:")

ROLES = ["", "docent@demo.example", "bedrijf@demo.example", "coordinator@demo.example", "beheer@demo.example"]


def walk(page: Page, live: Live) -> list[str]:
    """Follows links from the front page; one address for each kind of page."""
    seen, found, waiting = (
        set(),
        [],
        deque(["/", "/claims", "/host", "/desk", "/school", "/profile", "/calendar"]),
    )
    while waiting:
        path = waiting.popleft()
        kind = CODE.sub("/*", path.partition("?")[0].partition("#")[0])
        if kind in seen or any(part in path for part in NOT_PAGES):
            continue
        seen.add(kind)
        answer = page.goto(live.url + path)
        assert answer is not None and answer.status < 500, path
        if answer.status < 400 and page.url.startswith(live.url):
            found.append(path)
            links: list[str] = page.eval_on_selector_all(
                "a[href]", "all => all.map(a => a.getAttribute('href'))"
            )
            waiting.extend(
                link.removeprefix(live.url) for link in links if link.removeprefix(live.url).startswith("/")
            )
    return found


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
    pages = walk(page, demonstration)
    assert len(pages) > 6
    wrong = []
    for path in pages:
        page.goto(demonstration.url + path)
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            result = Axe().run(page, options={"runOnly": rules}).response
            wrong += [
                f"{path} ({scheme}): {each['id']} {each['nodes'][0]['html']}" for each in result["violations"]
            ]
        page.set_viewport_size({"width": 320, "height": 700})
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wrong.append(f"{path}: wider than 320 px")
        page.set_viewport_size({"width": 1280, "height": 900})
    context.close()
    assert wrong == []
