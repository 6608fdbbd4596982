"""Calendar subscriptions: the page with the links, and the feeds behind them."""

from flask import Flask, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.account.views.room import blueprint
from marketplace.calendars.feeds import feed as as_calendar
from marketplace.feeds import actions as feeds
from marketplace.feeds.facts import Link
from marketplace.feeds.models import Subscription
from marketplace.feeds.queries import edition_of, entries_for, feeds_of, owner_of, subscription_at
from marketplace.kernel import addresses
from marketplace.kernel.clock import now
from marketplace.kernel.database import transaction
from marketplace.kernel.texts import gettext
from marketplace.kernel.times import wall_date
from marketplace.web.calendars import calendar_answer
from marketplace.web.guards import for_everybody, for_secret_link, for_signed_in
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me, visitor


@blueprint.get("/calendar")
@for_everybody
def calendar() -> ResponseReturnValue:
    """How to see everything in one's own calendar; with the personal links of who is signed in."""
    who = visitor()
    return page(
        "account/calendar.html",
        feeds=feeds_of(who.code, key=_key()) if who else [],
        everything=Link(addresses.search_feed()),
    )


@blueprint.post("/calendar/links")
@for_signed_in
def make_link() -> ResponseReturnValue:
    """Makes a secret link, or a new one in place of the old."""
    person, organisation = owner_of(me().code, request.form.get("feed", ""))
    feeds.make_link(person=person, organisation=organisation, key=_key(), now=now())
    return go_to(url_for("account.calendar"), say_ok=gettext("Your link is ready."))


@blueprint.get("/feeds/<token>.ics")
@for_secret_link
def personal_feed(token: str) -> ResponseReturnValue:
    """The feed behind a secret link. Every other link gets the same answer, whether it ever worked or not."""
    moment = now()
    subscription = subscription_at(token)
    edition = edition_of(subscription, moment)
    answer = calendar_answer(
        etag_parts=edition.parts,
        changed_at=edition.changed_at,
        body=lambda: as_calendar(entries_for(subscription, moment), name=edition.name),
        filename="agenda.ics",
    )
    _note_use_after(answer, subscription)
    return answer


def _note_use_after(answer: Response, subscription: Subscription) -> None:
    """Notes that the link is used, once a day and when the answer has left: reading never waits for a writer."""
    today, number = wall_date(now()), subscription.id
    if subscription.last_used_on == today:
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's own method

    @answer.call_on_close
    def note_use() -> None:
        with app.app_context(), transaction():
            feeds.note_use(subscription_id=number, on=today)


def _key() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key
