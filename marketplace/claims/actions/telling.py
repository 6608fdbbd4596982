"""Telling participants what changed: was, is now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from marketplace.claims import entries, messages, queries
from marketplace.claims.actions.seats import lock
from marketplace.claims.entries import Written
from marketplace.claims.facts import Told, differences, is_small, visit_to
from marketplace.claims.models import CalendarAnswer, Claim
from marketplace.claims.states import ClaimState
from marketplace.kernel.database import in_turn, only_reading, session, transaction
from marketplace.kernel.texts import speaking


def tell_due(*, now: datetime, quiet_time: timedelta) -> int:
    """Tells participants what changed since they were told last, each in a transaction of its own. Returns how many."""
    with only_reading(), transaction():
        due = queries.untold(now=now, quiet_time=quiet_time)
    return in_turn(due, lambda claim_id: tell(claim=queries.whole_claim(claim_id), now=now))


def catch_up(*, claim: Claim, now: datetime) -> None:
    """Tells what the worker has not told yet, before something else is said that shows the visit as it is now.

    Otherwise a change that is taken back afterwards would leave no difference to tell, and a calendar that is wrong.
    """
    offer, slot = claim.slot.offer, claim.slot
    told = (claim.told_offer, claim.told_slot, claim.told_site, claim.told_brief)
    if told != (offer.version, slot.version, slot.site.version, slot.brief.version):
        tell(claim=claim, now=now)


def tell(*, claim: Claim, now: datetime) -> None:
    """One letter with all that changed (was, is now), the calendar with it, and a note of what was told.

    Where a move makes it fall together with another seat, the letter says so, and the coordinators hear it too.
    Changes that cancel each other out, or that concern nothing a participant is told, only move the note.
    """
    lock(claim.slot)
    session.refresh(claim, ["state", "person", "told", "told_offer", "told_slot", "told_site", "told_brief"])
    visit = visit_to(claim.slot)
    was, told = Told.from_data(claim.told), Told.about(visit)
    with speaking(claim.receiver.language):
        changes = differences(was, told)
    claim.told, claim.told_at = told.as_data(), now
    claim.told_slot, claim.told_offer = claim.slot.version, claim.slot.offer.version
    claim.told_site, claim.told_brief = claim.slot.site.version, claim.slot.brief.version
    if changes and claim.is_living:
        written = entries.write_for_participant(claim, now=now)
        if is_small(was, told):
            _keep_answers(written)
        is_invited = claim.state == ClaimState.APPROVED and claim.person is not None
        clash = _clash(claim) if set(told.sessions) - set(was.sessions) else ""
        messages.mail_changed(claim, written, changes, is_invited, clash, now=now)
        if clash:
            messages.mail_clash(claim, clash, now=now)


def _keep_answers(written: Sequence[Written]) -> None:
    """What their calendar answered to these entries before still counts: nobody is asked again for nothing."""
    for each in written:
        answered = (
            CalendarAnswer.entry_id == each.entry.id,
            CalendarAnswer.sequence == each.facts.sequence - 1,
        )
        session.execute(update(CalendarAnswer).where(*answered).values(sequence=each.facts.sequence))


def _clash(claim: Claim) -> str:
    """The title of what its participant has a seat in at the same time; empty if there is nothing."""
    return queries.conflicts([claim]).get(claim.id, "")
