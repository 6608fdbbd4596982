"""Signing in by a mailed link or code: once, for half an hour."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, update

from marketplace.kernel.codes import new_key
from marketplace.kernel.database import rows_changed, session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.outbox import actions as outbox
from marketplace.people import messages, queries, rules
from marketplace.people.actions import signing_up
from marketplace.people.facts import Secret, SignUp
from marketplace.people.models import OneTimeSignIn, Person

TOO_MANY_LETTERS = Refusal(
    N_("We have just sent several letters. Look in your mail, or try again in an hour.")
)
LINK_GONE = Refusal(N_("This link was used or is older than half an hour. Ask for a new one."))
LINK_ELSEWHERE = Refusal(N_("Type the e-mail address to which the letter was sent."))


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who signs in, where they were going, and why what they signed up for could not be, if it could not."""

    person: Person
    next_page: str
    refusal: Refusal | None


def ask_sign_in(
    *, email: str, browser: str, now: datetime, next_page: str = "", sign_up: SignUp | None = None
) -> str:
    """Mails a link and a code to a known address; for an unknown one nothing happens, and nobody can tell.

    With a `sign_up` the letter goes to unknown addresses too: whoever can read it finishes signing up by using it, and
    until then nobody and nothing is made. `browser` is a secret of the browser that asks; the code is worth nothing
    without it. Returns the normalised address. Raises Refused with TOO_MANY_LETTERS after too many in an hour, and for
    a sign-up that cannot be carried out.
    """
    email = rules.normal_email(email)
    kept = signing_up.keep(sign_up) if sign_up else None
    if queries.sign_ins_since(email, now - timedelta(hours=1)) >= rules.LETTERS_AN_HOUR:
        raise Refused(TOO_MANY_LETTERS)
    secret = Secret(token=secrets.token_urlsafe(32), code=f"{secrets.randbelow(10**6):06}")
    person = queries.person_at(email)
    if kept is None and person is None:  # another letter for who is still signing up
        kept = queries.latest_sign_up(email, digest(browser))
    sign_in = OneTimeSignIn(
        email=email,
        person_id=person.id if person else None,
        sign_up=kept,
        token_digest=digest(secret.token),
        browser_digest=digest(browser),
        code_digest=digest(browser + secret.code),
        next_page=next_page,
        made_at=now,
        expires_at=now + rules.SIGN_IN_LIFE,
    )
    session.add(sign_in)
    session.flush()
    messages.mail_sign_in(person, sign_in, secret, now=now)
    return email


def count_try(*, email: str, browser: str, now: datetime) -> None:
    """Counts a try at a code, before it is compared. The caller commits at once, so that no crash makes a try free.

    Raises Refused when the tries are used up or there is nothing to try.
    """
    sign_in = queries.latest_sign_in(email, digest(browser), now)
    counted = sign_in and rows_changed(
        update(OneTimeSignIn)
        .where(OneTimeSignIn.id == sign_in.id, OneTimeSignIn.tries < rules.TRIES)
        .values(tries=OneTimeSignIn.tries + 1)
    )
    if counted != 1:
        raise Refused(Refusal(N_("This code is no longer valid. Ask for a new one.")))


def sign_in_with_code(*, email: str, browser: str, code: str, now: datetime) -> Welcome:
    """Who signs in with the mailed code in the browser that asked. Raises Refused."""
    sign_in = queries.latest_sign_in(email, digest(browser), now)
    if sign_in is None or not hmac.compare_digest(sign_in.code_digest, digest(browser + code)):
        raise Refused(Refusal(N_("This is not the code in the letter. Check the six digits.")))
    return _use(sign_in, now)


def sign_in_with_link(*, token: str, browser: str, email: str, now: datetime) -> Welcome:
    """Who signs in with the mailed link.

    The browser that asked needs the link alone. In another one the address must be typed too: some mail filters
    open what is mailed in a browser of their own and press its buttons. Raises Refused with LINK_GONE when the link
    was used or is too old, with LINK_ELSEWHERE when this is another browser and the address is not that of the letter.
    """
    sign_in = queries.sign_in_for(digest(token), now)
    if sign_in is None:
        raise Refused(LINK_GONE)
    is_same_browser = hmac.compare_digest(sign_in.browser_digest, digest(browser))
    if not is_same_browser and (not email or rules.normal_email(email) != sign_in.email):
        raise Refused(LINK_ELSEWHERE)
    return _use(sign_in, now)


def _use(sign_in: OneTimeSignIn, now: datetime) -> Welcome:
    used = rows_changed(
        update(OneTimeSignIn)
        .where(OneTimeSignIn.id == sign_in.id, OneTimeSignIn.used_at.is_(None))
        .values(used_at=now)
    )
    if used != 1:
        raise Refused(LINK_GONE)
    person, refusal = _whose(sign_in, now)
    outbox.wipe(messages.sign_in_key(sign_in))
    record(kind="person", subject=person.code, event="signed_in", by=person.code, at=now)
    return Welcome(person, sign_in.next_page, refusal)


def _whose(sign_in: OneTimeSignIn, now: datetime) -> tuple[Person, Refusal | None]:
    if sign_in.sign_up:
        return signing_up.carry_out(sign_in.sign_up, email=sign_in.email, now=now)
    person = session.get(Person, sign_in.person_id) if sign_in.person_id else None
    if person is None:
        raise Refused(LINK_GONE)
    return person, None


def end_all_sign_ins(*, person: Person, now: datetime) -> None:
    """Signs a person out everywhere."""
    person.session_key = new_key()
    record(kind="person", subject=person.code, event="signed_out_everywhere", by=person.code, at=now)


def forget_sign_ins(*, now: datetime) -> None:
    """Removes the rows of sign-ins that are over."""
    session.execute(delete(OneTimeSignIn).where(OneTimeSignIn.made_at < now - queries.KEPT))


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
