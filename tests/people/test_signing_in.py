"""Signing in with a mailed link or code: once, in time, in the browser that asked."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import history
from marketplace.outbox.facts import LetterState
from marketplace.people import actions as people
from marketplace.people import queries
from marketplace.people.actions import Welcome
from marketplace.people.models import OneTimeSignIn
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

MINE, ANOTHER = "a secret of this browser", "a secret of another browser"
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Mailed:
    token: str
    code: str


def ask(email: str, *, browser: str = MINE, minutes: float = 0, next_page: str = "/claims") -> None:
    with transaction():
        people.ask_sign_in(
            email=email, browser=browser, next_page=next_page, now=NOW + timedelta(minutes=minutes)
        )


def mailed() -> Mailed:
    """What stands in the last sign-in letter."""
    text = steps.letters("sign_in")[-1].text
    token = re.search(r"/sign-in/([\w-]+)", text)
    code = re.search(r"\b(\d{6})\b", text)
    assert token and code
    return Mailed(token[1], code[1])


def by_link(token: str, *, browser: str = MINE, email: str = "", minutes: float = 1) -> Welcome:
    with transaction():
        return people.sign_in_with_link(
            token=token, browser=browser, email=email, now=NOW + timedelta(minutes=minutes)
        )


def by_code(
    cast: Cast, code: str, *, who: str = "teacher", browser: str = MINE, minutes: float = 1
) -> Welcome:
    now = NOW + timedelta(minutes=minutes)
    with transaction():
        people.count_try(email=cast.emails[who], browser=browser, now=now)
    with transaction():
        return people.sign_in_with_code(email=cast.emails[who], browser=browser, code=code, now=now)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


# --- The letter ---------------------------------------------------------------------------------------------


def test_the_letter_is_secret_urgent_and_worthless_after_half_an_hour(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    letter = steps.the_letter("sign_in")
    assert (letter.receiver_address, letter.is_secret) == (cast.emails["teacher"], True)
    assert letter.priority > 0
    assert letter.not_after == NOW + HALF_AN_HOUR
    assert letter.calendar is None


def test_the_database_keeps_no_secret_but_the_letter(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    secret = mailed()
    (row,) = session.scalars(select(OneTimeSignIn))
    kept = " ".join(str(getattr(row, column.key)) for column in OneTimeSignIn.__table__.columns)
    assert secret.token not in kept
    assert secret.code not in kept
    assert MINE not in kept


def test_an_unknown_address_gets_no_letter_and_nobody_can_tell(cast: Cast) -> None:
    ask("nobody@school.example")
    assert not steps.letters("sign_in")
    (row,) = session.scalars(select(OneTimeSignIn))
    assert row.person_id is None


def test_an_address_is_known_however_it_is_typed(cast: Cast) -> None:
    ask(f"  {cast.emails['teacher'].upper()} ")
    assert steps.the_letter("sign_in").receiver_address == cast.emails["teacher"]


def test_what_is_no_address_is_refused(cast: Cast) -> None:
    assert "e-mail address" in steps.refusal(lambda: ask("marieke"))


@pytest.mark.parametrize("who", ["teacher", ""])
def test_after_six_letters_in_an_hour_there_are_no_more_for_anybody(cast: Cast, who: str) -> None:
    email = cast.emails.get(who, "nobody@school.example")
    for minute in range(6):
        ask(email, minutes=minute)
    assert "several letters" in steps.refusal(lambda: ask(email, minutes=59))
    ask(email, minutes=60)


# --- The link -----------------------------------------------------------------------------------------------


def test_the_link_signs_in_and_goes_where_one_was_going(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    found = by_link(mailed().token)
    assert (found.person.code, found.next_page) == (cast.codes["teacher"], "/claims")
    assert history("person", found.person.code)[-1].event == "signed_in"


def test_a_link_works_once(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    token = mailed().token
    by_link(token)
    assert "was used" in steps.refusal(lambda: by_link(token))


def test_a_link_works_for_half_an_hour(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    token = mailed().token
    assert "older than half an hour" in steps.refusal(lambda: by_link(token, minutes=30))
    assert by_link(token, minutes=29.9)


@pytest.mark.parametrize("token", ["", "nonsense", "ü"])
def test_another_link_signs_nobody_in(cast: Cast, token: str) -> None:
    ask(cast.emails["teacher"])
    assert "was used" in steps.refusal(lambda: by_link(token))


def test_in_another_browser_the_link_asks_for_the_address_too(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    token = mailed().token
    for email in ("", cast.emails["colleague"]):
        with pytest.raises(Refused, match="Type the e-mail address"):
            by_link(token, browser=ANOTHER, email=email)
    found = by_link(token, browser=ANOTHER, email=cast.emails["teacher"].upper())
    assert found.person.code == cast.codes["teacher"]


def test_the_letter_is_wiped_when_its_link_was_used(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    by_link(mailed().token)
    letter = steps.the_letter("sign_in")
    assert (letter.text, letter.html, letter.octets) == ("", "", None)
    assert letter.state == LetterState.DROPPED


def test_an_older_link_still_works_when_a_newer_one_was_asked_for(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    first = mailed().token
    ask(cast.emails["teacher"], minutes=1)
    assert by_link(first, minutes=2)


# --- The code -----------------------------------------------------------------------------------------------


def test_the_code_signs_in_in_the_browser_that_asked(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    found = by_code(cast, mailed().code)
    assert (found.person.code, found.next_page) == (cast.codes["teacher"], "/claims")


def test_the_code_is_worth_nothing_in_another_browser(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    code = mailed().code
    assert "no longer valid" in steps.refusal(lambda: by_code(cast, code, browser=ANOTHER))


def test_the_code_is_worth_nothing_for_another_address(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    code = mailed().code
    ask(cast.emails["colleague"])
    with pytest.raises(Refused, match="not the code"):
        by_code(cast, code, who="colleague")


def test_a_wrong_code_is_refused_and_counted(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    with pytest.raises(Refused, match="not the code"):
        by_code(cast, wrong(mailed().code))
    (row,) = session.scalars(select(OneTimeSignIn))
    assert row.tries == 1
    assert row.used_at is None


def test_after_five_wrong_codes_the_right_one_is_too_late(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    code = mailed().code
    for _ in range(5):
        with pytest.raises(Refused, match="not the code"):
            by_code(cast, wrong(code))
    with pytest.raises(Refused, match="no longer valid"):
        by_code(cast, code)


def test_the_fifth_try_may_be_the_right_one(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    code = mailed().code
    for _ in range(4):
        with pytest.raises(Refused):
            by_code(cast, wrong(code))
    assert by_code(cast, code)


def test_a_code_works_once_and_for_half_an_hour(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    code = mailed().code
    with pytest.raises(Refused, match="no longer valid"):
        by_code(cast, code, minutes=30)
    by_code(cast, code, minutes=29)
    with pytest.raises(Refused, match="no longer valid"):
        by_code(cast, code, minutes=29)


def test_who_asks_for_somebody_else_does_not_spoil_their_code(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    code = mailed().code
    ask(cast.emails["teacher"], browser=ANOTHER, minutes=1)
    assert by_code(cast, code, minutes=2)


# --- Afterwards ---------------------------------------------------------------------------------------------


def test_signing_out_everywhere_ends_every_cookie(cast: Cast) -> None:
    key = cast.session_keys["teacher"]
    assert queries.signed_in(key)
    with transaction():
        people.end_all_sign_ins(person=person(cast, "teacher"), now=NOW)
    assert queries.signed_in(key) is None


@pytest.mark.parametrize("key", ["", "nonsense"])
def test_a_cookie_that_names_nobody_signs_nobody_in(cast: Cast, key: str) -> None:
    assert queries.signed_in(key) is None


def test_who_is_signed_in_has_their_roles_and_where_they_hold(cast: Cast) -> None:
    host = queries.signed_in(cast.session_keys["host"])
    coordinator = queries.signed_in(cast.session_keys["coordinator"])
    assert host and coordinator
    assert (host.code, host.name, host.language) == (cast.codes["host"], "Gerda Nijboer", "en")
    assert host.roles == {"host_contact"}
    assert host.organisations == {("host_contact", cast.company)}
    assert coordinator.roles == {"coordinator"}
    assert not coordinator.organisations


def test_rows_of_sign_ins_are_forgotten_after_two_days(cast: Cast) -> None:
    ask(cast.emails["teacher"])
    with transaction():
        people.forget_sign_ins(now=NOW + timedelta(days=2))
    assert session.scalars(select(OneTimeSignIn)).all()
    with transaction():
        people.forget_sign_ins(now=NOW + timedelta(days=2, seconds=1))
    assert not session.scalars(select(OneTimeSignIn)).all()
