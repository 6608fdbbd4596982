"""Signing in by a mailed link or code: once, for half an hour, in the browser that asked."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.kernel.journal import history
from marketplace.outbox.queries import due
from marketplace.people.models import OneTimeSignIn
from tests import cast as casting
from tests import steps
from tests.account.letters import ask, code_in_letter, is_signed_in, link_in_letter
from tests.cast import Cast
from tests.conftest import NOW, Visit
from tests.pages import form_of, has_form, post
from tests.rows import everything

UNKNOWN = "nobody.knows@school.example"


def row(app: Flask) -> OneTimeSignIn:
    with app.app_context():
        return session.scalars(select(OneTimeSignIn).order_by(OneTimeSignIn.id.desc()).limit(1)).one()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_link_signs_in_the_browser_that_asked(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    assert not is_signed_in(browser)
    assert ask(browser, cast.emails["teacher"]).location == "/sign-in/code"
    answer = post(browser, link_in_letter(app))
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Marieke Otten" in browser.get("/profile").text
    with app.app_context():
        assert history("person", cast.codes["teacher"])[-1].event == "signed_in"


def test_the_code_signs_in_the_browser_that_asked(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, f"  {cast.emails['teacher'].upper()} ")
    code = code_in_letter(app)
    answer = post(browser, "/sign-in/code", code=f"{code[:3]} {code[3:]}")
    assert answer.status_code == 303
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("who", "start"), [("coordinator", "/desk"), ("host", "/host"), ("teacher", "/"), ("school contact", "/")]
)
def test_everybody_begins_where_their_work_is(
    app: Flask, cast: Cast, client_of: Visit, who: str, start: str
) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails[who])
    assert post(browser, link_in_letter(app)).location == start


def test_looking_at_the_link_changes_nothing(app: Flask, cast: Cast, client_of: Visit) -> None:
    ask(client_of("nobody"), cast.emails["teacher"])
    link, scanner = link_in_letter(app), client_of("nobody")
    with app.app_context():
        before = everything()
    for look in (scanner.get, scanner.head):
        answer = look(link)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert not is_signed_in(scanner)
    with app.app_context():
        assert everything() == before


def test_a_link_that_a_mail_filter_opened_still_works(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    link = link_in_letter(app)
    client_of("nobody").get(link)
    post(browser, link)
    assert is_signed_in(browser)


def test_a_mail_filter_that_presses_the_button_does_not_get_in(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser, scanner = client_of("nobody"), client_of("nobody")
    ask(browser, cast.emails["teacher"])
    link = link_in_letter(app)
    answer = post(scanner, link)
    assert answer.status_code == 200
    assert "Type the e-mail address to which it was sent" in answer.text
    assert not is_signed_in(scanner)
    post(browser, link)
    assert is_signed_in(browser)


def test_another_browser_types_the_address_once_more(app: Flask, cast: Cast, client_of: Visit) -> None:
    ask(client_of("nobody"), cast.emails["teacher"])
    link, phone = link_in_letter(app), client_of("nobody")
    fields = form_of(post(phone, link).text)
    for other in (cast.emails["colleague"], "nonsense"):
        refused = phone.post(link, data={**fields, "email": other})
        assert refused.status_code == 422
        assert 'class="field wrong"' in refused.text
        assert not is_signed_in(phone)
    answer = phone.post(link, data={**fields, "email": cast.emails["teacher"].title()})
    assert answer.status_code == 303
    assert is_signed_in(phone)


def test_a_link_works_once(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser, second = client_of("nobody"), client_of("nobody")
    ask(browser, cast.emails["teacher"])
    link = link_in_letter(app)
    fields = form_of(second.get(link).text)
    post(browser, link)
    used = second.post(link, data={**fields, "email": cast.emails["teacher"]})
    assert used.status_code == 410
    assert not is_signed_in(second)
    seen = second.get(link)
    assert seen.status_code == 410
    assert 'href="/sign-in"' in seen.text


def test_link_and_code_work_for_half_an_hour(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller
) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    link, code = link_in_letter(app), code_in_letter(app)
    fields = form_of(browser.get(link).text)
    clock.shift(timedelta(minutes=29, seconds=59))
    assert browser.get(link).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert browser.post(link, data=fields).status_code == 410
    late = post(browser, "/sign-in/code", code=code)
    assert late.status_code == 422
    assert "no longer valid" in late.text
    assert not is_signed_in(browser)


def test_a_link_that_never_was_looks_like_one_that_was_used(client_of: Visit) -> None:
    answer = client_of("nobody").get("/sign-in/never-was")
    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == "no-store"


def test_five_tries_and_the_code_is_worth_nothing(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    code = code_in_letter(app)
    for number in range(1, 6):
        answer = post(browser, "/sign-in/code", code=wrong(code))
        assert answer.status_code == 422
        assert "This is not the code in the letter" in answer.text
        assert row(app).tries == number  # counted, though the request was refused and rolled back
    answer = post(browser, "/sign-in/code", code=code)
    assert answer.status_code == 422
    assert "no longer valid" in answer.text
    assert not is_signed_in(browser)
    assert row(app).tries == 5


def test_what_is_no_code_costs_no_try(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    for text in ("", "12345", "abcdef", "١٢٣٤٥٦"):
        assert post(browser, "/sign-in/code", code=text).status_code == 422
    assert row(app).tries == 0


def test_the_code_is_worth_nothing_in_another_browser(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser, thief = client_of("nobody"), client_of("nobody")
    ask(browser, cast.emails["teacher"])
    code = code_in_letter(app)
    with thief.session_transaction() as cookie:
        cookie.update(asked=cast.emails["teacher"], browser="guessed")
    assert post(thief, "/sign-in/code", code=code).status_code == 422
    assert not is_signed_in(thief)
    assert row(app).tries == 0  # a stranger cannot spend one's tries
    post(browser, "/sign-in/code", code=code)
    assert is_signed_in(browser)


def test_who_asked_for_nothing_is_sent_to_ask(client_of: Visit) -> None:
    assert client_of("nobody").get("/sign-in/code").location == "/sign-in"


def test_an_unknown_address_gets_the_same_answer_and_no_letter(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    pages = []
    for email in (cast.emails["teacher"], UNKNOWN):
        browser = client_of("nobody")
        answer = ask(browser, email)
        assert (answer.status_code, answer.location) == (303, "/sign-in/code")
        text = browser.get("/sign-in/code").text
        pages.append(text.replace(email, "ADDRESS").replace(form_of(text)["csrf_token"], "TOKEN"))
        refused = post(browser, "/sign-in/code", code="000000")
        assert refused.status_code == 422
        assert "This is not the code in the letter" in refused.text
    assert pages[0] == pages[1]
    with app.app_context():
        assert [letter.receiver_address for letter in steps.letters("sign_in")] == [cast.emails["teacher"]]


@pytest.mark.parametrize("is_known", [True, False])
def test_too_many_letters_in_an_hour_are_refused(
    app: Flask, cast: Cast, client_of: Visit, clock: time_machine.Traveller, is_known: bool
) -> None:
    browser, email = client_of("nobody"), cast.emails["teacher"] if is_known else UNKNOWN
    for _ in range(6):
        assert ask(browser, email).status_code == 303
    answer = ask(client_of("nobody"), email)
    assert answer.status_code == 429
    assert "We have just sent several letters" in answer.text
    with app.app_context():
        assert len(steps.letters("sign_in")) == (6 if is_known else 0)
    clock.shift(timedelta(hours=1))
    assert ask(browser, email).status_code == 303


def test_an_address_that_is_none_is_refused_beside_the_field(client_of: Visit) -> None:
    for text, said in (("", "Enter your e-mail address."), ("teacher@school", "such as name@school.nl")):
        answer = ask(client_of("nobody"), text)
        assert answer.status_code == 422
        assert said in answer.text
        assert has_form(answer.text, "/sign-in")


def test_signing_in_leads_on_to_the_page_that_asked_for_it(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    asked = browser.get("/profile")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/profile")
    ask(browser, cast.emails["teacher"], "/profile")
    assert post(browser, link_in_letter(app)).location == "/profile"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_signing_in_never_leads_to_another_site(
    app: Flask, cast: Cast, client_of: Visit, address: str
) -> None:
    browser = client_of("nobody")
    fields = form_of(browser.get("/sign-in", query_string={"next": address}).text, "/sign-in")
    assert fields["next"] == ""
    browser.post("/sign-in", data={**fields, "email": cast.emails["teacher"], "next": address})
    assert post(browser, link_in_letter(app)).location == "/"


def test_the_letter_is_wiped_when_it_was_used(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    link = link_in_letter(app)
    with app.app_context():
        steps.send_everything()
        assert steps.the_letter("sign_in").octets
    post(browser, link)
    with app.app_context():
        letter = steps.the_letter("sign_in")
        assert (letter.text, letter.html, letter.octets) == ("", "", None)


def test_the_letter_overtakes_all_others(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        casting.claim(cast, now=NOW)
    ask(client_of("nobody"), cast.emails["teacher"])
    with app.app_context():
        first, *others = (letter.name for letter in due(NOW, 20))
        assert first == "sign_in"
        assert others


def test_a_new_sign_in_keeps_nothing_of_the_browser_before(app: Flask, cast: Cast, client_of: Visit) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    post(browser, link_in_letter(app))
    with browser.session_transaction() as cookie:
        assert cookie["key"] == cast.session_keys["teacher"]
        assert {"asked", "browser", "csrf_token"}.isdisjoint(cookie)
        assert cookie.permanent


def test_a_sign_in_works_over_https_where_no_referrer_is_sent(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    browser = client_of("nobody")
    ask(browser, cast.emails["teacher"])
    link = link_in_letter(app)
    fields = form_of(browser.get(link, base_url="https://localhost").text)
    assert browser.post(link, data=fields, base_url="https://localhost").status_code == 303


def test_signing_out_ends_it_in_this_browser_alone(client_of: Visit) -> None:
    here, there = client_of("teacher"), client_of("teacher")
    answer = post(here, "/profile", "/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    assert not is_signed_in(here)
    assert is_signed_in(there)


def test_signing_out_everywhere_ends_it_in_all(client_of: Visit) -> None:
    here, there, colleague = client_of("teacher"), client_of("teacher"), client_of("colleague")
    assert post(here, "/profile", "/sign-out-everywhere").status_code == 303
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(colleague)
