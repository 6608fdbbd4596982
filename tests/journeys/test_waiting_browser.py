"""A full moment in a browser on a phone, with JavaScript and without: from the waiting list to the invite."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import create_engine, text

from tests.journeys.mails import invite_of, link_in, text_of
from tests.live import Live, live_on, running
from tests.servers import Mail, Mailbox

pytestmark = pytest.mark.slow
FIRST, SECOND = "gijs.t.hart@deturfvaart.example", "zoe.dancona@kornputcollege.example"
COORDINATOR, HOST = "coordinator@demo.example", "bedrijf@demo.example"
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def live(region: Path, tmp_path: Path, mailbox: Mailbox) -> Iterator[Live]:
    """The demonstration region, mailing for real."""
    shutil.copytree(region, tmp_path, dirs_exist_ok=True)
    with running(live_on(f"sqlite:///{tmp_path / 'demo.sqlite'}", mailbox)) as found:
        yield found


def one_seat(live: Live) -> str:
    """A moment with one seat, which nobody claimed yet."""
    engine = create_engine(live.database_url)
    statement = (
        "SELECT slot.code FROM slot JOIN offer ON offer.id = slot.offer_id"
        " WHERE offer.title LIKE 'Zonnepanelen%' AND seats_taken = 0 ORDER BY starts_at DESC"
    )
    with engine.begin() as connection:
        code = str(connection.scalar(text(statement)))
    engine.dispose()
    return code


def mail_with(mailbox: Mailbox, receiver: str, pattern: str, *, since: int = 0) -> Mail:
    """The last mail to somebody in which the pattern is found, as soon as it is there; `since` so many came before."""
    for _ in range(150):
        for mail in reversed(mailbox.messages[since:]):
            if receiver in mail.recipients and re.search(pattern, text_of(mail)):
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail to {receiver} with {pattern}")


def submit(page: Page, form: str = "main form.form") -> None:
    page.locator(f"{form} button[type=submit]").last.click()
    page.wait_for_load_state()


def open_as(page: Page, mailbox: Mailbox, url: str, email: str) -> None:
    """Opens a page, is asked to sign in with a mailed code, and comes back to it."""
    page.goto(url)
    page.fill("main [name=email]", email)
    before = len(mailbox.messages)
    submit(page)
    letter = mail_with(mailbox, email, r"(?m)^\s*\d{6}\s*$", since=before)
    mailed = re.search(r"\b\d{6}\b", text_of(letter))
    assert mailed
    page.fill("input[name=code]", mailed[0])
    submit(page)
    assert page.url.startswith(url.partition("?")[0]) or "/claims/" in page.url


def say_plans(page: Page) -> None:
    page.fill("[name=learning_question]", "Hoe legt u een paneel op een schuin dak?")
    page.check("[name=time_basis][value=school]")
    page.select_option("[name=cover]", "arranged")


def confirm_safety(page: Page) -> None:
    for select in page.locator("main select[name^=size_]").all():
        select.select_option(index=1)
    page.check("[name=has_read_safety]")


def approve_chosen(page: Page, live: Live) -> None:
    """Ticks the two oldest claims of which nothing warns, and approves both."""
    page.goto(f"{live.url}/desk/claims")
    for box in page.locator("input[name=claim]:not([data-warned])").all()[:2]:
        box.check()
    page.locator("#bulk button[value=approve]").click()
    page.wait_for_url(re.compile("/desk/claims/decided"))
    assert page.locator("ol.waiting li .pill.ok").count() == 2


def note_who_came(page: Page, live: Live) -> None:
    """Of the moment of lately: one came, one did not."""
    page.goto(f"{live.url}/host")
    page.locator("main table a[href*='/host/offers/']", has_text="Lassen en zetten").click()
    page.click("main a[href$='/slots']")
    page.locator("main details:has(a[href$='/attendance']) > summary").click()
    page.locator("main a[href$='/attendance']").first.click()
    page.wait_for_url(re.compile("/attendance"))
    for look, number in (("yes", 0), ("no", 1)):
        page.locator(f"#attendance li >> nth={number} >> button.{look}").click()
        page.locator(f"#attendance li >> nth={number} >> button.{look}[aria-pressed=true]").wait_for()
    assert page.locator("#attendance button[aria-pressed=true]").count() == 2


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_from_the_waiting_list_to_the_invite(
    browser: Browser, live: Live, mailbox: Mailbox, has_script: bool
) -> None:
    def person() -> Page:
        context = browser.new_context(
            java_script_enabled=has_script, locale="nl-NL", viewport=PHONE, reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    complaints: list[str] = []
    first, second, letter, desk, host = (person() for _ in range(5))
    claim_page = f"{live.url}/slots/{one_seat(live)}/claim"
    open_as(first, mailbox, claim_page, FIRST)
    say_plans(first)
    confirm_safety(first)
    submit(first)

    open_as(second, mailbox, claim_page, SECOND)
    say_plans(second)
    second.locator("button[name=may_wait]").click()
    second.wait_for_url(re.compile(r"/claims/\w+$"))
    assert re.search(r"\b1\b", second.locator(".notice, .track").first.inner_text())
    assert fits(second)

    first.locator("main a[href$='/withdraw']").click()
    submit(first, "main form[action$='/withdraw'], main form:not([action])")
    offered = mail_with(mailbox, SECOND, "/parties/")
    second.context.close()
    open_as(letter, mailbox, live.url + link_in(offered, "/parties/"), SECOND)
    letter.locator("form[action$='/accept'] button").click()
    letter.locator("form[action$='/safety']").wait_for()
    assert fits(letter)
    confirm_safety(letter)
    submit(letter, "form[action$='/safety']")
    claim = re.search(r"/claims/(\w+)", letter.url)
    assert claim

    open_as(desk, mailbox, f"{live.url}/desk", COORDINATOR)
    approve_chosen(desk, live)
    assert fits(desk)
    desk.goto(f"{live.url}/desk/claims/{claim[1]}")  # alone, for a certificate is missing
    desk.locator("form[action$='/approve'] button").click()
    method, event = invite_of(mail_with(mailbox, SECOND, "[Gg]oedgekeurd|[Bb]evestigd"))
    assert (method, event.attendee.value) == ("REQUEST", f"mailto:{SECOND}")

    open_as(host, mailbox, f"{live.url}/host", HOST)
    note_who_came(host, live)
    assert fits(host)
    assert "All is well" in live.command("audit")
    assert complaints == []
    for page in (first, letter, desk, host):
        page.context.close()
