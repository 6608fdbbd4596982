"""Dates, times and numbers as people read them, in the language in force. Filters for pages and letters.

Dutch writes "dinsdag 9 februari 2027" and "8.00–16.00 uur" (taaladvies.net); English "Tuesday 9 February 2027" and
"8:00–16:00". Instants are shown on the wall clock of Amsterdam unless another zone is given.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from marketplace.kernel.texts import current_language, gettext, ngettext
from marketplace.kernel.times import AMSTERDAM, wall

_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_CLOCKS = {"nl": "{0.hour}.{0:%M}", "en": "{0.hour}:{0:%M}"}
_HOURS = {"nl": "{} uur", "en": "{}"}


def locale() -> str:
    """Babel's name of the language in force."""
    return _LOCALES[current_language()]


def _as_date(moment: date | datetime) -> date:
    return wall(moment).date() if isinstance(moment, datetime) else moment


def _written(moment: date | datetime, pattern: str) -> str:
    return _written_in(locale(), _as_date(moment), pattern)


@lru_cache(maxsize=4096)
def _written_in(locale: str, moment: date, pattern: str) -> str:
    """Kept, since a page or letter names the same few days over and over."""
    return format_date(moment, pattern, locale=locale)


def day(moment: date | datetime) -> str:
    """dinsdag 9 februari 2027."""
    return _written(moment, "EEEE d MMMM y")


def day_of_year(moment: date | datetime) -> str:
    """dinsdag 9 februari: where the year is plain from what stands around it."""
    return _written(moment, "EEEE d MMMM")


def plain_day(moment: date | datetime) -> str:
    """9 februari 2027."""
    return _written(moment, "d MMMM y")


class Day:
    """A day that a refusal shows in the language of whoever reads it."""

    def __init__(self, on: date) -> None:
        self.on = on

    def __str__(self) -> str:
        return plain_day(self.on)


def short_day(moment: date | datetime) -> str:
    """09-02-2027 for tables; 09/02/2027 in English."""
    return _written(moment, "dd-MM-y" if current_language() == "nl" else "dd/MM/y")


def weekday(moment: date | datetime) -> str:
    """di: for the date tile."""
    return _written(moment, "EEE").rstrip(".")


def month(moment: date | datetime) -> str:
    """feb: for the date tile."""
    return _written(moment, "MMM").rstrip(".")


def month_name(moment: date | datetime) -> str:
    """Februari 2027: a heading."""
    name = _written(moment, "MMMM y")
    return name[0].upper() + name[1:]


def week(moment: date | datetime) -> str:
    """The ISO week number, as schools count: 6."""
    return str(_as_date(moment).isocalendar().week)


def clock(instant: datetime, zone: str = AMSTERDAM) -> str:
    """8.00 (Dutch) or 8:00."""
    return _CLOCKS[current_language()].format(wall(instant, zone))


def moment(instant: datetime) -> str:
    """dinsdag 9 februari 2027, 13.30 uur."""
    return gettext("%(day)s, %(time)s", day=day(instant), time=hour(instant))


def hour(instant: datetime) -> str:
    """13.30 uur."""
    return _HOURS[current_language()].format(clock(instant))


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """8.00–16.00 uur; over midnight the day of the end is said too."""
    if _as_date(starts_at) != _as_date(ends_at):
        return f"{hour(starts_at)} – {day_of_year(ends_at)}, {hour(ends_at)}"
    return _HOURS[current_language()].format(f"{clock(starts_at)}–{clock(ends_at)}")


def days(instants: Sequence[date | datetime]) -> str:
    """Several days in one phrase: a run is "maandag 15 tot en met woensdag 17 februari 2027", others are listed."""
    dates = sorted({_as_date(each) for each in instants})
    if len(dates) == 1:
        return day(dates[0])
    if len(dates) > 2 and dates[-1] - dates[0] == timedelta(days=len(dates) - 1):
        return gettext(
            "%(first)s to %(last)s",
            first=_without_tail(dates[0], dates[-1]),
            last=day(dates[-1]),
        )
    if len(dates) > 4:
        return ngettext(
            "%(num)s times, %(first)s to %(last)s",
            "%(num)s times, %(first)s to %(last)s",
            len(dates),
            first=day(dates[0]),
            last=day(dates[-1]),
        )
    return listing([*(_without_tail(each, dates[-1]) for each in dates[:-1]), day(dates[-1])])


def days_between(first_at: date | datetime, last_at: date | datetime, count: int) -> str:
    """`count` days of which only the first and the last are known, as "dinsdag 5 tot en met donderdag 7 januari".

    The year is left out, unless the days lie in two.
    """
    first, last = _as_date(first_at), _as_date(last_at)
    named = day if first.year != last.year else day_of_year
    if first == last:
        return named(last)
    if count == 2:
        return listing([_without_tail(first, last), named(last)])
    if (last - first).days + 1 == count:
        return gettext("%(first)s to %(last)s", first=_without_tail(first, last), last=named(last))
    return ngettext(
        "%(num)s times, %(first)s to %(last)s",
        "%(num)s times, %(first)s to %(last)s",
        count,
        first=named(first),
        last=named(last),
    )


def _without_tail(moment: date, last: date) -> str:
    """A day without the month and year that it shares with the last day of the phrase."""
    if moment.year != last.year:
        return day(moment)
    return _written(moment, "EEEE d" if moment.month == last.month else "EEEE d MMMM")


def number(value: float) -> str:
    """1.234,5 (Dutch)."""
    return format_decimal(value, locale=locale())


def listing(items: Iterable[str]) -> str:
    """a, b en c."""
    return format_list(list(items), locale=locale())


def fold(text: str) -> str:
    """Text for comparing and searching: lower case, without accents, single spaces. "Yıldız" and "yildiz" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


FILTERS = {
    f.__name__: f
    for f in (
        day,
        day_of_year,
        plain_day,
        short_day,
        weekday,
        month,
        month_name,
        week,
        clock,
        moment,
        hour,
        number,
        listing,
        days,
        days_between,
    )
}
"""What templates may use, under the functions' own names. `hours(a, b)` is a global: it takes two."""
