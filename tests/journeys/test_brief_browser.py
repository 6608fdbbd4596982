"""The editor of safety briefs in a real browser: ticking, moving lines, and the preview that follows."""

import pytest
from playwright.sync_api import Page, expect

from tests.live import Live

pytestmark = pytest.mark.slow


def order(page: Page) -> list[str]:
    """The codes of what holds, from the top."""
    codes: list[str] = page.eval_on_selector_all(
        "#picked [name=chosen]", "all => all.map(each => each.value)"
    )
    return codes


@pytest.fixture
def editor(page: Page, demonstration: Live) -> Page:
    """The page on which the demonstration's host writes the brief of an offer."""
    page.goto(f"{demonstration.url}/demo")
    page.locator("form:has([value='bedrijf@demo.example']) button").first.click()
    page.wait_for_load_state()
    page.goto(f"{demonstration.url}/host")
    page.click("main a[href*='/host/offers/']:has-text('Lassen')")
    page.goto(f"{page.url}/safety")
    return page


def test_lines_are_put_in_order_and_the_preview_follows(editor: Page) -> None:
    first, second, third, *_ = order(editor)
    up = editor.locator(f"#picked li:has([value={second}]) button[value^=up]")
    up.focus()
    editor.keyboard.press("ArrowUp")
    assert order(editor)[:3] == [second, first, third]
    expect(up).to_be_focused()
    expect(editor.locator("#picked-said")).to_contain_text("1")
    editor.click(f"#picked li:has([value={second}]) button[value^=down]")
    assert order(editor)[:3] == [first, second, third]
    editor.click("details:has(#pick-ppe) > summary")
    editor.check("[value=X-BOOTS]")
    assert order(editor)[-1] == "X-BOOTS"
    name = editor.locator("li:has([value=X-BOOTS]) .tick span").inner_text().splitlines()[0]
    expect(editor.locator("#preview")).to_contain_text(name)
    editor.uncheck("[value=X-BOOTS]")
    assert "X-BOOTS" not in order(editor)
    expect(editor.locator("#preview")).not_to_contain_text(name)


def test_a_line_is_dragged_past_its_neighbours_and_kept_there(editor: Page) -> None:
    before = order(editor)
    grip = editor.locator(f"#picked li:has([value={before[0]}]) .grip")
    last = editor.locator("#picked > li").nth(len(before) - 1)
    grip.scroll_into_view_if_needed()
    start = grip.bounding_box()
    assert start
    editor.mouse.move(start["x"] + 5, start["y"] + 5)
    editor.mouse.down()
    for _ in range(len(before) * 4):
        end = last.bounding_box()
        assert end
        editor.mouse.move(start["x"] + 5, end["y"] + end["height"] - 2, steps=2)
    editor.mouse.up()
    assert order(editor) == [*before[1:], before[0]]
    address = editor.url
    with editor.expect_response(lambda answer: answer.url == address) as saved:
        editor.locator("main form.form button[type=submit]").last.click()
    assert saved.value.status == 303
    editor.wait_for_url(address.removesuffix("/safety"))
    editor.goto(address)
    assert order(editor) == [*before[1:], before[0]]
