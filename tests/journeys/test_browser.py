"""The whole job in a real browser, once with JavaScript and once without: from posting to the invite in a mailbox."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import create_engine, insert

from marketplace.kernel.clock import now
from marketplace.organisations.models import Organisation
from marketplace.regions.models import Region
from tests.live import Live, live_on, running
from tests.servers import Mail, Mailbox

pytestmark = pytest.mark.slow
DAY = now().date() + timedelta(days=21)


@pytest.fixture
def live(tmp_path: Path, mailbox: Mailbox) -> Iterator[Live]:
    """A marketplace with one region, one school and nobody in it."""
    empty = live_on(f"sqlite:///{tmp_path / 'journey.sqlite'}", mailbox)
    empty.command("db", "upgrade")
    with running(empty) as found:
        engine = create_engine(found.database_url)
        with engine.begin() as connection:
            connection.execute(
                insert(Region).values(id=1, code="REGION", name="Reest & Vecht", holiday_zone="Noord")
            )
            school = {"code": "SCHOOL", "kind": "school", "name": "Reestcollege", "region_id": 1}
            connection.execute(insert(Organisation).values(id=1, created_at=now(), **school))
        engine.dispose()
        yield found


def latest(mailbox: Mailbox, receiver: str, count: int = 1) -> Mail:
    """The `count`th mail to somebody, as soon as it is there."""
    for total in range(1, 60):
        mails = [mail for mail in mailbox.wait_for(total) if receiver in mail.recipients]
        if len(mails) >= count:
            return mails[count - 1]
    raise AssertionError(f"no mail {count} to {receiver}")


def text_of(mail: Mail) -> str:
    body = mail.message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def submit(page: Page) -> None:
    """Presses the button of the page's own form."""
    page.locator("main form.form button[type=submit]").last.click()
    page.wait_for_load_state()


def enter_code(page: Page, mail: Mail) -> None:
    code = re.search(r"\b\d{6}\b", text_of(mail))
    assert code
    page.fill("input[name=code]", code.group())
    submit(page)


def sign_up_company(page: Page, live: Live, mailbox: Mailbox) -> None:
    page.goto(f"{live.url}/sign-up/company")
    answers = {
        "name": "Gerda Nijboer",
        "email": "gerda@reestdal.example",
        "company": "Reestdal Metaalwerken",
        "kvk": "00000101",
        "street": "Smidsvonkweg 14",
        "postcode": "7944 XY",
        "town": "Meppel",
        "phone": "(0522) 00 01 01",
    }
    for name, value in answers.items():
        page.fill(f"main [name={name}]", value)
    page.select_option("[name=sector]", "metal")
    page.select_option("[name=region]", "REGION")
    submit(page)
    enter_code(page, latest(mailbox, "gerda@reestdal.example"))


