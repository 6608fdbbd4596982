"""Sixty days before a certificate expires its owner hears of it, once, unless they have a better one or want none."""

from datetime import date, timedelta

import pytest

from marketplace.kernel.database import transaction
from marketplace.kernel.times import at_wall
from marketplace.outbox.models import Letter
from marketplace.people import actions as people
from marketplace.people.actions import stop_letter, warn_of_expiry_due
from marketplace.people.states import OptionalLetter
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

TODAY = date(2027, 1, 11)


def keep(cast: Cast, kind: str = "b_vca", *, days: int = 60, who: str = "teacher") -> None:
    with transaction():
        until = TODAY + timedelta(days=days)
        people.add_certificate(person=person(cast, who), kind=kind, number="", valid_until=until, now=NOW)


def written() -> list[Letter]:
    return steps.letters("certificate_expiring")


def test_its_owner_hears_of_it_once(cast: Cast) -> None:
    keep(cast)
    assert warn_of_expiry_due(now=NOW - timedelta(days=1)) == 0
    assert warn_of_expiry_due(now=NOW) == 1
    assert warn_of_expiry_due(now=NOW) == 0
    (letter,) = written()
    assert letter.receiver_address == cast.emails["teacher"]
    assert letter.subject == "Your B-VCA is valid until 12 March 2027"
    assert "unsubscribe" in letter.unsubscribe
    assert letter.not_after == at_wall(TODAY + timedelta(days=14), NOW.time().min)


@pytest.mark.parametrize(("days", "is_told"), [(61, False), (60, True), (47, True), (46, False), (-3, False)])
def test_when_it_is_worth_a_word(cast: Cast, days: int, is_told: bool) -> None:
    keep(cast, days=days)
    warn_of_expiry_due(now=NOW)
    assert bool(written()) is is_told


@pytest.mark.parametrize(
    ("kind", "other", "is_told"),
    [
        ("b_vca", "b_vca", False),
        ("b_vca", "vol_vca", False),
        ("vol_vca", "b_vca", True),
        ("gpi", "b_vca", True),
        ("gpi", "gpi", False),
    ],
)
def test_who_has_a_better_one_need_not_hear_of_it(cast: Cast, kind: str, other: str, is_told: bool) -> None:
    keep(cast, kind)
    keep(cast, other, days=300)
    warn_of_expiry_due(now=NOW)
    assert bool(written()) is is_told


def test_who_does_not_want_to_hear_of_it_does_not(cast: Cast) -> None:
    keep(cast)
    keep(cast, who="colleague")
    with transaction():
        stop_letter(person=person(cast, "teacher"), letter=OptionalLetter.CERTIFICATE, now=NOW)
    assert warn_of_expiry_due(now=NOW) == 1
    assert [each.receiver_address for each in written()] == [cast.emails["colleague"]]
