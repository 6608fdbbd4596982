"""The mail log: coordinators find out what became of each letter, and do something about it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import history
from marketplace.outbox import actions as outbox
from marketplace.outbox.models import Document, Letter
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.documents.sheets import pages
from tests.pages import form_of, has_form
from tests.rows import everything
from tests.statements import statements

LOG = "/desk/letters"
STATEMENTS = 3
"""What the list may cost, however long it is."""


@pytest.fixture
def code(app: Flask, cast: Cast) -> str:
    """The letter that tells the teacher that the claim arrived."""
    with app.app_context():
        casting.claim(cast, now=NOW)
        return steps.the_letter("claim_received").code


def set_letter(app: Flask, code: str, **values: object) -> None:
    with app.app_context(), transaction():
        session.execute(update(Letter).where(Letter.code == code).values(values))


def state_of(app: Flask, code: str) -> str:
    with app.app_context():
        return session.scalars(select(Letter.state).where(Letter.code == code)).one()


def copies(app: Flask, code: str, count: int) -> None:
    """So many more letters like this one."""
    with app.app_context(), transaction():
        kept = {each.name for each in Letter.__table__.columns} - {"id", "code", "key"}
        like = session.scalars(select(Letter).where(Letter.code == code)).one()
        facts = {name: getattr(like, name) for name in kept}
        session.add_all(
            Letter(key=f"copy:{number}", **{**facts, "subject": f"Letter number {number}"})
            for number in range(count)
        )


def test_the_log_tells_what_became_of_each_letter(
    app: Flask, client_of: Visit, cast: Cast, code: str
) -> None:
    error = "(550, b'5.1.1 <nobody>: User unknown')"
    set_letter(app, code, state="failed", tries=3, last_error=error)
    page = client_of("coordinator").get(LOG).text
    assert "Marieke Otten" in page and cast.emails["teacher"] in page
    assert "Failed" in page and "3 tries" in page and "&lt;nobody&gt;: User unknown" in page
    assert "today, 10:00" in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("q=otten", True),
        ("q=MARIEKE+claim_received", True),
        ("q=zonneveld", False),
        ("q=%25", False),
        ("q=%00otten", True),
        ("state=waiting", True),
        ("state=sent", False),
        ("state=nonsense", True),
        ("q=otten&state=waiting", True),
        ("q=otten&state=failed", False),
    ],
)
def test_letters_are_searched(client_of: Visit, code: str, query: str, is_found: bool) -> None:
    answer = client_of("coordinator").get(f"{LOG}?{query}")
    assert answer.status_code == 200
    assert (f"{LOG}/{code}" in answer.text) == is_found
    assert is_found or "There is no letter that fits this." in answer.text


def test_a_long_log_goes_on_at_the_letter_where_it_stopped(app: Flask, client_of: Visit, code: str) -> None:
    coordinator = client_of("coordinator")
    with statements(app) as for_few:
        coordinator.get(LOG)
    copies(app, code, 119)
    seen, address = [], f"{LOG}?q=teacher"
    while address:
        with statements(app) as for_many:
            page = coordinator.get(address).text
        seen += [number for number in range(119) if f">Letter number {number}<" in page]
        _, _, rest = page.partition('hx-get="')
        address = rest.partition('"')[0].replace("&amp;", "&")
        assert "?before=" in address or "&before=" in address or not address
        assert address == "" or "q=teacher" in address
    assert sorted(seen) == list(range(119)) and seen[0] > seen[-1]
    assert len(for_few) == STATEMENTS and len(for_many) <= STATEMENTS + 1
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    fragment = coordinator.get(LOG, headers=part).text
    assert "<html" not in fragment and "Letter number 118" in fragment and "hx-get" in fragment


def test_letters_of_elsewhere_are_not_there(app: Flask, client_of: Visit, code: str) -> None:
    stranger = client_of("outside coordinator")
    page = stranger.get(LOG).text
    assert "Letters about claims of your region show here." in page and "Marieke" not in page
    form = form_of(page, "/sign-out")
    for address in (f"{LOG}/{code}", f"{LOG}/{code}/html", f"{LOG}?before={code}"):
        assert stranger.get(address).status_code == 404
    for action in ("again", "give-up"):
        assert stranger.post(f"{LOG}/{code}/{action}", data=form).status_code == 404
    assert state_of(app, code) == "queued"
    assert code in client_of("administrator").get(LOG).text


@pytest.mark.parametrize("who", ["teacher", "host", "school contact", "outsider"])
def test_the_log_is_for_coordinators(client_of: Visit, code: str, who: str) -> None:
    for address in (LOG, f"{LOG}/{code}", f"{LOG}/{code}/html"):
        assert client_of(who).get(address).status_code == 403


def test_letters_of_no_region_are_for_administrators(app: Flask, client_of: Visit, code: str) -> None:
    set_letter(app, code, region="")
    assert client_of("coordinator").get(f"{LOG}/{code}").status_code == 404
    assert client_of("administrator").get(f"{LOG}/{code}").status_code == 200


def test_a_letter_is_shown_as_it_was_received(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        steps.approved(cast)
        letter = steps.the_letter("claim_approved")
        code, subject, claim = letter.code, letter.subject, letter.about["claim"]
        steps.send_everything()
    coordinator = client_of("coordinator")
    page = coordinator.get(f"{LOG}/{code}")
    assert subject in page.text and f'href="/desk/claims/{claim}"' in page.text
    assert f'src="{LOG}/{code}/html"' in page.text and "sandbox=" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    html = coordinator.get(f"{LOG}/{code}/html")
    assert "Marieke" in html.text
    said = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in said and "script-src" not in said and "frame-ancestors 'self'" in said
    assert "Marieke" in coordinator.get(f"{LOG}/{code}?view=text").text
    assert "METHOD:REQUEST" in coordinator.get(f"{LOG}/{code}?view=invite").text
    assert "Message-ID: &lt;" in coordinator.get(f"{LOG}/{code}?view=headers").text


def test_a_letter_that_waits_has_no_headers_yet(client_of: Visit, code: str) -> None:
    page = client_of("coordinator").get(f"{LOG}/{code}?view=headers").text
    assert "The headers are written when the letter is sent." in page
    assert "BEGIN:VCALENDAR" not in client_of("coordinator").get(f"{LOG}/{code}?view=invite").text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"is_secret": True}, "it lets its receiver in"),
        ({"text": "", "html": ""}, "What stood in this letter was wiped."),
    ],
)
def test_what_opens_a_door_and_what_was_wiped_is_not_shown(
    app: Flask, client_of: Visit, code: str, values: dict[str, object], said: str
) -> None:
    with app.app_context():
        steps.send_everything()
    set_letter(app, code, **values)
    coordinator = client_of("coordinator")
    for view in ("html", "text", "invite", "headers"):
        page = coordinator.get(f"{LOG}/{code}?view={view}").text
        assert said in page and "Hoe last u" not in page and "<iframe" not in page and "<pre" not in page
        assert "Message-ID" not in page and not has_form(page, "/again")
    assert coordinator.get(f"{LOG}/{code}/html").status_code == 404
    form = form_of(coordinator.get(LOG).text, "/sign-out")
    assert coordinator.post(f"{LOG}/{code}/again", data=form).status_code == 409


def test_a_letter_that_failed_is_sent_again(app: Flask, client_of: Visit, cast: Cast, code: str) -> None:
    with app.app_context():
        before = steps.send_everything()
    set_letter(app, code, state="failed", last_error="550 no")
    coordinator = client_of("coordinator")
    form = form_of(coordinator.get(f"{LOG}/{code}").text, "/again")
    answer = coordinator.post(f"{LOG}/{code}/again", data=form)
    assert answer.status_code == 303 and "The letter is sent again." in coordinator.get(answer.location).text
    again = coordinator.post(f"{LOG}/{code}/again", data=form)
    assert again.status_code == 409 and "This letter is still on its way." in again.text
    with app.app_context():
        (octets,) = steps.send_everything()
        assert octets in before
        assert [each.actor for each in history("letter", code)] == [cast.codes["coordinator"]]


def test_a_letter_that_failed_is_given_up(app: Flask, client_of: Visit, code: str) -> None:
    set_letter(app, code, state="failed", last_error="550 no")
    coordinator = client_of("coordinator")
    assert "1 letter could not be delivered." in coordinator.get("/desk").text
    form = form_of(coordinator.get(f"{LOG}/{code}").text, "/give-up")
    assert coordinator.post(f"{LOG}/{code}/give-up", data=form).status_code == 303
    assert state_of(app, code) == "dropped"
    again = coordinator.post(f"{LOG}/{code}/give-up", data=form)
    assert again.status_code == 409 and "This letter is not waiting any more." in again.text
    assert "could not be delivered" not in coordinator.get("/desk").text


def test_looking_at_the_log_changes_nothing(app: Flask, client_of: Visit, code: str) -> None:
    with app.app_context():
        before = everything()
    coordinator = client_of("coordinator")
    for address in (LOG, f"{LOG}/{code}", f"{LOG}/{code}/html"):
        assert coordinator.get(address).status_code == coordinator.head(address).status_code == 200
    for action in ("again", "give-up"):
        assert coordinator.get(f"{LOG}/{code}/{action}").status_code == 405
    with app.app_context():
        assert everything() == before


def test_a_silent_worker_is_told_on_all_pages_of_the_desk(
    app: Flask, client_of: Visit, cast: Cast, clock, code: str
) -> None:
    with app.app_context():
        claim = steps.letters("claim_received")[0].about["claim"]
    pages = [
        *("/desk", "/desk/claims", f"/desk/claims/{claim}", "/desk/offers", f"/desk/offers/{cast.offer}"),
        *("/desk/organisations", "/desk/people", LOG, f"{LOG}/{code}"),
        f"/desk/claims/decided?verdict=approve&claims={claim}",
    ]
    coordinator = client_of("coordinator")
    assert all("the worker was never started" in coordinator.get(page).text for page in pages)
    with app.app_context(), transaction():
        outbox.beat(now=NOW)
    clock.shift(timedelta(minutes=5))
    assert not any("the worker" in coordinator.get(page).text for page in pages)
    clock.shift(timedelta(seconds=1))
    said = "Since Monday 11 January 2027, 10:00 no letter leaves and nothing happens by itself"
    assert all(said in coordinator.get(page).text for page in pages)


def test_failed_letters_of_elsewhere_are_none_of_ours(app: Flask, client_of: Visit, code: str) -> None:
    set_letter(app, code, state="failed")
    page = client_of("coordinator").get("/desk").text
    assert "1 letter could not be delivered." in page and "<b>1</b>letter that failed" in page
    assert f"{LOG}?state=failed" in page
    assert "could not be delivered" not in client_of("outside coordinator").get("/desk").text


# --- What goes along ---------------------------------------------------------------------------------------------


def test_what_goes_along_can_be_opened(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context():
        steps.approved(cast)
        letter = f"{LOG}/{steps.the_letter('claim_approved').code}"
    coordinator = client_of("coordinator")
    assert f'href="{letter}/enclosure.pdf">safety-sheet.pdf</a>' in coordinator.get(letter).text
    answer = coordinator.get(f"{letter}/enclosure.pdf")
    assert "This sheet is for Marieke Otten" in pages(answer.data)[0]
    assert client_of("outside coordinator").get(f"{letter}/enclosure.pdf").status_code == 404


def test_a_letter_that_left_without_its_pdf_says_so(app: Flask, client_of: Visit, cast: Cast) -> None:
    with app.app_context(), transaction():
        steps.approved(cast)
        letter = f"{LOG}/{steps.the_letter('claim_approved').code}"
        session.execute(update(Document).values(error="no fonts"))
    page = client_of("coordinator").get(letter).text
    assert "safety-sheet.pdf could not be made. The letter leaves without it: no fonts" in page


def test_a_letter_without_a_pdf_has_none(client_of: Visit, code: str) -> None:
    coordinator = client_of("coordinator")
    assert "Enclosed" not in coordinator.get(f"{LOG}/{code}").text
    assert coordinator.get(f"{LOG}/{code}/enclosure.pdf").status_code == 404
