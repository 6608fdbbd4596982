"""What people do about themselves: sign up, sign in, invite, keep certificates."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from marketplace.kernel.codes import new_code, new_key
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.organisations import actions as organisations
from marketplace.organisations.queries import is_registered, organisation_with
from marketplace.outbox import actions as outbox
from marketplace.people import messages, queries, rules
from marketplace.people.facts import CompanySignUp, Secret, StaffSignUp
from marketplace.people.models import Certificate, Membership, OneTimeSignIn, Person
from marketplace.people.states import Role


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a role holds: at an organisation, in a region, or (administrators) everywhere. Row ids."""

    organisation_id: int | None = None
    region_id: int | None = None


def add_person(
    *,
    name: str,
    email: str,
    by: str,
    now: datetime,
    language: str = "nl",
    function: str = "",
    subjects: str = "",
) -> Person:
    """A new person. Raises Refused for a bad address; the caller has made sure that the address is new."""
    person = Person(
        code=new_code(),
        email=rules.normal_email(email),
        name=name.strip(),
        function=function,
        subjects=subjects.strip(),
        language=language,
        session_key=new_key(),
        created_at=now,
    )
    session.add(person)
    session.flush()
    record(kind="person", subject=person.code, event="added", by=by or person.code, at=now)
    return person


def give_role(*, person: Person, role: Role, scope: Scope, by: str, now: datetime) -> None:
    """Adds a role, unless the person has it already."""
    same = select(Membership).where(
        Membership.person_id == person.id,
        Membership.role == role,
        Membership.organisation_id.is_not_distinct_from(scope.organisation_id),
        Membership.region_id.is_not_distinct_from(scope.region_id),
    )
    if session.scalar(same):
        return
    session.add(
        Membership(person=person, role=role, organisation_id=scope.organisation_id, region_id=scope.region_id)
    )
    session.flush()
    record(kind="person", subject=person.code, event="role", by=by, at=now, role=role)


def sign_up_staff(*, form: StaffSignUp, language: str, now: datetime) -> str:
    """Takes in somebody who works at a school and mails a sign-in link. Returns the normalised address.

    An address that is known already gets the link only: who signs up cannot tell the difference.
    Raises Refused for a bad address and NotFound for an unknown school.
    """
    email = rules.normal_email(form.email)
    school = organisation_with(form.school)
    if queries.person_at(email) is None:
        person = add_person(
            name=form.name,
            email=email,
            by="",
            now=now,
            language=language,
            function=form.function,
            subjects=form.subjects,
        )
        give_role(person=person, role=Role.PARTICIPANT, scope=Scope(school.id), by=person.code, now=now)
    return email


def sign_up_company(*, form: CompanySignUp, language: str, now: datetime) -> str:
    """Takes in a company with its first contact. Returns the normalised address.

    Refuses a KvK number that is there already: a colleague or the coordinator can invite a second contact. It does so
    before it looks at the address, so that the refusal does not tell who is known. Refuses what the rules refuse.
    """
    email, website = rules.normal_email(form.email), rules.normal_website(form.website)
    if refusal := rules.why_not_kvk(form.kvk) or rules.why_not_postcode(form.postcode):
        raise Refused(refusal)
    if is_registered(form.kvk):
        raise Refused(organisations.KVK_TAKEN)
    if queries.person_at(email) is None:
        person = add_person(name=form.name, email=email, by="", now=now, language=language)
        company = organisations.add_company(
            name=form.company,
            kvk=form.kvk,
            sector=form.sector,
            region=form.region,
            street=form.street,
            postcode=rules.normal_postcode(form.postcode),
            town=form.town,
            phone=form.phone,
            website=website,
            by=person.code,
            now=now,
        )
        give_role(person=person, role=Role.HOST_CONTACT, scope=Scope(company.id), by=person.code, now=now)
    return email


def invite(*, email: str, name: str, role: Role, scope: Scope, place: str, by: str, now: datetime) -> Person:
    """Gives somebody a role, taking them in if need be, and tells them. Who is invited is known."""
    email = rules.normal_email(email)
    person = queries.person_at(email) or add_person(name=name or email, email=email, by=by, now=now)
    person.known_at = person.known_at or now
    give_role(person=person, role=role, scope=scope, by=by, now=now)
    messages.mail_invitation(person, role, place, now=now)
    return person


def vouch_for(*, person: Person, by: str, now: datetime) -> None:
    """From now on this person is known."""
    if not person.is_known:
        person.known_at = now
        record(kind="person", subject=person.code, event="known", by=by, at=now)


