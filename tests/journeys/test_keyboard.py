"""What only shows in a browser: the keyboard leads through a page, its focus is seen, and waiting is told."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.live import Live

PHONE = {"width": 390, "height": 700}
FOCUSED = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  if (focused === document.body) return null;
  const rings = ["", "::after"].map((part) => getComputedStyle(focused, part || null));
  const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    tag: focused.outerHTML.slice(0, 100),
    has_ring: rings.some((each) => each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2),
    is_covered: !!there?.closest(".reach, .net, .bulk") && !focused.closest(".reach, .net, .bulk"),
  };
}"""
"""What has the focus: whether a ring stands around it, and whether something that sticks to the edge lies over it."""


def opened(browser: Browser, **wishes: object) -> tuple[BrowserContext, Page]:
    context = browser.new_context(locale="nl-NL", reduced_motion="reduce", **wishes)  # type: ignore[arg-type]
    return context, context.new_page()


def tab_through(page: Page, most: int = 60) -> list[dict[str, object]]:
    """What gets the focus, in order, from the beginning of the page."""
    stops = list[dict[str, object]]()
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        if not stop["tag"].startswith('<input type="date"'):  # whose parts the browser rings by itself
            stops.append(stop)
    return stops


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["none", "active"])
def test_the_focus_is_always_seen(browser: Browser, demonstration: Live, colours: str) -> None:
    context, page = opened(browser, viewport=PHONE, forced_colors=colours)
    page.goto(demonstration.url)
    link = page.locator(".offer-title a").first
    for address in ("/", str(link.get_attribute("href"))):
        page.goto(demonstration.url + address)
        stops = tab_through(page)
        assert len(stops) > 15
        assert 'class="skip"' in str(stops[0]["tag"])
        assert [stop for stop in stops if not stop["has_ring"] or stop["is_covered"]] == []
    context.close()


@pytest.mark.slow
def test_after_a_refusal_the_focus_is_on_the_summary_which_leads_to_the_fields(
    browser: Browser, demonstration: Live
) -> None:
    context, page = opened(browser, viewport=PHONE)
    page.goto(f"{demonstration.url}/sign-up/company")
    page.locator("main form [type=submit]").click()
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main form input:visible").first).to_be_focused()
    context.close()


@pytest.mark.slow
def test_what_is_on_its_way_is_seen_and_gone_when_it_came(browser: Browser, demonstration: Live) -> None:
    context, page = opened(browser, viewport={"width": 1280, "height": 900})
    held = list[Route]()
    page.route(re.compile("/offers/filters"), lambda route: held.append(route))
    page.goto(demonstration.url)
    expect(page.locator("#facets .skeleton")).to_be_visible()
    expect(page.locator("#facets a")).to_be_visible()
    held[0].continue_()
    expect(page.locator("#facets .facet").first).to_be_visible()
    expect(page.locator("#facets .skeleton")).to_have_count(0)
    context.close()
