"""Searching in a browser: the list follows what is typed and ticked, and the address follows the list."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from marketplace.app import create_app
from marketplace.kernel.database import db, session
from marketplace.organisations.models import Organisation, Site
from tests.cast import Cast
from tests.conftest import settings_for
from tests.live import Live
from tests.market.rows import add_offers


@pytest.fixture
def market(browser: Browser, demonstration: Live) -> Iterator[Page]:
    """The front page on a desk."""
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{demonstration.url}/")
    yield page
    context.close()


def wishes(page: Page) -> dict[str, list[str]]:
    """The search that the address bar names."""
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def test_the_list_follows_what_is_typed_and_the_address_names_it(market: Page) -> None:
    before = market.locator("article.offer").count()
    market.locator("input[name=q]").press_sequentially("masterclass", delay=20)
    market.wait_for_url(re.compile(r"q=masterclass"))
    assert wishes(market) == {"q": ["masterclass"]}
    expect(market.locator("input[name=q]")).to_be_focused()
    assert 0 < market.locator("article.offer").count() <= before
    expect(market.locator("#said")).to_have_text(market.locator("#found").inner_text())


def test_ticking_narrows_and_back_returns_to_the_search(market: Page) -> None:
    market.locator("input[name=format][value=masterclass]").check()
    market.wait_for_url(re.compile(r"format=masterclass"))
    expect(market.locator("article.offer .format:not(.f-masterclass)")).to_have_count(0)
    market.locator("article.offer a").first.click()
    market.wait_for_url(re.compile(r"/offers/\w+$"))
    market.go_back()
    market.wait_for_url(re.compile(r"format=masterclass"))
    assert wishes(market) == {"format": ["masterclass"]}
    expect(market.locator("input[name=format][value=masterclass]")).to_be_checked()


@pytest.fixture
def long_list(demonstration: Live) -> None:
    """Thirty more activities of one of the companies: the list takes two pages."""
    now = datetime.now(UTC).replace(microsecond=0)
    app = create_app(settings_for(demonstration.database_url))
    with app.app_context():
        site = session.scalars(select(Site).join(Organisation).where(Organisation.kind == "company")).first()
        assert site is not None
        company = Cast("", site.organisation.code, site.code, "", "", {}, {}, {})
        add_offers(company, 30, first=now.date() + timedelta(days=30), now=now)
        db.engine.dispose()


def test_more_goes_on_below_and_takes_the_focus_along(long_list: None, market: Page) -> None:
    shown = market.locator("article.offer").count()
    market.locator(".pages .button").click()
    following = market.locator("article.offer").nth(shown).locator("a").first
    expect(following).to_be_visible()
    expect(following).to_be_focused()


def test_on_a_phone_the_filters_are_a_drawer_that_closes_with_the_search(
    browser: Browser, demonstration: Live
) -> None:
    context = browser.new_context(locale="nl-NL", viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{demonstration.url}/")
    drawer = page.locator("#filters")
    expect(drawer).to_be_hidden()
    page.locator("button[popovertarget=filters]").first.click()
    drawer.locator("input[value=masterclass]").check()
    drawer.locator("button[type=submit]").click()
    expect(drawer).to_be_hidden()
    page.wait_for_url(re.compile(r"format=masterclass"))
    context.close()


def test_without_javascript_the_same_search_is_a_page(browser: Browser, demonstration: Live) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{demonstration.url}/")
    page.locator("button[popovertarget=filters]").first.click()
    page.locator("#filters a").click()
    page.locator("input[value=masterclass]").check()
    page.get_by_role("button", name="Toon het aanbod").click()
    assert wishes(page)["format"] == ["masterclass"]
    expect(page.locator("article.offer .format:not(.f-masterclass)")).to_have_count(0)
    context.close()