def ask_sign_in(*, email: str, browser: str, next_page: str, now: datetime) -> str:
    """Mails a link and a code to a known address; for an unknown one nothing happens, and nobody can tell.

    `browser` is a secret of the browser that asks; the code is worth nothing without it. Returns the normalised
    address. Raises Refused after too many letters in an hour.
    """
    email = rules.normal_email(email)
    if queries.sign_ins_since(email, now - timedelta(hours=1)) >= rules.LETTERS_AN_HOUR:
        raise Refused(
            Refusal(N_("We have just sent several letters. Look in your mail, or try again in an hour."))
        )
    secret = Secret(token=secrets.token_urlsafe(32), code=f"{secrets.randbelow(10**6):06}")
    person = queries.person_at(email)
    sign_in = OneTimeSignIn(
        email=email,
        person_id=person.id if person else None,
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
    counted = sign_in and session.execute(
        update(OneTimeSignIn)
        .where(OneTimeSignIn.id == sign_in.id, OneTimeSignIn.tries < rules.TRIES)
        .values(tries=OneTimeSignIn.tries + 1)
    )
    if not counted or counted.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(Refusal(N_("This code is no longer valid. Ask for a new one.")))


def sign_in_with_code(*, email: str, browser: str, code: str, now: datetime) -> tuple[Person, str]:
    """Who signs in with the mailed code in the browser that asked, and where they were going. Raises Refused."""
    sign_in = queries.latest_sign_in(email, digest(browser), now)
    if sign_in is None or not hmac.compare_digest(sign_in.code_digest, digest(browser + code)):
        raise Refused(Refusal(N_("This is not the code in the letter. Check the six digits.")))
    return _use(sign_in, now)


def sign_in_with_link(*, token: str, browser: str, email: str, now: datetime) -> tuple[Person, str]:
    """Who signs in with the mailed link, and where they were going.

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


LINK_GONE = Refusal(N_("This link was used or is older than half an hour. Ask for a new one."))
LINK_ELSEWHERE = Refusal(N_("Type the e-mail address to which the letter was sent."))


def _use(sign_in: OneTimeSignIn, now: datetime) -> tuple[Person, str]:
    used = session.execute(
        update(OneTimeSignIn)
        .where(OneTimeSignIn.id == sign_in.id, OneTimeSignIn.used_at.is_(None))
        .values(used_at=now)
    )
    person = session.get(Person, sign_in.person_id) if sign_in.person_id else None
    if used.rowcount != 1 or person is None:  # type: ignore[attr-defined]
        raise Refused(LINK_GONE)
    outbox.wipe(messages.sign_in_key(sign_in))
    record(kind="person", subject=person.code, event="signed_in", by=person.code, at=now)
    return person, sign_in.next_page


def end_all_sign_ins(*, person: Person, now: datetime) -> None:
    """Signs a person out everywhere."""
    person.session_key = new_key()
    record(kind="person", subject=person.code, event="signed_out_everywhere", by=person.code, at=now)


def forget_sign_ins(*, now: datetime) -> None:
    """Removes the rows of sign-ins that are over."""
    session.execute(delete(OneTimeSignIn).where(OneTimeSignIn.made_at < now - queries.KEPT))


def change_profile(
    *, person: Person, name: str, function: str, subjects: str, language: str, now: datetime
) -> None:
    """Writes what a person says about themselves."""
    person.name, person.function = name.strip(), function
    person.subjects, person.language = subjects.strip(), language
    record(kind="person", subject=person.code, event="profile", by=person.code, at=now)


def change_language(*, person: Person, language: str) -> None:
    """From now on pages and letters speak to this person in `language`: "nl" or "en"."""
    person.language = language


def add_certificate(
    *, person: Person, kind: str, number: str, valid_until: date | None, now: datetime
) -> None:
    """Keeps a certificate that a person says to have; said twice, it is kept once. Raises Refused."""
    if refusal := rules.why_not_certificate(kind, valid_until, now.date()):
        raise Refused(refusal)
    said = (kind, number.strip(), valid_until)
    if said in [(each.kind, each.number, each.valid_until) for each in person.certificates]:
        return
    session.add(Certificate(person_id=person.id, kind=kind, number=number.strip(), valid_until=valid_until))
    record(
        kind="person",
        subject=person.code,
        event="certificate_added",
        by=person.code,
        at=now,
        certificate=kind,
    )


def remove_certificate(*, person: Person, certificate_id: int, now: datetime) -> None:
    """Forgets one of a person's own certificates; NotFound if it is not theirs."""
    certificate = session.get(Certificate, certificate_id)
    if certificate is None or certificate.person_id != person.id:
        raise NotFound
    session.delete(certificate)
    record(kind="person", subject=person.code, event="certificate_removed", by=person.code, at=now)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
