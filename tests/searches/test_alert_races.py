"""Several workers at the same instant, and owners who are quicker: it is told once, and to who still wants it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.kernel.database import session, transaction
from marketplace.searches import actions as searches
from marketplace.searches import queries
from marketplace.searches.models import SavedSearch, ToldOffer
from marketplace.searches.states import Alert
from tests import racing, steps
from tests.cast import Cast, person
from tests.conftest import NOW
from tests.market.rows import add_offers
from tests.racing import DONE, Racers

pytestmark = pytest.mark.usefixtures("app_context")

LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    with racing.racers() as found:
        yield found


@pytest.fixture
def news(cast: Cast) -> None:
    """Something is new in a search of the teacher's and in one of the host's."""
    with transaction():
        for who in ("teacher", "host"):
            owner = person(cast, who)
            searches.save(person=owner, name="Al", query="q=spuitgieten", alert=Alert.AT_ONCE, now=NOW)
    add_offers(cast, 3, now=NOW + timedelta(minutes=1))


def test_several_workers_tell_it_once(app_context: Flask, news: None, racers: Racers) -> None:
    assert racers.race(*[partial(searches.alert_due, now=LATER)] * 6) == [DONE] * 6
    written = steps.letters("saved_search")
    assert sorted(each.receiver_address.partition("@")[0] for each in written) == ["host", "teacher"]
    assert session.scalar(select(func.count()).select_from(ToldOffer)) == 6


@pytest.mark.parametrize("quicker", [searches.stop, searches.remove])
def test_who_stops_it_just_before_gets_none(cast: Cast, news: None, quicker: Callable[..., None]) -> None:
    due = {each.id: each for each in queries.due(now=LATER)}
    found = queries.news_for(list(due.values()), now=LATER)
    session.rollback()
    with transaction():
        mine = session.scalars(select(SavedSearch).where(SavedSearch.person == person(cast, "teacher"))).one()
        quicker(search=mine, now=LATER)
    with transaction():
        for search_id, moments in found.items():
            searches._tell(due[search_id], moments, LATER)
    assert [each.receiver_address.partition("@")[0] for each in steps.letters("saved_search")] == ["host"]
