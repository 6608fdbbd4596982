"""The same search as a calendar: a month or a week, with the school holidays that hold for whoever looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_, gettext, ngettext
from marketplace.kernel.times import wall_date
from marketplace.kernel.wording import days, month_name, week
from marketplace.market.facts.holidays import holiday_of, holidays_between, zones_for
from marketplace.market.forms.searching import (
    MONTH,
    SEARCH,
    WEEK,
    YEARS,
    Wish,
    address,
    asked,
    day_asked,
    wishes_in,
)
from marketplace.market.views.room import blueprint
from marketplace.market.views.searching import shape_page
from marketplace.offers.facts import DayFacts, OfferSearch
from marketplace.offers.queries import filled_days, next_day
from marketplace.web.guards import for_everybody

_DAY = timedelta(days=1)
IS_OVER = Refusal(N_("Those days are over. Here is what is still to come."))


@dataclass(frozen=True, slots=True)
class Span:
    """What a calendar shows at once: its days, and the first days of the spans before and after it."""

    first: date
    last: date
    before: date
    after: date

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in a calendar. `more` is how many moments it has besides those that are shown."""

    on: date
    address: str
    is_over: bool
    is_today: bool
    holiday: str
    filled: DayFacts | None

    @property
    def more(self) -> int:
        """How many moments there are besides those shown."""
        return self.filled.count - len(self.filled.moments) if self.filled else 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A calendar of months or of weeks: the days it shows around one, their name, how many moments of each day."""

    path: str
    around: Callable[[date], Span]
    named: Callable[[Span], str]
    most: int


def _month_around(day: date) -> Span:
    first = day.replace(day=1)
    after = (first + 31 * _DAY).replace(day=1)
    return Span(first, after - _DAY, (first - _DAY).replace(day=1), after)


def _week_around(day: date) -> Span:
    first = day - day.weekday() * _DAY
    return Span(first, first + 6 * _DAY, first - 7 * _DAY, first + 7 * _DAY)


def _week_name(span: Span) -> str:
    return gettext("Week %(week)s, %(days)s", week=week(span.first), days=days(span.days))


OF_MONTHS = Kind(MONTH, _month_around, lambda span: month_name(span.first), most=3)
OF_WEEKS = Kind(WEEK, _week_around, _week_name, most=12)


@blueprint.get(MONTH)
@for_everybody
def month() -> ResponseReturnValue:
    """A month: of each day the first moments that fit a search."""
    return _calendar(OF_MONTHS)


@blueprint.get(WEEK)
@for_everybody
def week_of_days() -> ResponseReturnValue:
    """A week, with more of each day."""
    return _calendar(OF_WEEKS)


def _calendar(kind: Kind) -> ResponseReturnValue:
    (found, slips), (day, slip), at = asked(request.args), day_asked(request.args), now()
    today = wall_date(at)
    if is_over := bool(day and kind.around(day).last < today):
        day = None
    span = kind.around(day or _first_day(found, today))
    filled = {each.on: each for each in filled_days(found, span.first, span.last, now=at, most=kind.most)}
    wishes, stays = wishes_in(found), [("day", day.isoformat())] if day else []
    zones = zones_for(found)
    holidays = {each: holiday_of(zones, each) for each in span.days}
    cell = partial(_cell, found, holidays, filled, today)
    nearest = None if filled else _nearest(kind, found, span, at)
    return shape_page(
        "market/_calendar.html",
        found=found,
        slips=[*slips, *slip, *([IS_OVER] if is_over else [])],
        path=kind.path,
        stays=stays,
        heading=_heading(kind.named(span), sum(each.count for each in filled.values())),
        script="js/calendar.js",
        sorts={},
        day=day,
        weekdays=_rows(span)[0],
        rows=[[cell(each) if each in holidays else None for each in row] for row in _rows(span)],
        holidays=holidays_between(zones, span.first, span.last),
        steps=_steps(kind, wishes, span, today),
        kinds=[
            (address(each.path, [*wishes, *stays]), text, each.path == kind.path)
            for each, text in ((OF_MONTHS, gettext("Month")), (OF_WEEKS, gettext("Week")))
        ],
        nearest=nearest,
        count=1 if filled or nearest else 0,
        now=at,
    )


def _first_day(found: OfferSearch, today: date) -> date:
    """Where the calendar opens: today, or the first day that is asked for."""
    months = [date.fromisoformat(f"{each}-01") for each in found.month]
    return max(today, found.from_day or today, min(months, default=today))


def _heading(name: str, count: int) -> str:
    return ngettext("%(name)s: %(num)s moment", "%(name)s: %(num)s moments", count, name=name)


def _rows(span: Span) -> list[list[date]]:
    """The weeks of a span, each from Monday to Sunday; the first and the last may reach beyond it."""
    first = span.first - span.first.weekday() * _DAY
    return [
        [first + (7 * row + number) * _DAY for number in range(7)]
        for row in range((span.last - first).days // 7 + 1)
    ]


def _cell(
    found: OfferSearch,
    holidays: Mapping[date, str],
    filled: Mapping[date, DayFacts],
    today: date,
    day: date,
) -> Cell:
    here = wishes_in(replace(found, from_day=day, until_day=day))
    return Cell(day, address(SEARCH, here), day < today, day == today, holidays[day], filled.get(day))


def _steps(kind: Kind, wishes: list[Wish], span: Span, today: date) -> dict[str, str]:
    """Addresses of the span before this one, of today's, and of the one after; "" where there is none."""

    def at(day: date, *, is_there: bool) -> str:
        return address(kind.path, [*wishes, ("day", day.isoformat())]) if is_there else ""

    return {
        "before": at(span.before, is_there=span.first > today),
        "today": at(today, is_there=span.first > today),
        "after": at(span.after, is_there=span.after.year in YEARS),
    }


def _nearest(kind: Kind, found: OfferSearch, span: Span, at: datetime) -> tuple[str, date] | None:
    """Where something is, if there is nothing here: after this, or else before."""
    day = next_day(found, span.after, now=at) or next_day(found, wall_date(at), now=at)
    return (address(kind.path, [*wishes_in(found), ("day", day.isoformat())]), day) if day else None
