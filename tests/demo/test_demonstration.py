"""The demonstration: be anybody, read everybody's mail; and none of it anywhere else."""

import re

import pytest
from flask import Flask

from marketplace.kernel.database import session
from tests import steps
from tests.account.letters import ask, is_signed_in, link_in_letter
from tests.cast import Cast
from tests.conftest import Visit, make_app
from tests.pages import forms_of, post

ADDRESSES = ("docent", "bedrijf", "coordinator", "beheer")
STARTS = {"docent": "/", "bedrijf": "/host", "coordinator": "/desk", "beheer": "/desk"}
CAST = dict(zip(ADDRESSES, ("teacher", "host", "coordinator", "administrator"), strict=True))


@pytest.fixture
def demo_people(app: Flask, cast: Cast) -> Cast:
    """The cast, of whom four have the addresses of the demonstration."""
    with app.app_context():
        for local, who in CAST.items():
            steps.somebody(cast.codes[who]).email = f"{local}@demo.example"
        session.commit()
    return cast


@pytest.mark.parametrize("local", ADDRESSES)
def test_one_click_signs_in_where_the_work_is(demo_people: Cast, client_of: Visit, local: str) -> None:
    browser, email = client_of("nobody"), f"{local}@demo.example"
    buttons = [fields for action, fields in forms_of(browser.get("/demo").text) if action == "/demo"]
    (button,) = [fields for fields in buttons if fields["email"] == email]
    answer = browser.post("/demo", data=button)
    assert (answer.status_code, answer.location) == (303, STARTS[local])
    assert email in browser.get("/profile").text


def test_everybody_else_can_be_chosen_too(demo_people: Cast, client_of: Visit) -> None:
    text = client_of("nobody").get("/demo").text
    assert text.index("docent@demo.example") < text.index("bedrijf@demo.example")
    assert "Jeroen Slomp" in text
    assert "Participant, Reestcollege" in text


def test_who_is_not_there_cannot_be_signed_in(demo_people: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    assert post(browser, "/demo", "/demo", email="nobody@demo.example").status_code == 404
    assert not is_signed_in(browser)


def test_an_empty_demonstration_says_how_to_fill_it(app: Flask) -> None:
    assert "demo load" in app.test_client().get("/demo").text


def test_the_mailbox_shows_all_letters_newest_first_and_by_receiver(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        steps.approved(cast)
        subjects = [letter.subject for letter in reversed(steps.letters())]
        own = [letter.subject for letter in reversed(steps.letters(to=cast.emails["teacher"]))]
    browser = client_of("nobody")
    assert _subjects(browser.get("/mailbox").text) == subjects
    assert _subjects(browser.get(f"/mailbox?to={cast.emails['teacher']}").text) == own
    assert 0 < len(own) < len(subjects)
    assert "No letters yet" in browser.get("/mailbox?to=x@y.example").text


def _subjects(html: str) -> list[str]:
    return re.findall(r'<a href="/mailbox/\d+"[^>]*>([^<]+)</a>', html)


def test_a_letter_is_shown_as_html_text_invitation_and_headers(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        steps.approved(cast)
        letter = steps.the_letter("claim_approved")
        here, calendar = f"/mailbox/{letter.id}", letter.calendar
        first_line = letter.text.splitlines()[0]
    assert calendar
    browser = client_of("nobody")
    assert f'src="{here}/html"' in browser.get(here).text
    assert first_line in browser.get(f"{here}?view=text").text
    assert "BEGIN:VCALENDAR" in browser.get(f"{here}?view=invite").text
    assert "Look again in a moment" in browser.get(f"{here}?view=headers").text
    with app.app_context():
        steps.send_everything()
    assert "Auto-Submitted: auto-generated" in browser.get(f"{here}?view=headers").text
    invite = browser.get(f"{here}/invite.ics")
    assert invite.data == calendar
    assert invite.headers["Content-Disposition"] == 'attachment; filename="invite.ics"'


def test_the_html_of_a_letter_stands_in_a_frame_that_can_do_nothing(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        steps.claim_seat(cast)
        here = f"/mailbox/{steps.the_letter('claim_received').id}"
    browser = client_of("nobody")
    outside, inside = browser.get(here), browser.get(f"{here}/html")
    assert "frame-src 'self'" in outside.headers["Content-Security-Policy"]
    assert 'sandbox="allow-top-navigation-by-user-activation"' in outside.text
    policy = inside.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "frame-ancestors 'self'" in policy
    assert '<base target="_top">' in inside.text
    assert "frame-src" not in browser.get("/mailbox").headers["Content-Security-Policy"]


def test_a_letter_without_invitation_offers_none(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        steps.claim_seat(cast)
        here = f"/mailbox/{steps.the_letter('claim_received').id}"
    browser = client_of("nobody")
    assert "view=invite" not in browser.get(here).text
    assert browser.get(f"{here}/invite.ics").status_code == 404
    assert browser.get("/mailbox/999999").status_code == 404


def test_a_sign_in_letter_shows_until_it_is_used(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    (subject,) = _subjects(browser.get(f"/mailbox?to={cast.emails['teacher']}").text)
    assert subject == "Sign in to Meeloop"
    with app.app_context():
        here = f"/mailbox/{steps.the_letter('sign_in').id}"
    link = link_in_letter(app)
    assert link in browser.get(f"{here}?view=text").text
    post(browser, link)
    assert browser.get(here).status_code == 404
    assert browser.get(f"{here}/html").status_code == 404
    assert _subjects(browser.get("/mailbox").text) == []


def test_the_style_guide_shows_every_part(client_of: Visit) -> None:
    text = client_of("nobody").get("/styleguide").text
    for part in ("offer", "board", "track", "notice", "summary", "tile", "places"):
        assert f'class="{part}' in text


@pytest.mark.parametrize("path", ["/demo", "/mailbox", "/mailbox/1", "/mailbox/1/html", "/styleguide"])
def test_none_of_it_is_anywhere_else(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    app = make_app(f"sqlite:///{tmp_path_factory.mktemp('real') / 'real.sqlite'}", is_demo=False)
    browser = app.test_client()
    assert browser.get(path).status_code == 404
    sign_in = browser.get("/sign-in").text
    assert "demo" not in sign_in.lower()
