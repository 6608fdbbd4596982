"""Questions about what came back: answers, withdrawals to come, addresses that do not work."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from marketplace.calendars.facts import Answer, Status
from marketplace.claims.models import CalendarAnswer, Claim, Entry
from marketplace.kernel.database import session
from marketplace.offers.entries import from_data
from marketplace.outbox.models import Letter
from marketplace.replies import rules
from marketplace.replies.facts import Given, Outcome, Standing
from marketplace.replies.models import DeadAddress, IncomingMail, PlannedWithdrawal


def outcome_of(key: str) -> Outcome | None:
    """What became of a mail; None if it was not handled yet."""
    found = session.scalar(select(IncomingMail.outcome).where(IncomingMail.key == key))
    return Outcome(found) if found else None


# --- Answers ------------------------------------------------------------------------------------------------------


def entry_with(uid: str) -> Entry | None:
    """The entry of a participant with this UID."""
    return session.scalar(select(Entry).where(Entry.uid == uid, Entry.claim_id.is_not(None)))


def starts_of(entry: Entry) -> list[datetime]:
    """When an entry begins, each time; without what fell out of it."""
    starts = [each.starts_at for each in from_data(entry.series)]
    return [each for each in starts if each.isoformat() not in entry.excluded]


def answer_on(entry: Entry, occurrence: datetime | None) -> CalendarAnswer | None:
    """The last answer about an entry, or about one occurrence of it."""
    statement = select(CalendarAnswer).where(
        CalendarAnswer.entry_id == entry.id,
        CalendarAnswer.occurrence == (occurrence.isoformat() if occurrence else ""),
    )
    return session.scalar(statement)


def given(row: CalendarAnswer) -> Given:
    """An answer as a value."""
    occurrence = datetime.fromisoformat(row.occurrence) if row.occurrence else None
    return Given(occurrence, Answer(row.partstat), row.sequence, row.stamp)


def standings(claims: Iterable[Claim]) -> dict[int, Standing]:
    """By row id of the claim: what its participant answered. Three statements, however many there are."""
    ids = [each.id for each in claims]
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in session.scalars(
        select(Entry)
        .where(Entry.claim_id.in_(ids), Entry.status != Status.CANCELLED)
        .order_by(Entry.position)
    ):
        entries[entry.claim_id or 0].append(entry)
    rows: dict[int, list[CalendarAnswer]] = defaultdict(list)
    for row in session.scalars(
        select(CalendarAnswer)
        .join(Entry, Entry.id == CalendarAnswer.entry_id)
        .where(Entry.claim_id.in_(ids))
        .order_by(CalendarAnswer.stamp)
    ):
        rows[row.entry_id].append(row)
    planned = select(PlannedWithdrawal.claim_id, PlannedWithdrawal.due_at)
    due = {
        row.claim_id: row.due_at
        for row in session.execute(planned.where(PlannedWithdrawal.claim_id.in_(ids)))
    }
    return {each: _standing(entries[each], rows, due.get(each)) for each in ids}


def _standing(
    entries: Sequence[Entry], rows: dict[int, list[CalendarAnswer]], leaves_at: datetime | None
) -> Standing:
    starts: list[datetime] = []
    said: dict[datetime, Answer] = {}
    for entry in entries:
        own = starts_of(entry)
        starts += own
        said |= rules.answers(own, entry.sequence, map(given, rows[entry.id]))
    answered = [row for entry in entries for row in rows[entry.id]]
    return Standing(
        answer=rules.whole_answer(starts, said),
        is_outdated=bool(answered) and not said,
        declined=tuple(sorted(each for each in starts if said.get(each) is Answer.DECLINED)),
        comment=next((row.comment for row in reversed(answered) if row.comment), ""),
        leaves_at=leaves_at,
    )


def standing_of(claim: Claim) -> Standing:
    """The same for one claim."""
    return standings([claim])[claim.id]


# --- Withdrawals to come ------------------------------------------------------------------------------------------


def planned_for(claim: Claim) -> PlannedWithdrawal | None:
    """When a claim is given up that its participant declined; None if that is not planned."""
    return session.scalar(select(PlannedWithdrawal).where(PlannedWithdrawal.claim_id == claim.id))


def planned_due(*, now: datetime) -> list[int]:
    """Row ids of the withdrawals whose time to be undone is over."""
    statement = select(PlannedWithdrawal.id).where(PlannedWithdrawal.due_at <= now)
    return list(session.scalars(statement.order_by(PlannedWithdrawal.id)))


# --- Letters and addresses ----------------------------------------------------------------------------------------


def letter_answered(message_ids: Collection[str]) -> Letter | None:
    """The latest of our letters that a mail follows, by what stands in its In-Reply-To and References."""
    if not message_ids:
        return None
    statement = select(Letter).where(Letter.message_id.in_(message_ids))
    return session.scalar(statement.order_by(Letter.id.desc()).limit(1))


def dead_addresses(addresses: Iterable[str]) -> dict[str, DeadAddress]:
    """Those of these addresses from which the last letter came back."""
    statement = select(DeadAddress).where(DeadAddress.address.in_(list(addresses)))
    return {each.address: each for each in session.scalars(statement)}