def post_masterclass(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/host/offers/new")
    page.check("[name=format][value=masterclass]")
    submit(page)
    page.check("[name=kind][value=masterclass]")
    page.fill("[name=title]", "Masterclass lasrobot")
    page.fill("[name=summary]", "Een avond zelf programmeren.")
    page.fill("[name=activity]", "U programmeert een lasbaan en last die.")
    page.fill("[name=report_at]", "Receptie, hal 2")
    submit(page)
    offer = page.url
    page.goto(f"{offer}/safety")
    page.check("[name=chosen][value=M008]")
    page.select_option("[name=provider-M008]", "participant")
    page.click("li:has([value=M008]) .fine > summary")
    page.fill("[name=note-M008]", "klasse S3")
    page.check("[name=chosen][value=M019]")
    submit(page)
    page.goto(f"{offer}/slots")
    assert page.input_value("[name=starts]") == "17:00"
    page.fill("[name=day]", DAY.isoformat())
    page.fill("[name=capacity]", "1")
    page.fill("[name=supervisor]", "Mehmet Yıldız")
    submit(page)
    page.goto(offer)
    page.locator("form[action$='/publish'] button").click()
    page.wait_for_load_state()


def invite_coordinator(page: Page, live: Live, mailbox: Mailbox) -> None:
    live.command("people", "invite", "wim@reest.example", "--role", "coordinator", "--region", "REGION")
    latest(mailbox, "wim@reest.example")
    page.goto(f"{live.url}/desk")
    page.fill("main [name=email]", "wim@reest.example")
    submit(page)
    link = re.search(r"http\S+/sign-in/\S+", text_of(latest(mailbox, "wim@reest.example", 2)))
    assert link
    page.goto(link.group())
    submit(page)
    assert page.url == f"{live.url}/desk"


def publish(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/desk/offers")
    page.click("main a[href*='/desk/offers/']")
    page.locator("form[action$='/publish'] button").click()
    page.wait_for_load_state()


def sign_up_teacher(page: Page, live: Live, mailbox: Mailbox) -> None:
    page.goto(f"{live.url}/sign-up/school")
    page.fill("main [name=name]", "Marieke Otten")
    page.fill("main [name=email]", "marieke@reestcollege.example")
    page.select_option("[name=school]", "SCHOOL")
    page.select_option("[name=function]", "teacher")
    submit(page)
    enter_code(page, latest(mailbox, "marieke@reestcollege.example"))


def claim(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/?q=lasrobot")
    page.click("main .offer a")
    page.click("main a[href$='/claim'] >> nth=0")
    page.fill("[name=learning_question]", "Hoe leg ik een lasbaan uit aan derdejaars?")
    page.check("[name=time_basis][value=own]")
    page.select_option("[name=cover]", "not_needed")
    submit(page)
    assert page.locator(".summary").count() == 1, "the safety notes have to be read first"
    page.check("[name=has_read_safety]")
    submit(page)
    assert re.search(r"/claims/\w+$", page.url)


def approve(page: Page, live: Live, *, in_place: bool) -> None:
    page.goto(f"{live.url}/desk/claims")
    page.locator("form[action$='/approve'] button").click()
    outcome = "li .pill.ok" if in_place else ".toast"
    page.locator(outcome).wait_for()
    assert page.url == f"{live.url}/desk/claims"
    assert page.locator("form[action$='/approve']").count() == 0


def read_invite(mail: Mail) -> None:
    [part] = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    [event] = vobject.readOne(part.get_content()).vevent_list
    assert event.dtstart.value.strftime("%Y-%m-%d %H.%M") == f"{DAY} 17.00"
    said = event.description.value
    assert (
        said.index("Receptie, hal 2") < said.index("Veiligheidsschoenen: klasse S3") < said.index("Lashelm")
    )
    assert "Veiligheidsschoenen" in text_of(mail)
    assert event.attendee.value == "mailto:marieke@reestcollege.example"


def person(browser: Browser, *, has_script: bool) -> BrowserContext:
    return browser.new_context(java_script_enabled=has_script, locale="nl-NL", reduced_motion="reduce")


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_from_posting_to_the_invite(browser: Browser, live: Live, mailbox: Mailbox, has_script: bool) -> None:
    company, coordinator, teacher = (person(browser, has_script=has_script).new_page() for _ in range(3))
    complaints: list[str] = []
    for page in (company, coordinator, teacher):
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    sign_up_company(company, live, mailbox)
    post_masterclass(company, live)
    invite_coordinator(coordinator, live, mailbox)
    publish(coordinator, live)
    sign_up_teacher(teacher, live, mailbox)
    claim(teacher, live)
    approve(coordinator, live, in_place=has_script)
    confirmation = latest(mailbox, "marieke@reestcollege.example", 3)
    read_invite(confirmation)
    assert "All is well" in live.command("audit")
    assert [each for each in complaints if "422" not in each] == []
    for page in (company, coordinator, teacher):
        page.context.close()
