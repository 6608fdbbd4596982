"""Makes the pictures of the pages of explanation anew: `make screenshots`.

Loads the demonstration region into a database of its own, serves it, and takes each picture in both languages, in
light and in dark. Names say what they show: static/help/teachers-find-nl-dark.webp.
"""

import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.live import made_in, running
from tests.servers import chromium

FOLDER = Path(__file__).parents[1] / "static" / "help"
WIDTH, HEIGHT = 900, 560
QUALITY = 55
LARGEST = 40_000
"""Octets of one picture: a page shows four of them."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = ("nl", "en")
TEACHER, SCHOOL = "docent@demo.example", "school@demo.example"
HOST, COORDINATOR = "bedrijf@demo.example", "coordinator@demo.example"
BARE = ".demo, .toasts, .crumbs, .first, .reach { display: none !important } * { scroll-behavior: auto !important }"
"""What is left out of the pictures: that this is a demonstration, and what is told only once."""


@dataclass(frozen=True)
class Shot:
    """A picture: whose page, which links lead to it from where, and what stands at its top."""

    name: str
    who: str
    start: str
    links: tuple[str, ...] = ()
    top: str = "body"


OFFER, TOGETHER = ".offer-title a", "a[href$='/claim-together']"
SHOTS = (
    Shot("teachers-find", "", "/?profile=PIE&time_basis=own_time", (), ".results-head"),
    Shot("teachers-offer", TEACHER, "/?format=masterclass&free=1", (OFFER,), "h1"),
    Shot("teachers-claim", TEACHER, "/?format=masterclass&free=1", (OFFER, "a[href$='/claim']"), "h1"),
    Shot("teachers-claims", TEACHER, "/claims", (), "h1"),
    Shot("schools-together", SCHOOL, "/?free=1", (OFFER, "main a[href*='/slots/']", TOGETHER), "h1"),
    Shot("schools-claims", SCHOOL, "/school", (), "li:has([action$='/cover'])"),
    Shot("schools-questions", SCHOOL, "/questions", (), "h1"),
    Shot("hosts-begin", HOST, "/host/offers/new", (), "#cards"),
    Shot(
        "hosts-safety",
        HOST,
        "/host",
        ("tr:has([href^='/host/slots/']) th a", "a[href$='/safety']"),
        "#picked-title",
    ),
    Shot("hosts-comers", HOST, "/host", ("a[href^='/host/slots/']",), "h1"),
    Shot("coordinators-claims", COORDINATOR, "/desk/claims", (), "h1"),
    Shot("coordinators-offers", COORDINATOR, "/desk/offers", ("main a[href^='/desk/offers/']",), "h1"),
)


def main() -> None:
    """All pictures; says how large they are, and fails where one is too large."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(made_in(Path(folder))) as live,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**chromium())
        for language, who in product(LANGUAGES, dict.fromkeys(shot.who for shot in SHOTS)):
            with signed_in(browser, live.url, who, language) as page:
                for shot in [each for each in SHOTS if each.who == who]:
                    take(page, live.url, shot, language)
        browser.close()
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.webp"))}
    print(
        f"{len(sizes)} pictures, {sum(sizes.values()) // 1000} kB; the largest {max(sizes.values())} octets"
    )
    assert max(sizes.values()) <= LARGEST, sizes


@contextmanager
def signed_in(browser: Browser, url: str, who: str, language: str) -> Iterator[Page]:
    """A page as somebody of the demonstration sees it, or nobody in particular, in a language."""
    size = {"width": WIDTH, "height": HEIGHT}
    context = browser.new_context(viewport=size, reduced_motion="reduce", bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{url}/demo")
    if who:
        page.locator(f"form:has(input[value='{who}']) button, button[value='{who}']").first.click()
    if page.get_attribute("html", "lang") != language:
        page.evaluate("document.querySelector('[name=language]').click()")
        page.wait_for_selector(f"html[lang={language}]")
    yield page
    context.close()


def take(page: Page, url: str, shot: Shot, language: str) -> None:
    """One picture in light and in dark."""
    page.goto(url + shot.start)
    for link in shot.links:
        page.goto(url + str(page.locator(link).first.get_attribute("href")))
    page.add_style_tag(content=BARE)
    page.evaluate("top => document.querySelector(top).scrollIntoView()", shot.top)
    page.evaluate("scrollBy(0, -8)")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(200)
        asked = {"format": "webp", "quality": QUALITY}
        picture = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)["data"]
        (FOLDER / f"{shot.name}-{language}-{scheme}.webp").write_bytes(b64decode(picture))


if __name__ == "__main__":
    main()
