"""Questions about saved searches: whose they are, which are due, and what is new for them."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import contains_eager

from marketplace.kernel import signing
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.offers.queries import Fresh, appeared, found_among, last_appeared
from marketplace.people.models import Person
from marketplace.searches import rules
from marketplace.searches.facts import STOPPING, Due, search_in
from marketplace.searches.models import SavedSearch, ToldOffer
from marketplace.searches.states import Alert

log = logging.getLogger(__name__)


def searches_of(person_code: str) -> list[SavedSearch]:
    """The searches that somebody keeps, the last one first. One statement."""
    statement = _whole().where(Person.code == person_code)
    return list(session.scalars(statement.order_by(SavedSearch.id.desc())))


def search_of(person_code: str, code: str) -> SavedSearch:
    """One of somebody's own; NotFound for any other."""
    return _one(_whole().where(Person.code == person_code, SavedSearch.code == code))


def saved_by(person_code: str, query: str) -> SavedSearch | None:
    """The one that looks for just that, if somebody keeps it."""
    return session.scalar(_whole().where(Person.code == person_code, SavedSearch.query == query))


def how_many_of(person: Person) -> int:
    """How many searches somebody keeps."""
    statement = select(func.count(SavedSearch.id)).where(SavedSearch.person_id == person.id)
    return session.scalar(statement) or 0


def stopping(token: str) -> SavedSearch:
    """The search that a link in a mail names; NotFound if we did not make it for that, or if it was removed."""
    (code,) = signing.signed(STOPPING, token)
    return _one(_whole().where(SavedSearch.code == code))


def _whole() -> Select[SavedSearch]:
    return select(SavedSearch).join(SavedSearch.person).options(contains_eager(SavedSearch.person))


def _one(statement: Select[SavedSearch]) -> SavedSearch:
    row = session.scalar(statement)
    if row is None:
        raise NotFound
    return row


# --- What is due ------------------------------------------------------------------------------------------------


def due(*, now: datetime) -> list[Due]:
    """The searches for which something may be new, and it is time to tell: those that wait longest. One statement.

    What is told at once does not wait behind the wave of the morning. Mostly nothing appeared since they were last
    looked at, and then there are none.
    """
    times = {alert: rules.tells_until(alert, now) for alert in Alert if alert != Alert.NONE}
    found = select(SavedSearch.id, SavedSearch.alert, SavedSearch.query, SavedSearch.seen_until)
    found = found.where(or_(*(_is_due(alert, until, now) for alert, until in times.items() if until)))
    found = found.order_by(SavedSearch.alert != Alert.AT_ONCE, SavedSearch.seen_until, SavedSearch.id)
    rows = session.execute(found.limit(rules.IN_A_ROW))
    return [Due(*row, until) for row in rows if (until := times[row.alert])]


def _is_due(alert: Alert, until: datetime, now: datetime) -> ColumnElement[bool]:
    is_apart = or_(SavedSearch.mailed_at.is_(None), SavedSearch.mailed_at <= now - rules.APART)
    return and_(
        SavedSearch.alert == alert,
        SavedSearch.seen_until < last_appeared(until),
        is_apart if alert == Alert.AT_ONCE else literal(True),
    )


def news_for(searches: Sequence[Due], *, now: datetime) -> dict[int, list[Fresh]]:
    """By search what is new in it: of each offer that was not told yet the first moment, soonest first.

    Searches with nothing new are left out. Only what appeared lately is looked at, and once for each different search.
    """
    since = max(min(each.since for each in searches), now - rules.NEWS)
    until = max(each.until for each in searches)
    fresh = appeared(since, until, now=now, most=rules.MOST_NEWS)
    if not fresh:
        return {}
    told = _told(each.offer_id for each in fresh)
    found = {query: _found(query, fresh, now) for query in {each.query for each in searches}}
    news = {each.id: _news(each, fresh, found[each.query], told) for each in searches}
    return {search: moments for search, moments in news.items() if moments}


def _found(query: str, fresh: Sequence[Fresh], now: datetime) -> set[int]:
    """The places that a search finds. One that is not understood any more finds none, and holds up no other."""
    try:
        return found_among(search_in(query), fresh, now=now)
    except (KeyError, ValueError) as error:
        log.error(
            "a saved search is not understood any more: %s", type(error).__name__
        )  # whose is nobody's business
        return set()


def _told(offer_ids: Iterable[int]) -> set[tuple[int, int]]:
    statement = select(ToldOffer.search_id, ToldOffer.offer_id).where(ToldOffer.offer_id.in_({*offer_ids}))
    return {(row.search_id, row.offer_id) for row in session.execute(statement)}


def _news(search: Due, fresh: Sequence[Fresh], found: set[int], told: set[tuple[int, int]]) -> list[Fresh]:
    first: dict[int, Fresh] = {}
    for each in fresh:
        is_new = search.since < each.appeared_at <= search.until and (search.id, each.offer_id) not in told
        if is_new and each.place in found:
            first.setdefault(each.offer_id, each)
    return list(first.values())
