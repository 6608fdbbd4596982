"""Calendar subscriptions: the page with the links, what is in them, and the feeds behind them."""

from collections.abc import Sequence
from itertools import groupby

import segno
from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.account.forms import ChoicesForm
from marketplace.account.views.room import blueprint
from marketplace.calendars.checking import Appointment, look_at
from marketplace.calendars.feeds import feed as as_calendar
from marketplace.feeds import actions as feeds
from marketplace.feeds import rules
from marketplace.feeds.facts import Feed, Link, Reading
from marketplace.feeds.queries import edition_of, entries_for, feed_of, feeds_of, reading_at, right_to
from marketplace.kernel import addresses
from marketplace.kernel.clock import now
from marketplace.kernel.database import transaction
from marketplace.kernel.errors import NotFound
from marketplace.kernel.texts import gettext, say
from marketplace.kernel.times import wall_date
from marketplace.kernel.wording import month_name
from marketplace.offers.queries import slot_for, slot_for_host
from marketplace.people.queries import person_with
from marketplace.web.calendars import calendar_answer
from marketplace.web.guards import for_everybody, for_secret_link, for_signed_in
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me, visitor

SHOWN = 50
"""Appointments to come that the page of a feed shows."""


@blueprint.get("/calendar")
@for_everybody
def calendar() -> ResponseReturnValue:
    """How to see everything in one's own calendar; with the personal links of who is signed in."""
    return _page()


def _page(slip: ChoicesForm | None = None, slipped: str = "", status: int = 200) -> Response:
    """The page; with a form that could not be followed, as it was sent, at the feed with the key `slipped`."""
    who = visitor()
    found = feeds_of(who.code, key=_key()) if who else []
    forms = {each.key: _form(each) for each in found if each.link}
    if slip:
        forms[slipped] = slip
    return page(
        "account/calendar.html",
        status=status,
        made=[each for each in found if each.link],
        missing=[each for each in found if not each.link],
        forms=forms,
        everything=Link(addresses.search_feed()),
    )


def _form(feed: Feed) -> ChoicesForm:
    form = ChoicesForm(formdata=None, prefix=feed.key, obj=feed.choices)
    form.fit(feed.kind)
    return form


@blueprint.post("/calendar/links")
@for_signed_in
def make_link() -> ResponseReturnValue:
    """Makes a secret link, or a new one in place of the old."""
    right = right_to(me().code, request.form.get("feed", ""))
    feeds.make_link(person=person_with(me().code), **right._asdict(), key=_key(), now=now())
    return go_to(url_for("account.calendar"), say_ok=gettext("Your link is ready."))


@blueprint.post("/calendar/choices")
@for_signed_in
def choose_content() -> ResponseReturnValue:
    """Writes what a feed shows."""
    key = request.form.get("feed", "")
    right, form = right_to(me().code, key), ChoicesForm(prefix=key)
    form.fit(right.kind)
    if not form.validate_on_submit():
        return _page(form, key, 422)
    feeds.choose(person=person_with(me().code), right=right, choices=form.said(), now=now())
    return go_to(
        url_for("account.calendar"), say_ok=gettext("Your calendar shows this from the next time it looks.")
    )


@blueprint.get("/feeds/<token>.ics")
@for_secret_link
def personal_feed(token: str) -> ResponseReturnValue:
    """The feed behind a secret link. Every other link gets the same answer, whether it ever worked or not."""
    moment = now()
    reading = reading_at(token)
    edition = edition_of(reading, moment)
    answer = calendar_answer(
        etag_parts=edition.parts,
        changed_at=edition.changed_at,
        body=lambda: as_calendar(entries_for(reading, moment), name=edition.name),
        filename="agenda.ics",
    )
    _note_use_after(answer, reading)
    return answer


@blueprint.get("/calendar/feeds/<feed>")
@for_signed_in
def check_feed(feed: str) -> ResponseReturnValue:
    """What a calendar would show of one's own feed, read from the octets that it would get, and what is wrong."""
    at, found = now(), feed_of(me().code, feed, key=_key())
    assert found.link  # feed_of saw to it
    reading = reading_at(found.link.token)
    octets = as_calendar(entries_for(reading, at), name=edition_of(reading, at).name)
    look = look_at(octets)
    coming = [each for each in look.appointments if each.ends_at > at]
    return page(
        "account/check_feed.html",
        feed=found,
        look=look,
        problems=[say(each) for each in (*look.problems, *rules.why_not_shown(found, wall_date(at)))],
        months=_by_month(coming[:SHOWN]),
        left_out=len(coming) - SHOWN,
        past=len(look.appointments) - len(coming),
    )


def _by_month(appointments: Sequence[Appointment]) -> list[tuple[str, list[Appointment]]]:
    groups = groupby(appointments, key=lambda each: month_name(each.starts_at))
    return [(month, list(each)) for month, each in groups]


def _note_use_after(answer: Response, reading: Reading) -> None:
    """Notes that the link is used, once a day and when the answer has left: reading never waits for a writer."""
    today = wall_date(now())
    if reading.last_used_on == today:
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's own method

    @answer.call_on_close
    def note_use() -> None:
        with app.app_context(), transaction():
            feeds.note_use(subscription_id=reading.id, on=today)


@blueprint.get("/moments/<code>")
@for_signed_in
def moment(code: str) -> ResponseReturnValue:
    """A moment that stands in a calendar: its roster for who receives people there, its activity for everybody else."""
    try:
        slot_for_host(code, me().organisations_as("host_contact"))
        return redirect(url_for("host.slot", code=code))
    except NotFound:
        return redirect(url_for("market.offer", code=slot_for(code).offer.code))


@blueprint.app_template_filter()
def qr_code(address: str, label: str) -> Markup:
    """An address as a picture for the camera of a phone: black on white in every colour scheme, level M."""
    drawing = segno.make(address, error="m", micro=False)
    uri = drawing.svg_data_uri(border=4, light="#fff", omitsize=True)
    return Markup('<img src="{}" alt="{}" width="200" height="200">').format(uri, label)


def _key() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key
