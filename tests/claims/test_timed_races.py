"""Several workers at the same instant: each letter that is due because time passes is written once."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask

from marketplace.claims import actions as claims
from tests import racing, steps
from tests.cast import Cast
from tests.claims.test_digest import TUESDAY
from tests.claims.test_reminding import DAY_AFTER, DAY_BEFORE
from tests.conftest import NOW
from tests.racing import DONE, Racers

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    with racing.racers() as found:
        yield found


@pytest.mark.parametrize(
    ("task", "now", "name", "receivers"),
    [
        (claims.remind_due, DAY_BEFORE, "reminder", {"teacher"}),
        (claims.thank_due, DAY_AFTER, "visit_thanks", {"teacher"}),
        (claims.ask_who_came_due, DAY_AFTER, "attendance_request", {"host"}),
        (claims.brief_due, TUESDAY, "digest", {"coordinator", "second.coordinator"}),
        (claims.announce_due, NOW + timedelta(minutes=15), "announcement", {"colleague", "newcomer"}),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_several_workers_write_each_letter_once(
    app_context: Flask,
    cast: Cast,
    racers: Racers,
    task: Callable[..., int],
    now: datetime,
    name: str,
    receivers: set[str],
) -> None:
    steps.approved(cast)
    claims.remind_due(now=DAY_BEFORE - timedelta(days=6))  # that of a week ahead is no matter of this race
    before = len(steps.letters(name))
    if task is claims.brief_due:
        steps.claim_seat(cast, "colleague")
    assert racers.race(*[partial(task, now=now)] * 6) == [DONE] * 6
    written = steps.letters(name)[before:]
    assert sorted(each.receiver_address.partition("@")[0] for each in written) == sorted(receivers)
