"""Who came: one row for each participant and session, whoever presses when."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.claims import actions as claims
from marketplace.claims.models import Attendance
from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import history
from marketplace.offers.facts import Rhythm
from tests import racing, steps
from tests.cast import Cast
from tests.racing import DONE, Racers

pytestmark = pytest.mark.usefixtures("app_context")


def note(code: str, starts_at: datetime, *, has_come: bool = True, now: datetime | None = None) -> None:
    """The host notes whether somebody came to the session that starts then."""
    with transaction():
        claim = steps.claim_with(code)
        claims.note_attendance(
            claim=claim, starts_at=starts_at, has_come=has_come, by="host", now=now or starts_at
        )


def note_everybody(slot: str, starts_at: datetime) -> int:
    """The host notes that everybody came."""
    with transaction():
        return claims.note_everybody(
            slot=steps.slot_with(slot), starts_at=starts_at, by="host", now=starts_at
        )


def events(code: str) -> list[str]:
    return [each.event for each in history("claim", code) if each.event in ("attended", "no_show")]


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    with racing.racers() as found:
        yield found


def test_pressed_by_several_at_once_it_is_noted_once(cast: Cast, racers: Racers) -> None:
    code, starts_at = steps.approved(cast).code, steps.slot_with(cast.slot).starts_at
    presses = [partial(note, code, starts_at)] * 4 + [partial(note_everybody, cast.slot, starts_at)] * 4
    assert racers.race(*presses) == [DONE] * 8
    session.rollback()
    assert [each.has_come for each in session.scalars(select(Attendance))] == [True]
    assert events(code) == ["attended"]


def test_each_correction_stands_in_the_journal(cast: Cast) -> None:
    code, starts_at = steps.approved(cast).code, steps.slot_with(cast.slot).starts_at
    for has_come in (True, False, False, True):
        note(code, starts_at, has_come=has_come)
    assert events(code) == ["attended", "no_show", "attended"]
    assert [each.details["was"] for each in history("claim", code)[-3:]] == ["", "attended", "no_show"]


def test_a_session_that_is_not_there_is_refused(cast: Cast) -> None:
    code, starts_at = steps.approved(cast).code, steps.slot_with(cast.slot).starts_at
    wrong = starts_at - timedelta(hours=1)
    assert "no such session" in steps.refusal(lambda: note(code, wrong, now=starts_at))


def test_what_was_noted_stays_when_somebody_leaves_the_rest_of_a_series(cast: Cast) -> None:
    slot = steps.add_slot(cast, day=date(2027, 3, 4), sessions=3, rhythm=Rhythm.WEEKLY)
    claim = steps.approved(cast, slot=slot)
    first, second, _ = (each.starts_at for each in claim.slot.sessions)
    note(claim.code, first)
    steps.withdraw(claim, now=first + timedelta(days=1))
    assert "no place at this moment any more" in steps.refusal(lambda: note(claim.code, second))
    assert [each.has_come for each in session.scalars(select(Attendance))] == [True]
    assert audit.breaches(now=second) == []
