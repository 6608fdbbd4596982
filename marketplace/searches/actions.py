"""What happens to saved searches: they are kept, changed and removed by their owners, and looked at by the worker."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update

from marketplace.kernel.codes import new_code
from marketplace.kernel.database import in_turn, only_reading, rows_changed, session, transaction
from marketplace.kernel.errors import Refused
from marketplace.kernel.journal import record
from marketplace.offers.queries import Fresh, slots_with
from marketplace.people.models import Person
from marketplace.people.queries import hold
from marketplace.searches import messages, queries, rules
from marketplace.searches.facts import Due
from marketplace.searches.models import SavedSearch, ToldOffer
from marketplace.searches.states import Alert


def save(*, person: Person, name: str, query: str, alert: Alert, now: datetime) -> SavedSearch:
    """Keeps a search: `query` is what stands in its address. One that is kept already gets this name and these mails.

    What is there by now is not new. Raises Refused where there are too many.
    """
    hold(person)
    if found := queries.saved_by(person.code, query):
        change(search=found, name=name, alert=alert, now=now)
        return found
    if refusal := rules.why_not_save(query, queries.how_many_of(person)):
        raise Refused(refusal)
    search = SavedSearch(
        code=new_code(), person=person, name=name, query=query, alert=alert, seen_until=now, made_at=now
    )
    session.add(search)
    _note("search_saved", person, now)
    return search


def change(*, search: SavedSearch, name: str, alert: Alert, now: datetime) -> None:
    """Gives a search another name, and mails at another pace. What appeared while there were none is not told."""
    if (search.name, search.alert) == (name, alert):
        return
    if search.alert == Alert.NONE:
        search.seen_until = now
    search.name, search.alert = name, alert
    _note("search_changed", search.person, now)


def stop(*, search: SavedSearch, now: datetime) -> None:
    """Ends the mails about a search; it is kept. Stopped twice, it is stopped once."""
    change(search=search, name=search.name, alert=Alert.NONE, now=now)


def remove(*, search: SavedSearch, now: datetime) -> None:
    """Forgets a search, and what was told about it."""
    session.delete(search)
    _note("search_removed", search.person, now)


def _note(event: str, person: Person, now: datetime) -> None:
    """The journal does not say what somebody looks for."""
    record(kind="person", subject=person.code, event=event, by=person.code, at=now)


def alert_due(*, now: datetime) -> int:
    """Tells people what is new in the searches that they keep. Returns how many searches had news."""
    with only_reading(), transaction():
        due = {each.id: each for each in queries.due(now=now)}
        news = queries.news_for(list(due.values()), now=now) if due else {}
    if quiet := [each for each in due.values() if each.id not in news]:
        with transaction():
            for until in {each.until for each in quiet}:
                _see([each.id for each in quiet if each.until == until], until)
    return in_turn(news, lambda search_id: _tell(due[search_id], news[search_id], now))


def _see(search_ids: Collection[int], until: datetime) -> None:
    """Notes of searches in which nothing is new up to when they were looked at: they are not looked at again."""
    statement = update(SavedSearch).where(SavedSearch.id.in_(search_ids), SavedSearch.seen_until < until)
    session.execute(statement.values(seen_until=until), execution_options={"synchronize_session": False})


def _tell(due: Due, news: Sequence[Fresh], now: datetime) -> None:
    """Not if it was told, stopped or removed meanwhile: of two workers the second changes nothing."""
    same = (SavedSearch.id == due.id, SavedSearch.seen_until == due.since, SavedSearch.alert == due.alert)
    statement = update(SavedSearch).where(*same).values(seen_until=due.until, mailed_at=now)
    if rows_changed(statement.execution_options(synchronize_session=False)):
        session.add_all(ToldOffer(search_id=due.id, offer_id=each.offer_id, told_at=now) for each in news)
        listed = slots_with([each.slot_id for each in news[: rules.LISTED]])
        search, more = session.get_one(SavedSearch, due.id), len(news) - len(listed)
        messages.mail_news(search, listed, more, until=due.until, now=now)
