"""Which letters somebody wants: chosen on the profile, or stopped with one click in the letter itself."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.claims import actions as claims
from marketplace.kernel import signing
from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import JournalEntry
from marketplace.people.actions import stop_letter
from marketplace.people.messages import stop_link
from marketplace.people.states import OptionalLetter
from tests import cast as casting
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post

PARTICIPANTS = ["announcement", "certificate", "thanks", "week_reminder"]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def mutes(app: Flask, cast: Cast, who: str = "teacher") -> list[str]:
    """What that member of the cast stopped."""
    with app.app_context():
        return casting.person(cast, who).mutes


def link(app: Flask, cast: Cast, who: str = "teacher", letter: str = "announcement") -> str:
    """The path of the link that stops a letter."""
    with app.app_context():
        return urlsplit(stop_link(casting.person(cast, who), OptionalLetter(letter))).path


# --- On the profile -----------------------------------------------------------------------------------------


def test_everybody_chooses_among_the_letters_of_their_roles(client_of: Visit) -> None:
    def offered(who: str) -> list[str]:
        letters = form_of(client_of(who).get("/profile").text, "/profile/letters")["letters"]
        return sorted([letters] if isinstance(letters, str) else letters)

    assert offered("teacher") == PARTICIPANTS
    assert offered("coordinator") == ["digest"]
    assert offered("host") == ["attendance"]
    assert not has_form(client_of("school contact").get("/profile").text, "/profile/letters")


def test_what_is_not_ticked_is_not_sent_until_it_is_again(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    answer = post(browser, "/profile", "/profile/letters", letters=["thanks"])
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert mutes(app, cast) == ["announcement", "certificate", "week_reminder"]
    page = browser.get("/profile").text
    assert form_of(page, "/profile/letters")["letters"] == "thanks"
    post(browser, "/profile", "/profile/letters", letters=PARTICIPANTS)
    assert mutes(app, cast) == []


def test_nothing_ticked_stops_them_all(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    post(browser, "/profile", "/profile/letters", letters=[])
    assert mutes(app, cast) == PARTICIPANTS


def test_a_choice_says_nothing_about_letters_that_are_not_on_the_page(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context(), transaction():
        stop_letter(person=casting.person(cast, "teacher"), letter=OptionalLetter.DIGEST, now=NOW)
    post(client_of("teacher"), "/profile", "/profile/letters", letters=["announcement"])
    assert mutes(app, cast) == ["certificate", "digest", "thanks", "week_reminder"]


def test_a_letter_that_cannot_be_missed_cannot_be_chosen(app: Flask, cast: Cast, client_of: Visit) -> None:
    answer = post(client_of("teacher"), "/profile", "/profile/letters", letters=["digest", "thanks"])
    assert answer.status_code == 422
    assert "Choose from the list." in answer.text
    assert mutes(app, cast) == []


def test_a_teacher_chooses_profiles(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("teacher")
    post(browser, "/profile", "/profile", profiles=["PIE", "BWI"])
    with app.app_context():
        assert casting.person(cast, "teacher").profiles == ["BWI", "PIE"]
    assert form_of(browser.get("/profile").text, "/profile")["profiles"] == ["BWI", "PIE"]
    assert post(browser, "/profile", "/profile", profiles=["XYZ"]).status_code == 422
    assert "profiles" not in form_of(client_of("host").get("/profile").text, "/profile")


def test_a_mistake_elsewhere_on_the_page_unticks_nothing(app: Flask, cast: Cast, client_of: Visit) -> None:
    answer = post(client_of("teacher"), "/profile", "/profile", name="")
    assert answer.status_code == 422
    assert form_of(answer.text, "/profile/letters")["letters"] == [
        "announcement",
        "week_reminder",
        "thanks",
        "certificate",
    ]


# --- With the link in a letter ------------------------------------------------------------------------------


def test_the_link_shows_what_stops_and_changes_nothing(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    address = link(app, cast)
    for method in ("GET", "HEAD", "GET"):
        answer = browser.open(address, method=method)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "New activities that suit you" in answer.text
    assert "Marieke" in answer.text
    assert "Otten" not in answer.text
    assert mutes(app, cast) == []


def test_the_button_stops_that_one_letter(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    address = link(app, cast)
    answer = browser.post(address, data=form_of(browser.get(address).text, address))
    assert (answer.status_code, answer.location) == (303, address)
    assert "Set-Cookie" not in answer.headers
    assert mutes(app, cast) == ["announcement"]
    page = browser.get(address).text
    assert "These mails have stopped" in page
    assert not has_form(page, address)
    assert 'href="/profile#letters"' in page


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_stops_it_with_one_click(app: Flask, cast: Cast, kind: str) -> None:
    address = link(app, cast, letter="week_reminder")
    for _ in range(2):
        answer = app.test_client().post(address, data=ONE_CLICK, content_type=kind)
        assert answer.status_code == 200  # sent nowhere else
        assert "Set-Cookie" not in answer.headers
    assert mutes(app, cast) == ["week_reminder"]
    with app.app_context():
        entries = session.scalars(select(JournalEntry).where(JournalEntry.event == "letters")).all()
        assert len(entries) == 1


def test_who_is_signed_in_as_somebody_else_stops_it_for_who_got_the_letter(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    address = link(app, cast)
    client_of("colleague").post(address)
    assert (mutes(app, cast), mutes(app, cast, "colleague")) == (["announcement"], [])


def test_it_is_in_the_language_of_the_letter_until_another_is_chosen(app: Flask, cast: Cast) -> None:
    browser, address = app.test_client(), link(app, cast)
    assert '<html lang="en">' in browser.get(address).text
    browser.post("/language", data={"language": "nl", "next": address})
    assert '<html lang="nl">' in browser.get(address).text


def test_nobody_makes_such_a_link_themselves(app: Flask, cast: Cast) -> None:
    address = link(app, cast)
    words, _, signature = address.rpartition("/")[2].partition(".")
    other = link(app, cast, "colleague").rpartition("/")[2].partition(".")[0]
    with app.app_context():
        elsewhere = signing.sign("something else", [cast.codes["teacher"], "announcement"])
        gone = signing.sign("unsubscribe", ["GEENMENS22", "announcement"])
    for token in ("x", words, f"{words}.", f"{other}.{signature}", f"{words}.{signature}x", elsewhere, gone):
        for answer in (
            app.test_client().get(f"/unsubscribe/{token}"),
            app.test_client().post(f"/unsubscribe/{token}", data=ONE_CLICK),
        ):
            assert answer.status_code == 404
    assert mutes(app, cast) == mutes(app, cast, "colleague") == []


def test_the_link_in_a_letter_that_was_sent_stops_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        claims.announce_due(now=NOW + timedelta(minutes=15))
        letter = next(
            each for each in steps.letters("announcement") if each.receiver_address == cast.emails["teacher"]
        )
        assert letter.unsubscribe in letter.text
        octets = steps.send_everything(now=NOW + timedelta(minutes=15))
        assert any(f"List-Unsubscribe: <{letter.unsubscribe}>".encode() in each for each in octets)
        address = urlsplit(letter.unsubscribe).path
    app.test_client().post(address, data=ONE_CLICK)
    assert mutes(app, cast) == ["announcement"]
