"""The invariants of the data, each a statement that finds what breaks it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Exists, and_, exists, func, or_, select

from marketplace.calendars.facts import Status
from marketplace.claims.models import Claim, Entry, PlannedDecision
from marketplace.claims.queries import untold
from marketplace.claims.states import HOLDING, ClaimState
from marketplace.kernel.database import session
from marketplace.kernel.journal import JournalEntry
from marketplace.offers.models import Offer, PublicEntry, Session, Slot
from marketplace.offers.states import OfferState
from marketplace.outbox.facts import RETENTION
from marketplace.outbox.models import Letter
from marketplace.safety.models import Brief

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
    for kind, row in (("claim", Claim), ("offer", Offer), ("slot", Slot)):
        said = exists().where(
            JournalEntry.subject_kind == kind,
            JournalEntry.subject == row.code,
            JournalEntry.event == row.state,
        )
        unsaid = select(row.code, row.state).where(~said, row.state != OfferState.DRAFT)
        for code, state in session.execute(unsaid):
            yield f"{kind} {code} is {state}"


def _letters(now: datetime) -> Iterator[str]:
    """An approved claim without its letters:"""
    for code in session.scalars(
        select(Claim.code).where(
            Claim.state == ClaimState.APPROVED,
            ~_has_letter("claim_approved"),
            Claim.state_at > now - RETENTION,
        )
    ):
        yield f"claim {code}"


def _has_letter(name: str) -> Exists:
    return exists().where(Letter.name == name, Letter.stream == "claim:" + Claim.code)


def _invites(now: datetime) -> Iterator[str]:
    """An approved claim with a calendar entry that was never sent as an invite:"""
    for code in session.scalars(
        select(Claim.code)
        .join(Entry, Entry.claim_id == Claim.id)
        .where(
            Claim.state == ClaimState.APPROVED,
            Entry.status != Status.CANCELLED,
            ~Entry.is_invited,
            Claim.state_at > now - RETENTION,
        )
    ):
        yield f"claim {code}"


def _causes(now: datetime) -> Iterator[str]:
    """A letter without a cause:"""
    claim_codes = select(Claim.code)
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
    for code in session.scalars(
        select(Claim.code)
        .join(PlannedDecision)
        .where(or_(Claim.state != ClaimState.PENDING, PlannedDecision.due_at < now - timedelta(minutes=15)))
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
    """A claim without a calendar entry, or a coming published slot without a public one:"""
    for code in session.scalars(select(Claim.code).where(~exists().where(Entry.claim_id == Claim.id))):
        yield f"claim {code}"
    visible = Offer.state.in_((OfferState.PUBLISHED, OfferState.CLOSED))
    unlisted = ~exists().where(PublicEntry.slot_id == Slot.id)
    statement = select(Slot.code).join(Offer).where(visible, Slot.ends_at > now, unlisted)
    for code in session.scalars(statement):
        yield f"slot {code}"


def _statuses(now: datetime) -> Iterator[str]:
    """A calendar entry that says something else than its claim:"""
    is_live = Claim.state.in_(HOLDING)
    wrong = or_(
        and_(~is_live, Entry.status != Status.CANCELLED),
        and_(Claim.state == ClaimState.PENDING, Entry.status == Status.CONFIRMED),
        and_(Claim.state == ClaimState.APPROVED, Entry.status == Status.TENTATIVE),
    )
    for code in session.scalars(select(Claim.code).join(Entry, Entry.claim_id == Claim.id).where(wrong)):
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
    _briefs,
    _secrets,
)
