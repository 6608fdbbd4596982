"""Certificates that somebody who was approved on condition still lacked: entered, looked up, asked for once more."""

from datetime import date, datetime

from marketplace.claims import messages, queries, rules
from marketplace.claims.actions.deciding import approve
from marketplace.claims.actions.seats import lock
from marketplace.claims.actions.telling import catch_up
from marketplace.claims.models import Claim
from marketplace.claims.queries import timed
from marketplace.claims.rules import timing
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.errors import NotFound, Refused
from marketplace.people import actions as people
from marketplace.people.models import Person
from marketplace.people.queries import hold


def add_certificate(
    *, person: Person, kind: str, number: str, valid_until: date | None, now: datetime
) -> None:
    """Keeps a certificate that a person says to have, and asks the coordinators to look it up who wait for it.

    Raises Refused as `people.add_certificate` does.
    """
    people.add_certificate(person=person, kind=kind, number=number, valid_until=valid_until, now=now)
    session.flush()  # its number names the letters
    for claim in queries.on_condition(now=now, person_id=person.id):
        certificate = rules.certificate_for(person, claim.slot)
        if certificate and not rules.lacks_certificate(person, claim.slot):
            messages.mail_to_look_up(claim, certificate, now=now)


def see_certificate(*, claim: Claim, certificate_id: int, by: str, now: datetime) -> None:
    """A coordinator saw a certificate of this claim's participant in the register: whom it lets in is approved at once.

    Their other claims follow within a minute. Raises Refused for an own claim, NotFound for a certificate of others.
    """
    lock(claim.slot)
    if claim.person is None:
        raise NotFound
    hold(claim.person)
    session.refresh(claim, ["state", "version", "person", "planned"])
    if rules.is_own(claim, by):
        raise Refused(rules.OWN)
    people.see_certificate(person=claim.person, certificate_id=certificate_id, by=by, now=now)
    _approve_if_met(claim, now)


def approve_met_due(*, now: datetime) -> int:
    """Approves those whose certificate was seen since, or of whom none is asked any more. Returns how many."""
    with only_reading(), transaction():
        due = [each.id for each in queries.on_condition(now=now) if rules.meets_condition(each)]
    return in_turn(due, lambda claim_id: _approve_met(queries.whole_claim(claim_id), now))


def _approve_met(claim: Claim, now: datetime) -> None:
    lock(claim.slot)
    session.refresh(claim, ["state", "version", "person", "planned"])
    _approve_if_met(claim, now)


def _approve_if_met(claim: Claim, now: datetime) -> None:
    """By who saw the certificate; where none is needed any more, by who approved on condition."""
    if claim.person and rules.meets_condition(claim):
        certificate = rules.certificate_for(claim.person, claim.slot)
        approve(claim, by=(certificate and certificate.seen_by) or claim.state_by, now=now)
        claim.slot.is_host_behind = True


def ask_certificates_due(*, now: datetime) -> int:
    """Reminds those of whom a certificate is still to come, a week and a day ahead. Returns how many."""
    return sum(_ask_all(days, now) for days in timing.REMINDERS)


def _ask_all(days: int, now: datetime) -> int:
    with only_reading(), transaction():
        due = timed.to_ask_for_certificates(days, now=now)
    return in_turn(due, lambda claim_id: _ask(queries.whole_claim(claim_id), days, now))


def _ask(claim: Claim, days: int, now: datetime) -> None:
    lock(claim.slot)
    session.refresh(claim, ["state", "version"])
    if claim.state == ClaimState.CONDITIONAL:
        catch_up(claim=claim, now=now)
        messages.mail_certificate_reminder(claim, days, now=now)
