"""The digest: what waits for coordinators, each working day before school. Never twice, late, or about nothing."""

from datetime import date, time, timedelta

import pytest

from marketplace.claims import actions as claims
from marketplace.kernel.times import at_wall
from marketplace.outbox.facts import LetterState
from marketplace.people.actions import Scope
from marketplace.people.states import OptionalLetter, Role
from tests import steps
from tests.cast import Cast, person
from tests.claims.test_reminding import MINUTE, states, stop

pytestmark = pytest.mark.usefixtures("app_context")

TUESDAY = at_wall(date(2027, 1, 12), time(7, 30))


def test_coordinators_hear_each_working_day_what_waits_for_them(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    assert claims.brief_due(now=TUESDAY - MINUTE) == 0
    assert claims.brief_due(now=TUESDAY) == 2
    assert claims.brief_due(now=TUESDAY + MINUTE) == 0
    assert states("digest") == [("coordinator", "queued"), ("second.coordinator", "queued")]
    letter = steps.letters("digest")[0]
    assert "1 claim waits" in letter.subject
    assert f"/desk/claims/{claim.code}?version={claim.version}" in letter.text
    assert letter.unsubscribe
    assert claims.brief_due(now=TUESDAY + timedelta(days=1)) == 2


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2027, 1, 15), True),
        (date(2027, 1, 16), False),  # a Saturday
        (date(2027, 1, 17), False),
        (date(2027, 3, 29), False),  # Easter Monday, a day after the clock changed
        (date(2027, 3, 30), True),
        (date(2027, 11, 1), True),  # a Monday after the clock changed
    ],
)
def test_there_is_no_digest_on_days_off(cast: Cast, day: date, is_working: bool) -> None:
    slot = steps.add_slot(cast, day=date(2027, 12, 1))
    made_at = at_wall(day, time(7, 29))  # earlier digests would not have known it
    steps.claim_seat(cast, slot=slot, now=made_at)
    assert claims.brief_due(now=at_wall(day, time(7, 30))) == (2 if is_working else 0)


def test_nothing_waits_and_no_digest_is_written(cast: Cast) -> None:
    steps.approved(cast)
    steps.decide(steps.claim_seat(cast, "colleague"), cast, delay=timedelta(days=2))
    assert claims.brief_due(now=TUESDAY) == 0


def test_what_came_after_half_past_seven_is_for_tomorrow(cast: Cast) -> None:
    steps.claim_seat(cast, now=TUESDAY + MINUTE)
    assert claims.brief_due(now=TUESDAY + 2 * MINUTE) == 0
    assert claims.brief_due(now=TUESDAY + timedelta(hours=6)) == 0
    assert claims.brief_due(now=TUESDAY + timedelta(days=1)) == 2


@pytest.mark.parametrize(("policy", "told"), [("coordinator", 2), ("both", 2), ("host", 0), ("automatic", 0)])
def test_the_digest_holds_what_coordinators_decide(cast: Cast, policy: str, told: int) -> None:
    steps.set_policy(cast, policy)
    steps.claim_seat(cast)
    assert claims.brief_due(now=TUESDAY) == told


def test_each_coordinator_hears_of_their_own_region_and_not_of_themselves(cast: Cast) -> None:
    school = person(cast, "teacher").school
    assert school
    steps.add_role(cast, "coordinator", Role.PARTICIPANT, Scope(school.id))
    steps.claim_seat(cast, "coordinator")
    steps.claim_seat(cast, "outsider")
    claims.brief_due(now=TUESDAY)
    assert states("digest") == [("outside.coordinator", "queued"), ("second.coordinator", "queued")]
    for letter in steps.letters("digest"):
        assert "1 claim waits" in letter.subject


def test_a_digest_about_two_regions_stands_in_the_mail_log_of_neither(cast: Cast) -> None:
    elsewhere = person(cast, "outside coordinator").memberships[0].region_id
    steps.add_role(cast, "coordinator", Role.COORDINATOR, Scope(region_id=elsewhere))
    steps.claim_seat(cast)
    steps.claim_seat(cast, "outsider")
    claims.brief_due(now=TUESDAY)
    regions = {each.receiver_address.partition("@")[0]: each.region for each in steps.letters("digest")}
    assert regions["coordinator"] == ""
    assert regions["second.coordinator"] == cast.region


def test_a_digest_that_is_too_late_is_dropped_once_and_todays_still_comes(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    steps.claim_seat(cast)
    stop(cast, "second coordinator", OptionalLetter.DIGEST)
    claims.brief_due(now=TUESDAY + timedelta(hours=4))
    claims.brief_due(now=TUESDAY + timedelta(hours=5))
    assert states("digest") == [("coordinator", LetterState.DROPPED)]
    assert caplog.text.count("missed its moment") == 1
    assert claims.brief_due(now=TUESDAY + timedelta(days=1)) == 1
