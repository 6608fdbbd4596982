"""Answers of calendars: only the invited person's count, only for the entry as it is now, and the last one wins."""

from datetime import datetime

from marketplace.calendars.facts import Answer, Reply, ReplyMethod, Status
from marketplace.claims.actions.seats import lock
from marketplace.claims.models import CalendarAnswer, Claim, Entry
from marketplace.claims.queries import whole_claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import session
from marketplace.replies import messages, queries, rules
from marketplace.replies.actions import withdrawing
from marketplace.replies.facts import Given, Mail, Outcome
from marketplace.replies.messages import Kind, Message


def answer(*, reply: Reply, mail: Mail, now: datetime) -> Outcome:
    """What a calendar says back does no more than its owner could on the page of the claim.

    A yes, a maybe and a no for some days are notes for the host; a no for all of it plans a withdrawal. Words go to the
    coordinators. Who was not invited, or has another address now, changes nothing.
    """
    entry = queries.entry_with(reply.uid)
    if entry is None or entry.claim_id is None:
        return Outcome.UNKNOWN
    claim = whole_claim(entry.claim_id)
    lock(claim.slot)
    session.refresh(claim, ["state", "person"])
    session.refresh(entry)
    said = reply.answers.get(claim.person.email) if claim.person else None
    if said is None:
        messages.mail_about_claim(claim, Message(Kind.STRANGER, mail, reply.comment), now=now)
        return Outcome.STRANGER
    words = _words(reply, said, mail)
    is_read = words is not None and messages.mail_about_claim(claim, words, now=now)
    if _is_answer(reply, said) and _is_expected(claim, entry):
        return _note(claim, entry, reply, said, now)
    if words is None:
        return Outcome.IGNORED
    return Outcome.FORWARDED if is_read else Outcome.UNKNOWN


def _words(reply: Reply, said: Answer, mail: Mail) -> Message | None:
    """What there is for people to read; we change no times and no names because a calendar asks for it."""
    if reply.method is ReplyMethod.COUNTER:
        return Message(Kind.COUNTER, mail, reply.comment, reply.proposed_at)
    if said is Answer.DELEGATED:
        return Message(Kind.DELEGATED, mail, reply.comment)
    return Message(Kind.COMMENT, mail, reply.comment) if reply.comment else None


def _is_answer(reply: Reply, said: Answer) -> bool:
    return reply.method is ReplyMethod.REPLY and said not in (Answer.NEEDS_ACTION, Answer.DELEGATED)


def _is_expected(claim: Claim, entry: Entry) -> bool:
    return claim.state == ClaimState.APPROVED and entry.status != Status.CANCELLED


def _note(claim: Claim, entry: Entry, reply: Reply, said: Answer, now: datetime) -> Outcome:
    occurrence = rules.occurrence_on(reply.occurrence, queries.starts_of(entry)) if reply.occurrence else None
    if reply.occurrence and occurrence is None:
        return Outcome.IGNORED  # that day fell out since
    # A calendar whose clock or count runs ahead would silence all answers after this one.
    sequence, stamp = min(reply.sequence, entry.sequence), min(reply.stamp or now, now)
    new = Given(occurrence, said, sequence, stamp)
    row = queries.answer_on(entry, occurrence)
    if row and rules.is_overtaken(new, queries.given(row)):
        return Outcome.IGNORED
    row = _keep(row, entry, new, reply.comment, now)
    if sequence == entry.sequence:
        _follow(claim, row, now)
    return Outcome.ANSWERED


def _keep(
    row: CalendarAnswer | None, entry: Entry, new: Given, comment: str, now: datetime
) -> CalendarAnswer:
    row = row or CalendarAnswer(entry=entry, occurrence=new.occurrence.isoformat() if new.occurrence else "")
    row.partstat, row.sequence, row.stamp = new.answer, new.sequence, new.stamp
    row.comment, row.received_at = comment, now
    session.add(row)
    session.flush()
    return row


def _follow(claim: Claim, row: CalendarAnswer, now: datetime) -> None:
    standing = queries.standing_of(claim)
    if standing.answer is Answer.DECLINED:
        withdrawing.plan(claim=claim, now=now)
        return
    withdrawing.drop(claim=claim, now=now)
    if row.partstat == Answer.DECLINED:
        messages.mail_partly_declined(claim, standing.declined, f"{row.id}:{row.stamp.isoformat()}", now=now)
