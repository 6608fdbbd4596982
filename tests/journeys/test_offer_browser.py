"""An offer page that stays open: its places stay fresh, and a network that is slow or gone is told."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import create_engine, text

from tests.live import Live

HALF_A_MINUTE = 30_000


def ask(live: Live, statement: str, **values: object) -> str:
    """The first value that a statement finds in the database, or nothing for one that writes."""
    engine = create_engine(live.database_url)
    with engine.begin() as connection:
        found = connection.execute(text(statement), values)
        value = str(found.scalar()) if found.returns_rows else ""
    engine.dispose()
    return value


@pytest.fixture
def slot(demonstration: Live) -> str:
    """The code of a moment that one can sign up for, with places left."""
    return ask(
        demonstration,
        "SELECT slot.code FROM slot JOIN offer ON offer.id = slot.offer_id WHERE offer.state = 'published'"
        " AND slot.state = 'open' AND slot.capacity > slot.seats_taken + 3"
        " AND slot.starts_at > datetime('now', '+3 days')"
        " AND slot.close_at > datetime('now', '+2 days') AND (slot.open_at IS NULL OR slot.open_at < datetime('now'))"
        " ORDER BY slot.starts_at, slot.id",
    )


@pytest.fixture
def offer(demonstration: Live, slot: str) -> str:
    """The address of the page that the moment stands on."""
    code = ask(
        demonstration,
        "SELECT offer.code FROM offer JOIN slot ON slot.offer_id = offer.id WHERE slot.code = :slot",
        slot=slot,
    )
    return f"{demonstration.url}/offers/{code}"


def take_a_seat(live: Live, slot: str) -> None:
    """As if somebody else did, elsewhere."""
    ask(live, "UPDATE slot SET seats_taken = seats_taken + 1 WHERE code = :slot", slot=slot)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone."""
    found = browser.new_context(locale="nl-NL", viewport={"width": 390, "height": 800})
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of which the clock can be turned on."""
    found = context.new_page()
    found.clock.install()
    return found


def places(page: Page, slot: str) -> Locator:
    """Where the page says how many places are free at a moment."""
    moment = page.locator(".moments > li").filter(has=page.locator(f"a[href='/slots/{slot}/claim']"))
    return moment.locator(".places")


def told(page: Page, what: str) -> str:
    """What the bar at the foot says of the network, in the language of the page."""
    return page.locator("#net").get_attribute(f"data-{what}") or "?"


def test_places_that_others_take_show_on_a_page_that_is_open(
    demonstration: Live, page: Page, offer: str, slot: str
) -> None:
    page.goto(offer)
    before = places(page, slot).inner_text()
    agenda = page.locator(".agenda").first
    agenda.locator("summary").click()
    link = agenda.locator(".ways a").first
    link.focus()
    where = page.evaluate("scrollY")
    take_a_seat(demonstration, slot)
    with page.expect_response(re.compile(r"/offers/\w+/moments$")):
        page.clock.run_for(HALF_A_MINUTE)
    expect(page.locator("#heard")).not_to_be_empty()
    expect(places(page, slot)).not_to_have_text(before, use_inner_text=True)
    expect(agenda).to_have_attribute("open", "")
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == where


def test_while_nothing_changes_the_answer_is_that_nothing_did(page: Page, offer: str) -> None:
    page.goto(offer)
    expect(page.locator(".similar a").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    answers: list[int] = []
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceivedExtraInfo", lambda event: answers.append(event["statusCode"]))
    for _ in range(2):
        with page.expect_response(re.compile(r"/offers/\w+/moments$")):
            page.clock.run_for(HALF_A_MINUTE)
    page.wait_for_timeout(100)
    assert answers == [200, 304]
    expect(page.locator("#heard")).to_be_empty()


def test_who_comes_back_sees_the_places_of_now(
    demonstration: Live, context: BrowserContext, offer: str, slot: str
) -> None:
    page = context.new_page()
    page.goto(offer)
    before = places(page, slot).inner_text()
    page.goto(f"{demonstration.url}/how-it-works")
    take_a_seat(demonstration, slot)
    page.go_back()
    expect(places(page, slot)).not_to_have_text(before, use_inner_text=True)


def test_a_lost_network_is_told_and_so_is_its_return(context: BrowserContext, page: Page, offer: str) -> None:
    page.goto(offer)
    bar = page.locator("#net")
    expect(bar).to_be_empty()
    context.set_offline(True)
    expect(bar).to_have_text(told(page, "lost"))
    context.set_offline(False)
    expect(bar).to_be_empty()


def test_a_request_that_is_lost_is_told_and_the_page_stays(
    context: BrowserContext, page: Page, offer: str, slot: str
) -> None:
    page.goto(offer)
    before = places(page, slot).inner_text()
    page.route("**/moments", lambda route: route.abort("connectionfailed"))
    page.clock.run_for(HALF_A_MINUTE)
    expect(page.locator("#net")).to_have_text(told(page, "lost"))
    assert places(page, slot).inner_text() == before
    page.unroute("**/moments")
    page.clock.run_for(HALF_A_MINUTE)
    expect(page.locator("#net")).to_be_empty()


@pytest.mark.parametrize("status", [404, 503])
def test_an_error_in_the_background_takes_nothing_off_the_page(
    page: Page, offer: str, slot: str, status: int
) -> None:
    page.goto(offer)
    before = places(page, slot).inner_text()
    page.route("**/moments", lambda route: route.fulfill(status=status, body="<p>Kapot</p>"))
    with page.expect_response(re.compile(r"/offers/\w+/moments$")):
        page.clock.run_for(HALF_A_MINUTE)
    page.wait_for_timeout(100)
    assert places(page, slot).inner_text() == before and "Kapot" not in page.inner_text("body")


def test_what_is_filled_in_stays_when_it_cannot_be_sent(demonstration: Live, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{demonstration.url}/sign-in")
    page.locator("input[type=email]").fill("docent@demo.example")
    context.set_offline(True)
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("#net")).to_have_text(told(page, "lost"))
    expect(page.locator("input[type=email]")).to_have_value("docent@demo.example")
    context.set_offline(False)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    expect(page.locator("input[type=email]")).to_have_count(0)


def test_a_form_that_is_pressed_twice_is_sent_once(demonstration: Live, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{demonstration.url}/sign-in")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("input[type=email]").fill("docent@demo.example")
    page.locator("main button[type=submit]").first.dblclick()
    expect(page.locator("input[type=email]")).to_have_count(0)
    assert len(sent) == 1


def test_a_slow_answer_is_told_after_a_second_until_it_comes(
    demonstration: Live, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{demonstration.url}/")
    wire = context.new_cdp_session(page)
    speed = {"offline": False, "latency": 3000, "downloadThroughput": -1, "uploadThroughput": -1}
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", speed)
    page.locator("input[name=q]").fill("lassen")
    bar = page.locator("#net")
    expect(bar).to_have_text(told(page, "slow"), timeout=2800)
    expect(bar).to_be_empty(timeout=8000)
    page.wait_for_url(re.compile("q=lassen"))


def test_what_is_for_search_engines_is_no_script_and_blocked_by_nothing(page: Page, offer: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(offer)
    page.wait_for_selector(".likes, .similar:not(:has(a))", state="attached")
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert data[0]["@type"] == "EducationEvent" and said == []


def test_what_is_like_it_stands_below(page: Page, offer: str) -> None:
    page.goto(offer)
    page.locator(".likes h3 a").first.click()
    page.wait_for_url(re.compile(r"/offers/\w{10}$"))
    assert page.url != offer


def test_without_javascript_all_of_it_is_links(browser: Browser, offer: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(offer)
    expect(page.locator("[data-share]")).to_be_hidden()
    page.locator(".agenda summary").first.click()
    expect(page.locator(".agenda .ways a").first).to_be_visible()
    page.locator(".similar a").click()
    page.wait_for_url(re.compile(r"/similar"))
    assert page.locator(".likes > li").count() in range(1, 4)
    context.close()
