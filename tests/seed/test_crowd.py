"""A whole region, in small: drawn from words, and as sound as if it had been typed in."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace import audit, seed
from marketplace.claims.models import Claim, Entry
from marketplace.kernel.database import session
from marketplace.offers.facts import OfferSearch
from marketplace.offers.models import Offer, PublicEntry, Slot
from marketplace.offers.queries import search
from marketplace.organisations.models import Organisation
from marketplace.worker import do_chores, work_once
from tests.conftest import NOW

SLOTS = 200
STORY_SLOTS = 57


@pytest.fixture(scope="module")
def crowded(empty: Flask) -> Flask:
    with empty.app_context():
        seed.load(scale="region", number=1, now=NOW, slots=SLOTS)
    return empty


@pytest.fixture(autouse=True)
def context(crowded: Flask) -> Iterator[None]:
    with crowded.app_context():
        yield


def number_of(table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_there_are_as_many_moments_as_asked() -> None:
    assert number_of(Slot) == SLOTS + STORY_SLOTS


@pytest.mark.usefixtures("clock")
def test_nothing_is_wrong_with_it_before_and_after_the_worker(crowded: Flask) -> None:
    assert audit.breaches(now=NOW) == []
    entries = number_of(Entry)
    work_once(crowded)
    do_chores()
    assert audit.breaches(now=NOW) == []
    assert number_of(Entry) == entries


def test_everybody_can_find_and_subscribe_to_it() -> None:
    crowd_slots = select(Slot).join(Offer).join(Organisation).where(Organisation.kvk > "00000200")
    for slot in session.scalars(crowd_slots):
        languages = session.scalars(select(PublicEntry.language).where(PublicEntry.slot_id == slot.id))
        assert set(languages) == {"nl", "en"}
        assert slot.offer.search_text
    assert search(OfferSearch(), now=NOW).next_key


def test_some_of_it_is_claimed() -> None:
    statement = select(func.count()).select_from(Claim).join(Slot).join(Offer).join(Organisation)
    assert session.scalar(statement.where(Organisation.kvk > "00000200"))
