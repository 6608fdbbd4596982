"""The calendar in a browser: by keyboard, on a phone, and following the search as the list does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live import Live


def coming_month() -> str:
    """The first day of the month that is all to come: the demonstration has moments in it."""
    return f"{(datetime.now(UTC).date().replace(day=1) + timedelta(days=32)).replace(day=1)}"


@pytest.fixture
def month(browser: Browser, demonstration: Live) -> Iterator[Page]:
    """A month with moments, on a desk."""
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{demonstration.url}/offers/month?day={coming_month()}")
    yield page
    context.close()


def day_in_focus(page: Page) -> int:
    """The number of the day of the calendar in which the focus is; 0 outside of it."""
    said = page.evaluate("document.activeElement.closest('.calendar td')?.querySelector('.date').textContent")
    return int(re.findall(r"\d+", said)[0]) if said else 0


def filled_days(page: Page) -> list[int]:
    """The days on which there is something."""
    said = page.locator(".calendar .date:has(a)").all_text_contents()
    return [int(re.findall(r"\d+", each)[0]) for each in said]


def test_arrows_go_from_day_to_day_past_the_empty_ones(month: Page) -> None:
    days = filled_days(month)
    assert len(days) > 1
    month.locator(".calendar .date a").first.focus()
    for day in days[1:]:
        month.keyboard.press("ArrowRight")
        assert day_in_focus(month) == day
    month.keyboard.press("ArrowRight")
    assert day_in_focus(month) == days[-1], "after the last one there is none"
    month.keyboard.press("ArrowLeft")
    assert day_in_focus(month) == days[-2]
    under = [day for day in days if day > days[0] and (day - days[0]) % 7 == 0]
    month.locator(".calendar .date a").first.focus()
    month.keyboard.press("ArrowDown")
    assert day_in_focus(month) == (under or days)[0]


def test_the_calendar_follows_what_is_typed_and_stays_in_its_month(month: Page) -> None:
    month.locator("input[name=q]").press_sequentially("lassen", delay=20)
    month.wait_for_url(re.compile(r"q=lassen"))
    assert "/offers/month?" in month.url
    assert f"day={coming_month()}" in month.url
    expect(month.locator("input[name=q]")).to_be_focused()
    expect(month.locator("#said")).to_have_text(month.locator("#found").inner_text())


def test_the_next_month_is_a_page_and_back_returns(month: Page) -> None:
    before = month.locator("#found").inner_text()
    month.locator("a[rel~=next]").click()
    month.wait_for_url(re.compile(r"#found$"))
    expect(month.locator("#found")).not_to_have_text(before)
    month.go_back()
    expect(month.locator("#found")).to_have_text(before)


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_it_is_a_list_of_the_days_with_something(
    browser: Browser, demonstration: Live, width: int
) -> None:
    context = browser.new_context(
        locale="nl-NL", viewport={"width": width, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{demonstration.url}/offers/month?day={coming_month()}")
    days = filled_days(page)
    assert page.locator(".calendar td:visible").count() == len(days)
    name = page.locator(".calendar .date a").first
    assert re.fullmatch(r"\w+dag \d+ \w+", name.inner_text()), "in full: no column says which day of the week"
    box = name.bounding_box()
    assert box
    assert box["height"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
