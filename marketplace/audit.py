"""The invariants of the data, each a statement that finds what breaks it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from marketplace.calendars.facts import Status
from marketplace.claims.actions import why_lapsed
from marketplace.claims.models import Attendance, Claim, Entry, PlannedDecision
from marketplace.claims.queries import (
    on_condition,
    overdue,
    parties_waiting,
    planned_due,
    untold,
    waited_for,
)
from marketplace.claims.rules import DECIDABLE, certificate_for, meets_condition
from marketplace.claims.states import HOLDING, LIVING, ClaimState
from marketplace.kernel.database import session
from marketplace.kernel.journal import JournalEntry
from marketplace.offers.models import Offer, PublicEntry, Session, Slot
from marketplace.offers.queries import unlisted
from marketplace.offers.states import OfferState, SlotState
from marketplace.outbox.facts import RETENTION
from marketplace.outbox.models import Letter
from marketplace.questions import queries as questions
from marketplace.questions.models import Answer, Question
from marketplace.replies.models import PlannedWithdrawal
from marketplace.safety.facts import hash_of
from marketplace.safety.models import Brief, BriefVersion

Check = Callable[[datetime], Iterator[str]]


def breaches(*, now: datetime) -> list[str]:
    """A line for everything in the data that should not be; empty if all is well."""
    return [f"{check.__doc__} {found}" for check in CHECKS for found in check(now)]


def _seats(now: datetime) -> Iterator[str]:
    """Seats taken differ from the claims that hold one:"""
    held = select(func.count()).where(Claim.slot_id == Slot.id, Claim.state.in_(HOLDING)).scalar_subquery()
    for code, taken, count in session.execute(
        select(Slot.code, Slot.seats_taken, held).where(Slot.seats_taken != held)
    ):
        yield f"slot {code} has {taken}, not {count}"


def _journal(now: datetime) -> Iterator[str]:
    """A state without its journal entry:"""
    rows = (("claim", Claim), ("offer", Offer), ("slot", Slot), ("question", Question))
    for kind, row in rows:
        said = exists().where(
            JournalEntry.subject_kind == kind,
            JournalEntry.subject == row.code,
            JournalEntry.event == row.state,
        )
        unsaid = select(row.code, row.state).where(~said, row.state != OfferState.DRAFT)
        for code, state in session.execute(unsaid):
            yield f"{kind} {code} is {state}"


def _letters(now: datetime) -> Iterator[str]:
    """An approved claim of a named participant without its confirmation:"""
    confirmed = select(Letter.stream).where(Letter.name == "claim_approved")
    for code in session.scalars(
        select(Claim.code).where(
            Claim.state == ClaimState.APPROVED,
            Claim.person_id.is_not(None),
            ("claim:" + Claim.code).not_in(confirmed),
            Claim.state_at > now - RETENTION,
        )
    ):
        yield f"claim {code}"


def _invites(now: datetime) -> Iterator[str]:
    """An approved claim with a calendar entry that was never sent as an invite:"""
    for code in session.scalars(
        select(Claim.code)
        .join(Entry, Entry.claim_id == Claim.id)
        .where(
            Claim.state == ClaimState.APPROVED,
            Claim.person_id.is_not(None),
            Entry.status != Status.CANCELLED,
            ~Entry.is_invited,
            Claim.state_at > now - RETENTION,
        )
    ):
        yield f"claim {code}"


def _causes(now: datetime) -> Iterator[str]:
    """A letter without a cause:"""
    claim_codes = select(Claim.code).union(select(Claim.party))
    stray = select(Letter.id, Letter.name).where(
        Letter.stream.startswith("claim:"), func.substr(Letter.stream, 7).not_in(claim_codes)
    )
    for letter_id, name in session.execute(stray):
        yield f"letter {letter_id} ({name})"


def _untold(now: datetime) -> Iterator[str]:
    """A claim untold for more than fifteen minutes:"""
    for claim_id in untold(now=now, quiet_time=timedelta(minutes=15)):
        yield f"claim {session.get_one(Claim, claim_id).code}"


def _planned(now: datetime) -> Iterator[str]:
    """A planned decision about a claim that no longer waits, or one overdue for fifteen minutes:"""
    due = planned_due(now - timedelta(minutes=15))
    for code in session.scalars(
        select(Claim.code)
        .join(PlannedDecision)
        .where(or_(Claim.state.not_in(DECIDABLE), Claim.id.in_(due)))
        .distinct()
    ):
        yield f"claim {code}"


def _spans(now: datetime) -> Iterator[str]:
    """A slot that does not span its sessions:"""
    first, last = func.min(Session.starts_at), func.max(Session.ends_at)
    statement = (
        select(Slot.code)
        .outerjoin(Session, Session.slot_id == Slot.id)
        .group_by(Slot.id)
        .having(
            or_(func.count(Session.id) != Slot.session_count, first != Slot.starts_at, last != Slot.ends_at)
        )
    )
    for code in session.scalars(statement):
        yield f"slot {code}"


def _entries(now: datetime) -> Iterator[str]:
    """A named claim with a seat and no calendar entry, or a coming published slot without a public one:"""
    has_entry = exists().where(Entry.claim_id == Claim.id)
    is_named = Claim.person_id.is_not(None)
    for code in session.scalars(select(Claim.code).where(Claim.state.in_(HOLDING), is_named, ~has_entry)):
        yield f"claim {code}"
    is_listed = and_(Offer.state == OfferState.PUBLISHED, Slot.state != SlotState.CANCELLED)
    is_bare = ~exists().where(PublicEntry.slot_id == Slot.id)
    statement = select(Slot.code).join(Offer).where(is_listed, Slot.ends_at > now, is_bare)
    for code in session.scalars(statement):
        yield f"slot {code}"


def _statuses(now: datetime) -> Iterator[str]:
    """A calendar entry that says something else than its claim:"""
    is_live = Claim.state.in_(HOLDING)
    wrong = or_(
        and_(~is_live, Entry.status != Status.CANCELLED),
        and_(Claim.state != ClaimState.APPROVED, Entry.status == Status.CONFIRMED),
        and_(Claim.state == ClaimState.APPROVED, Entry.status == Status.TENTATIVE),
    )
    for code in session.scalars(select(Claim.code).join(Entry, Entry.claim_id == Claim.id).where(wrong)):
        yield f"claim {code}"


def _waiting(now: datetime) -> Iterator[str]:
    """Somebody waits for a seat that has been free for fifteen minutes:"""
    soon = now + timedelta(minutes=15)
    for slot_id in waited_for(now=soon):
        parties = [len(party) for party in parties_waiting(slot_id)]
        slot = session.get_one(Slot, slot_id)
        is_fresh = now - slot.changed_at < timedelta(minutes=15)
        if min(parties) <= slot.seats_left and slot.offer.state == OfferState.PUBLISHED and not is_fresh:
            yield f"slot {slot.code}"


def _overdue(now: datetime) -> Iterator[str]:
    """A claim whose time has been over for fifteen minutes:"""
    earlier = now - timedelta(minutes=15)
    for claim in overdue(now=earlier):
        if why_lapsed(claim, earlier):
            yield f"claim {claim.code}"


def _conditions(now: datetime) -> Iterator[str]:
    """A claim on condition of what has been there for fifteen minutes:"""
    for claim in filter(meets_condition, on_condition(now=now)):
        seen = certificate_for(claim.person, claim.slot) if claim.person else None
        changes = (claim.state_at, claim.slot.changed_at, claim.slot.brief.changed_at)
        since = max(*changes, (seen and seen.seen_at) or claim.state_at)
        if since < now - timedelta(minutes=15):
            yield f"claim {claim.code}"


def _parties(now: datetime) -> Iterator[str]:
    """Claims made together for different moments or schools, or by different people:"""
    made_for = (Claim.slot_id, Claim.school_id, Claim.made_by_id)
    several = or_(*(func.count(each.distinct()) > 1 for each in made_for))
    for party in session.scalars(select(Claim.party).group_by(Claim.party).having(several)):
        yield f"party {party}"


def _ended(now: datetime) -> Iterator[str]:
    """A living claim on a cancelled moment:"""
    statement = select(Claim.code).join(Slot, Slot.id == Claim.slot_id)
    for code in session.scalars(statement.where(Claim.state.in_(LIVING), Slot.state == SlotState.CANCELLED)):
        yield f"claim {code}"


def _attendance(now: datetime) -> Iterator[str]:
    """Attendance of somebody who had no seat, or at a session of another moment:"""
    came = (
        ClaimState.APPROVED,
        ClaimState.WITHDRAWN,
        ClaimState.CANCELLED,
    )  # of a series, one may leave later
    statement = (
        select(Claim.code)
        .join(Attendance, Attendance.claim_id == Claim.id)
        .join(Session, Session.id == Attendance.session_id)
        .where(or_(Claim.state.not_in(came), Session.slot_id != Claim.slot_id))
    )
    for code in session.scalars(statement.distinct()):
        yield f"claim {code}"


def _briefs(now: datetime) -> Iterator[str]:
    """A published offer with an unanswered safety brief:"""
    statement = (
        select(Offer.code, Brief)
        .join(Brief, Brief.id == Offer.brief_id)
        .where(Offer.state == OfferState.PUBLISHED)
    )
    for code, brief in session.execute(statement):
        if not brief.facts.is_answered:
            yield f"offer {code}"


def _brief_versions(now: datetime) -> Iterator[str]:
    """A brief of which what it says now is not kept as its version of now:"""
    kept = and_(BriefVersion.brief_id == Brief.id, BriefVersion.number == Brief.version)
    for brief, version in session.execute(select(Brief, BriefVersion).outerjoin(BriefVersion, kept)):
        if version is None or not version.hash == hash_of(version.content) == brief.hash:
            yield f"brief {brief.id}, version {brief.version}"


def _whole_briefs(now: datetime) -> Iterator[str]:
    """A brief that does not say what it is based on and what it adds:"""
    for brief in session.scalars(select(Brief).options(undefer(Brief.own), joinedload(Brief.based_on))):
        base = brief.based_on
        if brief.facts != (brief.own_facts.on_top_of(base.facts) if base else brief.own_facts):
            yield f"brief {brief.id}"


def _listed(now: datetime) -> Iterator[str]:
    """An offer with a moment to come that everybody may see, and that is not in the list as it is:"""
    listed = unlisted(now)
    for code in session.scalars(select(Offer.code).where(Offer.id.in_(listed))) if listed else ():
        yield f"offer {code}"


def _declined(now: datetime) -> Iterator[str]:
    """A withdrawal that was announced, not undone and not carried out:"""
    overdue = PlannedWithdrawal.due_at < now - timedelta(minutes=15)
    for code in session.scalars(select(Claim.code).join(PlannedWithdrawal).where(overdue)):
        yield f"claim {code}"


def _questions(now: datetime) -> Iterator[str]:
    """A question that is open after its last day, or answered with an offer that nobody heard of in fifteen minutes:"""
    earlier = now - timedelta(minutes=15)
    for question_id in session.scalars(questions.over(now=earlier)):
        yield f"question {session.get_one(Question, question_id).code}"
    for answer_id in session.scalars(questions.untold(now=now, seen_before=earlier)):
        yield f"question {session.get_one(Answer, answer_id).question.code}"


def _secrets(now: datetime) -> Iterator[str]:
    """A secret that outlived its use:"""
    statement = select(Letter.id).where(
        Letter.is_secret, Letter.text != "", Letter.not_after < now - timedelta(hours=2)
    )
    for letter_id in session.scalars(statement):
        yield f"letter {letter_id}"


CHECKS: tuple[Check, ...] = (
    _seats,
    _journal,
    _letters,
    _invites,
    _causes,
    _untold,
    _planned,
    _spans,
    _entries,
    _statuses,
    _waiting,
    _overdue,
    _conditions,
    _parties,
    _ended,
    _attendance,
    _briefs,
    _brief_versions,
    _whole_briefs,
    _listed,
    _declined,
    _questions,
    _secrets,
)
